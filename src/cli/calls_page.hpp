// cli/calls_page.hpp - `limen calls`: the table of what guests can import, for people.
#pragma once

#include <string>

namespace limen::cli {

/// Everything in it is read from host_modules().
[[nodiscard]] std::string calls_page(bool markdown);

}  // namespace limen::cli

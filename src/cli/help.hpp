// cli/help.hpp - the pages of --help and --version.
#pragma once

#include <string>

namespace limen::cli {

[[nodiscard]] std::string main_help();
[[nodiscard]] std::string run_help();
[[nodiscard]] std::string calls_help();
[[nodiscard]] std::string version_text();

}  // namespace limen::cli

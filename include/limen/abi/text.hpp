// limen/abi/text.hpp - text that a guest wrote: is it UTF-8, is it a path, how is it shown.
#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>

#include "limen/errno.hpp"

namespace limen {

/// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// The text rules of preview1.md §3 in their order: ilseq, inval (a NUL), noent (empty), perm
/// (leading `/`), nametoolong (over 4095 bytes; over 255 in a component when `components`).
[[nodiscard]] Errno check_path_text(std::string_view text, bool components) noexcept;

/// Appends `text` for a terminal or a log: control characters, quotes, backslashes and bytes that
/// are not UTF-8 are escaped, so that a guest can't write to somebody's terminal.
void append_escaped(fmt::memory_buffer& out, std::string_view text);
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace limen

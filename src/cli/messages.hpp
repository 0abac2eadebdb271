// cli/messages.hpp - what the command itself says.
#pragma once

#include <string>
#include <string_view>

namespace limen::cli {

/// `text` with control characters (C0, DEL, C1) shown as \xNN: what is printed may hold names that
/// a guest or a stranger chose. Anything else stays as it is.
[[nodiscard]] std::string printable(std::string_view text);

/// Writes "limen: <message>" as one line on stderr.
void say(std::string_view message);

/// Writes all of it; false, with errno set, when the other end refused. Goes on after signals.
bool write_all(int fd, std::string_view text);

/// What errno `error` means, to be put behind a colon: "no such file or directory".
[[nodiscard]] std::string reason(int error);

/// For the pages that the command prints: writes to stdout and returns the exit status.
[[nodiscard]] int print_page(std::string_view text);

}  // namespace limen::cli

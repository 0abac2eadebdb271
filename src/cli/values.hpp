// cli/values.hpp - the words that options take, as values. cli.md says how they are written.
//
// An Error here has a message only; whoever knows the option puts it in front.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "limen/error.hpp"
#include "limen/spec.hpp"

namespace limen::cli {

/// "64", "4k", "64KiB", "2MB", "4 GiB", "1.5G": bytes. k, KiB = 1024; kB, KB = 1000, and so on.
[[nodiscard]] Expected<u64> parse_size(std::string_view text);

/// "250ms", "1.5s", "1m30s", "1h", "90": a bare number is seconds. More than nothing.
[[nodiscard]] Expected<std::chrono::nanoseconds> parse_time(std::string_view text);

/// Is there a directory of that name on the host?
using IsDirectory = bool (*)(const std::string& path);
[[nodiscard]] bool is_directory(const std::string& path);

/// --dir: "HOST[::GUEST][::ro]"; "HOST:GUEST" too when no directory has that literal name.
[[nodiscard]] Expected<Mount> parse_dir_given(std::string_view text, IsDirectory exists);
[[nodiscard]] Expected<Mount> parse_dir(std::string_view text);
/// --volume: "HOST:GUEST[:ro]".
[[nodiscard]] Expected<Mount> parse_volume(std::string_view text);
/// --mount: "type=dir,src=HOST,dst=GUEST[,ro]", the parts in any order.
[[nodiscard]] Expected<Mount> parse_mount(std::string_view text);

/// "inherit", "null", or a file.
[[nodiscard]] Expected<Stream> parse_stream(std::string_view text);

/// "tcp:ADDR:PORT", "unix:PATH", "fd:N".
[[nodiscard]] Expected<Listener> parse_listen(std::string_view text);
/// "ADDR:PORT".
[[nodiscard]] Expected<Listener> parse_tcplisten(std::string_view text);

/// Puts "NAME=value" in the place of an older value of that name, or at the end.
void set_variable(std::vector<std::string>& env, std::string variable);
/// --env: "NAME=value", or "NAME" for the value that this process has (nothing when it has none).
Expected<void> apply_env(std::vector<std::string>& env, std::string_view text);

}  // namespace limen::cli

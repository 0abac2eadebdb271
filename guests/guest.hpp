// guest.hpp - the test programs as data: what their sources say about how they are run.
//
// The header is the run of `key: value` comment lines at the top of a source; README.md lists the
// keys. manifest.txt, written by CMake, says which guests were built.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limen::test {

/// What standard input is during a case.
enum class Input {
  null,    ///< /dev/null
  text,    ///< a pipe with Case::input, then its end
  silent,  ///< a pipe that stays open and empty
};

/// One way to run a guest, and what has to come of it.
struct Case {
  std::string name;                  ///< empty when the guest has one case only
  std::vector<std::string> options;  ///< of `limen run`, with {scratch} and {outside} in them
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> setup;  ///< kind, and the rest of the line

  Input stdin_is = Input::null;
  std::string input;
  bool stdout_unread = false;  ///< nobody reads standard output until the end

  int exit = 0;
  std::optional<std::string> output;        ///< exactly this on standard output
  std::vector<std::string> errors;          ///< standard error contains each of these
  std::vector<std::string> never_in_error;  ///< and none of these
  std::chrono::milliseconds within = std::chrono::seconds(120);
};

struct Guest {
  std::string name;              ///< "c/fd_io"
  std::filesystem::path source;  ///< where the header is
  std::filesystem::path module;  ///< what runs; empty for .hex, whose bytes are in the source
  bool own_test = false;         ///< started by a test of its own only
  std::vector<Case> cases;
};

/// Reads the header. Throws std::runtime_error with file and line for what it can't understand:
/// a misspelt key must not pass for prose.
[[nodiscard]] Guest read_header(const std::filesystem::path& source);

/// The bytes of a .hex file: everything that is not a `;;` line, in hexadecimal.
[[nodiscard]] std::string read_hex(const std::filesystem::path& source);

/// \n, \t, \\ and \xHH.
[[nodiscard]] std::string unescaped(std::string_view text);

/// The guests of manifest.txt, in its order.
[[nodiscard]] const std::vector<Guest>& all_guests();

/// One of them, or null when its toolchain was missing.
[[nodiscard]] const Guest* find_guest(std::string_view name);

}  // namespace limen::test

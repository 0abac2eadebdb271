// cli/compile_child.hpp - the compiler's side of compile.hpp, and what it sends to the command.
#pragma once

#include <string>

#include "limen/error.hpp"

namespace limen::cli {

/// What comes through the pipe: whatever a dying library wrote to its stderr, then, when the child
/// came to an end by itself, a NUL and how: 'k' for compiled, or 'a' + Error::Code and a message.
struct ChildReport {
  bool finished = false;
  bool compiled = false;
  Error error = {};
  std::string noise = {};  ///< the first line of what a library wrote
};
[[nodiscard]] ChildReport read_report(std::string text);

/// Runs in the child: reads `file`, compiles, writes the code to `into` and the report to `pipe`.
[[noreturn]] void compile_in_child(int file, const std::string& name, int into, int pipe);

}  // namespace limen::cli

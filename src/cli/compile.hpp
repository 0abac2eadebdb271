// cli/compile.hpp - compiling in a process of its own.
//
// The compiler takes threads, memory and time as it likes, and the bytes it works on are a
// stranger's. In a child it can be killed at any moment, can't take the command down with it, and
// leaves the guest's run in a process with one thread.
#pragma once

#include <string>

#include "cli/interrupts.hpp"
#include "limen/error.hpp"
#include "limen/unique_fd.hpp"

namespace limen::cli {

/// Reads WebAssembly (binary or text) from `file` to its end and compiles it for runs that can be
/// stopped. The result is a memory file for Engine::load().
///
/// Errors: bad_module (not WebAssembly, invalid), host (the compiler died, or the file is too big),
/// stopped as soon as `interrupts` is due. Must be called while the process has one thread.
[[nodiscard]] Expected<UniqueFd> compile_apart(int file, const std::string& name,
                                               const Interrupts& interrupts);

}  // namespace limen::cli

// limen/wasmtime.hpp - the engine that Limen uses by default.
#pragma once

#include <cstddef>

#include "limen/engine.hpp"

namespace limen::wasmtime {

enum class Compiler : u8 {
  cranelift,  ///< optimises; what runs more than a moment wants this
  winch,      ///< one pass: compiles several times faster, the code is slower
};

struct Options {
  Compiler compiler = Compiler::cranelift;
  /// Stack for the guest's own frames, bytes. The thread's stack must hold it and 256 KiB for the
  /// host's calls; going past it is a trap (stack_overflow).
  std::size_t max_stack = std::size_t{1} << 20;
  /// Compile on all cores with threads that live as long as the process.
  bool parallel_compilation = true;
};

/// Makes an engine. Nothing is started or mapped yet.
///
/// Side effect: the first compiled module makes wasmtime install handlers for SIGSEGV, SIGBUS,
/// SIGILL and SIGFPE, which it needs to turn faults of guest code into traps; faults elsewhere go
/// on to the handlers that were there before.
[[nodiscard]] Expected<Engine> engine(Options options = {});

/// "48.0.8".
[[nodiscard]] std::string_view version() noexcept;

}  // namespace limen::wasmtime

// limen/outcome.hpp - how a run ended, as data.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "limen/error.hpp"
#include "limen/types.hpp"

namespace limen {

/// The guest returned from its entry point (code 0) or called proc_exit. All 32 bits are kept.
struct Exited {
  u32 code = 0;
  friend bool operator==(const Exited&, const Exited&) = default;
};

/// The guest ended itself with proc_raise.
struct Raised {
  Signal signal = Signal::none;
  friend bool operator==(const Raised&, const Raised&) = default;
};

/// One function of a wasm backtrace.
struct Frame {
  std::string function;  ///< demangled name; empty when the module has no names. Guest-chosen text
  u32 function_index = 0;
  u64 module_offset = 0;  ///< of the instruction, bytes from the start of the module
};

enum class TrapKind {
  unreachable,
  stack_overflow,
  memory_out_of_bounds,
  table_out_of_bounds,
  indirect_call_to_null,
  bad_signature,
  integer_overflow,
  division_by_zero,
  bad_conversion,
  misaligned_atomic,
  other,
};

/// The guest did something that WebAssembly ends a program for.
struct Trapped {
  TrapKind kind = TrapKind::other;
  std::string message;           ///< one line, from the engine
  std::vector<Frame> backtrace;  ///< innermost first
};

/// The wall-clock limit of the run was reached.
struct TimedOut {
  friend bool operator==(const TimedOut&, const TimedOut&) = default;
};

/// Limits that end a guest because it can't go on without what they hold back.
enum class Limit { memory };

struct LimitReached {
  Limit which = Limit::memory;
  std::string message;
};

/// StopSource::stop() or limen::stop_this_thread() ended the run.
struct Stopped {
  friend bool operator==(const Stopped&, const Stopped&) = default;
};

/// The guest never started.
struct Failed {
  Error error;
};

using Outcome = std::variant<Exited, Raised, Trapped, TimedOut, LimitReached, Stopped, Failed>;

/// "exited", "raised", "trapped", "timed_out", "limit", "stopped" or "failed".
[[nodiscard]] std::string_view kind_name(const Outcome& outcome) noexcept;

/// One line for people, such as "exited with 3" or "trapped: integer divide by zero". Text that a
/// guest chose is shown with control characters escaped.
[[nodiscard]] std::string describe(const Outcome& outcome);

/// The signal's number on Linux, for showing 128 + N.
[[nodiscard]] int linux_number(Signal signal) noexcept;

}  // namespace limen

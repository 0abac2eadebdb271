// limen/abi/call.hpp - what a handler is called with: the guest's side of one host call.
#pragma once

#include <atomic>
#include <optional>
#include <variant>

#include "limen/abi/fd_table.hpp"
#include "limen/abi/memory.hpp"
#include "limen/hook.hpp"
#include "limen/outcome.hpp"

namespace limen {

struct Process;

/// How a guest's run ends from within a call.
using Ending = std::variant<Exited, Raised, TimedOut, Stopped>;

/// Why a run is being stopped; `none` while it is not.
enum class StopReason : u8 { none, timed_out, requested };

/// What every call of a run looks at, whichever thread it is on.
struct RunState {
  /// Set once, by the stop machinery (limen/stop.hpp), from signal handlers and other threads.
  std::atomic<StopReason> stop{StopReason::none};
  /// Null when nobody watches.
  Hook* hook = nullptr;
  /// Set by the call that ends the run; the engine unwinds the guest when it sees Verdict::ended.
  std::optional<Ending> ending;

  [[nodiscard]] bool stopping() const noexcept {
    return stop.load(std::memory_order_relaxed) != StopReason::none;
  }
  /// The ending that a stop request asks for.
  [[nodiscard]] Ending stop_ending() const noexcept {
    if (stop.load() == StopReason::timed_out) return TimedOut{};
    return Stopped{};
  }
};

/// One instance of a guest as its host calls see it. Used by one thread only. The engine sets
/// `memory` before the first call that needs it.
struct Call {
  Process& process;
  FdTable& fds;
  RunState& run;
  GuestMemory memory;
};

}  // namespace limen

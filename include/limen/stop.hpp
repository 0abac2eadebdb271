// limen/stop.hpp - ending a run from outside: from another thread or from a signal handler.
//
// How. A run that can be stopped (it has a time limit or a StopToken) is reached by a flag, by the
// engine's epoch while it computes, and by a directed real-time signal while it is blocked in a
// system call: a POSIX timer sends the signal to the guest's thread every 2 ms until the run is
// over, so there is no moment in which it could be missed. No thread is created.
//
// The one side effect in the process: the first stoppable run installs a handler for that signal,
// which does nothing outside a run. use_stop_signal() chooses the signal or turns all of it off.
#pragma once

#include <memory>

#include "limen/error.hpp"

namespace limen {

namespace detail {
struct StopShared;
}

/// Lets a run listen to a StopSource. A default-made token never stops anything and costs nothing.
/// Cheap to copy; safe to use from any thread.
class StopToken {
 public:
  StopToken() = default;
  [[nodiscard]] bool possible() const noexcept { return shared_ != nullptr; }
  [[nodiscard]] bool requested() const noexcept;
  [[nodiscard]] const std::shared_ptr<detail::StopShared>& shared() const noexcept {
    return shared_;
  }

 private:
  friend class StopSource;
  explicit StopToken(std::shared_ptr<detail::StopShared> shared) : shared_(std::move(shared)) {}
  std::shared_ptr<detail::StopShared> shared_;
};

/// Stops every run that holds one of its tokens, now and later.
class StopSource {
 public:
  StopSource();
  [[nodiscard]] StopToken token() const { return StopToken(shared_); }
  /// Ends the runs within milliseconds, wherever they are; returns at once. Any thread, any number
  /// of times. Not for signal handlers: see stop_this_thread().
  void stop() noexcept;

 private:
  std::shared_ptr<detail::StopShared> shared_;
};

/// Stops the stoppable run that the calling thread is in, if any. Async-signal-safe: this is what a
/// handler of SIGINT calls in a program that runs guests on its main thread.
/// Returns whether there was such a run.
bool stop_this_thread() noexcept;

/// Chooses the signal that interrupts blocked guests: a real-time signal (SIGRTMIN..SIGRTMAX), or
/// 0 for none, and then a run with a time limit or a token fails to start with `unsupported`.
/// Default: SIGRTMIN + 6. Call it before the first stoppable run.
/// Errors: bad_spec (no real-time signal), unsupported (a stoppable run already used another one).
Expected<void> use_stop_signal(int signal_number);

}  // namespace limen

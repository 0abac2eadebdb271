// core/stop_scope.hpp - the calling thread while it is inside a guest that can be stopped.
//
// The mechanism is described in limen/stop.hpp. Everything here that a signal handler touches is an
// atomic, a value fixed before the timer is armed, or an async-signal-safe call.
#pragma once

#include <signal.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "limen/abi/call.hpp"
#include "limen/error.hpp"
#include "limen/stop.hpp"

namespace limen {

/// Makes a computing guest look at RunState::stop soon. Called from signal handlers and other
/// threads, as often as every 2 ms.
struct Poke {
  void (*function)(void*) noexcept = nullptr;
  void* argument = nullptr;
};

/// What can end a run from outside.
struct StopPlan {
  std::optional<std::chrono::steady_clock::time_point> deadline;
  StopToken token;
  [[nodiscard]] bool possible() const noexcept { return deadline || token.possible(); }
};

/// Reaches the thread that entered it until it is left; begin and end happen on that thread, and
/// scopes nest (a host function may run another guest).
class StopScope {
 public:
  StopScope() = default;
  StopScope(const StopScope&) = delete;
  StopScope& operator=(const StopScope&) = delete;
  ~StopScope() { leave(); }

  /// Errors: unsupported when the stop signal is turned off or taken by somebody else, host when the
  /// kernel has no timer left.
  Expected<void> enter(RunState& run, const StopPlan& plan, Poke poke);
  void leave() noexcept;

  /// Stops the run; the first reason stays. Async-signal-safe.
  void request(StopReason reason) noexcept;

  /// The scope that the calling thread is in, innermost first.
  [[nodiscard]] static StopScope* innermost() noexcept;
  [[nodiscard]] StopScope* outer() const noexcept { return outer_; }
  /// What the signal handler does for each scope of its thread.
  void signalled() noexcept;

 private:
  RunState* run_ = nullptr;
  Poke poke_;
  i64 deadline_ns_ = 0;  ///< on CLOCK_MONOTONIC; 0: none
  timer_t timer_{};
  std::shared_ptr<detail::StopShared> shared_;
  StopScope* outer_ = nullptr;
};

namespace detail {

/// What a StopSource and its tokens share.
struct StopShared {
  std::atomic<bool> requested{false};
  std::mutex mutex;                // guards `scopes`, and keeps each of them alive while it is held
  std::vector<StopScope*> scopes;  // runs that are inside a guest now
};

/// The signal in use, 0 when turned off.
[[nodiscard]] int stop_signal() noexcept;

}  // namespace detail
}  // namespace limen

// core/wait.hpp - the only place where a guest waits on purpose: for descriptors and for time.
#pragma once

#include <poll.h>

#include <limits>
#include <span>

#include "limen/abi/call.hpp"
#include "limen/errno.hpp"

namespace limen {

/// A moment on CLOCK_MONOTONIC in ns that never comes.
inline constexpr u64 never = std::numeric_limits<u64>::max();

/// Waits until one of `fds` is ready or `deadline` has passed; returns how many are ready.
/// Errors: intr when the run is being stopped (other interruptions are waited through), nomem.
Result<int> wait_ready(std::span<pollfd> fds, u64 deadline, const RunState& run);

/// Sleeps until the clock shows `deadline`. Errors: intr when the run is being stopped.
Result<void> sleep_until(u64 deadline, const RunState& run);
/// The same on the wall clock, following its changes.
Result<void> sleep_until_realtime(u64 deadline, const RunState& run);

}  // namespace limen

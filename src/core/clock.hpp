// core/clock.hpp - the guest's clocks.
#pragma once

#include "limen/errno.hpp"
#include "limen/types.hpp"

namespace limen {

/// The host's clocks as a guest sees them. The CPU clocks count from the moment that this object
/// was made, on the thread that made it: a guest is not charged for what its host did before.
class Clock {
 public:
  Clock() noexcept;

  /// Nanoseconds. Realtime before 1970: overflow. Monotonic is never 0 (Go aborts on a 0).
  [[nodiscard]] Result<u64> now(ClockId id) const noexcept;
  /// Nanoseconds, never 0.
  [[nodiscard]] u64 resolution(ClockId id) const noexcept;

 private:
  u64 process_start_;
  u64 thread_start_;
};

}  // namespace limen

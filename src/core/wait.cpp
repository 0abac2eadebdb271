// wait.cpp - ppoll and clock_nanosleep, restarted unless the run is being stopped.
#include "core/wait.hpp"

#include <time.h>

#include <algorithm>
#include <cerrno>

namespace limen {
namespace {

constexpr u64 kNanosecond = 1'000'000'000;
// Times that the kernel's types hold with room to spare; later ones are reached in several waits.
constexpr u64 kLongest = u64{1} << 60;

timespec to_timespec(u64 ns) {
  return {.tv_sec = static_cast<time_t>(ns / kNanosecond),
          .tv_nsec = static_cast<long>(ns % kNanosecond)};
}

u64 now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<u64>(time.tv_sec) * kNanosecond + static_cast<u64>(time.tv_nsec);
}

Result<void> sleep_on(clockid_t clock, u64 deadline, const RunState& run) {
  while (now(clock) < deadline) {
    if (run.stopping()) return fail(Errno::intr);
    const timespec until = to_timespec(std::min(deadline, now(clock) + kLongest));
    clock_nanosleep(clock, TIMER_ABSTIME, &until, nullptr);
  }
  return {};
}

}  // namespace

Result<int> wait_ready(std::span<pollfd> fds, u64 deadline, const RunState& run) {
  for (;;) {
    if (run.stopping()) return fail(Errno::intr);
    const u64 at = now(CLOCK_MONOTONIC);
    const u64 left = std::min(deadline > at ? deadline - at : 0, kLongest);
    const timespec timeout = to_timespec(left);
    const int ready =
        ::ppoll(fds.data(), fds.size(), deadline == never ? nullptr : &timeout, nullptr);
    if (ready > 0) return ready;
    if (ready == 0 && now(CLOCK_MONOTONIC) >= deadline) return 0;
    if (ready < 0 && errno != EINTR) return fail(errno == ENOMEM ? Errno::nomem : Errno::io);
  }
}

Result<void> sleep_until(u64 deadline, const RunState& run) {
  return sleep_on(CLOCK_MONOTONIC, deadline, run);
}

Result<void> sleep_until_realtime(u64 deadline, const RunState& run) {
  return sleep_on(CLOCK_REALTIME, deadline, run);
}

}  // namespace limen

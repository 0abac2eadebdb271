// clock.cpp - clock_gettime, which the C library answers without a system call for the first two.
#include "core/clock.hpp"

#include <time.h>

#include <algorithm>

namespace limen {
namespace {

constexpr i64 kNanosecond = 1'000'000'000;

clockid_t host_clock(ClockId id) noexcept {
  switch (id) {
    case ClockId::realtime:
      return CLOCK_REALTIME;
    case ClockId::monotonic:
      return CLOCK_MONOTONIC;
    case ClockId::process_cputime_id:
      return CLOCK_PROCESS_CPUTIME_ID;
    case ClockId::thread_cputime_id:
      break;
  }
  return CLOCK_THREAD_CPUTIME_ID;
}

u64 read_clock(clockid_t clock) noexcept {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<u64>(time.tv_sec * kNanosecond + time.tv_nsec);
}

}  // namespace

Clock::Clock() noexcept
    : process_start_(read_clock(CLOCK_PROCESS_CPUTIME_ID)),
      thread_start_(read_clock(CLOCK_THREAD_CPUTIME_ID)) {}

Result<u64> Clock::now(ClockId id) const noexcept {
  timespec time{};
  clock_gettime(host_clock(id), &time);
  if (time.tv_sec < 0) return fail(Errno::overflow);
  const auto ns = static_cast<u64>(time.tv_sec) * kNanosecond + static_cast<u64>(time.tv_nsec);
  switch (id) {
    case ClockId::process_cputime_id:
      return ns - process_start_;
    case ClockId::thread_cputime_id:
      return ns - std::min(thread_start_, ns);
    default:
      return std::max<u64>(ns, 1);
  }
}

u64 Clock::resolution(ClockId id) const noexcept {
  timespec time{};
  clock_getres(host_clock(id), &time);
  return std::max<u64>(1, static_cast<u64>(time.tv_sec * kNanosecond + time.tv_nsec));
}

}  // namespace limen

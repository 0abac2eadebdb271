// calls/times.hpp - the two timestamps of fd_filestat_set_times and path_filestat_set_times.
#pragma once

#include "limen/descriptor.hpp"

namespace limen::calls {

struct TimeChanges {
  TimeChange atim;
  TimeChange mtim;
  [[nodiscard]] bool nothing() const noexcept {
    return atim.mode == TimeChange::Mode::omit && mtim.mode == TimeChange::Mode::omit;
  }
};

/// Errors: inval when a time is asked to be both a value and now.
inline Result<TimeChanges> time_changes(Timestamp atim, Timestamp mtim, FstFlags flags) {
  const auto one = [flags](FstFlags exact, FstFlags now, Timestamp at) -> TimeChange {
    if (has(flags, now)) return {.mode = TimeChange::Mode::now};
    if (has(flags, exact)) return {.mode = TimeChange::Mode::exact, .ns = std::to_underlying(at)};
    return {};
  };
  if (has(flags, FstFlags::atim | FstFlags::atim_now) ||
      has(flags, FstFlags::mtim | FstFlags::mtim_now))
    return fail(Errno::inval);
  return TimeChanges{.atim = one(FstFlags::atim, FstFlags::atim_now, atim),
                     .mtim = one(FstFlags::mtim, FstFlags::mtim_now, mtim)};
}

/// Offsets and lengths that the kernel's signed type can't hold.
[[nodiscard]] constexpr bool fits_offset(FileSize value) noexcept {
  return std::to_underlying(value) < (u64{1} << 63);
}

}  // namespace limen::calls

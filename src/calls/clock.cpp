// clock.cpp - clock_res_get, clock_time_get.
#include "calls/calls.hpp"
#include "core/process.hpp"

namespace limen::calls {

Result<Timestamp> clock_res_get(Call& call, ClockId id) {
  return Timestamp{call.process.clock.resolution(id)};
}

// The precision is a hint that no host has a use for.
Result<Timestamp> clock_time_get(Call& call, ClockId id, Timestamp) {
  const auto now = call.process.clock.now(id);
  if (!now) return fail(now.error());
  return Timestamp{*now};
}

}  // namespace limen::calls

// run:
//
// clocks - clock_res_get, clock_time_get on all four clocks, sched_yield.
#include <sched.h>
#include <sys/time.h>
#include <time.h>

#include "check.h"

static u64 time_of(u32 clock) {
  u64 time = 0;
  CHECK_OK(clock_time_get(clock, 0, &time));
  return time;
}

static volatile u32 sink;
static void work(void) {
  for (u32 i = 0; i < 30000000; i++) sink += i * i;
}

int main(void) {
  const u64 second = 1000000000, start = time_of(kProcessCpu);
  // CPU time counts from the start of the guest, whatever its host did before.
  CHECK(start < 10 * second);
  u64 value = 0;
  for (u32 clock = 0; clock < 4; clock++) {
    CHECK_OK(clock_res_get(clock, &value));
    CHECK(value > 0 && value <= second);
    u64 previous = time_of(clock);
    for (int i = 0; i < 10000; i++) {
      const u64 next = time_of(clock);
      // The wall clock may be set; the others never go back.
      if (clock != kRealtime && !CHECK(next >= previous)) break;
      previous = next;
    }
  }
  CHECK(time_of(kMonotonic) != 0);
  CHECK(time_of(kRealtime) > 1700000000 * second);
  CHECK(time_of(kRealtime) < 10000000000 * second);
  // The precision is a wish.
  CHECK_OK(clock_time_get(kMonotonic, UINT64_MAX, &value));

  const u64 wall = time_of(kMonotonic), process = time_of(kProcessCpu),
            thread = time_of(kThreadCpu);
  work();
  const u64 wall_used = time_of(kMonotonic) - wall;
  CHECK(time_of(kProcessCpu) > process);
  CHECK(time_of(kThreadCpu) > thread);
  CHECK(time_of(kThreadCpu) - thread <= wall_used + second / 10);

  CHECK_ERRNO(clock_time_get(4, 0, &value), INVAL);
  CHECK_ERRNO(clock_time_get(256, 0, &value), INVAL);
  CHECK_ERRNO(clock_time_get(UINT32_MAX, 0, &value), INVAL);
  CHECK_ERRNO(clock_res_get(4, &value), INVAL);
  CHECK_OK(wasi_sched_yield());

  struct timespec time;
  CHECK(clock_gettime(CLOCK_REALTIME, &time) == 0 && time.tv_nsec < 1000000000);
  CHECK(clock_getres(CLOCK_MONOTONIC, &time) == 0);
  struct timeval day;
  CHECK(gettimeofday(&day, NULL) == 0);
  CHECK(sched_yield() == 0);
  return check_done();
}

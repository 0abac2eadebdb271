// clock_test.cpp - what clock_res_get and clock_time_get promise the guest.
#include <gtest/gtest.h>
#include <time.h>

#include <chrono>

#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

constexpr u64 kSecond = 1'000'000'000;

u64 now_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<u64>(time.tv_sec) * kSecond + static_cast<u64>(time.tv_nsec);
}

// Uses up processor time on this thread.
void burn(u64 ns) {
  const u64 until = now_of(CLOCK_THREAD_CPUTIME_ID) + ns;
  while (now_of(CLOCK_THREAD_CPUTIME_ID) < until) {
  }
}

TEST(Clock, ResolutionOfEveryClockIsTheHostsAndNotZero) {
  FakeGuest guest;
  const clockid_t host[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
                            CLOCK_THREAD_CPUTIME_ID};
  for (u32 id = 0; id < 4; ++id) {
    timespec expected{};
    clock_getres(host[id], &expected);
    const Answer answer = guest.call("clock_res_get", id);
    ASSERT_EQ(answer.err, Errno::success) << id;
    EXPECT_EQ(answer.get<u64>(), static_cast<u64>(expected.tv_nsec)) << id;
    EXPECT_NE(answer.get<u64>(), 0u) << id;
  }
}

TEST(Clock, RealtimeAndMonotonicAreTheHosts) {
  FakeGuest guest;
  for (const auto& [id, host] : {std::pair{ClockId::realtime, CLOCK_REALTIME},
                                 std::pair{ClockId::monotonic, CLOCK_MONOTONIC}}) {
    const u64 before = now_of(host);
    const Answer answer = guest.call("clock_time_get", id, 0);
    const u64 after = now_of(host);
    ASSERT_EQ(answer.err, Errno::success);
    EXPECT_LE(before, answer.get<u64>());
    EXPECT_GE(after, answer.get<u64>());
  }
}

TEST(Clock, CpuClocksCountFromTheStartOfTheGuest) {
  burn(30'000'000);  // what the host did before is not the guest's
  FakeGuest guest;
  for (const ClockId id : {ClockId::process_cputime_id, ClockId::thread_cputime_id}) {
    SCOPED_TRACE(name(id));
    const u64 first = guest.call("clock_time_get", id, 0).get<u64>();
    EXPECT_LT(first, 30'000'000u);
    burn(5'000'000);
    const u64 second = guest.call("clock_time_get", id, 0).get<u64>();
    EXPECT_GE(second, first + 5'000'000);
  }
}

TEST(Clock, CpuClocksStandStillWhileSleeping) {
  FakeGuest guest;
  const u64 before = guest.call("clock_time_get", ClockId::thread_cputime_id, 0).get<u64>();
  const timespec pause{.tv_sec = 0, .tv_nsec = 50'000'000};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
  const u64 after = guest.call("clock_time_get", ClockId::thread_cputime_id, 0).get<u64>();
  EXPECT_LT(after - before, 40'000'000u);
}

TEST(Clock, AnyPrecisionIsFine) {
  FakeGuest guest;
  for (const u64 precision : {u64{0}, u64{1}, ~u64{0}})
    EXPECT_EQ(guest.call("clock_time_get", ClockId::monotonic, precision).err, Errno::success);
}

TEST(Clock, OtherClocksAreInval) {
  FakeGuest guest;
  for (const u32 id : {4u, 5u, 255u, 256u, 0x80000000u, ~0u}) {
    EXPECT_EQ(guest.call("clock_res_get", id).err, Errno::inval) << id;
    EXPECT_EQ(guest.call("clock_time_get", id, 0).err, Errno::inval) << id;
    EXPECT_EQ(guest.call("clock_time_get", id, 0, ~0u).err, Errno::inval) << "before fault";
  }
}

TEST(Clock, TheResultMustBeInside) {
  FakeGuest guest;
  EXPECT_EQ(guest.call("clock_time_get", 1, 0, guest.end() - 8).err, Errno::success);
  EXPECT_EQ(guest.call("clock_time_get", 1, 0, guest.end() - 7).err, Errno::fault);
  EXPECT_EQ(guest.call("clock_res_get", 1, guest.end()).err, Errno::fault);
  EXPECT_EQ(guest.call("clock_res_get", 1, 0xFFFFFFF8u).err, Errno::fault);
}

}  // namespace
}  // namespace limen::test

// wait_test.cpp - waiting for descriptors and for time, through interruptions.
#include "core/wait.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "limen/unique_fd.hpp"
#include "testing/alarm.hpp"
#include "testing/print.hpp"

namespace limen::test {
namespace {

constexpr u64 kMillisecond = 1'000'000;

u64 now_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<u64>(time.tv_sec) * 1'000'000'000 + static_cast<u64>(time.tv_nsec);
}

class Wait : public testing::Test {
 protected:
  Wait() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reader.reset(ends[0]);
    writer.reset(ends[1]);
    fds[0] = {.fd = reader.get(), .events = POLLIN, .revents = 0};
  }
  UniqueFd reader;
  UniqueFd writer;
  std::array<pollfd, 1> fds{};
  RunState run;
};

TEST_F(Wait, ReadyNow) {
  ASSERT_EQ(::write(writer.get(), "x", 1), 1);
  EXPECT_EQ(wait_ready(fds, never, run), 1);
  EXPECT_EQ(fds[0].revents, POLLIN);
}

TEST_F(Wait, ADeadlineThatIsPastIsALook) {
  EXPECT_EQ(wait_ready(fds, 0, run), 0);
  ASSERT_EQ(::write(writer.get(), "x", 1), 1);
  EXPECT_EQ(wait_ready(fds, 0, run), 1);
}

TEST_F(Wait, NotBeforeTheDeadline) {
  const u64 deadline = now_of(CLOCK_MONOTONIC) + 30 * kMillisecond;
  EXPECT_EQ(wait_ready(fds, deadline, run), 0);
  EXPECT_GE(now_of(CLOCK_MONOTONIC), deadline);
}

TEST_F(Wait, SignalsDoNotCutAWaitShort) {
  const Alarm alarm(std::chrono::milliseconds(2));
  const u64 deadline = now_of(CLOCK_MONOTONIC) + 40 * kMillisecond;
  EXPECT_EQ(wait_ready(fds, deadline, run), 0);
  EXPECT_GE(now_of(CLOCK_MONOTONIC), deadline);

  const u64 asleep = now_of(CLOCK_MONOTONIC) + 40 * kMillisecond;
  EXPECT_TRUE(sleep_until(asleep, run));
  EXPECT_GE(now_of(CLOCK_MONOTONIC), asleep);

  const u64 on_the_wall = now_of(CLOCK_REALTIME) + 40 * kMillisecond;
  EXPECT_TRUE(sleep_until_realtime(on_the_wall, run));
  EXPECT_GE(now_of(CLOCK_REALTIME), on_the_wall);
}

TEST_F(Wait, AStoppedRunWaitsForNothing) {
  run.stop = StopReason::requested;
  EXPECT_EQ(wait_ready(fds, never, run).error(), Errno::intr);
  EXPECT_EQ(sleep_until(never, run).error(), Errno::intr);
  EXPECT_EQ(sleep_until_realtime(never, run).error(), Errno::intr);
}

TEST_F(Wait, AStopDuringTheWaitEndsIt) {
  const Alarm alarm(std::chrono::milliseconds(2));
  for (const bool descriptors : {true, false}) {
    run.stop = StopReason::none;
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      run.stop = StopReason::requested;
    });
    if (descriptors) {
      EXPECT_EQ(wait_ready(fds, never, run).error(), Errno::intr);
    } else {
      EXPECT_EQ(sleep_until(never, run).error(), Errno::intr);
    }
    other.join();
  }
}

TEST_F(Wait, TimesThatArePastAreNoWait) {
  EXPECT_TRUE(sleep_until(0, run));
  EXPECT_TRUE(sleep_until(now_of(CLOCK_MONOTONIC), run));
  EXPECT_TRUE(sleep_until_realtime(1, run));
}

TEST_F(Wait, DeadlinesBeyondTheKernelsTypesAreWaitedFor) {
  for (const u64 deadline : {never - 1, u64{1} << 63, (u64{1} << 63) + 5}) {
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      EXPECT_EQ(::write(writer.get(), "x", 1), 1);
    });
    EXPECT_EQ(wait_ready(fds, deadline, run), 1);
    other.join();
    std::array<char, 1> taken{};
    EXPECT_EQ(::read(reader.get(), taken.data(), 1), 1);
  }
}

}  // namespace
}  // namespace limen::test

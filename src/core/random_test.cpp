// random_test.cpp - random bytes: all of them, never the same, not even in a child of fork().
#include "core/random.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include "testing/print.hpp"

namespace limen::test {
namespace {

using Bytes = std::array<std::byte, 16>;

Bytes next(Random& random) {
  const RunState run;
  Bytes bytes{};
  EXPECT_TRUE(random.fill(bytes, run));
  return bytes;
}

TEST(RandomBytes, AChildDoesNotRepeatItsParent) {
  Random random;
  next(random);  // the page is filled now
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const Bytes mine = next(random);
    ::_exit(::write(ends[1], mine.data(), mine.size()) == 16 ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  Bytes childs{};
  ASSERT_EQ(::read(ends[0], childs.data(), childs.size()), 16);
  const Bytes mine = next(random);
  EXPECT_NE(mine, childs);
  EXPECT_NE(childs, Bytes{});
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(RandomBytes, EveryByteTakesEveryValue) {
  Random random;
  std::array<std::set<std::byte>, 16> seen;
  for (int i = 0; i < 8000; ++i) {
    const Bytes bytes = next(random);
    for (std::size_t at = 0; at < bytes.size(); ++at) seen[at].insert(bytes[at]);
  }
  for (const auto& values : seen) EXPECT_EQ(values.size(), 256u);
}

TEST(RandomBytes, NothingIsNothing) {
  Random random;
  const RunState run;
  EXPECT_TRUE(random.fill({}, run));
}

TEST(RandomBytes, ALongFillEndsWhenTheRunIsStopped) {
  Random random;
  RunState run;
  run.stop = StopReason::requested;
  std::vector<std::byte> many(std::size_t{100} << 20);
  EXPECT_EQ(random.fill(many, run).error(), Errno::intr);
}

}  // namespace
}  // namespace limen::test

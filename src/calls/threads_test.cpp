// threads_test.cpp - what thread-spawn answers while there are no threads.
#include <gtest/gtest.h>

#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

TEST(Threads, SpawnIsRefusedWithAnErrorThatLibcKnows) {
  FakeGuest guest({.module = "wasi"});
  const Answer answer = guest.call("thread-spawn", 0);
  EXPECT_FALSE(answer.ended());
  EXPECT_EQ(static_cast<i32>(answer.raw), -6);
}

TEST(Threads, TheTraceShowsTheNumberAndNoErrno) {
  FakeGuest guest({.module = "wasi", .traced = true});
  guest.call("thread-spawn", 7);
  EXPECT_EQ(guest.trace(), "thread-spawn(start_arg=7) = -6\n");
}

}  // namespace
}  // namespace limen::test

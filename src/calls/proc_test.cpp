// proc_test.cpp - what proc_exit, proc_raise and sched_yield promise the guest.
#include <gtest/gtest.h>

#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

TEST(Proc, ExitKeepsAll32Bits) {
  for (const u32 code : {0u, 1u, 126u, 255u, 256u, 0x80000000u, ~0u}) {
    FakeGuest guest;
    EXPECT_TRUE(guest.call("proc_exit", code).ended());
    EXPECT_EQ(std::get<Exited>(guest.ending().value()), Exited{code});
  }
}

TEST(Proc, TheFirstEndingStays) {
  FakeGuest guest;
  EXPECT_TRUE(guest.call("proc_exit", 3).ended());
  EXPECT_TRUE(guest.call("proc_exit", 4).ended());
  EXPECT_TRUE(guest.call("proc_raise", Signal::abrt).ended());
  EXPECT_EQ(std::get<Exited>(guest.ending().value()), Exited{3});
}

enum class Does { nothing, refuses, ends };

// preview1.md §4, all signals by name: what the default action would be.
Does default_action(Signal signal) {
  switch (signal) {
    case Signal::none:
    case Signal::chld:
    case Signal::cont:
    case Signal::urg:
    case Signal::winch:
      return Does::nothing;
    case Signal::stop:
    case Signal::tstp:
    case Signal::ttin:
    case Signal::ttou:
      return Does::refuses;
    default:
      return Does::ends;
  }
}

TEST(Proc, RaiseActsAsTheDefaultActionWould) {
  int ends = 0;
  for (u32 number = 0; number <= 30; ++number) {
    const Signal signal{static_cast<u8>(number)};
    SCOPED_TRACE(name(signal));
    FakeGuest guest;
    const Answer answer = guest.call("proc_raise", number);
    const Does does = default_action(signal);
    EXPECT_EQ(answer.ended(), does == Does::ends);
    EXPECT_EQ(guest.ending().has_value(), does == Does::ends);
    if (does == Does::ends) {
      ++ends;
      EXPECT_EQ(std::get<Raised>(guest.ending().value()), Raised{signal});
    } else {
      EXPECT_EQ(answer.err, does == Does::nothing ? Errno::success : Errno::notsup);
    }
  }
  EXPECT_EQ(ends, 22);
}

TEST(Proc, OtherNumbersAreInval) {
  FakeGuest guest;
  for (const u32 number : {31u, 64u, 255u, 256u + 9u, ~0u}) {
    EXPECT_EQ(guest.call("proc_raise", number).err, Errno::inval) << number;
    EXPECT_FALSE(guest.ending()) << number;
  }
}

TEST(Proc, YieldSucceeds) {
  FakeGuest guest;
  EXPECT_EQ(guest.call("sched_yield").err, Errno::success);
}

TEST(Proc, NoneOfThemNeedsAMemory) {
  FakeGuest guest({.pages = 0});
  EXPECT_EQ(guest.call("sched_yield").err, Errno::success);
  EXPECT_EQ(guest.call("proc_raise", 0).err, Errno::success);
  EXPECT_TRUE(guest.call("proc_exit", 0).ended());
}

}  // namespace
}  // namespace limen::test

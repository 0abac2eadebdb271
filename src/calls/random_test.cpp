// random_test.cpp - what random_get promises the guest.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

// The chance that 16 random bytes are all the poison is 2^-128.
bool untouched(const FakeGuest& guest, Region region) {
  return guest.text(region) == std::string(region.length, '\xAA');
}

TEST(Random, FillsExactlyTheBuffer) {
  FakeGuest guest;
  for (const u32 length : {16u, 100u, 128u, 129u, 512u, 513u, 4096u, 65537u}) {
    SCOPED_TRACE(length);
    guest.forget();
    const Region before = guest.alloc(8);
    const Region buffer = guest.alloc(length);
    const Region after = guest.alloc(8);
    ASSERT_EQ(guest.call("random_get", buffer).err, Errno::success);
    EXPECT_TRUE(untouched(guest, before));
    EXPECT_TRUE(untouched(guest, after));
    EXPECT_FALSE(untouched(guest, {buffer.at, 16}));
    EXPECT_FALSE(untouched(guest, {buffer.at + length - 16, 16}));
  }
}

TEST(Random, SmallRequestsNeverRepeat) {
  FakeGuest guest;
  const Region buffer = guest.alloc(16);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {  // more than one page that is read ahead
    ASSERT_EQ(guest.call("random_get", buffer).err, Errno::success);
    EXPECT_TRUE(seen.insert(guest.text(buffer)).second);
  }
}

TEST(Random, OddSizesAreNeverServedShort) {
  FakeGuest guest;
  for (u32 length = 1; length <= 130; ++length) {
    const Region buffer = guest.alloc(length);
    int same = 0;  // a byte that is never written keeps its poison in every round
    for (int round = 0; round < 8; ++round) {
      std::fill_n(guest.memory().at(buffer.at), length, std::byte{0xAA});
      ASSERT_EQ(guest.call("random_get", buffer).err, Errno::success);
      same += guest.load<u8>(buffer.at + length - 1) == 0xAA ? 1 : 0;
    }
    EXPECT_LT(same, 8) << length;
    guest.forget();
  }
}

TEST(Random, MoreThanTheKernelGivesAtOnce) {
  // getrandom(2) stops at 32 MiB - 1; every 64 KiB must have changed.
  constexpr u32 kLength = (u32{40} << 20) + 3;
  FakeGuest guest({.pages = 700});
  ASSERT_EQ(guest.call("random_get", Region{65536, kLength}).err, Errno::success);
  for (u32 at = 0; at + 16 <= kLength; at += 65536)
    EXPECT_NE(guest.text({65536 + at, 16}), std::string(16, '\0')) << at;
  EXPECT_NE(guest.text({65536 + kLength - 16, 16}), std::string(16, '\0'));
  EXPECT_EQ(guest.load<u64>(65536 + kLength), 0u);
}

TEST(Random, LengthZeroDoesNotLookAtThePointer) {
  FakeGuest guest;
  EXPECT_EQ(guest.call("random_get", ~0u, 0).err, Errno::success);
  EXPECT_EQ(FakeGuest({.pages = 0}).call("random_get", 5, 0).err, Errno::success);
}

TEST(Random, TheBufferMustBeInside) {
  FakeGuest guest;
  EXPECT_EQ(guest.call("random_get", guest.end() - 16, 16).err, Errno::success);
  EXPECT_EQ(guest.call("random_get", guest.end() - 16, 17).err, Errno::fault);
  EXPECT_EQ(guest.call("random_get", 1, ~0u).err, Errno::fault);
  EXPECT_EQ(guest.call("random_get", ~0u, ~0u).err, Errno::fault) << "no wrap-around";
}

}  // namespace
}  // namespace limen::test

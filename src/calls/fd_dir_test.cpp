// fd_dir_test.cpp - what fd_readdir promises the guest: cuts anywhere, cookies that stay.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "testing/fake_descriptor.hpp"
#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr u32 kHeader = 24;

class FdDir : public testing::Test {
 protected:
  FdDir() {
    auto owned = std::make_unique<FakeDirectory>(&log);
    directory = owned.get();
    directory->names() = {"one", "three", "\xC3\xA4"};
    fd = guest.add(std::move(owned));
  }
  std::string list(u32 buffer, u64 cookie) {
    const Region region = guest.alloc(buffer);
    const Answer answer = guest.call("fd_readdir", fd, region, cookie);
    EXPECT_EQ(answer.err, Errno::success);
    return guest.text({region.at, answer.get<u32>()});
  }
  FakeLog log;
  FakeGuest guest;
  FakeDirectory* directory = nullptr;
  u32 fd = 0;
};

TEST_F(FdDir, EntriesComeInOrderWithDotsFirst) {
  u32 used = 0;
  const auto entries = guest.readdir(fd, 4096, 0, &used);
  ASSERT_EQ(entries.size(), 5u);
  const char* names[] = {".", "..", "one", "three", "\xC3\xA4"};
  const u64 inodes[] = {9, 8, 100, 101, 102};
  u32 bytes = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(entries[i].name, names[i]);
    EXPECT_EQ(entries[i].ino, inodes[i]);
    EXPECT_EQ(entries[i].next, i + 1) << "never 0";
    EXPECT_EQ(entries[i].type, i < 2 ? Filetype::directory : Filetype::regular_file);
    bytes += kHeader + entries[i].namlen;
  }
  EXPECT_EQ(used, bytes) << "less than the buffer: this was the end";
}

TEST_F(FdDir, PaddingIsZero) {
  const std::string bytes = list(4096, 0);
  EXPECT_EQ(bytes.substr(21, 3), std::string(3, '\0'));
}

TEST_F(FdDir, TheLastEntryIsCutAnywhere) {
  const std::string all = list(4096, 0);
  for (u32 length = 0; length <= all.size() + 1; ++length) {
    SCOPED_TRACE(length);
    EXPECT_EQ(list(length, 0), all.substr(0, length)) << "filled completely";
    guest.forget();
  }
}

TEST_F(FdDir, ACutNameKeepsItsWholeLength) {
  u32 used = 0;
  const auto entries = guest.readdir(fd, 25 + 26 + kHeader + 1, 0, &used);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[2].namlen, 3u);
  EXPECT_EQ(entries[2].name, "o");
}

TEST_F(FdDir, ACookieContinuesAfterItsEntry) {
  const auto all = guest.readdir(fd, 4096, 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto rest = guest.readdir(fd, 4096, all[i].next);
    ASSERT_EQ(rest.size(), all.size() - i - 1);
    if (!rest.empty()) {
      EXPECT_EQ(rest[0].name, all[i + 1].name);
    }
  }
}

TEST_F(FdDir, CookiesPastTheEndGiveNothing) {
  guest.readdir(fd, 4096, 0);
  for (const u64 cookie : {u64{5}, u64{6}, u64{1} << 32, ~u64{0}})
    EXPECT_EQ(list(4096, cookie), "") << cookie;
}

TEST_F(FdDir, ABufferOfNoBytesAsksNobody) {
  const Answer answer = guest.call("fd_readdir", fd, Region{~0u, 0}, 0);
  EXPECT_EQ(answer.err, Errno::success);
  EXPECT_EQ(answer.get<u32>(), 0u);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(FdDir, TheDirectoryIsReadOncePerCookie0) {
  guest.readdir(fd, 60, 0);
  guest.readdir(fd, 60, 2);
  guest.readdir(fd, 60, 4);
  EXPECT_THAT(log, ElementsAre("list"));
  guest.readdir(fd, 60, 0);
  EXPECT_THAT(log, ElementsAre("list", "list"));
}

TEST_F(FdDir, TheSnapshotStaysWhileFilesComeAndGo) {
  guest.readdir(fd, 4096, 0);
  directory->names() = {"aaa", "three", "zzz"};
  const auto rest = guest.readdir(fd, 4096, 2);
  ASSERT_EQ(rest.size(), 3u);
  EXPECT_EQ(rest[0].name, "one");
  const auto fresh = guest.readdir(fd, 4096, 0);
  ASSERT_EQ(fresh.size(), 5u);
  EXPECT_EQ(fresh[2].name, "aaa") << "cookie 0 sees what is new";
}

TEST_F(FdDir, ACookieWithoutASnapshotMakesOne) {
  const auto entries = guest.readdir(fd, 4096, 3);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].name, "three");
  EXPECT_THAT(log, ElementsAre("list"));
}

TEST_F(FdDir, AFailedRereadLeavesTheOldSnapshot) {
  guest.readdir(fd, 4096, 0);
  directory->failures().add(Errno::io);
  EXPECT_EQ(guest.call("fd_readdir", fd, guest.alloc(64), 0).err, Errno::io);
  EXPECT_EQ(guest.readdir(fd, 4096, 2).size(), 3u);
}

TEST_F(FdDir, WhatIsNoDirectoryIsBadf) {
  const u32 file = guest.add(std::make_unique<FakeDescriptor>());
  const u32 without = guest.add(std::make_unique<FakeDescriptor>(), Rights::none);
  const u32 stream = guest.add(std::make_unique<FakeDescriptor>("", fake_stream));
  for (const u32 number : {file, without, stream, 99u})
    EXPECT_EQ(guest.call("fd_readdir", number, guest.alloc(64), 0).err, Errno::badf);
}

TEST_F(FdDir, NeedsItsRight) {
  const u32 dir = guest.add(std::make_unique<FakeDirectory>(), every_right & ~Rights::fd_readdir);
  EXPECT_EQ(guest.call("fd_readdir", dir, guest.alloc(64), 0).err, Errno::notcapable);
  EXPECT_EQ(guest.call("fd_readdir", dir, Region{~0u, 64}, 0).err, Errno::notcapable)
      << "before fault";
}

TEST_F(FdDir, AddressesAreCheckedBeforeTheDirectoryIsRead) {
  EXPECT_EQ(guest.call("fd_readdir", fd, Region{guest.end() - 8, 9}, 0).err, Errno::fault);
  EXPECT_EQ(guest.call("fd_readdir", fd, guest.alloc(64), 0, guest.end() - 3).err, Errno::fault);
  EXPECT_THAT(log, IsEmpty());
}

std::chrono::nanoseconds time_to_list(u32 entries) {
  FakeGuest guest;
  auto owned = std::make_unique<FakeDirectory>();
  for (u32 i = 0; i < entries; ++i) owned->names().push_back("entry-" + std::to_string(i));
  const u32 fd = guest.add(std::move(owned));
  const auto start = std::chrono::steady_clock::now();
  u64 cookie = 0;
  u64 seen = 0;
  for (;;) {
    u32 used = 0;
    const auto some = guest.readdir(fd, 4096, cookie, &used);
    for (const Dirent& entry : some) {
      if (entry.name.size() < entry.namlen) break;
      EXPECT_EQ(entry.next, cookie + 1);
      cookie = entry.next;
      ++seen;
    }
    if (used < 4096) break;
  }
  EXPECT_EQ(seen, entries + 2);
  return std::chrono::steady_clock::now() - start;
}

TEST(FdDirLarge, ListingIsLinear) {
  // Quadratic work would take 100 times as long for ten times as many; a busy machine is allowed 40.
  const auto small = time_to_list(10'000);
  const auto large = time_to_list(100'000);
  EXPECT_LT(large, 40 * small);
}

TEST(FdDirListing, SortLeavesTheDotsInFront) {
  Listing listing;
  for (const char* name : {".", "..", "b", "a", "\xFF", "B", "!"})
    listing.add(1, Filetype::unknown, name);
  listing.sort();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < listing.size(); ++i) names.emplace_back(listing[i].name);
  EXPECT_THAT(names, ElementsAre(".", "..", "!", "B", "a", "b", "\xFF"));
}

}  // namespace
}  // namespace limen::test

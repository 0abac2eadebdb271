// snapshot0_test.cpp - where wasi_unstable differs, and that it shares everything else.
#include <gtest/gtest.h>

#include "testing/fake_descriptor.hpp"
#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

class Snapshot0 : public testing::Test {
 protected:
  FakeGuest guest{{.module = "wasi_unstable"}};
  u32 fd = guest.add(std::make_unique<FakeDescriptor>("0123456789"));
};

struct Seek {
  const char* rule;
  u32 whence;
  Errno err;
  u64 now_at;
};
constexpr Seek kSeeks[] = {
    {"0 is cur", 0, Errno::success, 5},
    {"1 is end", 1, Errno::success, 12},
    {"2 is set", 2, Errno::success, 2},
    {"3 is none", 3, Errno::inval, 3},
};

TEST_F(Snapshot0, WhenceIsNumberedDifferently) {
  for (const Seek& c : kSeeks) {
    SCOPED_TRACE(c.rule);
    ASSERT_EQ(guest.call("fd_seek", fd, 3, 2).err, Errno::success);
    EXPECT_EQ(guest.call("fd_seek", fd, 2, c.whence).err, c.err);
    EXPECT_EQ(guest.tell(fd), c.now_at);
  }
}

TEST_F(Snapshot0, SeekNeedsTheSameRights) {
  const u32 tell = guest.add(std::make_unique<FakeDescriptor>("abc"), Rights::fd_tell);
  EXPECT_EQ(guest.call("fd_seek", tell, 0, WhenceV0::cur).err, Errno::success);
  EXPECT_EQ(guest.call("fd_seek", tell, 0, WhenceV0::set).err, Errno::notcapable);
  EXPECT_EQ(guest.call("fd_seek", tell, 0, WhenceV0::set, ~0u).err, Errno::notcapable);
}

TEST_F(Snapshot0, FilestatIs56BytesForPathsToo) {
  const u32 dir = guest.add(std::make_unique<FakeDirectory>());
  for (const Answer& answer :
       {guest.call("fd_filestat_get", fd), guest.call("path_filestat_get", dir, 0, "a")}) {
    ASSERT_EQ(answer.err, Errno::success);
    EXPECT_EQ(answer.get<u8>(0, 56), 0xAA);
    EXPECT_NE(answer.get<u32>(0, 20), 0u) << "nlink";
  }
  EXPECT_EQ(guest.call("fd_filestat_get", fd, guest.end() - 56).err, Errno::success);
  EXPECT_EQ(guest.call("fd_filestat_get", fd, guest.end() - 55).err, Errno::fault);
}

TEST_F(Snapshot0, AListenerShowsNoRightToAccept) {
  const u32 listener =
      guest.add(std::make_unique<FakeDescriptor>("", fake_listener), every_right, every_right);
  EXPECT_EQ(guest.fdstat(listener).base, rights::listener & ~Rights::sock_accept);
  EXPECT_EQ(guest.fdstat(listener).inheriting, every_right & ~Rights::sock_accept);
  guest.use_module("wasi_snapshot_preview1");
  EXPECT_EQ(guest.fdstat(listener).base, rights::listener);
}

TEST_F(Snapshot0, BothModulesShareTheDescriptors) {
  guest.call("fd_seek", fd, 4, WhenceV0::set);
  guest.use_module("wasi_snapshot_preview1");
  EXPECT_EQ(guest.tell(fd), 4u);
  EXPECT_EQ(guest.call("fd_close", fd).err, Errno::success);
  guest.use_module("wasi_unstable");
  EXPECT_EQ(guest.call("fd_tell", fd).err, Errno::badf);
}

TEST(Snapshot0Trace, WhenceIsShownByItsOwnNames) {
  FakeGuest guest({.module = "wasi_unstable", .traced = true});
  guest.call("fd_seek", 9, 1, 2);
  EXPECT_EQ(guest.trace(), "fd_seek(fd=9, offset=1, whence=set) = badf\n");
}

}  // namespace
}  // namespace limen::test

// fd_number_test.cpp - what fd_close, fd_renumber, fd_fdstat_* and fd_prestat_* promise the guest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fake_descriptor.hpp"
#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FdNumber : public testing::Test {
 protected:
  u32 add_file(Rights rights = every_right, FdFlags flags = FdFlags::none) {
    return guest.add(std::make_unique<FakeDescriptor>("", fake_file, &log), rights, Rights::none,
                     flags);
  }
  u32 add_dir() { return guest.add(std::make_unique<FakeDirectory>(&log)); }
  FakeLog log;
  FakeGuest guest;
};

// ---- close -------------------------------------------------------------------------------------

TEST_F(FdNumber, CloseFreesTheNumberOnce) {
  const u32 fd = add_file();
  EXPECT_EQ(guest.call("fd_close", fd).err, Errno::success);
  EXPECT_EQ(guest.call("fd_close", fd).err, Errno::badf);
  EXPECT_EQ(guest.call("fd_fdstat_get", fd).err, Errno::badf);
  EXPECT_THAT(log, ElementsAre("close"));
}

TEST_F(FdNumber, CloseNeedsNoRight) {
  const u32 fd = add_file(Rights::none);
  EXPECT_EQ(guest.call("fd_close", fd).err, Errno::success);
}

TEST_F(FdNumber, StdioAndPreopensCanBeClosed) {
  guest.set_stdio(1, std::make_unique<FakeDescriptor>("", fake_stream, &log));
  const u32 dir = guest.preopen("/data", std::make_unique<FakeDirectory>());
  EXPECT_EQ(guest.call("fd_close", 1).err, Errno::success);
  EXPECT_EQ(guest.call("fd_close", dir).err, Errno::success);
  EXPECT_EQ(guest.call("fd_prestat_get", dir).err, Errno::badf);
}

TEST_F(FdNumber, WhatTheHostSaysOfAClosingIsToldAndTheNumberIsGone) {
  auto file = std::make_unique<FakeDescriptor>();
  file->failures().add(Errno::nospc);
  const u32 fd = guest.add(std::move(file));
  EXPECT_EQ(guest.call("fd_close", fd).err, Errno::nospc);
  EXPECT_EQ(guest.call("fd_close", fd).err, Errno::badf);
}

TEST_F(FdNumber, NumbersThatNoGuestCanHaveAreNotOpen) {
  for (const u32 fd : {3u, 0x7FFFFFFFu, 0x80000000u, static_cast<u32>(-31337), ~0u})
    EXPECT_EQ(guest.call("fd_close", fd).err, Errno::badf) << fd;
}

// ---- renumber ----------------------------------------------------------------------------------

TEST_F(FdNumber, RenumberMovesTheWholeDescriptor) {
  const u32 from = add_file(Rights::fd_read | Rights::fd_seek | Rights::fd_tell, FdFlags::nonblock);
  const u32 to = add_file();
  guest.call("fd_seek", from, 7, Whence::set);
  ASSERT_EQ(guest.call("fd_renumber", from, to).err, Errno::success);
  EXPECT_THAT(log, ElementsAre("close")) << "what was at `to`";
  EXPECT_FALSE(guest.is_open(from));
  EXPECT_EQ(guest.tell(to), 7u);
  EXPECT_EQ(guest.fdstat(to).base, Rights::fd_read | Rights::fd_seek | Rights::fd_tell);
  EXPECT_EQ(guest.fdstat(to).flags, FdFlags::nonblock);
}

TEST_F(FdNumber, RenumberToItselfChangesNothing) {
  const u32 fd = add_file();
  EXPECT_EQ(guest.call("fd_renumber", fd, fd).err, Errno::success);
  EXPECT_TRUE(guest.is_open(fd));
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(FdNumber, RenumberNeedsBothOpen) {
  const u32 fd = add_file();
  EXPECT_EQ(guest.call("fd_renumber", fd, fd + 1).err, Errno::badf) << "it makes no numbers";
  EXPECT_EQ(guest.call("fd_renumber", fd, 0).err, Errno::badf) << "stdio is closed here";
  EXPECT_EQ(guest.call("fd_renumber", 99, fd).err, Errno::badf);
  EXPECT_EQ(guest.call("fd_renumber", 99, 99).err, Errno::badf);
  EXPECT_TRUE(guest.is_open(fd));
}

TEST_F(FdNumber, ALaterRenumberOntoTheFreedNumberIsBadf) {
  const u32 a = add_file();
  const u32 b = add_file();
  const u32 c = add_file();
  ASSERT_EQ(guest.call("fd_renumber", a, b).err, Errno::success);
  EXPECT_EQ(guest.call("fd_renumber", c, a).err, Errno::badf);
}

TEST_F(FdNumber, TheFreedNumberIsTheNextOne) {
  const u32 a = add_file();
  const u32 b = add_file();
  add_file();
  ASSERT_EQ(guest.call("fd_renumber", a, b).err, Errno::success);
  EXPECT_EQ(add_file(), a);
}

TEST_F(FdNumber, PreopensMoveWithTheirName) {
  const u32 dir = guest.preopen("/data", std::make_unique<FakeDirectory>());
  const u32 other = guest.preopen("/other", std::make_unique<FakeDirectory>());
  ASSERT_EQ(guest.call("fd_renumber", other, dir).err, Errno::success);
  const Region name = guest.alloc(6);
  ASSERT_EQ(guest.call("fd_prestat_dir_name", dir, name).err, Errno::success);
  EXPECT_EQ(guest.text(name), "/other");
  EXPECT_EQ(guest.call("fd_prestat_get", other).err, Errno::badf);
}

TEST_F(FdNumber, AFileOverAPreopenIsNoPreopen) {
  const u32 dir = guest.preopen("/data", std::make_unique<FakeDirectory>());
  const u32 file = add_file();
  ASSERT_EQ(guest.call("fd_renumber", file, dir).err, Errno::success);
  EXPECT_EQ(guest.call("fd_prestat_get", dir).err, Errno::badf);
  EXPECT_EQ(guest.call("path_filestat_get", dir, 0, "a").err, Errno::notdir);
}

TEST_F(FdNumber, StdioIsSourceAndTarget) {
  for (u32 fd = 0; fd < 3; ++fd)
    guest.set_stdio(fd, std::make_unique<FakeDescriptor>("", fake_stream, &log));
  const u32 file = add_file();
  ASSERT_EQ(guest.call("fd_renumber", file, 1).err, Errno::success);
  EXPECT_EQ(guest.fdstat(1).filetype, Filetype::regular_file);
  ASSERT_EQ(guest.call("fd_renumber", 2, 1).err, Errno::success);
  EXPECT_EQ(guest.fdstat(1).filetype, Filetype::unknown);
  EXPECT_EQ(guest.call("fd_renumber", 1, 2).err, Errno::badf) << "2 was left empty";
  EXPECT_GE(add_file(), 3u) << "0 to 2 are not handed out";
}

TEST_F(FdNumber, TheSnapshotOfADirectoryMovesAlong) {
  auto owned = std::make_unique<FakeDirectory>(&log);
  owned->names() = {"a", "b"};
  const u32 dir = guest.add(std::move(owned));
  const u32 to = add_file();
  guest.readdir(dir, 4096, 0);
  ASSERT_EQ(guest.call("fd_renumber", dir, to).err, Errno::success);
  log.clear();
  EXPECT_EQ(guest.readdir(to, 4096, 3).at(0).name, "b");
  EXPECT_THAT(log, IsEmpty()) << "not listed again";
}

// ---- numbers -----------------------------------------------------------------------------------

TEST_F(FdNumber, TheLowestFreeNumberFrom3IsTaken) {
  EXPECT_EQ(add_file(), 3u);
  EXPECT_EQ(add_file(), 4u);
  EXPECT_EQ(add_file(), 5u);
  guest.call("fd_close", 4);
  guest.call("fd_close", 3);
  EXPECT_EQ(add_file(), 3u);
  EXPECT_EQ(add_file(), 4u);
  EXPECT_EQ(add_file(), 6u);
}

// ---- fdstat ------------------------------------------------------------------------------------

TEST_F(FdNumber, FdstatTellsTypeFlagsAndRights) {
  const u32 fd =
      guest.add(std::make_unique<FakeDescriptor>("", fake_socket),
                Rights::fd_read | Rights::sock_shutdown, Rights::none, FdFlags::nonblock);
  const Fdstat expected{Filetype::socket_stream, FdFlags::nonblock,
                        Rights::fd_read | Rights::sock_shutdown, Rights::none};
  EXPECT_EQ(guest.fdstat(fd), expected);
}

TEST_F(FdNumber, FdstatNeedsNoRightAndWritesPaddingAsZero) {
  const u32 fd = add_file(Rights::none);
  const Answer answer = guest.call("fd_fdstat_get", fd);
  ASSERT_EQ(answer.err, Errno::success);
  EXPECT_EQ(answer.get<u8>(0, 1), 0u);
  EXPECT_EQ(answer.get<u32>(0, 4), 0u);
  EXPECT_EQ(answer.get<u8>(0, 24), 0xAA) << "24 bytes and no more";
}

struct SetFlags {
  const char* rule;
  FdFlags had;
  u32 asked;
  Errno err;
  std::string_view host;  ///< what the back end was asked, if anything
};
constexpr SetFlags kSetFlags[] = {
    {"append on", FdFlags::none, 1, Errno::success, "set_flags 0 -> 1"},
    {"append off", FdFlags::append, 0, Errno::success, "set_flags 1 -> 0"},
    {"the set is replaced", FdFlags::append, 4, Errno::success, "set_flags 1 -> 4"},
    {"nothing new is not asked for", FdFlags::append, 1, Errno::success, ""},
    {"sync flags may be passed back", FdFlags::sync | FdFlags::dsync, 18 | 4, Errno::success,
     "set_flags 18 -> 22"},
    {"dsync can't be turned on", FdFlags::none, 2, Errno::inval, ""},
    {"rsync can't be turned on", FdFlags::none, 8, Errno::inval, ""},
    {"sync can't be turned on", FdFlags::append, 17, Errno::inval, ""},
    {"sync can't be turned off", FdFlags::sync, 0, Errno::inval, ""},
    {"undefined bits", FdFlags::none, 32, Errno::inval, ""},
    {"undefined bits above 16", FdFlags::none, 0x10001, Errno::inval, ""},
};

TEST_F(FdNumber, SetFlagsReplacesTheSet) {
  for (const SetFlags& c : kSetFlags) {
    SCOPED_TRACE(c.rule);
    log.clear();
    const u32 fd = add_file(every_right, c.had);
    EXPECT_EQ(guest.call("fd_fdstat_set_flags", fd, c.asked).err, c.err);
    const FdFlags now = c.err == Errno::success ? static_cast<FdFlags>(c.asked) : c.had;
    EXPECT_EQ(guest.fdstat(fd).flags, now);
    EXPECT_EQ(log, c.host.empty() ? FakeLog{} : FakeLog{std::string(c.host)});
  }
}

TEST_F(FdNumber, SetFlagsThatTheHostRefusesStay) {
  auto file = std::make_unique<FakeDescriptor>();
  file->failures().add(Errno::perm);
  const u32 fd = guest.add(std::move(file));
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", fd, FdFlags::append).err, Errno::perm);
  EXPECT_EQ(guest.fdstat(fd).flags, FdFlags::none);
}

TEST_F(FdNumber, SetFlagsOnADirectory) {
  const u32 dir = add_dir();
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", dir, FdFlags::nonblock).err, Errno::success);
  EXPECT_EQ(guest.fdstat(dir).flags, FdFlags::none) << "accepted without effect";
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", dir, 0).err, Errno::success);
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", dir, FdFlags::append).err, Errno::inval);
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", dir, FdFlags::sync).err, Errno::inval);
}

TEST_F(FdNumber, SetFlagsNeedsItsRight) {
  const u32 fd = add_file(every_right & ~Rights::fd_fdstat_set_flags);
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", fd, 0).err, Errno::notcapable);
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", fd, 64).err, Errno::inval) << "flags come first";
}

constexpr Rights kTwo = Rights::fd_read | Rights::fd_tell;

struct SetRights {
  const char* rule;
  Rights base;
  Rights inheriting;
  Errno err;
};
constexpr SetRights kSetRights[] = {
    {"the same", kTwo, kTwo, Errno::success},
    {"fewer", Rights::fd_read, Rights::none, Errno::success},
    {"none", Rights::none, Rights::none, Errno::success},
    {"more in base", kTwo | Rights::fd_write, kTwo, Errno::notcapable},
    {"more in inheriting", kTwo, kTwo | Rights::fd_write, Errno::notcapable},
    {"fewer of one and more of the other", Rights::none, Rights{~u64{0}}, Errno::notcapable},
    {"undefined bits are more", kTwo | Rights{u64{1} << 30}, kTwo, Errno::notcapable},
    {"undefined bits at the top", kTwo, kTwo | Rights{u64{1} << 63}, Errno::notcapable},
};

TEST_F(FdNumber, SetRightsOnlyTakesAway) {
  for (const SetRights& c : kSetRights) {
    SCOPED_TRACE(c.rule);
    const u32 fd = guest.add(std::make_unique<FakeDescriptor>(), kTwo, kTwo);
    EXPECT_EQ(guest.call("fd_fdstat_set_rights", fd, c.base, c.inheriting).err, c.err);
    const bool changed = c.err == Errno::success;
    EXPECT_EQ(guest.fdstat(fd).base, changed ? c.base : kTwo);
    EXPECT_EQ(guest.fdstat(fd).inheriting, changed ? c.inheriting : kTwo);
  }
}

TEST_F(FdNumber, DroppedRightsHoldAlthoughTheHostCould) {
  const u32 fd = guest.add(std::make_unique<FakeDescriptor>("text"));
  EXPECT_EQ(guest.read(fd, 1), "t");
  const Rights less = guest.fdstat(fd).base & ~Rights::fd_read;
  ASSERT_EQ(guest.call("fd_fdstat_set_rights", fd, less, 0).err, Errno::success);
  EXPECT_EQ(guest.call("fd_read", fd, guest.into(1)).err, Errno::notcapable);
  EXPECT_EQ(guest.call("fd_fdstat_set_rights", fd, less | Rights::fd_read, 0).err,
            Errno::notcapable)
      << "they do not come back";
}

// ---- prestat -----------------------------------------------------------------------------------

TEST_F(FdNumber, PreopensAreFoundByCountingUpToBadf) {
  guest.preopen("/", std::make_unique<FakeDirectory>());
  guest.preopen("/d\xC3\xA4ta", std::make_unique<FakeDirectory>());
  const Answer first = guest.call("fd_prestat_get", 3);
  ASSERT_EQ(first.err, Errno::success);
  EXPECT_EQ(first.get<u32>(), 0u) << "a directory, padding zero";
  EXPECT_EQ(first.get<u32>(0, 4), 1u);
  EXPECT_EQ(guest.call("fd_prestat_get", 4).get<u32>(0, 4), 6u) << "bytes, no NUL";
  EXPECT_EQ(guest.call("fd_prestat_get", 5).err, Errno::badf);
}

TEST_F(FdNumber, WhatIsNoPreopenIsBadfWhateverElseIsWrong) {
  guest.set_stdio(0, std::make_unique<FakeDescriptor>("", fake_stream));
  for (const u32 fd : {0u, add_file(), add_dir(), 99u}) {
    EXPECT_EQ(guest.call("fd_prestat_get", fd).err, Errno::badf) << fd;
    EXPECT_EQ(guest.call("fd_prestat_dir_name", fd, guest.alloc(9)).err, Errno::badf) << fd;
    EXPECT_EQ(guest.call("fd_prestat_get", fd, ~0u).err, Errno::badf) << "before fault";
    EXPECT_EQ(guest.call("fd_prestat_dir_name", fd, Region{~0u, 9}).err, Errno::badf);
  }
}

struct DirName {
  const char* rule;
  u32 length;
  Errno err;
  const char* written;
};
constexpr DirName kDirNames[] = {
    {"exact", 5, Errno::success, "/data"},
    {"larger: the name alone", 8, Errno::success, "/data\xAA\xAA\xAA"},
    {"too small: nothing", 4, Errno::nametoolong, "\xAA\xAA\xAA\xAA"},
    {"no room at all", 0, Errno::nametoolong, ""},
};

TEST_F(FdNumber, DirNameIsWrittenWholeOrNotAtAll) {
  const u32 dir = guest.preopen("/data", std::make_unique<FakeDirectory>());
  for (const DirName& c : kDirNames) {
    SCOPED_TRACE(c.rule);
    const Region buffer = guest.alloc(c.length);
    EXPECT_EQ(guest.call("fd_prestat_dir_name", dir, buffer).err, c.err);
    EXPECT_EQ(guest.text(buffer), c.written);
  }
  EXPECT_EQ(guest.call("fd_prestat_dir_name", dir, Region{guest.end() - 4, 5}).err, Errno::fault);
}

}  // namespace
}  // namespace limen::test

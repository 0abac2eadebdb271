// path_open_test.cpp - what path_open asks a back end for, and the rights of what it opens
// (preview1.md §2 and §6).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fake_descriptor.hpp"
#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using R = Rights;

constexpr R kFileHandsOn = R::fd_read | R::fd_write | R::fd_seek | R::fd_tell | R::fd_sync |
                           R::fd_allocate | R::fd_filestat_get | R::fd_filestat_set_size;

class PathOpen : public testing::Test {
 protected:
  u32 add(R base, R inheriting) {
    auto owned = std::make_unique<FakeDirectory>(&log);
    directory = owned.get();
    const u32 fd = guest.add(std::move(owned), base, inheriting);
    return fd;
  }
  Answer open(u32 fd, R base, R inheriting = R::none, OFlags oflags = OFlags::none,
              FdFlags fdflags = FdFlags::none) {
    return guest.call("path_open", fd, 1, "a", oflags, base, inheriting, fdflags);
  }
  FakeLog log;
  FakeGuest guest;
  FakeDirectory* directory = nullptr;
  u32 preopen = add(rights::directory, rights::directory_inheriting);
};

// ---- the rights of a file ----------------------------------------------------------------------

struct FileRights {
  const char* rule;
  R handed_on;  ///< the directory's inheriting rights
  R asked;
  Errno err;
  R got;
};
constexpr R kAll = rights::directory_inheriting;
constexpr FileRights kFileRights[] = {
    {"literal", kAll, R::fd_read | R::fd_seek, Errno::success, R::fd_read | R::fd_seek},
    {"cut to what is handed on", R::fd_read | R::fd_seek, R::fd_read | R::fd_seek | R::fd_tell,
     Errno::success, R::fd_read | R::fd_seek},
    {"cut to what files can do", kAll, R::fd_read | R::fd_seek | R::path_open | R::fd_readdir,
     Errno::success, R::fd_read | R::fd_seek},
    {"undefined bits are dropped", kAll, R::fd_read | R::fd_seek | R{u64{3} << 40}, Errno::success,
     R::fd_read | R::fd_seek},
    {"all ones", kAll, R{~u64{0}}, Errno::success, rights::regular_file},
    {"without fd_write no right that needs it", kAll,
     R::fd_read | R::fd_filestat_set_size | R::fd_allocate | R::fd_tell, Errno::success,
     R::fd_read | R::fd_tell},
    {"fd_read that is not handed on", kAll & ~R::fd_read, R::fd_read | R::fd_seek,
     Errno::notcapable, R::none},
    {"fd_write that is not handed on", kAll & ~R::fd_write, R::fd_write | R::fd_seek,
     Errno::notcapable, R::none},
    {"shorthand: nothing", kAll, R::none, Errno::success,
     rights::regular_file & ~R::fd_read & ~rights::writing},
    {"shorthand: fd_read", kAll, R::fd_read, Errno::success,
     rights::regular_file & ~rights::writing},
    {"shorthand: fd_write", kAll, R::fd_write, Errno::success, rights::regular_file & ~R::fd_read},
    {"shorthand: both", kAll, R::fd_read | R::fd_write, Errno::success, rights::regular_file},
    {"shorthand: undefined bits do not make it literal", kAll, R::fd_read | R{u64{1} << 30},
     Errno::success, rights::regular_file & ~rights::writing},
    {"shorthand gives no more than is handed on", kFileHandsOn, R::fd_read | R::fd_write,
     Errno::success, kFileHandsOn},
    {"shorthand for reading where nothing else is handed on", R::fd_read, R::fd_read,
     Errno::success, R::fd_read},
    {"shorthand: fd_read that is not handed on", kAll & ~R::fd_read, R::fd_read, Errno::notcapable,
     R::none},
    {"shorthand: nothing, where nothing is handed on", R::none, R::none, Errno::success, R::none},
};

TEST_F(PathOpen, RightsOfAFile) {
  for (const FileRights& c : kFileRights) {
    SCOPED_TRACE(c.rule);
    log.clear();
    const Answer answer = open(add(rights::directory, c.handed_on), c.asked);
    EXPECT_EQ(answer.err, c.err);
    if (c.err != Errno::success) {
      EXPECT_THAT(log, IsEmpty());
      continue;
    }
    const Fdstat stat = guest.fdstat(answer.get<u32>());
    EXPECT_EQ(stat.base, c.got);
    EXPECT_EQ(stat.inheriting, R::none) << "files hand nothing on";
  }
}

TEST_F(PathOpen, RightsOfAFileAreWhatTheBackEndOpened) {
  // A read-only device, say: what was opened can do less than what was asked.
  directory->set_opened(std::make_unique<FakeDescriptor>("", fake_stream));
  const Answer answer = open(preopen, kAll);
  ASSERT_EQ(answer.err, Errno::success);
  EXPECT_EQ(guest.fdstat(answer.get<u32>()).base, rights::stream);
  EXPECT_EQ(guest.fdstat(answer.get<u32>()).filetype, Filetype::unknown);
}

// ---- the rights of a directory -----------------------------------------------------------------

struct DirRights {
  const char* rule;
  R handed_on;
  R asked;
  R asked_inheriting;
  R got;
  R got_inheriting;
};
constexpr R kSome = R::path_open | R::fd_readdir | R::fd_read;
constexpr DirRights kDirRights[] = {
    {"literal", kAll, R::fd_readdir | R::path_open, kSome, R::fd_readdir | R::path_open, kSome},
    {"literal without inheriting hands nothing on", kAll, R::fd_readdir, R::none, R::fd_readdir,
     R::none},
    {"a directory never has a file's rights", kAll, kAll, kAll, rights::directory, kAll},
    {"all ones", kAll, R{~u64{0}}, R{~u64{0}}, rights::directory, kAll},
    {"cut to what is handed on", kSome, kAll & ~R::fd_write, kAll, R::path_open | R::fd_readdir,
     kSome},
    {"shorthand: nothing", kAll, R::none, R::none, rights::directory, kAll},
    {"shorthand: fd_read", kAll, R::fd_read, R::none, rights::directory, kAll},
    {"shorthand with inheriting asked for", kAll, R::fd_read, kSome, rights::directory, kSome},
    {"shorthand gives no more than is handed on", kSome, R::fd_read, R::none,
     R::path_open | R::fd_readdir, kSome},
    {"undefined inheriting bits ask for nothing", kAll, R::none, R{u64{1} << 62}, rights::directory,
     kAll},
};

TEST_F(PathOpen, RightsOfADirectory) {
  for (const DirRights& c : kDirRights) {
    SCOPED_TRACE(c.rule);
    const u32 fd = add(rights::directory, c.handed_on);
    directory->set_opened(std::make_unique<FakeDirectory>());
    const Answer answer = open(fd, c.asked, c.asked_inheriting);
    ASSERT_EQ(answer.err, Errno::success);
    const Fdstat expected{Filetype::directory, FdFlags::none, c.got, c.got_inheriting};
    EXPECT_EQ(guest.fdstat(answer.get<u32>()).base, expected.base);
    EXPECT_EQ(guest.fdstat(answer.get<u32>()).inheriting, expected.inheriting);
  }
}

TEST_F(PathOpen, RightsOnlyShrinkOnTheWayDown) {
  const R less = kAll & ~R::path_unlink_file & ~R::fd_write;
  directory->set_opened(std::make_unique<FakeDirectory>());
  const u32 child = open(preopen, kAll, less).get<u32>();
  EXPECT_EQ(open(child, R::fd_write).err, Errno::notcapable);
  auto& inner = static_cast<FakeDirectory&>(guest.entry(child).directory());
  inner.set_opened(std::make_unique<FakeDirectory>());
  const u32 grandchild = open(child, R::none).get<u32>();
  EXPECT_EQ(guest.fdstat(grandchild).base, rights::directory & less);
  EXPECT_EQ(guest.fdstat(grandchild).inheriting, less);
  EXPECT_EQ(guest.call("path_unlink_file", grandchild, "a").err, Errno::notcapable);
}

TEST_F(PathOpen, ShrinkingADirectoryShrinksWhatItOpens) {
  ASSERT_EQ(guest.call("fd_fdstat_set_rights", preopen, rights::directory, R::fd_read).err,
            Errno::success);
  EXPECT_EQ(open(preopen, R::fd_write).err, Errno::notcapable);
  EXPECT_EQ(guest.fdstat(open(preopen, R::fd_read).get<u32>()).base, R::fd_read);
}

TEST_F(PathOpen, WhatIsOpenedIsNoPreopen) {
  directory->set_opened(std::make_unique<FakeDirectory>());
  const u32 fd = open(preopen, R::none).get<u32>();
  EXPECT_EQ(guest.call("fd_prestat_get", fd).err, Errno::badf);
}

// ---- what the back end is asked for ------------------------------------------------------------

struct Asked {
  const char* rule;
  u32 lookup;
  OFlags oflags;
  R base;
  FdFlags fdflags;
  std::string_view host;
};
constexpr Asked kAsked[] = {
    {"nothing", 0, OFlags::none, R::none, FdFlags::none, "open a oflags=0 fdflags=0"},
    {"follow", 1, OFlags::none, R::none, FdFlags::none, "open a follow oflags=0 fdflags=0"},
    {"reading", 0, OFlags::none, R::fd_read, FdFlags::none, "open a read oflags=0 fdflags=0"},
    {"writing", 0, OFlags::none, R::fd_write, FdFlags::none, "open a write oflags=0 fdflags=0"},
    {"both", 0, OFlags::none, R::fd_read | R::fd_write, FdFlags::none,
     "open a read write oflags=0 fdflags=0"},
    {"only fd_write asks for writing", 0, OFlags::none,
     R::fd_filestat_set_size | R::fd_allocate | R::fd_datasync, FdFlags::none,
     "open a oflags=0 fdflags=0"},
    {"fd_readdir alone", 0, OFlags::none, R::fd_readdir, FdFlags::none,
     "open a oflags=0 fdflags=0"},
    {"creating", 0, OFlags::creat | OFlags::excl, R::fd_write, FdFlags::none,
     "open a write oflags=5 fdflags=0"},
    {"truncating needs no fd_write", 0, OFlags::trunc, R::none, FdFlags::none,
     "open a oflags=8 fdflags=0"},
    {"a directory", 0, OFlags::directory, R::fd_readdir, FdFlags::none,
     "open a oflags=2 fdflags=0"},
    {"all fdflags", 0, OFlags::none, R::fd_write, FdFlags{31}, "open a write oflags=0 fdflags=31"},
};

TEST_F(PathOpen, AccessFollowsFromTheRightsAsked) {
  for (const Asked& c : kAsked) {
    SCOPED_TRACE(c.rule);
    log.clear();
    const Answer answer =
        guest.call("path_open", preopen, c.lookup, "a", c.oflags, c.base, 0, c.fdflags);
    EXPECT_EQ(answer.err, Errno::success);
    EXPECT_EQ(log, FakeLog{std::string(c.host)});
    EXPECT_EQ(guest.fdstat(answer.get<u32>()).flags, c.fdflags) << "shown as asked";
  }
}

TEST_F(PathOpen, ADirectoryShowsNoFlags) {
  directory->set_opened(std::make_unique<FakeDirectory>());
  const Answer answer = open(preopen, R::none, R::none, OFlags::none, FdFlags::nonblock);
  EXPECT_EQ(guest.fdstat(answer.get<u32>()).flags, FdFlags::none);
}

struct NeededRight {
  const char* rule;
  OFlags oflags;
  FdFlags fdflags;
  R base_missing;
  R inheriting_missing;
  Errno err;
};
constexpr NeededRight kNeededRights[] = {
    {"path_open", OFlags::none, FdFlags::none, R::path_open, R::none, Errno::notcapable},
    {"creating", OFlags::creat, FdFlags::none, R::path_create_file, R::none, Errno::notcapable},
    {"truncating", OFlags::trunc, FdFlags::none, R::path_filestat_set_size, R::none,
     Errno::notcapable},
    {"truncating needs no fd_filestat_set_size", OFlags::trunc, FdFlags::none, R::none,
     R::fd_filestat_set_size, Errno::success},
    {"opening needs neither", OFlags::excl, FdFlags::none,
     R::path_create_file | R::path_filestat_set_size, R::none, Errno::success},
    {"dsync with fd_datasync", OFlags::none, FdFlags::dsync, R::none, R::fd_sync, Errno::success},
    {"dsync with fd_sync", OFlags::none, FdFlags::dsync, R::none, R::fd_datasync, Errno::success},
    {"dsync with neither", OFlags::none, FdFlags::dsync, R::none, R::fd_datasync | R::fd_sync,
     Errno::notcapable},
    {"rsync", OFlags::none, FdFlags::rsync, R::none, R::fd_sync, Errno::notcapable},
    {"sync", OFlags::none, FdFlags::sync, R::none, R::fd_sync, Errno::notcapable},
    {"append and nonblock need none", OFlags::none, FdFlags::append | FdFlags::nonblock, R::none,
     R::fd_sync | R::fd_datasync, Errno::success},
};

TEST_F(PathOpen, RightsThatDependOnTheFlags) {
  for (const NeededRight& c : kNeededRights) {
    SCOPED_TRACE(c.rule);
    const u32 fd = add(rights::directory & ~c.base_missing, kAll & ~c.inheriting_missing);
    EXPECT_EQ(open(fd, R::none, R::none, c.oflags, c.fdflags).err, c.err);
    if (c.err == Errno::success) continue;
    EXPECT_EQ(guest.call("path_open", fd, 0, Region{~0u, 1}, c.oflags, 0, 0, c.fdflags).err, c.err)
        << "before fault";
    EXPECT_EQ(guest.call("path_open", fd, 0, "/", c.oflags, 0, 0, c.fdflags).err, c.err)
        << "before the text";
  }
}

// ---- refused before the back end is asked ------------------------------------------------------

TEST_F(PathOpen, UndefinedFlagsAreInval) {
  for (const u32 bits : {32u, 0x100u, 0x10000u, 0x80000000u}) {
    EXPECT_EQ(guest.call("path_open", 99, 0, "a", bits, 0, 0, 0).err, Errno::inval);
    EXPECT_EQ(guest.call("path_open", 99, 0, "a", 0, 0, 0, bits).err, Errno::inval);
  }
  EXPECT_EQ(guest.call("path_open", 99, 0, "a", 16, 0, 0, 0).err, Errno::inval);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(PathOpen, DirectoryWithCreatExclOrTruncIsInval) {
  for (const OFlags with : {OFlags::creat, OFlags::excl, OFlags::trunc})
    EXPECT_EQ(open(preopen, R::none, R::none, OFlags::directory | with).err, Errno::inval);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(PathOpen, ANumberThatCanNotBeStoredOpensNothing) {
  EXPECT_EQ(guest.call("path_open", preopen, 0, "a", 0, 0, 0, 0, guest.end() - 3).err,
            Errno::fault);
  EXPECT_THAT(log, IsEmpty());
  EXPECT_EQ(guest.process().fds.open_count(), 1u);
}

TEST_F(PathOpen, AFailureOpensNothing) {
  directory->failures().add(Errno::noent);
  EXPECT_EQ(open(preopen, R::none).err, Errno::noent);
  EXPECT_EQ(guest.process().fds.open_count(), 1u);
}

TEST_F(PathOpen, TheLowestNumberIsTaken) {
  const u32 a = open(preopen, R::none).get<u32>();
  const u32 b = open(preopen, R::none).get<u32>();
  EXPECT_EQ(b, a + 1);
  guest.call("fd_close", a);
  EXPECT_EQ(open(preopen, R::none).get<u32>(), a);
}

TEST(PathOpenTrace, RightsAreShownByName) {
  FakeGuest guest({.traced = true});
  const u32 fd = guest.preopen("/", std::make_unique<FakeDirectory>());
  guest.call("path_open", fd, 1, "a.txt", 9, R::fd_read | R::fd_tell, kAll, 5);
  EXPECT_EQ(guest.trace(),
            "path_open(fd=3, dirflags=symlink_follow, path=\"a.txt\", oflags=creat|trunc, "
            "fs_rights_base=fd_read|fd_tell, fs_rights_inheriting=all, fdflags=append|nonblock) "
            "-> opened_fd=4\n");
}

}  // namespace
}  // namespace limen::test

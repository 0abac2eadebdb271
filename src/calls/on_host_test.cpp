// on_host_test.cpp - calls through their rows on directories and files of the host: what only shows
// when table, rights, positions and kernel work together.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <map>
#include <set>

#include "fs/host/host.hpp"
#include "fs/stream/host_stream.hpp"
#include "testing/fake_guest.hpp"
#include "testing/temp_dir.hpp"

namespace limen::test {
namespace {

using R = Rights;

class OnHost : public testing::TestWithParam<Resolve> {
 protected:
  u32 preopen(bool read_only = false) {
    return guest.preopen("/", host_directory(temp.open(), read_only, GetParam()).value());
  }
  const TempDir temp{TempDir::fast_base()};
  FakeGuest guest;
  u32 root = preopen();
};
INSTANTIATE_TEST_SUITE_P(BothWays, OnHost, testing::Values(Resolve::openat2, Resolve::walk),
                         [](const auto& way) {
                           return way.param == Resolve::openat2 ? "openat2" : "walk";
                         });

// ---- files -------------------------------------------------------------------------------------

TEST_P(OnHost, WritingSeekingAndReadingBack) {
  const u32 fd = guest.open(root, "file", OFlags::creat);
  EXPECT_EQ(guest.write(fd, "0123456789"), 10u);
  EXPECT_EQ(guest.tell(fd), 10u);
  EXPECT_EQ(guest.call("fd_seek", fd, -3, Whence::end).get<u64>(), 7u);
  EXPECT_EQ(guest.read(fd, 99), "789");
  guest.call("fd_seek", fd, 20, Whence::set);
  guest.write(fd, "x");
  EXPECT_EQ(guest.filestat(fd).size, 21u);
  EXPECT_EQ(temp.text("file").substr(9), std::string("9") + std::string(10, '\0') + "x");
}

TEST_P(OnHost, AppendingIsTheKernels) {
  temp.file("log", "one\n");
  const u32 a = guest.open(root, "log", OFlags::none, R::fd_read | R::fd_write, FdFlags::append);
  const u32 b = guest.open(root, "log", OFlags::none, R::fd_write, FdFlags::append);
  guest.write(a, "two\n");
  guest.write(b, "three\n");
  guest.call("fd_seek", a, 0, Whence::set);
  guest.write(a, "four\n");
  EXPECT_EQ(temp.text("log"), "one\ntwo\nthree\nfour\n");
  EXPECT_EQ(guest.tell(a), 19u);
  ASSERT_EQ(guest.call("fd_pwrite", a, guest.from("five\n"), 0).err, Errno::success);
  EXPECT_EQ(temp.text("log").substr(19), "five\n") << "Linux ignores the offset";
  EXPECT_EQ(guest.tell(a), 19u);
  ASSERT_EQ(guest.call("fd_fdstat_set_flags", a, 0).err, Errno::success);
  ASSERT_EQ(guest.call("fd_pwrite", a, guest.from("ONE"), 0).err, Errno::success);
  EXPECT_EQ(temp.text("log").substr(0, 8), "ONE\ntwo\n");
}

TEST_P(OnHost, AThousandBuffersAreOneWrite) {
  const u32 fd = guest.open(root, "file", OFlags::creat);
  const Region one = guest.put("xy");
  const std::vector<Region> buffers(1500, one);
  EXPECT_EQ(guest.call("fd_write", fd, guest.iovecs(buffers)).get<u32>(), 2048u);
  EXPECT_EQ(temp.text("file").size(), 2048u);
}

TEST_P(OnHost, DescriptorsOfTheSameFileLookTheSame) {
  temp.file("file", "abc");
  const u32 a = guest.open(root, "file");
  const u32 b = guest.open(root, "file");
  EXPECT_EQ(guest.fdstat(a), guest.fdstat(b));
  EXPECT_EQ(guest.filestat(a), guest.filestat(b));
  ASSERT_EQ(guest.call("path_link", root, 0, "file", root, "other").err, Errno::success);
  EXPECT_EQ(guest.stat_at(root, "file"), guest.stat_at(root, "other"));
  EXPECT_EQ(guest.filestat(a).nlink, 2u);
}

TEST_P(OnHost, OpenFilesStayWhenTheirNameGoes) {
  const u32 fd = guest.open(root, "file", OFlags::creat);
  guest.write(fd, "kept");
  ASSERT_EQ(guest.call("path_unlink_file", root, "file").err, Errno::success);
  EXPECT_FALSE(temp.has("file"));
  guest.call("fd_seek", fd, 0, Whence::set);
  EXPECT_EQ(guest.read(fd, 9), "kept");
  EXPECT_EQ(guest.filestat(fd).nlink, 0u);
}

TEST_P(OnHost, ShorthandGivesAFileEverything) {
  temp.file("file");
  EXPECT_EQ(guest.fdstat(guest.open(root, "file")).base, rights::regular_file);
  EXPECT_EQ(guest.fdstat(guest.open(root, "file", OFlags::none, R::fd_read)).base,
            rights::regular_file & ~rights::writing);
  EXPECT_EQ(guest.fdstat(guest.open(root, "file", OFlags::none, R::none)).base,
            rights::regular_file & ~rights::writing & ~R::fd_read);
}

TEST_P(OnHost, TruncatingNeedsNoWriting) {
  temp.file("file", "0123");
  const u32 fd = guest.open(root, "file", OFlags::trunc, R::none);
  EXPECT_EQ(guest.filestat(fd).size, 0u);
  EXPECT_EQ(guest.call("fd_write", fd, guest.from("x")).err, Errno::notcapable);
}

TEST_P(OnHost, TheTypesThatAreShown) {
  temp.directory("dir");
  temp.fifo("fifo");
  temp.link("dir", "link");
  EXPECT_EQ(guest.fdstat(guest.open(root, ".", OFlags::none, R::none)).filetype,
            Filetype::directory);
  EXPECT_EQ(guest.call("path_open", root, 0, "fifo", 0, R::fd_write, 0, 0).err, Errno::nxio)
      << "nobody reads it";
  EXPECT_EQ(guest.fdstat(guest.open(root, "fifo", OFlags::none, R::fd_read)).filetype,
            Filetype::unknown);
  EXPECT_EQ(guest.stat_at(root, "link").filetype, Filetype::symbolic_link);
  EXPECT_EQ(guest.stat_at(root, "link", LookupFlags::symlink_follow).filetype, Filetype::directory);
}

// ---- what directories answer -------------------------------------------------------------------

TEST_P(OnHost, GoDependsOnIsdir) {
  temp.directory("dir");
  for (const char* path : {"dir", "dir/", "."}) {
    const Answer answer = guest.call("path_open", root, 1, path, 0, R::fd_read | R::fd_write, 0, 0);
    EXPECT_EQ(answer.err, Errno::isdir) << path;
    EXPECT_EQ(guest.call("path_open", root, 1, path, OFlags::creat, 0, 0, 0).err, Errno::isdir);
    EXPECT_EQ(guest.call("path_open", root, 1, path, OFlags::trunc, 0, 0, 0).err, Errno::isdir);
  }
}

TEST_P(OnHost, ADirectoryOfTheGuestsOwnIsAsConfined) {
  temp.directory("a/b");
  temp.file("secret", "x");
  temp.link("../secret", "a/up");
  const u32 a = guest.open(root, "a", OFlags::directory, R::none);
  EXPECT_EQ(guest.call("path_filestat_get", a, 0, "../secret").err, Errno::perm);
  EXPECT_EQ(guest.call("path_filestat_get", a, 0, "b/../../a").err, Errno::perm);
  EXPECT_EQ(guest.call("path_filestat_get", a, 1, "up").err, Errno::perm);
  EXPECT_EQ(guest.call("path_filestat_get", a, 0, "up").err, Errno::success);
  EXPECT_EQ(guest.call("path_filestat_get", root, 1, "a/up").err, Errno::success);
}

TEST_P(OnHost, AReadOnlyGrantShowsTheSameRightsAndRefusesChanges) {
  temp.file("file", "abc");
  const u32 ro = preopen(true);
  EXPECT_EQ(guest.fdstat(ro), guest.fdstat(root));
  EXPECT_EQ(guest.call("path_open", ro, 0, "file", 0, R::fd_write, 0, 0).err, Errno::rofs);
  EXPECT_EQ(guest.call("path_open", ro, 0, "new", OFlags::creat, 0, 0, 0).err, Errno::rofs);
  EXPECT_EQ(guest.call("path_open", ro, 0, "file", OFlags::trunc, 0, 0, 0).err, Errno::rofs);
  EXPECT_EQ(guest.call("path_unlink_file", ro, "file").err, Errno::rofs);
  EXPECT_EQ(guest.call("path_rename", root, "file", ro, "moved").err, Errno::xdev);
  EXPECT_EQ(guest.call("path_link", ro, 0, "file", root, "linked").err, Errno::xdev);
  const u32 fd = guest.open(ro, "file", OFlags::none, R::fd_read);
  EXPECT_EQ(guest.call("fd_filestat_set_times", fd, 1, 1, FstFlags::mtim).err, Errno::rofs);
  EXPECT_EQ(guest.read(fd, 9), "abc");
  EXPECT_EQ(temp.text("file"), "abc");
}

// ---- listing -----------------------------------------------------------------------------------

std::set<std::string> names_of(const std::vector<Dirent>& entries) {
  std::set<std::string> names;
  for (const Dirent& entry : entries) names.insert(entry.name);
  return names;
}

TEST_P(OnHost, ListedInodesAndTypesAreThoseOfStat) {
  temp.file("file");
  temp.directory("dir");
  temp.link("file", "link");
  temp.fifo("fifo");
  const auto entries = guest.readdir(root, 4096, 0);
  EXPECT_EQ(names_of(entries), (std::set<std::string>{".", "..", "file", "dir", "link", "fifo"}));
  EXPECT_EQ(entries[0].name, ".");
  EXPECT_EQ(entries[1].name, "..");
  EXPECT_EQ(entries[0].ino, guest.filestat(root).ino);
  EXPECT_EQ(entries[1].ino, entries[0].ino) << "nothing is told of what is above a preopen";
  for (const Dirent& entry : entries) {
    if (entry.name == "..") continue;
    const Filestat stat = guest.stat_at(root, entry.name);
    EXPECT_EQ(entry.ino, stat.ino) << entry.name;
    EXPECT_EQ(entry.type, stat.filetype) << entry.name;
    EXPECT_EQ(stat.dev, guest.filestat(root).dev);
  }
  const u32 dir = guest.open(root, "dir", OFlags::directory, R::none);
  EXPECT_EQ(guest.readdir(dir, 4096, 0).at(1).ino, guest.filestat(root).ino) << "the real one";
}

TEST_P(OnHost, ATreeCanBeRemovedWhileItIsListed) {
  temp.directory("tree");
  for (int i = 0; i < 300; ++i) temp.file("tree/file" + std::to_string(i));
  const u32 dir = guest.open(root, "tree", OFlags::directory, R::none);
  u64 cookie = 0;
  for (bool more = true; more;) {
    u32 used = 0;
    for (const Dirent& entry : guest.readdir(dir, 128, cookie, &used)) {  // as Rust does
      if (entry.name.size() < entry.namlen) break;
      cookie = entry.next;
      if (entry.name == "." || entry.name == "..") continue;
      EXPECT_EQ(guest.call("path_unlink_file", dir, entry.name).err, Errno::success);
    }
    more = used == 128;
  }
  EXPECT_EQ(guest.call("path_remove_directory", root, "tree").err, Errno::success);
}

TEST(OnHostLarge, ManyFilesThatComeAndGoAreSeenOnceEach) {
  constexpr int kFiles = 100'000;
  const TempDir temp{TempDir::fast_base()};
  FakeGuest guest;
  const u32 root = guest.preopen("/", host_directory(temp.open(), false, Resolve::openat2).value());
  const std::string prefix(20, 'n');
  const UniqueFd host = temp.open();
  const auto create = [&](const std::string& name) {
    const int fd = ::openat(host.get(), name.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
    ASSERT_GE(fd, 0);
    ::close(fd);
  };
  for (int i = 0; i < kFiles; ++i) create(prefix + std::to_string(i));

  std::map<std::string, int> seen;
  u64 cookie = 0;
  int round = 0;
  for (bool more = true; more; ++round) {
    u32 used = 0;
    for (const Dirent& entry : guest.readdir(root, 4096, cookie, &used)) {
      if (entry.name.size() < entry.namlen) break;
      EXPECT_GT(entry.next, cookie) << "cookies of this listing grow";
      cookie = entry.next;
      ++seen[entry.name];
      // Every tenth is removed as soon as it was seen, as rm -r does, and new ones appear.
      if (entry.name.starts_with(prefix) && entry.name.ends_with("7")) {
        ASSERT_EQ(::unlinkat(host.get(), entry.name.c_str(), 0), 0);
        create("new" + std::to_string(seen.size()));
      }
    }
    more = used == 4096;
  }
  int stayed = 0;
  for (const auto& [name, times] : seen) {
    EXPECT_EQ(times, 1) << name;
    stayed += name.starts_with(prefix) ? 1 : 0;
  }
  EXPECT_EQ(stayed, kFiles) << "none lost";
  EXPECT_GT(round, 100);
  EXPECT_GT(guest.readdir(root, 4096, 0).size(), 2u);
}

// ---- host descriptors --------------------------------------------------------------------------

TEST_P(OnHost, EverythingIsClosedOnExecAndClosedInTheEnd) {
  const auto open_now = [] {
    std::set<int> fds;
    for (int fd = 0; fd < 1024; ++fd)
      if (::fcntl(fd, F_GETFD) >= 0) fds.insert(fd);
    return fds;
  };
  const auto before = open_now();
  temp.file("file");
  temp.directory("dir");
  temp.fifo("fifo");
  std::vector<u32> opened;
  for (const char* path : {"file", "dir", "fifo", "."})
    opened.push_back(guest.open(root, path, OFlags::none, R::fd_read));
  for (const int fd : open_now()) {
    if (before.contains(fd)) continue;
    EXPECT_EQ(::fcntl(fd, F_GETFD), FD_CLOEXEC) << fd;
  }
  for (const u32 fd : opened) guest.call("fd_close", fd);
  guest.call("path_open", root, 0, "missing", 0, 0, 0, 0);
  guest.call("path_open", root, 0, "file", OFlags::directory, 0, 0, 0);
  guest.call("path_link", root, 1, "file", root, "file2");
  guest.call("path_filestat_set_times", root, 1, "file", 1, 2, 5);
  EXPECT_EQ(open_now(), before) << "no descriptor leaks";
}

TEST_P(OnHost, NonblockOnStdinIsNotTheShells) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const UniqueFd writer(ends[1]);
  const int shared = ::dup(ends[0]);
  guest.set_stdio(0, host_stream(UniqueFd(ends[0]), StreamUse::input).value());
  ASSERT_EQ(guest.call("fd_fdstat_set_flags", 0, FdFlags::nonblock).err, Errno::success);
  EXPECT_EQ(guest.fdstat(0).flags, FdFlags::nonblock);
  EXPECT_EQ(::fcntl(shared, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(guest.call("fd_read", 0, guest.into(4)).err, Errno::again);
  ASSERT_EQ(::write(writer.get(), "go", 2), 2);
  EXPECT_EQ(guest.read(0, 4), "go");
  ::close(shared);
}

}  // namespace
}  // namespace limen::test

// file_test.cpp - reads, writes and changes of an open file.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/host/host_test.hpp"
#include "testing/buffers.hpp"

namespace limen::test {
namespace {

constexpr u64 kTooFar = u64{1} << 63;

class FileTest : public testing::Test {
 protected:
  std::unique_ptr<Descriptor> open(std::string_view path, const OpenHow& how) {
    return std::move(dir->open(path, how).value());
  }
  std::unique_ptr<Descriptor> open(std::string_view path) {
    return open(path, {.read = true, .write = true});
  }

  Tree tree;
  std::unique_ptr<Directory> dir = tree.grant(Resolve::openat2);
};

TEST_F(FileTest, ReadsAtAnOffset) {
  const auto file = open("file");
  const Buffers one{"...."};
  EXPECT_EQ(file->read_at(one, 3), 4u);
  EXPECT_EQ(one[0], "3456");
  const Buffers three{"..", ".", "..........."};
  EXPECT_EQ(file->read_at(three, 1), 9u);
  EXPECT_EQ(three[0] + three[1] + three[2].substr(0, 6), "123456789");
  EXPECT_EQ(file->read_at(one, 10), 0u);
  EXPECT_EQ(file->read_at(one, 1'000'000), 0u);
  EXPECT_EQ(file->read_at({}, 0), 0u);
}

TEST_F(FileTest, WritesAtAnOffset) {
  const auto file = open("file");
  EXPECT_EQ(file->write_at(Buffers{"ab"}, 4), 2u);
  EXPECT_EQ(file->write_at(Buffers{"c", "de"}, 8), 3u);
  EXPECT_EQ(file->write_at({}, 100), 0u);
  EXPECT_EQ(tree.temp().text("in/file"), "0123ab67cde");
  EXPECT_EQ(file->write_at(Buffers{"x"}, 13), 1u);
  EXPECT_EQ(tree.temp().text("in/file"), std::string("0123ab67cde\0\0x", 14));
  EXPECT_EQ(file->size(), 14u);
}

TEST_F(FileTest, AppendGoesToTheEndUntilTurnedOff) {
  const auto file = open("file", {.write = true, .fdflags = FdFlags::append});
  EXPECT_EQ(file->append(Buffers{"ab"}), 2u);
  EXPECT_EQ(file->write_at(Buffers{"c"}, 0), 1u);  // Linux ignores the offset
  EXPECT_EQ(file->append(Buffers{"d", "e"}), 2u);
  EXPECT_EQ(tree.temp().text("in/file"), "0123456789abcde");
  EXPECT_EQ(outcome(file->set_flags(FdFlags::append, FdFlags::none)), "ok");
  EXPECT_EQ(file->write_at(Buffers{"X"}, 0), 1u);
  EXPECT_EQ(outcome(file->set_flags(FdFlags::none, FdFlags::append)), "ok");
  EXPECT_EQ(file->append(Buffers{"f"}), 1u);
  EXPECT_EQ(tree.temp().text("in/file"), "X123456789abcdef");
}

TEST_F(FileTest, SizeAndAllocate) {
  const auto file = open("file");
  EXPECT_EQ(outcome(file->set_size(3)), "ok");
  EXPECT_EQ(tree.temp().text("in/file"), "012");
  EXPECT_EQ(outcome(file->set_size(5)), "ok");
  EXPECT_EQ(tree.temp().text("in/file"), std::string("012\0\0", 5));
  EXPECT_EQ(outcome(file->allocate(0, 3)), "ok");
  EXPECT_EQ(file->size(), 5u);
  EXPECT_EQ(outcome(file->allocate(4, 8)), "ok");
  EXPECT_EQ(file->size(), 12u);
  EXPECT_EQ(outcome(file->set_size(kTooFar)), "inval");
  EXPECT_EQ(outcome(file->set_size(kTooFar - 1)), "fbig");
  EXPECT_EQ(outcome(file->allocate(kTooFar, 1)), "inval");
  EXPECT_EQ(outcome(file->allocate(kTooFar - 10, kTooFar - 10)), "fbig");
  EXPECT_EQ(file->size(), 12u);
}

TEST_F(FileTest, AdviceIsTaken) {
  const auto file = open("file");
  for (const Advice advice : {Advice::normal, Advice::sequential, Advice::random, Advice::willneed,
                              Advice::dontneed, Advice::noreuse})
    EXPECT_EQ(outcome(file->advise(0, 0, advice)), "ok");
  EXPECT_EQ(outcome(file->advise(kTooFar, 0, Advice::normal)), "inval");
  EXPECT_EQ(outcome(file->advise(0, kTooFar, Advice::normal)), "inval");
}

TEST_F(FileTest, TimesAlsoWithoutWriteAccess) {
  const auto file = open("file", {.read = true});
  constexpr TimeChange at{.mode = TimeChange::Mode::exact, .ns = 1'000'000'000'000'000'001};
  const u64 before = file->stat()->atim;
  EXPECT_EQ(outcome(file->set_times({}, at)), "ok");
  EXPECT_EQ(file->stat()->mtim, at.ns);
  EXPECT_EQ(file->stat()->atim, before);
  EXPECT_EQ(outcome(file->set_times({}, {})), "ok");
  EXPECT_EQ(file->stat()->mtim, at.ns);
}

TEST_F(FileTest, SyncAndClose) {
  const auto file = open("file");
  EXPECT_EQ(outcome(file->sync()), "ok");
  EXPECT_EQ(outcome(file->datasync()), "ok");
  EXPECT_EQ(file->poll_source().fd, -1);
  EXPECT_EQ(outcome(file->close()), "ok");
}

TEST_F(FileTest, StaysUsableAfterUnlink) {
  const auto file = open("file");
  ASSERT_TRUE(dir->unlink_file("file"));
  const Buffers four{"...."};
  EXPECT_EQ(file->read_at(four, 0), 4u);
  EXPECT_EQ(file->stat()->nlink, 0u);
}

TEST_F(FileTest, IsNoStreamAndNoSocket) {
  const auto file = open("file");
  EXPECT_EQ(outcome(file->read(Buffers{"."})), "spipe");
  EXPECT_EQ(outcome(file->send(Buffers{"."})), "notsock");
}

TEST_F(FileTest, AFullFileSystem) {
  if (::geteuid() != 0) GTEST_SKIP() << "mounting needs root";
  ASSERT_EQ(::mount("none", tree.at("empty").c_str(), "tmpfs", 0, "size=64k,nr_inodes=4"), 0);
  {
    const auto file = open("empty/x", {.oflags = OFlags::creat, .read = true, .write = true});
    const Buffers much{std::string(100'000, 'x')};
    EXPECT_EQ(file->write_at(much, 0), 65'536u);  // what fits; the error is the next call's
    EXPECT_EQ(outcome(file->write_at(much, 65'536)), "nospc");
    EXPECT_EQ(outcome(file->allocate(0, 1'000'000)), "nospc");
    EXPECT_EQ(outcome(dir->create_directory("empty/a")), "ok");
    EXPECT_EQ(outcome(dir->create_directory("empty/b")), "ok");
    EXPECT_EQ(outcome(dir->create_directory("empty/c")), "nospc");
  }
  ASSERT_EQ(::umount(tree.at("empty").c_str()), 0);
}

TEST_F(FileTest, AFileThatRuns) {
  const std::string copy = tree.at("program");
  std::filesystem::copy_file("/bin/sleep", copy);
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl(copy.c_str(), copy.c_str(), "100", nullptr);
    ::_exit(1);
  }
  const std::string expected = "txtbsy";
  std::string answer;
  for (int i = 0; i < 1000 && answer != expected; ++i, ::usleep(1000))
    answer = outcome(dir->open("program", {.write = true}));
  EXPECT_EQ(answer, expected);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace limen::test

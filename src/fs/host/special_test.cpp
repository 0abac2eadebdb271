// special_test.cpp - FIFOs and devices that a guest opens by path.
#include <gtest/gtest.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "fs/host/host_test.hpp"
#include "testing/alarm.hpp"
#include "testing/buffers.hpp"

namespace limen::test {
namespace {

class SpecialTest : public testing::TestWithParam<Resolve> {
 protected:
  Result<std::unique_ptr<Descriptor>> open(std::string_view path, const OpenHow& how) {
    return dir->open(path, how);
  }
  Tree tree;
  std::unique_ptr<Directory> dir = tree.grant(GetParam());
};
INSTANTIATE_TEST_SUITE_P(BothWays, SpecialTest, testing::ValuesIn(kBothWays), way_name);

constexpr OpenHow kRead{.read = true};
constexpr OpenHow kWrite{.write = true};
constexpr OpenHow kBoth{.read = true, .write = true};

TEST_P(SpecialTest, AFifoWithoutAPeerDoesNotHang) {
  const auto reader = open("fifo", kRead);
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->kind(), Kind::stream);
  EXPECT_EQ((*reader)->filetype(), Filetype::unknown);
  EXPECT_EQ((*reader)->possible_rights(), rights::stream & ~Rights::fd_write);
  ASSERT_TRUE((*reader)->close());
  EXPECT_EQ(outcome(open("fifo", kWrite)), "nxio");
  EXPECT_EQ(outcome(open("fifo", kBoth)), "ok unknown");
}

TEST_P(SpecialTest, AFifoWithAPeer) {
  const auto reader = open("fifo", kRead);
  ASSERT_TRUE(reader);
  const auto writer = open("fifo", kWrite);
  ASSERT_TRUE(writer);
  EXPECT_EQ(write_text(**writer, "hello"), "ok 5");
  EXPECT_EQ((*reader)->available(), 5u);
  EXPECT_EQ(read_text(**reader), "ok hello");
  EXPECT_EQ((*reader)->available(), 0u);
  ASSERT_TRUE((*writer)->close());
  EXPECT_EQ(read_text(**reader), "ok ");
}

// As if open had waited for the writer: nothing to read is not the end before there was one.
TEST_P(SpecialTest, AFifoReaderWaitsForAWriter) {
  const auto reader = open("fifo", kRead);
  ASSERT_TRUE(reader);
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const UniqueFd fd(::open(tree.at("fifo").c_str(), O_WRONLY | O_CLOEXEC));
    EXPECT_EQ(::write(fd.get(), "late", 4), 4);
  });
  EXPECT_EQ(read_text(**reader), "ok late");
  later.join();
  EXPECT_EQ(read_text(**reader), "ok ");
}

TEST_P(SpecialTest, AWaitingFifoReaderCanBeStopped) {
  const auto reader = open("fifo", kRead);
  ASSERT_TRUE(reader);
  const Alarm alarm(std::chrono::milliseconds(20));
  EXPECT_EQ(read_text(**reader), "intr");
  const auto writer = open("fifo", kWrite);
  ASSERT_TRUE(writer);
  EXPECT_EQ(write_text(**writer, "x"), "ok 1");
  EXPECT_EQ(read_text(**reader), "ok x");
  EXPECT_EQ(read_text(**reader), "intr");  // blocked in the read itself
}

TEST_P(SpecialTest, ANonBlockingFifo) {
  const auto reader = open("fifo", {.read = true, .fdflags = FdFlags::nonblock});
  ASSERT_TRUE(reader);
  EXPECT_EQ(read_text(**reader), "ok ");  // the kernel's answer before the first writer
  const auto writer = open("fifo", kWrite);
  ASSERT_TRUE(writer);
  EXPECT_EQ(read_text(**reader), "again");
  EXPECT_EQ(outcome((*writer)->set_flags(FdFlags::none, FdFlags::nonblock)), "ok");
  std::string answer;
  for (int i = 0; i < 1000 && answer != "again"; ++i)
    answer = write_text(**writer, std::string(4096, 'x'));
  EXPECT_EQ(answer, "again");
}

TEST_P(SpecialTest, AFullFifoCanBeStopped) {
  const auto both = open("fifo", kBoth);
  ASSERT_TRUE(both);
  const Alarm alarm(std::chrono::milliseconds(20));
  std::string answer;
  for (int i = 0; i < 1000 && answer != "intr"; ++i)
    answer = write_text(**both, std::string(4096, 'x'));
  EXPECT_EQ(answer, "intr");
}

TEST_P(SpecialTest, AFifoWithoutReadersBreaks) {
  ::signal(SIGPIPE, SIG_IGN);
  auto reader = open("fifo", kRead);
  ASSERT_TRUE(reader);
  const auto writer = open("fifo", kWrite);
  ASSERT_TRUE(writer);
  reader->reset();
  EXPECT_EQ(write_text(**writer, "x"), "pipe");
  ::signal(SIGPIPE, SIG_DFL);
}

TEST_P(SpecialTest, FifosKnowTheirFile) {
  const auto reader = open("fifo", kRead);
  ASSERT_TRUE(reader);
  EXPECT_EQ(*(*reader)->stat(), *dir->stat_at("fifo", false));
  EXPECT_EQ(outcome((*reader)->sync()), "inval");
  EXPECT_EQ(outcome((*reader)->advise(0, 0, Advice::normal)), "spipe");
  EXPECT_EQ(outcome((*reader)->size()), "spipe");
}

TEST_P(SpecialTest, Devices) {
  if (::geteuid() != 0) GTEST_SKIP() << "making devices needs root";
  ASSERT_EQ(::mount("none", tree.at("empty").c_str(), "tmpfs", 0, nullptr), 0);
  ASSERT_EQ(::mknod(tree.at("empty/zero").c_str(), S_IFCHR | 0666, makedev(1, 5)), 0);
  ASSERT_EQ(::mknod(tree.at("empty/full").c_str(), S_IFCHR | 0666, makedev(1, 7)), 0);
  {
    const auto zero = open("empty/zero", kBoth);
    ASSERT_TRUE(zero);
    EXPECT_EQ((*zero)->kind(), Kind::file);
    EXPECT_EQ((*zero)->filetype(), Filetype::character_device);
    EXPECT_EQ((*zero)->possible_rights(), rights::device | Rights::fd_seek | Rights::fd_tell);
    EXPECT_GE((*zero)->poll_source().fd, 0);
    std::string text(3, 'x');
    const iovec buffer{text.data(), text.size()};
    EXPECT_EQ((*zero)->read_at({&buffer, 1}, 100), 3u);
    EXPECT_EQ(text, std::string(3, '\0'));
    EXPECT_EQ(outcome((*zero)->allocate(0, 1)), "notsup");
    const auto full = open("empty/full", kWrite);
    ASSERT_TRUE(full);
    EXPECT_EQ(outcome((*full)->write_at({&buffer, 1}, 0)), "nospc");
    EXPECT_EQ(outcome(tree.grant(GetParam(), true)->open("empty/zero", kWrite)), "rofs");
    EXPECT_EQ(outcome(tree.grant(GetParam(), true)->open("empty/zero", kRead)),
              "ok character_device");
  }
  ASSERT_EQ(::umount(tree.at("empty").c_str()), 0);
}

// Through a pseudo-terminal's own name, which a grant of /dev/pts shows.
TEST_P(SpecialTest, ATerminalIsAStreamAndDoesNotBecomeOurs) {
  const UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!master || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0)
    GTEST_SKIP() << "no pseudo-terminals here";
  const std::string name = ::ptsname(master.get());
  UniqueFd pts(::open("/dev/pts", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_TRUE(pts);
  const auto grant = std::move(host_directory(std::move(pts), false, GetParam()).value());
  const auto tty = grant->open(name.substr(name.rfind('/') + 1), kBoth);
  ASSERT_TRUE(tty);
  EXPECT_EQ((*tty)->kind(), Kind::stream);
  EXPECT_EQ((*tty)->filetype(), Filetype::character_device);
  EXPECT_EQ((*tty)->possible_rights(), rights::stream);
  EXPECT_EQ(::write(master.get(), "line\n", 5), 5);
  EXPECT_EQ(read_text(**tty), "ok line\n");
}

}  // namespace
}  // namespace limen::test

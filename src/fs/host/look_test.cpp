// look_test.cpp - stat and readlink, of paths and of directories themselves.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <limits>

#include "fs/host/host_test.hpp"
#include "fs/host/stat.hpp"

namespace limen::test {
namespace {

class LookTest : public testing::TestWithParam<Resolve> {
 protected:
  // What readlink stores with a buffer of `size` bytes.
  std::string readlink(std::string_view path, std::size_t size = 100) {
    std::string buffer(size, '\0');
    const auto n = dir->readlink(path, std::as_writable_bytes(std::span(buffer)));
    return n ? "ok " + buffer.substr(0, *n) : outcome(n);
  }

  Tree tree;
  std::unique_ptr<Directory> dir = tree.grant(GetParam());
};
INSTANTIATE_TEST_SUITE_P(BothWays, LookTest, testing::ValuesIn(kBothWays), way_name);

TEST_P(LookTest, StatTellsTheTypeAndTheSize) {
  EXPECT_EQ(dir->stat_at("file", false)->size, 10u);
  EXPECT_EQ(dir->stat_at("full/entry", false)->size, 5u);
  EXPECT_EQ(dir->stat_at("to_file", false)->size, 4u);  // the length of its text
  EXPECT_EQ(outcome(dir->stat_at("fifo", false)), "ok unknown");
  EXPECT_EQ(outcome(dir->stat_at("socket", false)), "ok socket_stream");
  EXPECT_EQ(*dir->stat_at("full/..", false), *dir->stat());
  EXPECT_EQ(*dir->stat_at(".", true), *dir->stat());
  EXPECT_EQ(*dir->stat_at("to_file", true), *dir->stat_at("file", false));
}

TEST_P(LookTest, StatOfADescriptorIsThatOfItsPath) {
  for (const char* path : {"file", "full", "fifo"}) {
    const auto opened = dir->open(path, {.read = true});
    ASSERT_TRUE(opened);
    EXPECT_EQ(*(*opened)->stat(), *dir->stat_at(path, false)) << path;
  }
}

TEST_P(LookTest, Readlink) {
  EXPECT_EQ(readlink("to_file"), "ok file");
  EXPECT_EQ(readlink("to_dir_slash"), "ok full/");
  EXPECT_EQ(readlink("up"), "ok ../secret");
  EXPECT_EQ(readlink("absolute"), "ok /etc/passwd");
  EXPECT_EQ(readlink("loop"), "ok loop");
  EXPECT_EQ(readlink("full/to_file"), "ok ../file");
  EXPECT_EQ(readlink("to_file", 2), "ok fi");
  EXPECT_EQ(readlink("to_file", 0), "ok ");
  EXPECT_EQ(readlink("file"), "inval");
  EXPECT_EQ(readlink("empty"), "inval");
  EXPECT_EQ(readlink("to_dir/"), "inval");
  EXPECT_EQ(readlink("to_file/"), "notdir");
  EXPECT_EQ(readlink("missing"), "noent");
  EXPECT_EQ(readlink(".."), "perm");
  EXPECT_EQ(readlink("above/secret"), "perm");
}

TEST_P(LookTest, ADirectoryRefusesWhatFilesDo) {
  EXPECT_EQ(outcome(dir->advise(0, 0, Advice::normal)), "badf");
  EXPECT_EQ(outcome(dir->allocate(0, 1)), "badf");
  EXPECT_EQ(outcome(dir->set_size(0)), "badf");
  EXPECT_EQ(outcome(dir->set_flags(FdFlags::none, FdFlags::nonblock)), "ok");
  EXPECT_EQ(outcome(dir->set_flags(FdFlags::none, FdFlags::append)), "inval");
  EXPECT_EQ(outcome(dir->sync()), "ok");
  EXPECT_EQ(outcome(dir->datasync()), "ok");
}

TEST_P(LookTest, ADirectoryHasTimes) {
  constexpr TimeChange at{.mode = TimeChange::Mode::exact, .ns = 5'000'000'001};
  EXPECT_EQ(outcome(dir->set_times({}, at)), "ok");
  EXPECT_EQ(dir->stat()->mtim, at.ns);
}

TEST_P(LookTest, ARemovedDirectoryStaysUsable) {
  auto opened = dir->open("empty", {.oflags = OFlags::directory, .read = true});
  ASSERT_TRUE(opened);
  ASSERT_EQ(outcome(dir->remove_directory("empty")), "ok");
  auto& gone = static_cast<Directory&>(**opened);
  EXPECT_EQ(outcome(gone.stat()), "ok directory");
  EXPECT_EQ(outcome(gone.stat_at("x", false)), "noent");
  EXPECT_EQ(outcome(gone.create_directory("x")), "noent");
  EXPECT_EQ(outcome(gone.close()), "ok");
}

TEST(HostStat, TimesOutsideTheRangeAreCut) {
  const auto mtim = [](time_t seconds, long ns) {
    struct stat stat{};
    stat.st_mtim = {.tv_sec = seconds, .tv_nsec = ns};
    return host::to_filestat(stat).mtim;
  };
  constexpr u64 most = std::numeric_limits<u64>::max();
  EXPECT_EQ(mtim(0, 5), 5u);
  EXPECT_EQ(mtim(1, 5), 1'000'000'005u);
  EXPECT_EQ(mtim(-1, 999'999'999), 0u);
  EXPECT_EQ(mtim(18'446'744'073, 709'551'615), most);
  EXPECT_EQ(mtim(18'446'744'073, 709'551'616), most);
  EXPECT_EQ(mtim(18'446'744'074, 0), most);
  EXPECT_EQ(mtim(std::numeric_limits<time_t>::max(), 0), most);
}

TEST(HostStat, TimesAreSplitUnsigned) {
  const TimeChange late{.mode = TimeChange::Mode::exact, .ns = (u64{1} << 63) + 1};
  const auto times = host::to_timespecs(late, {});
  EXPECT_EQ(times[0].tv_sec, 9'223'372'036);
  EXPECT_EQ(times[0].tv_nsec, 854'775'809);
  EXPECT_EQ(times[1].tv_nsec, UTIME_OMIT);
}

}  // namespace
}  // namespace limen::test

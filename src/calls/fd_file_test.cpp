// fd_file_test.cpp - what fd_advise, fd_allocate, fd_datasync, fd_sync and fd_filestat_* promise the
// guest, on back ends that note what they were asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fake_descriptor.hpp"
#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr u64 kTop = u64{1} << 63;

class FdFile : public testing::Test {
 protected:
  u32 add(FakeKind what, Rights rights = every_right) {
    return guest.add(std::make_unique<FakeDescriptor>("0123456789", what, &log), rights);
  }
  FakeLog log;
  FakeGuest guest;
  u32 fd = add(fake_file);
  u32 stream = add(fake_stream);
  u32 socket = add(fake_socket);
  u32 dir = guest.add(std::make_unique<FakeDirectory>(&log));
};

// ---- advise and allocate -----------------------------------------------------------------------

struct Range {
  const char* rule;
  u64 offset;
  u64 length;
  Errno advise;
  Errno allocate;
};
constexpr Range kRanges[] = {
    {"plain", 2, 20, Errno::success, Errno::success},
    {"length 0 is the rest, and nothing to allocate", 2, 0, Errno::success, Errno::inval},
    {"the largest sum", kTop - 2, 1, Errno::success, Errno::success},
    {"a sum past the largest file", kTop - 1, 1, Errno::success, Errno::fbig},
    {"both large", kTop - 1, kTop - 1, Errno::success, Errno::fbig},
    {"an offset from 2^63", kTop, 1, Errno::inval, Errno::inval},
    {"a length from 2^63", 0, kTop, Errno::inval, Errno::inval},
    {"both all ones", ~u64{0}, ~u64{0}, Errno::inval, Errno::inval},
};

TEST_F(FdFile, AdviseChecksItsRange) {
  for (const Range& c : kRanges) {
    SCOPED_TRACE(c.rule);
    log.clear();
    EXPECT_EQ(guest.call("fd_advise", fd, c.offset, c.length, Advice::random).err, c.advise);
    EXPECT_EQ(log.empty(), c.advise != Errno::success);
  }
}

class Unallocated final : public FakeDescriptor {
 public:
  Result<void> allocate(u64, u64) override { return {}; }
};

TEST_F(FdFile, AllocateChecksItsRange) {
  const u32 any = guest.add(std::make_unique<Unallocated>());
  for (const Range& c : kRanges) {
    SCOPED_TRACE(c.rule);
    EXPECT_EQ(guest.call("fd_allocate", any, c.offset, c.length).err, c.allocate);
  }
}

TEST_F(FdFile, AdviseHandsEveryAdviceOn) {
  for (u32 advice = 0; advice < 6; ++advice)
    EXPECT_EQ(guest.call("fd_advise", fd, 1, 2, advice).err, Errno::success);
  EXPECT_THAT(log, ElementsAre("advise 1 2 normal", "advise 1 2 sequential", "advise 1 2 random",
                               "advise 1 2 willneed", "advise 1 2 dontneed", "advise 1 2 noreuse"));
  EXPECT_EQ(guest.call("fd_advise", fd, 1, 2, 6).err, Errno::inval);
  EXPECT_EQ(guest.call("fd_advise", 99, 1, 2, 6).err, Errno::inval) << "before badf";
}

TEST_F(FdFile, AllocateGrowsAndDoesNotMove) {
  ASSERT_EQ(guest.call("fd_allocate", fd, 8, 8).err, Errno::success);
  EXPECT_EQ(guest.filestat(fd).size, 16u);
  EXPECT_EQ(guest.tell(fd), 0u);
}

// ---- who may, and on what ----------------------------------------------------------------------

struct WrongType {
  const char* call;
  Rights needs;
  Errno on_directory;
  Errno on_stream;
};
constexpr WrongType kWrongTypes[] = {
    {"fd_advise", Rights::fd_advise, Errno::badf, Errno::spipe},
    {"fd_allocate", Rights::fd_allocate, Errno::badf, Errno::spipe},
    {"fd_sync", Rights::fd_sync, Errno::success, Errno::inval},
    {"fd_datasync", Rights::fd_datasync, Errno::success, Errno::inval},
    {"fd_filestat_get", Rights::fd_filestat_get, Errno::success, Errno::success},
    {"fd_filestat_set_size", Rights::fd_filestat_set_size, Errno::badf, Errno::notcapable},
    {"fd_filestat_set_times", Rights::fd_filestat_set_times, Errno::success, Errno::notcapable},
};

Answer call_it(FakeGuest& guest, std::string_view name, u32 fd) {
  if (name == "fd_advise") return guest.call(name, fd, 0, 1, 0);
  if (name == "fd_allocate") return guest.call(name, fd, 0, 1);
  if (name == "fd_filestat_set_size") return guest.call(name, fd, 1);
  if (name == "fd_filestat_set_times") return guest.call(name, fd, 1, 1, FstFlags::atim_now);
  return guest.call(name, fd);
}

TEST_F(FdFile, DescriptorsOfTheWrongTypeAreRefusedBeforeTheirRights) {
  const u32 dir_without = guest.add(std::make_unique<FakeDirectory>(), Rights::none);
  for (const WrongType& c : kWrongTypes) {
    SCOPED_TRACE(c.call);
    EXPECT_EQ(call_it(guest, c.call, fd).err, Errno::success);
    EXPECT_EQ(call_it(guest, c.call, dir).err, c.on_directory);
    EXPECT_EQ(call_it(guest, c.call, stream).err, c.on_stream);
    EXPECT_EQ(call_it(guest, c.call, socket).err, c.on_stream);
    const Errno without = c.on_directory == Errno::success ? Errno::notcapable : c.on_directory;
    EXPECT_EQ(call_it(guest, c.call, dir_without).err, without);
    EXPECT_EQ(call_it(guest, c.call, 99).err, Errno::badf);
    EXPECT_EQ(call_it(guest, c.call, add(fake_file, c.needs)).err, Errno::success);
    EXPECT_EQ(call_it(guest, c.call, add(fake_file, every_right & ~c.needs)).err,
              c.needs == Rights::fd_datasync ? Errno::success : Errno::notcapable);
  }
}

TEST_F(FdFile, DatasyncIsContentWithFdSync) {
  EXPECT_EQ(guest.call("fd_datasync", add(fake_file, Rights::fd_sync)).err, Errno::success);
  EXPECT_EQ(guest.call("fd_sync", add(fake_file, Rights::fd_datasync)).err, Errno::notcapable);
  EXPECT_EQ(guest.call("fd_datasync", add(fake_file, Rights::fd_read)).err, Errno::notcapable);
}

TEST_F(FdFile, SyncReachesFilesAndDirectories) {
  guest.call("fd_sync", fd);
  guest.call("fd_datasync", fd);
  guest.call("fd_sync", dir);
  guest.call("fd_datasync", dir);
  EXPECT_THAT(log, ElementsAre("sync", "datasync", "sync", "datasync"));
}

// ---- filestat ----------------------------------------------------------------------------------

TEST_F(FdFile, FilestatIsWrittenWholeWithPaddingZero) {
  const Answer answer = guest.call("fd_filestat_get", fd);
  ASSERT_EQ(answer.err, Errno::success);
  EXPECT_EQ(answer.get<u64>(0, 0), 1u);
  EXPECT_EQ(answer.get<u64>(0, 8), 2u);
  EXPECT_EQ(answer.get<u64>(0, 16), 4u) << "regular_file, seven bytes of padding";
  EXPECT_EQ(answer.get<u64>(0, 24), 3u);
  EXPECT_EQ(answer.get<u64>(0, 32), 10u);
  EXPECT_EQ(answer.get<u64>(0, 40), 5u);
  EXPECT_EQ(answer.get<u64>(0, 48), 6u);
  EXPECT_EQ(answer.get<u64>(0, 56), 7u);
}

TEST_F(FdFile, FilestatMustFit) {
  EXPECT_EQ(guest.call("fd_filestat_get", fd, guest.end() - 64).err, Errno::success);
  EXPECT_EQ(guest.call("fd_filestat_get", fd, guest.end() - 63).err, Errno::fault);
  EXPECT_EQ(guest.call("fd_filestat_get", fd, ~0u).err, Errno::fault);
  EXPECT_THAT(log, ElementsAre("stat"));
}

TEST_F(FdFile, SetSizeDoesNotMove) {
  guest.call("fd_seek", fd, 8, Whence::set);
  EXPECT_EQ(guest.call("fd_filestat_set_size", fd, 4).err, Errno::success);
  EXPECT_EQ(guest.tell(fd), 8u);
  EXPECT_EQ(guest.call("fd_filestat_set_size", fd, 6).err, Errno::success);
  guest.call("fd_seek", fd, 0, Whence::set);
  EXPECT_EQ(guest.read(fd, 10), std::string("0123\0\0", 6));
}

TEST_F(FdFile, SizesFrom2To63AreInval) {
  EXPECT_EQ(guest.call("fd_filestat_set_size", fd, kTop).err, Errno::inval);
  EXPECT_EQ(guest.call("fd_filestat_set_size", fd, ~u64{0}).err, Errno::inval);
  EXPECT_THAT(log, IsEmpty());
}

struct Times {
  const char* rule;
  u32 flags;
  Errno err;
  std::string_view host;
};
constexpr Times kTimes[] = {
    {"nothing", 0, Errno::success, ""},
    {"atim", 1, Errno::success, "set_times 111 omit"},
    {"atim now", 2, Errno::success, "set_times now omit"},
    {"mtim", 4, Errno::success, "set_times omit 222"},
    {"mtim now", 8, Errno::success, "set_times omit now"},
    {"both", 5, Errno::success, "set_times 111 222"},
    {"one and the other now", 9, Errno::success, "set_times 111 now"},
    {"both now", 10, Errno::success, "set_times now now"},
    {"atim twice", 3, Errno::inval, ""},
    {"mtim twice", 12, Errno::inval, ""},
    {"mtim twice, atim fine", 13, Errno::inval, ""},
    {"all", 15, Errno::inval, ""},
    {"undefined bits", 16, Errno::inval, ""},
    {"undefined bits above 16", 0x10001, Errno::inval, ""},
};

TEST_F(FdFile, SetTimesTakesEachTimeOnce) {
  for (const Times& c : kTimes) {
    SCOPED_TRACE(c.rule);
    for (const u32 on : {fd, dir}) {
      log.clear();
      EXPECT_EQ(guest.call("fd_filestat_set_times", on, 111, 222, c.flags).err, c.err);
      EXPECT_EQ(log, c.host.empty() ? FakeLog{} : FakeLog{std::string(c.host)});
    }
  }
}

TEST_F(FdFile, TimesFrom2To63AreFine) {
  EXPECT_EQ(guest.call("fd_filestat_set_times", fd, ~u64{0}, kTop, 5).err, Errno::success);
  EXPECT_THAT(log, ElementsAre("set_times 18446744073709551615 9223372036854775808"));
}

}  // namespace
}  // namespace limen::test

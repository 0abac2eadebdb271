// fd_io_test.cpp - what fd_read, fd_write, fd_pread, fd_pwrite, fd_seek and fd_tell promise the
// guest, on back ends that note what they were asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "testing/fake_descriptor.hpp"
#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr u64 kMax = std::numeric_limits<i64>::max();

class FdIo : public testing::Test {
 protected:
  FakeDescriptor* add(FakeKind what, u32& number, Rights rights = every_right,
                      FdFlags flags = FdFlags::none) {
    auto owned = std::make_unique<FakeDescriptor>("0123456789", what, &log);
    FakeDescriptor* descriptor = owned.get();
    number = guest.add(std::move(owned), rights, Rights::none, flags);
    return descriptor;
  }
  FakeLog log;
  FakeGuest guest;
  u32 fd = 0;
  FakeDescriptor* file = add(fake_file, fd);  // ten bytes, position 0
};

// ---- seek and tell -----------------------------------------------------------------------------

struct Seek {
  const char* rule;
  u64 from;
  i64 delta;
  Whence whence;
  Errno err;
  u64 now_at;  // looked at after failures too
};
constexpr Seek kSeeks[] = {
    {"set counts from byte 0", 3, 4, Whence::set, Errno::success, 4},
    {"cur counts from the position", 3, 4, Whence::cur, Errno::success, 7},
    {"cur may go back", 3, -2, Whence::cur, Errno::success, 1},
    {"cur and 0 is a query", 3, 0, Whence::cur, Errno::success, 3},
    {"end counts from the size", 3, -1, Whence::end, Errno::success, 9},
    {"past the end is allowed", 3, 90, Whence::set, Errno::success, 90},
    {"past the end from the end", 3, 5, Whence::end, Errno::success, 15},
    {"to the first byte", 3, -3, Whence::cur, Errno::success, 0},
    {"before byte 0 fails", 3, -4, Whence::cur, Errno::inval, 3},
    {"set below 0 fails", 3, -1, Whence::set, Errno::inval, 3},
    {"end below 0 fails", 3, -11, Whence::end, Errno::inval, 3},
    {"the largest position", 3, kMax, Whence::set, Errno::success, kMax},
    {"a sum above 2^63-1 fails", kMax, 1, Whence::cur, Errno::inval, kMax},
    {"the smallest delta fails", 3, std::numeric_limits<i64>::min(), Whence::cur, Errno::inval, 3},
    {"from the end above 2^63-1 fails", 3, kMax, Whence::end, Errno::inval, 3},
};

TEST_F(FdIo, Seek) {
  for (const Seek& c : kSeeks) {
    SCOPED_TRACE(c.rule);
    ASSERT_EQ(guest.call("fd_seek", fd, c.from, Whence::set).err, Errno::success);
    const Answer answer = guest.call("fd_seek", fd, c.delta, c.whence);
    EXPECT_EQ(answer.err, c.err);
    if (c.err == Errno::success) {
      EXPECT_EQ(answer.get<u64>(), c.now_at);
    }
    EXPECT_EQ(guest.tell(fd), c.now_at);
  }
}

TEST_F(FdIo, SeekByAnUnknownWhenceIsInval) {
  EXPECT_EQ(guest.call("fd_seek", fd, 0, 3).err, Errno::inval);
  EXPECT_EQ(guest.call("fd_seek", fd, 0, 256).err, Errno::inval) << "the whole i32 counts";
  EXPECT_EQ(guest.call("fd_seek", 99, 0, 3, ~0u).err, Errno::inval) << "before badf and fault";
}

struct SeekRights {
  const char* rule;
  Rights rights;
  Errno query;
  Errno move;
};
constexpr SeekRights kSeekRights[] = {
    {"both", Rights::fd_seek | Rights::fd_tell, Errno::success, Errno::success},
    {"fd_seek implies fd_tell", Rights::fd_seek, Errno::success, Errno::success},
    {"fd_tell is enough for a query", Rights::fd_tell, Errno::success, Errno::notcapable},
    {"neither", Rights::fd_read | Rights::fd_write, Errno::notcapable, Errno::notcapable},
};

TEST_F(FdIo, SeekAndTellNeedTheirRights) {
  for (const SeekRights& c : kSeekRights) {
    SCOPED_TRACE(c.rule);
    u32 other = 0;
    add(fake_file, other, c.rights);
    EXPECT_EQ(guest.call("fd_tell", other).err, c.query);
    EXPECT_EQ(guest.call("fd_seek", other, 0, Whence::cur).err, c.query);
    EXPECT_EQ(guest.call("fd_seek", other, 1, Whence::cur).err, c.move);
    EXPECT_EQ(guest.call("fd_seek", other, 0, Whence::set).err, c.move);
    EXPECT_EQ(guest.call("fd_seek", other, 0, Whence::end).err, c.move);
  }
}

TEST_F(FdIo, ARightThatSeekNeedsIsAskedForBeforePointers) {
  u32 other = 0;
  add(fake_file, other, Rights::fd_tell);
  EXPECT_EQ(guest.call("fd_seek", other, 1, Whence::cur, ~0u).err, Errno::notcapable);
}

TEST_F(FdIo, SeekDoesNotMoveWhenItsResultIsOutside) {
  EXPECT_EQ(guest.call("fd_seek", fd, 4, Whence::set, guest.end() - 7).err, Errno::fault);
  EXPECT_EQ(guest.tell(fd), 0u);
}

// ---- reading and writing at the position -------------------------------------------------------

TEST_F(FdIo, ReadMovesThePositionByWhatItGot) {
  EXPECT_EQ(guest.read(fd, 4), "0123");
  EXPECT_EQ(guest.read(fd, 4), "4567");
  EXPECT_EQ(guest.read(fd, 4), "89") << "short at the end";
  EXPECT_EQ(guest.read(fd, 4), "") << "0 is the end of the file";
  EXPECT_EQ(guest.tell(fd), 10u);
}

TEST_F(FdIo, ReadPastTheEndIsTheEnd) {
  guest.call("fd_seek", fd, 100, Whence::set);
  EXPECT_EQ(guest.read(fd, 4), "");
  EXPECT_EQ(guest.tell(fd), 100u);
}

TEST_F(FdIo, WriteOverwritesAtThePosition) {
  guest.call("fd_seek", fd, 8, Whence::set);
  EXPECT_EQ(guest.write(fd, "abcd"), 4u);
  EXPECT_EQ(file->content(), "01234567abcd");
  EXPECT_EQ(guest.tell(fd), 12u);
}

TEST_F(FdIo, OneOperationPerCallAndPartialResultsAreReported) {
  file->set_short(3);
  EXPECT_EQ(guest.read(fd, 8), "012");
  EXPECT_EQ(guest.write(fd, "abcd"), 3u);
  EXPECT_EQ(guest.tell(fd), 6u);
  EXPECT_THAT(log, ElementsAre("read_at 8 bytes at 0", "write_at 4 bytes at 3"));
}

TEST_F(FdIo, AFailureMovesNothing) {
  file->failures().add(Errno::io);
  file->failures().add(Errno::nospc);
  EXPECT_EQ(guest.call("fd_read", fd, guest.into(4)).err, Errno::io);
  EXPECT_EQ(guest.call("fd_write", fd, guest.from("x")).err, Errno::nospc);
  EXPECT_EQ(guest.tell(fd), 0u);
}

TEST_F(FdIo, InterruptedOperationsAreRepeated) {
  file->failures().add(Errno::intr);
  file->failures().add(Errno::intr);
  EXPECT_EQ(guest.read(fd, 4), "0123");
  EXPECT_EQ(log.size(), 3u);
}

TEST_F(FdIo, AnInterruptedOperationEndsARunThatIsBeingStopped) {
  file->failures().add(Errno::intr);
  guest.process().run.stop = StopReason::timed_out;
  EXPECT_TRUE(guest.call("fd_read", fd, guest.into(4)).ended());
  EXPECT_TRUE(std::holds_alternative<TimedOut>(guest.ending().value()));
}

TEST_F(FdIo, TheResultIsCheckedBeforeDataIsConsumed) {
  u32 stream = 0;
  FakeDescriptor* in = add(fake_stream, stream);
  EXPECT_EQ(guest.call("fd_read", stream, guest.into(4), guest.end() - 3).err, Errno::fault);
  EXPECT_EQ(in->content(), "0123456789");
  EXPECT_EQ(guest.call("fd_write", fd, guest.from("abc"), ~0u).err, Errno::fault);
  EXPECT_THAT(log, IsEmpty());
}

// ---- appending ---------------------------------------------------------------------------------

class FdAppend : public FdIo {
 protected:
  FdAppend() { file = add(fake_file, fd, every_right, FdFlags::append); }
};

TEST_F(FdAppend, EveryWriteGoesToTheEndAndMovesThere) {
  guest.call("fd_seek", fd, 2, Whence::set);
  EXPECT_EQ(guest.write(fd, "ab"), 2u);
  EXPECT_EQ(guest.tell(fd), 12u);
  guest.call("fd_seek", fd, 0, Whence::set);
  EXPECT_EQ(guest.read(fd, 3), "012") << "reading starts at the position";
  EXPECT_EQ(guest.write(fd, "c"), 1u);
  EXPECT_EQ(guest.read(fd, 4), "") << "the position is the end now";
  EXPECT_EQ(file->content(), "0123456789abc");
}

TEST_F(FdAppend, TheEndIsAskedForOnlyWhenItIsNeeded) {
  guest.write(fd, "a");
  guest.write(fd, "b");
  EXPECT_THAT(log, ElementsAre("append 1 bytes", "append 1 bytes"));
  EXPECT_EQ(guest.tell(fd), 12u);
  guest.tell(fd);
  EXPECT_THAT(log, ElementsAre("append 1 bytes", "append 1 bytes", "size"));
}

TEST_F(FdAppend, ThePositionStaysWhenTheFileIsCutOrGrowsAfterwards) {
  guest.write(fd, "ab");  // at 12
  ASSERT_EQ(guest.call("fd_filestat_set_size", fd, 3).err, Errno::success);
  EXPECT_EQ(guest.tell(fd), 12u);
  guest.write(fd, "x");  // at 4
  ASSERT_EQ(guest.call("fd_allocate", fd, 0, 20).err, Errno::success);
  EXPECT_EQ(guest.tell(fd), 4u);
  guest.write(fd, "y");  // at 21
  ASSERT_EQ(guest.call("fd_pwrite", fd, guest.from("long text"), 30).err, Errno::success);
  EXPECT_EQ(guest.tell(fd), 21u);
}

TEST_F(FdAppend, TurningItOffOverwrites) {
  guest.write(fd, "a");
  ASSERT_EQ(guest.call("fd_fdstat_set_flags", fd, 0).err, Errno::success);
  guest.call("fd_seek", fd, 0, Whence::set);
  guest.write(fd, "bc");
  EXPECT_EQ(file->content(), "bc23456789a");
}

TEST_F(FdAppend, TurningItOffLeavesThePositionAtTheEnd) {
  guest.write(fd, "a");
  ASSERT_EQ(guest.call("fd_fdstat_set_flags", fd, 0).err, Errno::success);
  guest.write(fd, "b");
  EXPECT_EQ(file->content(), "0123456789ab");
  EXPECT_EQ(guest.tell(fd), 12u);
}

TEST_F(FdAppend, RenumberTakesThePositionAlong) {
  guest.write(fd, "a");
  u32 to = 0;
  add(fake_file, to);
  ASSERT_EQ(guest.call("fd_renumber", fd, to).err, Errno::success);
  EXPECT_EQ(guest.tell(to), 11u);
}

// ---- pread and pwrite --------------------------------------------------------------------------

TEST_F(FdIo, PositionedCallsDoNotMove) {
  guest.call("fd_seek", fd, 1, Whence::set);
  const Region buffer = guest.alloc(4);
  const Answer read = guest.call("fd_pread", fd, guest.iovecs({buffer}), 6);
  ASSERT_EQ(read.err, Errno::success);
  EXPECT_EQ(guest.text({buffer.at, read.get<u32>()}), "6789");
  ASSERT_EQ(guest.call("fd_pwrite", fd, guest.from("xy"), 12).err, Errno::success);
  EXPECT_EQ(file->content(), std::string("0123456789\0\0xy", 14)) << "a hole in between";
  EXPECT_EQ(guest.tell(fd), 1u);
}

TEST_F(FdIo, PreadPastTheEndGetsNothing) {
  const Answer answer = guest.call("fd_pread", fd, guest.into(4), 10);
  EXPECT_EQ(answer.err, Errno::success);
  EXPECT_EQ(answer.get<u32>(), 0u);
}

TEST_F(FdIo, OffsetsFrom2To63AreInval) {
  for (const u64 offset : {u64{1} << 63, ~u64{0}}) {
    EXPECT_EQ(guest.call("fd_pread", fd, guest.into(4), offset).err, Errno::inval);
    EXPECT_EQ(guest.call("fd_pwrite", fd, guest.from("a"), offset).err, Errno::inval);
    EXPECT_EQ(guest.call("fd_pread", fd, Region{}, offset).err, Errno::inval) << "no iovec";
  }
  EXPECT_EQ(guest.call("fd_pread", fd, guest.into(4), kMax).err, Errno::success);
  EXPECT_THAT(log, ElementsAre(testing::StartsWith("read_at")));
}

// ---- who may, and on what ----------------------------------------------------------------------

struct WrongType {
  const char* call;
  Errno on_directory;
  Errno on_stream;
};
constexpr WrongType kWrongTypes[] = {
    {"fd_read", Errno::isdir, Errno::success}, {"fd_write", Errno::badf, Errno::success},
    {"fd_pread", Errno::isdir, Errno::spipe},  {"fd_pwrite", Errno::badf, Errno::spipe},
    {"fd_seek", Errno::badf, Errno::spipe},    {"fd_tell", Errno::badf, Errno::spipe},
};

Answer call_it(FakeGuest& guest, std::string_view name, u32 fd) {
  if (name == "fd_seek") return guest.call(name, fd, 0, Whence::cur);
  if (name == "fd_tell") return guest.call(name, fd);
  const Region iovecs = guest.iovecs({guest.put("abc")});
  if (name == "fd_read" || name == "fd_write") return guest.call(name, fd, iovecs);
  return guest.call(name, fd, iovecs, 0);
}

TEST_F(FdIo, DescriptorsOfTheWrongTypeAreRefusedBeforeTheirRights) {
  const u32 dir = guest.add(std::make_unique<FakeDirectory>());
  const u32 dir_without = guest.add(std::make_unique<FakeDirectory>(), Rights::none);
  u32 stream = 0;
  u32 stream_without = 0;
  u32 socket = 0;
  add(fake_stream, stream);
  add(fake_stream, stream_without, Rights::none);
  add(fake_socket, socket);
  for (const WrongType& c : kWrongTypes) {
    SCOPED_TRACE(c.call);
    EXPECT_EQ(call_it(guest, c.call, dir).err, c.on_directory);
    EXPECT_EQ(call_it(guest, c.call, dir_without).err, c.on_directory);
    EXPECT_EQ(call_it(guest, c.call, stream).err, c.on_stream);
    EXPECT_EQ(call_it(guest, c.call, socket).err, c.on_stream);
    const Errno without = c.on_stream == Errno::success ? Errno::notcapable : c.on_stream;
    EXPECT_EQ(call_it(guest, c.call, stream_without).err, without);
    EXPECT_EQ(call_it(guest, c.call, 99).err, Errno::badf);
    EXPECT_EQ(call_it(guest, c.call, static_cast<u32>(-31337)).err, Errno::badf);
  }
}

struct MissingRight {
  const char* call;
  Rights has;
  Errno err;
};
constexpr MissingRight kMissingRights[] = {
    {"fd_read", Rights::fd_read, Errno::success},
    {"fd_read", Rights::fd_write | Rights::fd_seek, Errno::notcapable},
    {"fd_write", Rights::fd_write, Errno::success},
    {"fd_write", Rights::fd_read | Rights::fd_seek, Errno::notcapable},
    {"fd_pread", Rights::fd_read | Rights::fd_seek, Errno::success},
    {"fd_pread", Rights::fd_read | Rights::fd_tell, Errno::notcapable},
    {"fd_pread", Rights::fd_seek, Errno::notcapable},
    {"fd_pwrite", Rights::fd_write | Rights::fd_seek, Errno::success},
    {"fd_pwrite", Rights::fd_write, Errno::notcapable},
    {"fd_pwrite", Rights::fd_seek, Errno::notcapable},
};

TEST_F(FdIo, EachCallNeedsItsRights) {
  for (const MissingRight& c : kMissingRights) {
    SCOPED_TRACE(c.call);
    u32 other = 0;
    add(fake_file, other, c.has);
    EXPECT_EQ(call_it(guest, c.call, other).err, c.err);
  }
}

TEST_F(FdIo, StdioReadsFrom0AndWritesTo1And2) {
  for (u32 n = 0; n < 3; ++n)
    guest.set_stdio(n, std::make_unique<FakeDescriptor>("in", fake_stream));
  EXPECT_EQ(guest.call("fd_read", 1, guest.into(4)).err, Errno::notcapable);
  EXPECT_EQ(guest.call("fd_write", 0, guest.from("x")).err, Errno::notcapable);
  EXPECT_EQ(guest.read(0, 4), "in");
  EXPECT_EQ(guest.read(0, 4), "");
  EXPECT_EQ(guest.write(1, "out"), 3u);
  EXPECT_EQ(guest.write(2, "err"), 3u);
  EXPECT_EQ(guest.call("fd_seek", 0, 0, Whence::cur).err, Errno::spipe);
}

TEST_F(FdIo, AClosedStdoutIsBadf) {
  guest.set_stdio(1, std::make_unique<FakeDescriptor>("", fake_stream));
  ASSERT_EQ(guest.call("fd_close", 1).err, Errno::success);
  EXPECT_EQ(guest.call("fd_write", 1, guest.from("x")).err, Errno::badf);
}

// ---- iovecs ------------------------------------------------------------------------------------

TEST_F(FdIo, NoBytesIsSuccessWithoutAskingTheHost) {
  const Region empty = guest.iovecs({{1, 0}, {~0u, 0}, {0, 0}});
  for (const Region iovecs : {Region{}, Region{~0u, 0}, empty}) {
    for (const char* name : {"fd_read", "fd_write"}) {
      const Answer answer = guest.call(name, fd, iovecs);
      EXPECT_EQ(answer.err, Errno::success) << name;
      EXPECT_EQ(answer.get<u32>(), 0u) << name;
    }
    for (const char* name : {"fd_pread", "fd_pwrite"})
      EXPECT_EQ(guest.call(name, fd, iovecs, 3).err, Errno::success) << name;
  }
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(FdIo, NoBytesStillChecksTheDescriptor) {
  u32 write_only = 0;
  add(fake_file, write_only, Rights::fd_write);
  EXPECT_EQ(guest.call("fd_read", 99, Region{~0u, 0}).err, Errno::badf);
  EXPECT_EQ(guest.call("fd_read", write_only, Region{}).err, Errno::notcapable);
  EXPECT_EQ(guest.call("fd_read", fd, Region{}, ~0u).err, Errno::fault) << "the result";
  const u32 dir = guest.add(std::make_unique<FakeDirectory>());
  EXPECT_EQ(guest.call("fd_read", dir, Region{}).err, Errno::isdir);
}

TEST_F(FdIo, BuffersAreFilledInOrderAndEmptyOnesSkipped) {
  const Region a = guest.alloc(2);
  const Region b = guest.alloc(3);
  const Region iovecs = guest.iovecs({{~0u, 0}, a, {5, 0}, b, {~0u, 0}});
  const Answer answer = guest.call("fd_read", fd, iovecs);
  ASSERT_EQ(answer.err, Errno::success);
  EXPECT_EQ(answer.get<u32>(), 5u);
  EXPECT_EQ(guest.text(a) + guest.text(b), "01234");
  EXPECT_EQ(
      guest.call("fd_write", fd, guest.iovecs({guest.put("ab"), {~0u, 0}, guest.put("cde")})).err,
      Errno::success);
  EXPECT_EQ(file->content(), "01234abcde");
}

struct BadIovec {
  const char* rule;
  Region bad;
};

TEST_F(FdIo, EveryIovecIsCheckedAlsoThoseThatAreNotUsed) {
  const u32 end = guest.end();
  const BadIovec bad[] = {
      {"one byte too far", {end - 3, 4}},
      {"behind the end", {end, 1}},
      {"the sum wraps in 32 bits", {0xFFFFFFF0u, 0x20}},
      {"the longest", {1, ~0u}},
  };
  for (const BadIovec& c : bad) {
    SCOPED_TRACE(c.rule);
    const Region fine = guest.put("abcd");
    std::vector<Region> many(1030, fine);  // the bad one is past what one system call takes
    many.back() = c.bad;
    for (const Region iovecs : {guest.iovecs({c.bad}), guest.iovecs({fine, c.bad}),
                                guest.iovecs({c.bad, fine}), guest.iovecs(many)}) {
      EXPECT_EQ(guest.call("fd_read", fd, iovecs).err, Errno::fault);
      EXPECT_EQ(guest.call("fd_write", fd, iovecs).err, Errno::fault);
      EXPECT_EQ(guest.call("fd_pread", fd, iovecs, 0).err, Errno::fault);
      EXPECT_EQ(guest.call("fd_pwrite", fd, iovecs, 0).err, Errno::fault);
    }
    guest.forget();
  }
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(FdIo, TheArrayItselfMustBeInside) {
  const u32 end = guest.end();
  guest.store(end - 8, Region{1000, 4});
  EXPECT_EQ(guest.call("fd_read", fd, Region{end - 8, 1}).err, Errno::success);
  EXPECT_EQ(guest.call("fd_read", fd, Region{end - 7, 1}).err, Errno::fault);
  EXPECT_EQ(guest.call("fd_read", fd, Region{end - 8, 2}).err, Errno::fault);
  EXPECT_EQ(guest.call("fd_read", fd, Region{0, 0x20000000u}).err, Errno::fault)
      << "2^29 times 8 is 0 in 32 bits";
  EXPECT_EQ(guest.call("fd_read", fd, Region{8, ~0u}).err, Errno::fault);
}

TEST_F(FdIo, At1024BuffersTheRestIsLeftForTheNextCall) {
  const Region one = guest.put("x");
  const std::vector<Region> buffers(1025, one);
  const Answer answer = guest.call("fd_write", fd, guest.iovecs(buffers));
  ASSERT_EQ(answer.err, Errno::success);
  EXPECT_EQ(answer.get<u32>(), 1024u);
  EXPECT_EQ(guest.tell(fd), 1024u);
}

TEST_F(FdIo, EmptyBuffersDoNotCountTowards1024) {
  std::vector<Region> buffers(3000, Region{~0u, 0});
  for (std::size_t i = 0; i < buffers.size(); i += 3) buffers[i] = guest.put("y");  // 1000 of them
  const Answer answer = guest.call("fd_write", fd, guest.iovecs(buffers));
  ASSERT_EQ(answer.err, Errno::success);
  EXPECT_EQ(answer.get<u32>(), 1000u);
}

struct LongSum {
  const char* rule;
  u32 buffers;  ///< each 512 MiB long, all the same
  u64 asked;
};
constexpr u64 kHalfGiB = u64{512} << 20;
constexpr LongSum kLongSums[] = {
    {"three are whole", 3, 3 * kHalfGiB},
    {"four are cut at 2 GiB less a page", 4, 0x7ffff000},
    {"nine overflow 32 bits", 9, 0x7ffff000},
};

TEST(FdIoLong, SumsAreCutAndNeverRefused) {
  FakeGuest guest({.pages = 9000});
  FakeLog log;
  auto file = std::make_unique<FakeDescriptor>("0123456789", fake_file, &log);
  const u32 fd = guest.add(std::move(file));
  for (const LongSum& c : kLongSums) {
    SCOPED_TRACE(c.rule);
    log.clear();
    const std::vector<Region> buffers(c.buffers, Region{131072, static_cast<u32>(kHalfGiB)});
    ASSERT_EQ(guest.call("fd_pread", fd, guest.iovecs(buffers), 0).err, Errno::success);
    EXPECT_THAT(log, ElementsAre("read_at " + std::to_string(c.asked) + " bytes at 0"));
  }
}

TEST(FdIoLong, OneBufferIsCutToo) {
  FakeGuest guest({.pages = 65535});  // as much as a guest can address, but a page
  FakeLog log;
  const u32 fd = guest.add(std::make_unique<FakeDescriptor>("0123456789", fake_file, &log));
  const Region most{131072, 0xFFF00000};
  ASSERT_EQ(guest.call("fd_pread", fd, guest.iovecs({{most.at, 0xFFFD0000}}), 0).err,
            Errno::success);
  EXPECT_THAT(log, ElementsAre("read_at 2147479552 bytes at 0"));
}

// ---- streams -----------------------------------------------------------------------------------

TEST_F(FdIo, StreamsHaveTheHostsPosition) {
  u32 stream = 0;
  FakeDescriptor* behind = add(fake_stream, stream);
  EXPECT_EQ(guest.read(stream, 4), "0123");
  EXPECT_EQ(guest.write(stream, "abc"), 3u);
  EXPECT_EQ(behind->written(), "abc");
  EXPECT_THAT(log, ElementsAre("read 4 bytes", "write 3 bytes"));
}

TEST_F(FdIo, StreamErrorsReachTheGuest) {
  u32 stream = 0;
  FakeDescriptor* behind = add(fake_stream, stream);
  behind->failures().add(Errno::again);
  behind->failures().add(Errno::pipe);
  EXPECT_EQ(guest.call("fd_read", stream, guest.into(4)).err, Errno::again);
  EXPECT_EQ(guest.call("fd_write", stream, guest.from("x")).err, Errno::pipe);
}

// ---- trace -------------------------------------------------------------------------------------

TEST(FdIoTrace, OneLinePerCall) {
  FakeGuest guest({.traced = true});
  const u32 fd = guest.add(std::make_unique<FakeDescriptor>("0123456789"));
  guest.call("fd_seek", fd, 4, Whence::set);
  guest.call("fd_seek", fd, -5, Whence::cur);
  guest.call("fd_write", fd, guest.from("a\n\x1b[0m"));
  guest.call("fd_read", fd, guest.into(8));
  guest.call("fd_read", 99, Region{0, 1});
  EXPECT_EQ(guest.trace(),
            "fd_seek(fd=3, offset=4, whence=set) -> newoffset=4\n"
            "fd_seek(fd=3, offset=-5, whence=cur) = inval\n"
            "fd_write(fd=3, iovs=\"a\\n\\x1b[0m\" [1: 6 B]) -> nwritten=6\n"
            "fd_read(fd=3, iovs=[1: 8 B]) -> nread=0\n"
            "fd_read(fd=99, iovs=[1: 0 B]) = badf\n");
}

}  // namespace
}  // namespace limen::test

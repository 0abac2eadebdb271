// poll_test.cpp - what poll_oneoff promises the guest, rule by rule (preview1.md §7), on pipes and
// socket pairs of the host.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <limits>
#include <thread>

#include "limen/unique_fd.hpp"
#include "testing/fake_descriptor.hpp"
#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr u64 kMillisecond = 1'000'000;
constexpr u64 kForever = std::numeric_limits<u64>::max();
constexpr u32 kSubscription = 48;
constexpr u32 kEvent = 32;

struct Sub {
  u64 userdata = 0;
  u8 tag = 0;
  u32 fd_or_clock = 0;
  u64 timeout = 0;
  u16 flags = 0;
};

Sub clock_after(u64 ns, ClockId clock = ClockId::monotonic, u64 userdata = 0xC10C) {
  return {userdata, 0, static_cast<u32>(clock), ns, 0};
}
Sub clock_at(u64 ns, ClockId clock = ClockId::monotonic, u64 userdata = 0xC10C) {
  return {userdata, 0, static_cast<u32>(clock), ns, 1};
}
Sub readable(u32 fd, u64 userdata = 0x0EAD) { return {userdata, 1, fd}; }
Sub writable(u32 fd, u64 userdata = 0x817E) { return {userdata, 2, fd}; }

/// An event as the guest sees it.
struct Seen {
  u64 userdata = 0;
  Errno error = Errno::success;
  u8 type = 0;
  u64 nbytes = 0;
  u16 flags = 0;
  friend bool operator==(const Seen&, const Seen&) = default;
};

void PrintTo(const Seen& e, std::ostream* out) {
  *out << "{userdata " << e.userdata << ", " << name(e.error) << ", type " << int{e.type}
       << ", nbytes " << e.nbytes << ", flags " << e.flags << "}";
}

constexpr u16 kHangup = 1;

Seen clock_event(u64 userdata = 0xC10C) { return {.userdata = userdata}; }
Seen clock_error(Errno error) { return {.userdata = 0xC10C, .error = error}; }
Seen read_event(u64 nbytes, u16 flags = 0) { return {0x0EAD, Errno::success, 1, nbytes, flags}; }
Seen write_event(u16 flags = 0) { return {0x817E, Errno::success, 2, 1, flags}; }
Seen read_error(Errno error) { return {.userdata = 0x0EAD, .error = error, .type = 1}; }
Seen write_error(Errno error) { return {.userdata = 0x817E, .error = error, .type = 2}; }

class Poll : public testing::Test {
 protected:
  /// Stores the subscriptions, junk in what they do not use, and room for as many events.
  Region put(const std::vector<Sub>& subs) {
    const auto count = static_cast<u32>(subs.size());
    in = guest.alloc(count * kSubscription);
    out = guest.alloc(count * kEvent);
    for (u32 i = 0; i < count; ++i) {
      const u32 at = in.at + i * kSubscription;
      guest.store(at, subs[i].userdata);
      guest.store(at + 8, subs[i].tag);
      guest.store(at + 16, subs[i].fd_or_clock);
      if (subs[i].tag != 0) continue;
      guest.store(at + 24, subs[i].timeout);
      guest.store(at + 40, subs[i].flags);
    }
    return {in.at, count};
  }
  Answer call(const std::vector<Sub>& subs) {
    const Region array = put(subs);
    return guest.call("poll_oneoff", array.at, out.at, array.length);
  }
  std::vector<Seen> poll(const std::vector<Sub>& subs) {
    const Answer answer = call(subs);
    EXPECT_EQ(answer.err, Errno::success);
    std::vector<Seen> seen;
    for (u32 i = 0; answer.err == Errno::success && i < answer.get<u32>(); ++i) {
      const u32 at = out.at + i * kEvent;
      seen.push_back({guest.load<u64>(at), static_cast<Errno>(guest.load<u16>(at + 8)),
                      guest.load<u8>(at + 10), guest.load<u64>(at + 16), guest.load<u16>(at + 24)});
      EXPECT_EQ(guest.load<u8>(at + 11) | guest.load<u32>(at + 12), 0u) << "padding";
      EXPECT_EQ(guest.load<u16>(at + 26) | guest.load<u32>(at + 28), 0u) << "padding";
    }
    return seen;
  }
  /// A stream whose readiness is that of a host descriptor; a read would give `content`.
  u32 add(int host, FakeKind what = fake_stream, std::string content = "") {
    auto owned = std::make_unique<FakeDescriptor>(std::move(content), what);
    owned->set_poll({.fd = host});
    return guest.add(std::move(owned));
  }
  /// Both ends of a pipe; [0] reads.
  std::array<UniqueFd, 2> pipe_pair() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
  }
  std::array<UniqueFd, 2> socket_pair() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
  }
  u64 now(ClockId clock) { return guest.call("clock_time_get", clock, 0).get<u64>(); }

  FakeGuest guest;
  Region in;
  Region out;
};

using testing::ElementsAre;

/// How long `f` took.
template <class F>
milliseconds took(F f) {
  const auto start = steady_clock::now();
  f();
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

// ---- the arrays --------------------------------------------------------------------------------

TEST_F(Poll, NothingToWaitForIsInval) {
  EXPECT_EQ(guest.call("poll_oneoff", 64, 64, 0).err, Errno::inval);
  EXPECT_EQ(guest.call("poll_oneoff", ~0u, ~0u, 0, ~0u).err, Errno::inval) << "before fault";
}

TEST_F(Poll, ArraysMustBeInside) {
  const Region one = put({clock_after(0)});
  const u32 end = guest.end();
  EXPECT_EQ(guest.call("poll_oneoff", end - 47, out.at, 1).err, Errno::fault);
  EXPECT_EQ(guest.call("poll_oneoff", one.at, end - 31, 1).err, Errno::fault);
  EXPECT_EQ(guest.call("poll_oneoff", one.at, out.at, 1, end - 3).err, Errno::fault);
  EXPECT_EQ(guest.call("poll_oneoff", one.at, end - 32, 1).err, Errno::success);
}

TEST_F(Poll, CountsAreMultipliedIn64Bits) {
  put({clock_after(0)});
  EXPECT_EQ(guest.call("poll_oneoff", in.at, out.at, 0x08000000u).err, Errno::fault)
      << "times 32 is 0 in 32 bits";
  EXPECT_EQ(guest.call("poll_oneoff", in.at, out.at, 0x10000000u).err, Errno::fault)
      << "times 48 is 0 in 32 bits";
  EXPECT_EQ(guest.call("poll_oneoff", in.at, out.at, ~0u).err, Errno::fault);
}

TEST_F(Poll, UnknownTagsAndFlagsRefuseTheWholeCall) {
  Sub bad_tag = readable(99);
  bad_tag.tag = 3;
  Sub bad_flags = clock_after(0);
  bad_flags.flags = 2;
  Sub high_flags = clock_after(0);
  high_flags.flags = 0x8001;
  for (const Sub& bad : {bad_tag, bad_flags, high_flags}) {
    EXPECT_EQ(call({bad}).err, Errno::inval);
    EXPECT_EQ(call({clock_after(0), bad}).err, Errno::inval);
    EXPECT_EQ(call({readable(99), clock_after(kForever), bad}).err, Errno::inval);
  }
}

TEST_F(Poll, JunkBesideADescriptorIsNoFlag) {
  // put() leaves 0xAA where a clock would have its flags.
  EXPECT_THAT(poll({readable(99)}), ElementsAre(read_error(Errno::badf)));
}

TEST_F(Poll, EventsArePackedInOrderAndNoMoreAreWritten) {
  const u32 file = guest.add(std::make_unique<FakeDescriptor>("0123"));
  const auto pipe = pipe_pair();
  const u32 empty = add(pipe[0].get());
  EXPECT_THAT(
      poll({readable(file), readable(empty), clock_after(kForever), readable(99), writable(file)}),
      ElementsAre(read_event(4), read_error(Errno::badf), write_event()));
  EXPECT_EQ(guest.text({out.at + 3 * kEvent, 2 * kEvent}), std::string(2 * kEvent, '\xAA'));
}

TEST_F(Poll, EventsMayReplaceTheirSubscriptions) {
  const Region array = put({clock_after(0), readable(99), clock_at(1)});
  const Answer answer = guest.call("poll_oneoff", array.at, array.at, 3);
  EXPECT_EQ(answer.err, Errno::success);
  EXPECT_EQ(answer.get<u32>(), 3u);
  EXPECT_EQ(guest.load<u64>(array.at + kEvent), 0x0EADu);
}

TEST_F(Poll, EventsMayBeWrittenOverSubscriptionsThatAreNotReadYet) {
  for (const u32 shift : {1u, 16u, 32u, 47u, 95u, 143u}) {
    SCOPED_TRACE(shift);
    const Region array = put({clock_after(0, ClockId::monotonic, 1), readable(99, 2),
                              clock_at(1, ClockId::realtime, 3)});
    (void)guest.alloc(256);  // room for the shift
    const u32 to = array.at + shift;
    const Answer answer = guest.call("poll_oneoff", array.at, to, 3);
    ASSERT_EQ(answer.err, Errno::success);
    ASSERT_EQ(answer.get<u32>(), 3u);
    for (u32 i = 0; i < 3; ++i) EXPECT_EQ(guest.load<u64>(to + i * kEvent), i + 1);
  }
}

TEST(PollMany, OverlappingArraysAreNotCopiedWithoutLimit) {
  FakeGuest guest({.pages = 200});
  EXPECT_EQ(guest.call("poll_oneoff", 65536, 65537, 200'000).err, Errno::nomem);
}

// ---- errors of one subscription are events -----------------------------------------------------

TEST_F(Poll, WhatIsWrongWithOneSubscriptionIsItsEvent) {
  const u32 dir = guest.add(std::make_unique<FakeDirectory>());
  const u32 no_poll =
      guest.add(std::make_unique<FakeDescriptor>("a"), every_right & ~Rights::poll_fd_readwrite);
  const u32 no_read =
      guest.add(std::make_unique<FakeDescriptor>("a"), every_right & ~Rights::fd_read);
  const u32 no_write =
      guest.add(std::make_unique<FakeDescriptor>("a"), every_right & ~Rights::fd_write);
  EXPECT_THAT(poll({readable(99), writable(static_cast<u32>(-1))}),
              ElementsAre(read_error(Errno::badf), write_error(Errno::badf)));
  EXPECT_THAT(poll({readable(dir), writable(dir)}),
              ElementsAre(read_error(Errno::notcapable), write_error(Errno::notcapable)));
  EXPECT_THAT(poll({readable(no_poll), writable(no_poll)}),
              ElementsAre(read_error(Errno::notcapable), write_error(Errno::notcapable)));
  EXPECT_THAT(poll({readable(no_read), writable(no_read)}),
              ElementsAre(read_error(Errno::notcapable), write_event()));
  EXPECT_THAT(poll({readable(no_write), writable(no_write)}),
              ElementsAre(read_event(1), write_error(Errno::notcapable)));
}

TEST_F(Poll, ClocksThatCanNotBeWaitedForAreEvents) {
  Sub unknown = clock_after(0);
  for (const u32 id : {4u, 255u, ~0u}) {
    unknown.fd_or_clock = id;
    EXPECT_THAT(poll({unknown}), ElementsAre(clock_error(Errno::inval)));
  }
  for (const ClockId id : {ClockId::process_cputime_id, ClockId::thread_cputime_id}) {
    EXPECT_THAT(poll({clock_after(kForever, id)}), ElementsAre(clock_error(Errno::notsup)));
    EXPECT_THAT(poll({clock_at(1, id)}), ElementsAre(clock_error(Errno::notsup)));
  }
}

TEST_F(Poll, AnErrorIsReadyAtOnce) {
  const auto pipe = pipe_pair();
  const u32 empty = add(pipe[0].get());
  EXPECT_LT(took([&] {
              EXPECT_THAT(poll({clock_after(kForever), readable(empty), readable(99)}),
                          ElementsAre(read_error(Errno::badf)));
            }),
            milliseconds(500));
}

// ---- clocks ------------------------------------------------------------------------------------

struct Wait {
  const char* rule;
  ClockId clock;
  bool absolute;
};
constexpr Wait kWaits[] = {
    {"relative monotonic", ClockId::monotonic, false},
    {"relative realtime", ClockId::realtime, false},
    {"absolute monotonic", ClockId::monotonic, true},
    {"absolute realtime", ClockId::realtime, true},
};

TEST_F(Poll, SleepingTakesAtLeastTheTime) {
  const auto pipe = pipe_pair();
  const u32 empty = add(pipe[0].get());
  for (const Wait& c : kWaits) {
    for (const bool alone : {true, false}) {
      SCOPED_TRACE(std::string(c.rule) + (alone ? ", alone" : ", with a descriptor"));
      const u64 start = now(ClockId::monotonic);
      Sub sub = c.absolute ? clock_at(now(c.clock) + 30 * kMillisecond, c.clock)
                           : clock_after(30 * kMillisecond, c.clock);
      std::vector<Sub> subs{sub};
      if (!alone) subs.push_back(readable(empty));
      EXPECT_THAT(poll(subs), ElementsAre(clock_event()));
      const u64 slept = now(ClockId::monotonic) - start;
      EXPECT_GE(slept, 30 * kMillisecond) << "never early";
      EXPECT_LT(slept, 1000 * kMillisecond);
    }
  }
}

TEST_F(Poll, TimesThatArePastAreReadyAtOnce) {
  EXPECT_LT(took([&] {
              EXPECT_THAT(poll({clock_after(0)}), ElementsAre(clock_event()));
              EXPECT_THAT(poll({clock_after(0, ClockId::realtime)}), ElementsAre(clock_event()));
              EXPECT_THAT(poll({clock_at(0)}), ElementsAre(clock_event()));
              EXPECT_THAT(poll({clock_at(1, ClockId::realtime)}), ElementsAre(clock_event()));
              EXPECT_THAT(poll({clock_at(now(ClockId::monotonic))}), ElementsAre(clock_event()));
            }),
            milliseconds(500));
}

TEST_F(Poll, TheEarliestClockWakesAndOnlyThoseThatExpiredAreReported) {
  constexpr u64 kHour = 3'600'000 * kMillisecond;
  EXPECT_THAT(
      poll({clock_after(kForever, ClockId::monotonic, 1), clock_after(kHour, ClockId::monotonic, 2),
            clock_after(20 * kMillisecond, ClockId::realtime, 3),
            clock_after(kHour, ClockId::realtime, 4)}),
      ElementsAre(clock_event(3)));
  EXPECT_THAT(poll({clock_after(kHour), clock_at(1, ClockId::realtime, 5)}),
              ElementsAre(clock_event(5)));
}

TEST_F(Poll, AllThatExpiredAreReportedInOrder) {
  EXPECT_THAT(
      poll({clock_after(0, ClockId::realtime, 1), clock_after(kForever, ClockId::realtime, 2),
            clock_at(1, ClockId::monotonic, 3), clock_after(0, ClockId::monotonic, 3)}),
      ElementsAre(clock_event(1), clock_event(3), clock_event(3)));
}

TEST_F(Poll, HugeTimesNeverCome) {
  // Saturated, not overflowed: a wrapped sum would be in the past and ready at once.
  const u32 file = guest.add(std::make_unique<FakeDescriptor>("a"));
  for (const u64 ns : {kForever, kForever - 1, u64{1} << 63}) {
    for (const ClockId clock : {ClockId::monotonic, ClockId::realtime}) {
      EXPECT_THAT(poll({clock_after(ns, clock), clock_at(ns, clock), readable(file)}),
                  ElementsAre(read_event(1)));
    }
  }
}

TEST_F(Poll, HugeTimesAreWaitedForWithoutSpinningOrFailing) {
  const auto pipe = pipe_pair();
  const u32 empty = add(pipe[0].get());
  std::thread writer([&] {
    std::this_thread::sleep_for(milliseconds(30));
    EXPECT_EQ(::write(pipe[1].get(), "x", 1), 1);
  });
  EXPECT_THAT(
      poll({clock_after(kForever - 1), clock_at(kForever - 1, ClockId::realtime), readable(empty)}),
      testing::SizeIs(1));
  writer.join();
}

TEST_F(Poll, RustSleepsWithExactlyOneClock) {
  const Answer answer = call({clock_after(kMillisecond, ClockId::monotonic, 0x0123456789ABCDEF)});
  ASSERT_EQ(answer.err, Errno::success);
  EXPECT_EQ(answer.get<u32>(), 1u);
  EXPECT_EQ(guest.load<u64>(out.at), 0x0123456789ABCDEFu);
  EXPECT_EQ(guest.load<u64>(out.at + 8), 0u) << "no error, type clock";
  EXPECT_EQ(guest.load<u64>(out.at + 16) | guest.load<u64>(out.at + 24), 0u);
}

TEST_F(Poll, AClockAlreadyExpiredIsReportedBesideAReadyDescriptor) {
  const u32 file = guest.add(std::make_unique<FakeDescriptor>("ab"));
  EXPECT_THAT(poll({readable(file), clock_after(0), clock_after(kForever)}),
              ElementsAre(read_event(2), clock_event()));
}

// ---- files -------------------------------------------------------------------------------------

TEST_F(Poll, FilesAreAlwaysReady) {
  const u32 file = guest.add(std::make_unique<FakeDescriptor>("0123456789"));
  EXPECT_THAT(poll({readable(file), writable(file)}), ElementsAre(read_event(10), write_event()));
  guest.call("fd_seek", file, 4, Whence::set);
  EXPECT_THAT(poll({readable(file)}), ElementsAre(read_event(6)));
  guest.call("fd_seek", file, 10, Whence::set);
  EXPECT_THAT(poll({readable(file)}), ElementsAre(read_event(0))) << "the end, no hang-up";
  guest.call("fd_seek", file, 99, Whence::set);
  EXPECT_THAT(poll({readable(file)}), ElementsAre(read_event(0)));
}

TEST_F(Poll, AfterAnAppendTheRestIsNothing) {
  const u32 file = guest.add(std::make_unique<FakeDescriptor>("0123456789"), every_right,
                             Rights::none, FdFlags::append);
  guest.write(file, "abc");
  EXPECT_THAT(poll({readable(file)}), ElementsAre(read_event(0)));
}

TEST_F(Poll, StreamsWithoutAHostDescriptorAreReady) {
  guest.set_stdio(0, std::make_unique<FakeDescriptor>("", fake_stream));
  EXPECT_THAT(poll({readable(0), clock_after(kForever)}), ElementsAre(read_event(0)))
      << "the end of stdin is ready";
}

// ---- pipes -------------------------------------------------------------------------------------

TEST_F(Poll, APipeIsReadableWhenSomethingIsInIt) {
  const auto pipe = pipe_pair();
  const u32 reader = add(pipe[0].get(), fake_stream, "abc");
  const u32 writer = add(pipe[1].get());
  EXPECT_THAT(poll({readable(reader), clock_after(0)}), ElementsAre(clock_event()));
  EXPECT_THAT(poll({writable(writer), readable(reader)}), ElementsAre(write_event()));
  ASSERT_EQ(::write(pipe[1].get(), "abc", 3), 3);
  EXPECT_THAT(poll({readable(reader), clock_after(kForever)}), ElementsAre(read_event(3)));
}

TEST_F(Poll, AFullPipeIsNotWritable) {
  const auto pipe = pipe_pair();
  const u32 writer = add(pipe[1].get());
  const std::string block(4096, 'x');
  while (::write(pipe[1].get(), block.data(), block.size()) > 0) {
  }
  EXPECT_THAT(poll({writable(writer), clock_after(kMillisecond)}), ElementsAre(clock_event()));
}

TEST_F(Poll, AnEndedPipeIsReadableWithAHangup) {
  auto pipe = pipe_pair();
  const u32 reader = add(pipe[0].get());
  pipe[1].reset();
  EXPECT_THAT(poll({readable(reader)}), ElementsAre(read_event(0, kHangup)));
}

TEST_F(Poll, AnEndedPipeWithDataHasBoth) {
  auto pipe = pipe_pair();
  const u32 reader = add(pipe[0].get(), fake_stream, "ab");
  ASSERT_EQ(::write(pipe[1].get(), "ab", 2), 2);
  pipe[1].reset();
  EXPECT_THAT(poll({readable(reader)}), ElementsAre(read_event(2, kHangup)));
}

TEST_F(Poll, APipeWithoutReaderIsAnErrorOfTheWriter) {
  auto pipe = pipe_pair();
  const u32 writer = add(pipe[1].get());
  pipe[0].reset();
  EXPECT_THAT(poll({writable(writer)}), ElementsAre(write_error(Errno::pipe)));
}

TEST_F(Poll, AClosedHostDescriptorIsBadf) {
  auto pipe = pipe_pair();
  const u32 reader = add(pipe[0].get());
  pipe[0].reset();
  EXPECT_THAT(poll({readable(reader)}), ElementsAre(read_error(Errno::badf)));
}

// ---- sockets -----------------------------------------------------------------------------------

TEST_F(Poll, ASocketBothWays) {
  const auto sockets = socket_pair();
  const u32 fd = add(sockets[0].get(), fake_socket, "hello");
  EXPECT_THAT(poll({readable(fd), writable(fd)}), ElementsAre(write_event()));
  ASSERT_EQ(::send(sockets[1].get(), "hello", 5, 0), 5);
  EXPECT_THAT(poll({readable(fd), writable(fd)}), ElementsAre(read_event(5), write_event()));
}

TEST_F(Poll, APeerThatOnlyStoppedSendingIsNoHangup) {
  const auto sockets = socket_pair();
  const u32 fd = add(sockets[0].get(), fake_socket);
  ASSERT_EQ(::shutdown(sockets[1].get(), SHUT_WR), 0);
  EXPECT_THAT(poll({readable(fd), writable(fd)}), ElementsAre(read_event(0), write_event()));
}

TEST_F(Poll, APeerThatIsGoneIsAHangup) {
  auto sockets = socket_pair();
  const u32 fd = add(sockets[0].get(), fake_socket);
  sockets[1].reset();
  EXPECT_THAT(poll({readable(fd), writable(fd)}),
              ElementsAre(read_event(0, kHangup), write_event(kHangup)));
}

TEST_F(Poll, AResetSocketIsReadyWithAHangupAndNoError) {
  auto sockets = socket_pair();
  const u32 fd = add(sockets[0].get(), fake_socket);
  ASSERT_EQ(::send(sockets[0].get(), "x", 1, 0), 1);
  sockets[1].reset();  // with unread data: the peer gets ECONNRESET, poll says POLLERR
  EXPECT_THAT(poll({readable(fd), writable(fd)}),
              ElementsAre(read_event(0, kHangup), write_event(kHangup)));
}

TEST_F(Poll, AListenerIsReadableWhenSomebodyWaits) {
  const auto pipe = pipe_pair();  // stands for the listener's readiness
  const u32 listener = add(pipe[0].get(), fake_listener, "1");
  EXPECT_THAT(poll({readable(listener), clock_after(0)}), ElementsAre(clock_event()));
  ASSERT_EQ(::write(pipe[1].get(), "x", 1), 1);
  EXPECT_THAT(poll({readable(listener)}), ElementsAre(read_event(1)));
}

// ---- many --------------------------------------------------------------------------------------

TEST_F(Poll, DuplicatesGetTheirEventEach) {
  const auto pipe = pipe_pair();
  const u32 reader = add(pipe[0].get(), fake_stream, "a");
  ASSERT_EQ(::write(pipe[1].get(), "a", 1), 1);
  EXPECT_THAT(
      poll({readable(reader), readable(reader), readable(99), readable(99)}),
      ElementsAre(read_event(1), read_event(1), read_error(Errno::badf), read_error(Errno::badf)));
}

TEST(PollMany, MoreSubscriptionsThanTheHostHasDescriptors) {
  constexpr u32 kCount = 100'000;
  FakeGuest guest({.pages = 200});
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  auto owned = std::make_unique<FakeDescriptor>("abc", fake_stream);
  owned->set_poll({.fd = reader.get()});
  const u32 fd = guest.add(std::move(owned));
  ASSERT_EQ(::write(writer.get(), "abc", 3), 3);

  const Region in = guest.alloc(kCount * kSubscription);
  const Region out = guest.alloc(kCount * kEvent);
  for (u32 i = 0; i < kCount; ++i) {
    const u32 at = in.at + i * kSubscription;
    guest.store(at, u64{i});
    guest.store(at + 8, u8{1});
    guest.store(at + 16, i % 2 == 0 ? fd : 99);
  }
  const Answer answer = guest.call("poll_oneoff", in.at, out.at, kCount);
  ASSERT_EQ(answer.err, Errno::success);
  ASSERT_EQ(answer.get<u32>(), kCount);
  for (u32 i = 0; i < kCount; ++i) {
    const u32 at = out.at + i * kEvent;
    ASSERT_EQ(guest.load<u64>(at), i);
    ASSERT_EQ(guest.load<u16>(at + 8), i % 2 == 0 ? 0u : 8u);
  }
}

TEST_F(Poll, ADescriptorThatBecomesReadyWakes) {
  const auto pipe = pipe_pair();
  const u32 reader = add(pipe[0].get(), fake_stream, "x");
  std::thread writer([&] {
    std::this_thread::sleep_for(milliseconds(20));
    EXPECT_EQ(::write(pipe[1].get(), "x", 1), 1);
  });
  EXPECT_THAT(poll({readable(reader), clock_after(60'000 * kMillisecond)}),
              ElementsAre(read_event(1)));
  writer.join();
}

// ---- stopping ----------------------------------------------------------------------------------

TEST_F(Poll, ARunThatIsBeingStoppedDoesNotReturnToTheGuest) {
  const auto pipe = pipe_pair();
  const u32 empty = add(pipe[0].get());
  guest.process().run.stop = StopReason::requested;
  EXPECT_TRUE(call({readable(empty)}).ended());
  EXPECT_TRUE(std::holds_alternative<Stopped>(guest.ending().value()));
}

TEST_F(Poll, ASleepOfAStoppedRunEndsToo) {
  guest.process().run.stop = StopReason::timed_out;
  EXPECT_TRUE(call({clock_after(kForever)}).ended());
  EXPECT_TRUE(std::holds_alternative<TimedOut>(guest.ending().value()));
}

// ---- snapshot 0 --------------------------------------------------------------------------------

TEST(PollV0, ClocksHaveAnIdentifierInFrontAndSubscriptionsAreLonger) {
  constexpr u32 kLong = 56;
  FakeGuest guest({.module = "wasi_unstable"});
  const u32 file = guest.add(std::make_unique<FakeDescriptor>("0123"));
  const Region in = guest.alloc(3 * kLong);
  const Region out = guest.alloc(3 * kEvent);
  for (u32 i = 0; i < 3; ++i) {
    const u32 at = in.at + i * kLong;
    guest.store(at, u64{i});
    guest.store(at + 8, static_cast<u8>(i == 2 ? 1 : 0));
    guest.store(at + 24, i == 0 ? 1u : 77u);  // the clock's id
    guest.store(at + 32, u64{0});             // its timeout
    guest.store(at + 48, u16{0});             // its flags
  }
  guest.store(in.at + 2 * kLong + 16, file);
  const Answer answer = guest.call("poll_oneoff", in.at, out.at, 3);
  ASSERT_EQ(answer.err, Errno::success);
  ASSERT_EQ(answer.get<u32>(), 3u);
  EXPECT_EQ(guest.load<u16>(out.at + 8), 0u);
  EXPECT_EQ(guest.load<u16>(out.at + kEvent + 8), 28u) << "clock 77 is inval";
  EXPECT_EQ(guest.load<u64>(out.at + 2 * kEvent + 16), 4u);
}

TEST(PollTrace, SubscriptionsAreShownInShort) {
  FakeGuest guest({.traced = true});
  const Region in = guest.alloc(2 * kSubscription);
  guest.store(in.at + 8, u8{0});
  guest.store(in.at + 16, 1u);
  guest.store(in.at + 24, u64{1'500'000'000});
  guest.store(in.at + 40, u16{1});
  guest.store(in.at + kSubscription + 8, u8{1});
  guest.store(in.at + kSubscription + 16, 7u);
  guest.call("poll_oneoff", in.at, guest.alloc(2 * kEvent).at, 2);
  EXPECT_EQ(guest.trace(),
            "poll_oneoff(in=[clock monotonic abstime 1.500000000s, fd_read 7]) -> nevents=2\n");
}

}  // namespace
}  // namespace limen::test

// sock_test.cpp - what the sock_* calls check and what they ask a socket for. Real sockets are
// net/'s tests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fake_descriptor.hpp"
#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr FakeKind kDatagrams{Kind::socket, Filetype::socket_dgram, rights::socket};

class Sock : public testing::Test {
 protected:
  u32 add(FakeKind what, Rights base = every_right) {
    auto owned = std::make_unique<FakeDescriptor>("0123456789", what, &log);
    last = owned.get();
    return guest.add(std::move(owned), base, rights::socket);
  }
  FakeLog log;
  FakeGuest guest;
  FakeDescriptor* last = nullptr;
  u32 file = add(fake_file);
  u32 listener = add(fake_listener);
  u32 socket = add(fake_socket);
};

// ---- accept ------------------------------------------------------------------------------------

TEST_F(Sock, AcceptGivesASocketWithWhatTheListenerHandsOn) {
  const Answer answer = guest.call("sock_accept", listener, 0);
  ASSERT_EQ(answer.err, Errno::success);
  const Fdstat expected{Filetype::socket_stream, FdFlags::none, rights::socket, Rights::none};
  EXPECT_EQ(guest.fdstat(answer.get<u32>()), expected);
  EXPECT_EQ(guest.read(answer.get<u32>(), 9), "hello");
}

TEST_F(Sock, AcceptedSocketsBlockUnlessAsked) {
  guest.call("fd_fdstat_set_flags", listener, FdFlags::nonblock);
  log.clear();
  const u32 blocking = guest.call("sock_accept", listener, 0).get<u32>();
  const u32 other = guest.call("sock_accept", listener, FdFlags::nonblock).get<u32>();
  EXPECT_THAT(log, ElementsAre("accept 0", "accept 4"));
  EXPECT_EQ(guest.fdstat(blocking).flags, FdFlags::none);
  EXPECT_EQ(guest.fdstat(other).flags, FdFlags::nonblock);
}

struct AcceptFlags {
  u32 flags;
  Errno err;
};
constexpr AcceptFlags kAcceptFlags[] = {
    {0, Errno::success}, {4, Errno::success}, {1, Errno::inval},         {2, Errno::inval},
    {8, Errno::inval},   {16, Errno::inval},  {5, Errno::inval},         {32, Errno::inval},
    {31, Errno::inval},  {~0u, Errno::inval}, {0x80000004, Errno::inval}};

TEST_F(Sock, AcceptTakesNonblockAndNoOtherFlag) {
  for (const AcceptFlags& c : kAcceptFlags)
    EXPECT_EQ(guest.call("sock_accept", listener, c.flags).err, c.err) << c.flags;
}

TEST_F(Sock, AcceptNeedsAListener) {
  EXPECT_EQ(guest.call("sock_accept", socket, 0).err, Errno::inval) << "connected";
  EXPECT_EQ(guest.call("sock_accept", add(fake_listener, Rights::fd_read), 0).err,
            Errno::notcapable);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(Sock, AcceptThatCanNotStoreItsNumberAcceptsNobody) {
  EXPECT_EQ(guest.call("sock_accept", listener, 0, guest.end() - 3).err, Errno::fault);
  EXPECT_THAT(log, IsEmpty());
}

// ---- receiving ---------------------------------------------------------------------------------

struct Receive {
  const char* rule;
  u32 flags;
  u32 length;
  Errno err;
  const char* got;
  const char* left;
};
constexpr Receive kReceives[] = {
    {"plain", 0, 4, Errno::success, "0123", "456789"},
    {"peek leaves it there", 1, 4, Errno::success, "0123", "0123456789"},
    {"waitall", 2, 4, Errno::success, "0123", "456789"},
    {"both", 3, 4, Errno::success, "0123", "0123456789"},
    {"undefined bits", 4, 4, Errno::inval, "", "0123456789"},
    {"undefined bits above 16", 0x10001, 4, Errno::inval, "", "0123456789"},
};

TEST_F(Sock, ReceiveFlags) {
  for (const Receive& c : kReceives) {
    SCOPED_TRACE(c.rule);
    const u32 fd = add(fake_socket);
    const Region buffer = guest.alloc(c.length);
    const Answer answer = guest.call("sock_recv", fd, guest.iovecs({buffer}), c.flags);
    EXPECT_EQ(answer.err, c.err);
    if (c.err == Errno::success) {
      EXPECT_EQ(guest.text({buffer.at, answer.get<u32>(0)}), c.got);
      EXPECT_EQ(answer.get<u16>(1), 0u) << "ro_flags";
      EXPECT_EQ(answer.get<u8>(1, 2), 0xAA) << "16 bits and no more";
    }
    EXPECT_EQ(last->content(), c.left);
  }
}

TEST_F(Sock, ACutDatagramIsMarked) {
  const Answer answer = guest.call("sock_recv", add(kDatagrams), guest.into(4), 0);
  ASSERT_EQ(answer.err, Errno::success);
  EXPECT_EQ(answer.get<u32>(0), 4u);
  EXPECT_EQ(answer.get<RoFlags>(1), RoFlags::recv_data_truncated);
}

TEST_F(Sock, ReceiveChecksBothResultsFirst) {
  EXPECT_EQ(guest.call("sock_recv", socket, guest.into(4), 0, guest.end() - 3, 64).err,
            Errno::fault);
  EXPECT_EQ(guest.call("sock_recv", socket, guest.into(4), 0, 64, guest.end() - 1).err,
            Errno::fault);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(Sock, NoBytesWaitForNobody) {
  const Region empty = guest.iovecs({{~0u, 0}});
  for (const Region iovecs : {Region{~0u, 0}, empty}) {
    for (const u32 flags : {0u, 1u, 2u}) {
      const Answer answer = guest.call("sock_recv", socket, iovecs, flags);
      EXPECT_EQ(answer.err, Errno::success);
      EXPECT_EQ(answer.get<u32>(0), 0u);
      EXPECT_EQ(answer.get<u16>(1), 0u);
    }
    EXPECT_EQ(guest.call("sock_send", socket, iovecs, 0).err, Errno::success);
  }
  EXPECT_THAT(log, IsEmpty());
}

// ---- sending and shutting down -----------------------------------------------------------------

TEST_F(Sock, SendReportsWhatWasTaken) {
  last->set_short(2);
  const Answer answer = guest.call("sock_send", socket, guest.from("abc"), 0);
  EXPECT_EQ(answer.err, Errno::success);
  EXPECT_EQ(answer.get<u32>(), 2u);
  EXPECT_EQ(last->written(), "ab");
}

TEST_F(Sock, SendTakesNoFlags) {
  for (const u32 flags : {1u, 2u, 0x8000u, 0x10000u, ~0u})
    EXPECT_EQ(guest.call("sock_send", socket, guest.from("a"), flags).err, Errno::inval) << flags;
  EXPECT_THAT(log, IsEmpty());
}

struct Shutdown {
  u32 how;
  Errno err;
};
constexpr Shutdown kShutdowns[] = {{1, Errno::success}, {2, Errno::success}, {3, Errno::success},
                                   {0, Errno::inval},   {4, Errno::inval},   {5, Errno::inval},
                                   {256, Errno::inval}, {~0u, Errno::inval}};

TEST_F(Sock, ShutdownTakesReadWriteOrBoth) {
  for (const Shutdown& c : kShutdowns) {
    log.clear();
    EXPECT_EQ(guest.call("sock_shutdown", socket, c.how).err, c.err) << c.how;
    EXPECT_EQ(log.empty(), c.err != Errno::success);
  }
}

// ---- all of them -------------------------------------------------------------------------------

Answer call_it(FakeGuest& guest, std::string_view name, u32 fd) {
  if (name == "sock_recv") return guest.call(name, fd, guest.into(4), 0);
  if (name == "sock_send") return guest.call(name, fd, guest.from("a"), 0);
  return guest.call(name, fd, name == "sock_shutdown" ? 3 : 0);
}

TEST_F(Sock, WhatIsNoSocketIsNotsockWhateverItsRights) {
  const u32 dir = guest.add(std::make_unique<FakeDirectory>());
  const u32 file_without = add(fake_file, Rights::none);
  guest.set_stdio(0, std::make_unique<FakeDescriptor>("", fake_stream));
  for (const char* name : {"sock_accept", "sock_recv", "sock_send", "sock_shutdown"}) {
    SCOPED_TRACE(name);
    for (const u32 fd : {0u, file, file_without, dir})
      EXPECT_EQ(call_it(guest, name, fd).err, Errno::notsock) << fd;
    EXPECT_EQ(call_it(guest, name, 99).err, Errno::badf);
  }
}

TEST_F(Sock, EachNeedsItsRight) {
  EXPECT_EQ(call_it(guest, "sock_recv", add(fake_socket, ~Rights::fd_read)).err, Errno::notcapable);
  EXPECT_EQ(call_it(guest, "sock_send", add(fake_socket, ~Rights::fd_write)).err,
            Errno::notcapable);
  EXPECT_EQ(call_it(guest, "sock_shutdown", add(fake_socket, ~Rights::sock_shutdown)).err,
            Errno::notcapable);
}

TEST_F(Sock, SocketErrorsReachTheGuest) {
  for (const Errno error : {Errno::again, Errno::connreset, Errno::notconn}) {
    last->failures().add(error);
    EXPECT_EQ(call_it(guest, "sock_recv", socket).err, error);
    last->failures().add(error);
    EXPECT_EQ(call_it(guest, "sock_shutdown", socket).err, error);
  }
}

TEST_F(Sock, ReadAndWriteWorkButPositionsDoNot) {
  EXPECT_EQ(guest.read(socket, 4), "0123");
  EXPECT_EQ(guest.write(socket, "abc"), 3u);
  EXPECT_EQ(guest.call("fd_pread", socket, guest.into(1), 0).err, Errno::spipe);
  EXPECT_EQ(guest.call("fd_seek", socket, 0, Whence::cur).err, Errno::spipe);
}

}  // namespace
}  // namespace limen::test

// socket_test.cpp - accepting, receiving, sending, shutting down.
#include "net/socket.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "net/listen.hpp"
#include "testing/alarm.hpp"
#include "testing/buffers.hpp"

namespace limen::test {
namespace {

constexpr SdFlags kBothWays = SdFlags::rd | SdFlags::wr;

/// Two connected sockets: the guest's as a Descriptor, the peer's as a descriptor.
struct Pair {
  std::unique_ptr<Descriptor> guest;
  UniqueFd peer;
};

Pair local_pair(int type) {
  int fds[2];
  EXPECT_EQ(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds), 0);
  return {host_socket(UniqueFd(fds[0])), UniqueFd(fds[1])};
}

UniqueFd connect_to(int listener) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::getsockname(listener, generic, &size), 0);
  UniqueFd fd(::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(fd.get(), generic, size), 0);
  return fd;
}

/// A TCP listener as a Descriptor; its description can still be looked at.
struct Listener {
  explicit Listener(ListenerOrigin origin) : fd(std::move(listen_tcp("127.0.0.1:0").value())) {
    descriptor = host_listener(UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3)), origin);
  }
  UniqueFd fd;
  std::unique_ptr<Descriptor> descriptor;
};

Pair tcp_pair() {
  const Listener listener(ListenerOrigin::made);
  UniqueFd client = connect_to(listener.fd.get());
  return {std::move(listener.descriptor->accept(FdFlags::none).value()), std::move(client)};
}

void send_text(const UniqueFd& to, std::string_view text) {
  EXPECT_EQ(::send(to.get(), text.data(), text.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(text.size()));
}

/// What receive gives: the bytes, `+` when some were cut off; or the name of the error.
std::string receive(Descriptor& from, std::size_t size, RiFlags flags = RiFlags::none) {
  const Buffers buffer{std::string(size, '.')};
  const auto received = from.receive(buffer, flags);
  if (!received) return std::string(name(received.error()));
  const bool cut = has(received->flags, RoFlags::recv_data_truncated);
  return buffer[0].substr(0, received->bytes) + (cut ? "+" : "");
}

std::string outcome(const Result<void>& result) {
  return result ? "ok" : std::string(name(result.error()));
}

class ListenerTest : public testing::TestWithParam<ListenerOrigin> {};
INSTANTIATE_TEST_SUITE_P(Origins, ListenerTest,
                         testing::Values(ListenerOrigin::made, ListenerOrigin::lent));

TEST_P(ListenerTest, Accepts) {
  const Listener listener(GetParam());
  EXPECT_EQ(listener.descriptor->kind(), Kind::listener);
  EXPECT_EQ(listener.descriptor->filetype(), Filetype::socket_stream);
  EXPECT_EQ(listener.descriptor->possible_rights(), rights::listener);
  EXPECT_EQ(listener.descriptor->available(), 1u);

  const UniqueFd client = connect_to(listener.fd.get());
  const auto accepted = listener.descriptor->accept(FdFlags::none);
  ASSERT_TRUE(accepted);
  EXPECT_EQ((*accepted)->kind(), Kind::socket);
  EXPECT_EQ((*accepted)->possible_rights(), rights::socket);
  EXPECT_EQ(::fcntl((*accepted)->poll_source().fd, F_GETFD), FD_CLOEXEC);
  send_text(client, "hello");
  EXPECT_EQ(read_text(**accepted), "ok hello");
}

TEST_P(ListenerTest, NonBlockingListenersSayAgain) {
  const Listener listener(GetParam());
  ASSERT_TRUE(listener.descriptor->set_flags(FdFlags::none, FdFlags::nonblock));
  EXPECT_EQ(listener.descriptor->accept(FdFlags::none).error(), Errno::again);
  const bool made = GetParam() == ListenerOrigin::made;
  EXPECT_EQ((::fcntl(listener.fd.get(), F_GETFL) & O_NONBLOCK) != 0, made);

  const UniqueFd client = connect_to(listener.fd.get());
  const auto accepted = listener.descriptor->accept(FdFlags::none);
  ASSERT_TRUE(accepted);
  // The connection does not inherit it.
  EXPECT_EQ(::fcntl((*accepted)->poll_source().fd, F_GETFL) & O_NONBLOCK, 0);
}

TEST_P(ListenerTest, ConnectionsAreNonBlockingWhenAsked) {
  const Listener listener(GetParam());
  const UniqueFd client = connect_to(listener.fd.get());
  const auto accepted = listener.descriptor->accept(FdFlags::nonblock);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(read_text(**accepted), "again");
  ASSERT_TRUE((*accepted)->set_flags(FdFlags::nonblock, FdFlags::none));
  const Alarm alarm(std::chrono::milliseconds(10));
  EXPECT_EQ(read_text(**accepted), "intr");
}

TEST_P(ListenerTest, AcceptCanBeStopped) {
  const Listener listener(GetParam());
  const Alarm alarm(std::chrono::milliseconds(10));
  EXPECT_EQ(listener.descriptor->accept(FdFlags::none).error(), Errno::intr);
  // Also on a description that somebody else made non-blocking.
  ASSERT_EQ(::fcntl(listener.fd.get(), F_SETFL, O_NONBLOCK), 0);
  EXPECT_EQ(listener.descriptor->accept(FdFlags::none).error(), Errno::intr);
}

TEST_P(ListenerTest, IsNoConnection) {
  const Listener listener(GetParam());
  EXPECT_EQ(receive(*listener.descriptor, 1), "notconn");
  EXPECT_EQ(listener.descriptor->send(Buffers{"x"}), fail(Errno::notconn));
  EXPECT_EQ(outcome(listener.descriptor->shutdown(kBothWays)), "notconn");
  const UniqueFd client = connect_to(listener.fd.get());  // it still listens
}

TEST(Socket, AConnectionDoesNotAccept) {
  EXPECT_EQ(local_pair(SOCK_STREAM).guest->accept(FdFlags::none).error(), Errno::inval);
}

TEST(Socket, TypesAndStat) {
  const auto stream = local_pair(SOCK_STREAM);
  const auto datagram = local_pair(SOCK_DGRAM);
  EXPECT_EQ(stream.guest->filetype(), Filetype::socket_stream);
  EXPECT_EQ(datagram.guest->filetype(), Filetype::socket_dgram);
  EXPECT_EQ(datagram.guest->stat()->filetype, Filetype::socket_dgram);
  EXPECT_NE(stream.guest->stat()->ino, datagram.guest->stat()->ino);
}

TEST(Socket, ReceivesAndSends) {
  const auto pair = tcp_pair();
  send_text(pair.peer, "hello");
  EXPECT_EQ(receive(*pair.guest, 3), "hel");
  EXPECT_EQ(pair.guest->available(), 2u);
  EXPECT_EQ(receive(*pair.guest, 3), "lo");
  EXPECT_EQ(pair.guest->send(Buffers{"a", "bc"}), 3u);
  EXPECT_EQ(write_text(*pair.guest, "d"), "ok 1");
  EXPECT_EQ(pair.guest->send({}), 0u);
  char text[4];
  EXPECT_EQ(::recv(pair.peer.get(), text, 4, MSG_WAITALL), 4);
  EXPECT_EQ(std::string(text, 4), "abcd");
}

TEST(Socket, PeekLeavesTheBytes) {
  const auto pair = local_pair(SOCK_STREAM);
  send_text(pair.peer, "hello");
  EXPECT_EQ(receive(*pair.guest, 9, RiFlags::recv_peek), "hello");
  const Buffers parts{"..", ".", "......"};
  EXPECT_EQ(pair.guest->receive(parts, RiFlags::recv_peek)->bytes, 5u);
  EXPECT_EQ(parts[0] + parts[1] + parts[2], "hello....");
  EXPECT_EQ(receive(*pair.guest, 9), "hello");
}

TEST(Socket, WaitallFillsTheBuffer) {
  const auto pair = local_pair(SOCK_STREAM);
  send_text(pair.peer, "hel");
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    send_text(pair.peer, "lo!");
  });
  EXPECT_EQ(receive(*pair.guest, 5, RiFlags::recv_waitall), "hello");
  later.join();
  ASSERT_EQ(::shutdown(pair.peer.get(), SHUT_WR), 0);
  EXPECT_EQ(receive(*pair.guest, 5, RiFlags::recv_waitall), "!");
  EXPECT_EQ(receive(*pair.guest, 5, RiFlags::recv_waitall), "");
}

TEST(Socket, DatagramsTellWhatWasCutOff) {
  const auto pair = local_pair(SOCK_DGRAM);
  send_text(pair.peer, "hello");
  send_text(pair.peer, "you");
  EXPECT_EQ(receive(*pair.guest, 3, RiFlags::recv_peek), "hel+");
  EXPECT_EQ(receive(*pair.guest, 3), "hel+");
  EXPECT_EQ(receive(*pair.guest, 3), "you");
}

TEST(Socket, SendingToNobody) {
  auto pair = local_pair(SOCK_STREAM);
  pair.peer.reset();
  EXPECT_EQ(write_text(*pair.guest, "x"), "pipe");  // and no SIGPIPE
  EXPECT_EQ(read_text(*pair.guest), "ok ");
}

TEST(Socket, ABrokenConnection) {
  auto pair = tcp_pair();
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ASSERT_EQ(::setsockopt(pair.peer.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
  pair.peer.reset();
  EXPECT_EQ(read_text(*pair.guest), "connreset");
}

TEST(Socket, ShutdownOfOneSide) {
  for (const auto& pair : {local_pair(SOCK_STREAM), tcp_pair()}) {
    EXPECT_EQ(outcome(pair.guest->shutdown(SdFlags::wr)), "ok");
    EXPECT_EQ(outcome(pair.guest->shutdown(SdFlags::wr)), "ok");
    char byte = 0;
    EXPECT_EQ(::recv(pair.peer.get(), &byte, 1, 0), 0);
    EXPECT_EQ(write_text(*pair.guest, "x"), "pipe");
    send_text(pair.peer, "still");
    EXPECT_EQ(read_text(*pair.guest), "ok still");
    EXPECT_EQ(outcome(pair.guest->shutdown(SdFlags::rd)), "ok");
    EXPECT_EQ(read_text(*pair.guest), "ok ");
  }
}

TEST(Socket, ShutdownTwiceAfterThePeerClosed) {
  auto pair = tcp_pair();
  pair.peer.reset();
  EXPECT_EQ(read_text(*pair.guest), "ok ");
  EXPECT_EQ(outcome(pair.guest->shutdown(kBothWays)), "ok");
  ::usleep(20'000);  // the last acknowledgement
  EXPECT_EQ(outcome(pair.guest->shutdown(kBothWays)), "ok");
  EXPECT_EQ(outcome(pair.guest->shutdown(SdFlags::rd)), "ok");
}

TEST(Socket, ShutdownWithoutAConnection) {
  const auto alone = host_socket(UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  EXPECT_EQ(outcome(alone->shutdown(SdFlags::wr)), "notconn");
}

TEST(Socket, BlockingCallsCanBeStopped) {
  const auto pair = local_pair(SOCK_STREAM);
  const Alarm alarm(std::chrono::milliseconds(10));
  EXPECT_EQ(read_text(*pair.guest), "intr");
  EXPECT_EQ(receive(*pair.guest, 5, RiFlags::recv_waitall), "intr");
  std::string answer;
  for (int i = 0; i < 10'000 && answer != "intr"; ++i)
    answer = write_text(*pair.guest, std::string(4096, 'x'));
  EXPECT_EQ(answer, "intr");
}

TEST(Socket, FileOperationsAreSpipe) {
  const auto pair = local_pair(SOCK_STREAM);
  EXPECT_EQ(pair.guest->read_at(Buffers{"x"}, 0), fail(Errno::spipe));
  EXPECT_EQ(pair.guest->size(), fail(Errno::spipe));
  EXPECT_EQ(pair.guest->advise(0, 0, Advice::normal), fail(Errno::spipe));
  EXPECT_EQ(pair.guest->sync(), fail(Errno::inval));
  EXPECT_EQ(outcome(pair.guest->close()), "ok");
}

}  // namespace
}  // namespace limen::test

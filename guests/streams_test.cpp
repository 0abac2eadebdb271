// streams_test.cpp - guests that need somebody at the other end: pipes that fill and empty,
// terminals, clients of a listener, signals.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <future>
#include <thread>

#include "command.hpp"
#include "guest.hpp"
#include "testing/temp_dir.hpp"

// The guest's module, or the end of the test when its toolchain is missing.
#define MODULE_OR_SKIP(variable, name)                                      \
  const Guest* const variable##_guest = find_guest(name);                   \
  if (variable##_guest == nullptr) GTEST_SKIP() << "not built: " << (name); \
  const std::string variable = variable##_guest->module.string()

namespace limen::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr milliseconds kAWhile{100};

// ---------------------------------------------------------------- pipes

TEST(Pipes, InputThatComesLater) {
  MODULE_OR_SKIP(module, "c/streams");
  Command guest({.words = {"run", module, "input"}, .in = Stream::pipe});
  ASSERT_TRUE(guest.wait_error("waiting\n")) << guest.error();
  std::this_thread::sleep_for(kAWhile);
  guest.write("hello");
  ASSERT_TRUE(guest.wait_error("done\n")) << guest.error();
  std::this_thread::sleep_for(kAWhile);
  guest.close_input();
  EXPECT_EQ(guest.finish(), 0) << guest.error();
}

TEST(Pipes, BlockingReads) {
  MODULE_OR_SKIP(module, "c/streams");
  Command guest({.words = {"run", module, "blocking"}, .in = Stream::pipe});
  ASSERT_TRUE(guest.wait_error("waiting\n")) << guest.error();
  std::this_thread::sleep_for(kAWhile);
  guest.write("hello");
  ASSERT_TRUE(guest.wait_error("done\n")) << guest.error();
  guest.close_input();
  EXPECT_EQ(guest.finish(), 0) << guest.error();
}

TEST(Pipes, FullOutputAndThenNoReader) {
  MODULE_OR_SKIP(module, "c/streams");
  Command guest({.words = {"run", module, "output"}});
  ASSERT_TRUE(guest.wait_error("waiting\n")) << guest.error();
  guest.skip_output(65536);
  ASSERT_TRUE(guest.wait_error("done\n")) << guest.error();
  std::this_thread::sleep_for(kAWhile);
  guest.close_output();
  EXPECT_EQ(guest.finish(), 0) << guest.error();
}

// O_NONBLOCK belongs to the open file, which the shell and other programs have open too.
TEST(Pipes, NonblockStaysInTheGuest) {
  MODULE_OR_SKIP(module, "c/streams");
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  Command guest({.words = {"run", module, "input"}, .inherited = {{reader.get(), 0}}});
  ASSERT_TRUE(guest.wait_error("waiting\n")) << guest.error();
  EXPECT_EQ(::fcntl(reader.get(), F_GETFL) & O_NONBLOCK, 0);
  ASSERT_EQ(::write(writer.get(), "hello", 5), 5);
  ASSERT_TRUE(guest.wait_error("done\n")) << guest.error();
  writer.reset();
  EXPECT_EQ(guest.finish(), 0) << guest.error();
  EXPECT_EQ(::fcntl(reader.get(), F_GETFL) & O_NONBLOCK, 0);
}

// (limen a; limen b) < file
TEST(Pipes, PositionOfInheritedFilesIsTheKernels) {
  MODULE_OR_SKIP(module, "wat/read_four");
  const TempDir dir;
  dir.file("in", "01234567");
  const UniqueFd in(::open(dir.at("in").c_str(), O_RDONLY | O_CLOEXEC));
  for (const char* expected : {"0123", "4567"}) {
    Command guest({.words = {"run", module}, .inherited = {{in.get(), 0}}});
    EXPECT_EQ(guest.finish(), 0) << guest.error();
    EXPECT_EQ(guest.output(), expected);
  }
}

TEST(Pipes, ClosedStdoutIsBadf) {
  MODULE_OR_SKIP(module, "wat/hello");
  Command guest({.words = {"run", module}, .out = Stream::closed});
  EXPECT_EQ(guest.finish(), 134) << guest.error();
  // Rust takes BADF on its streams for "thrown away", and any other error for a reason to panic.
  MODULE_OR_SKIP(rust, "rust/endings");
  Command quiet({.words = {"run", rust, "exit"}, .out = Stream::closed});
  EXPECT_EQ(quiet.finish(), 42) << quiet.error();
}

TEST(Pipes, OutputIntoAFile) {
  MODULE_OR_SKIP(module, "wat/hello");
  const TempDir dir;
  dir.file("out", "before and longer than what comes\n");
  const UniqueFd out(::open(dir.at("out").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  Command guest({.words = {"run", module}, .inherited = {{out.get(), 1}}});
  EXPECT_EQ(guest.finish(), 0) << guest.error();
  EXPECT_EQ(dir.text("out"), "before and longer than what comes\nhello from wat\n");
}

TEST(Pipes, GoKeepsRunningWhileItReads) {
  MODULE_OR_SKIP(module, "go/stdin");
  Command guest({.words = {"run", module}, .in = Stream::pipe});
  ASSERT_TRUE(guest.wait_error("tick\ntick\ntick\n")) << guest.error();
  guest.write("a line\n");
  ASSERT_TRUE(guest.wait_output("a line\n")) << guest.error();
  guest.close_input();
  EXPECT_EQ(guest.finish(), 0) << guest.error();
  EXPECT_EQ(guest.output(), "a line\nend\n");
}

// ---------------------------------------------------------------- terminals

TEST(Terminal, IsOneForTheGuest) {
  MODULE_OR_SKIP(module, "c/stdio");
  int ours = -1;
  int theirs = -1;
  ASSERT_EQ(::openpty(&ours, &theirs, nullptr, nullptr, nullptr), 0);
  const UniqueFd master(ours);
  const UniqueFd slave(theirs);
  termios before{};
  ASSERT_EQ(::tcgetattr(slave.get(), &before), 0);
  Command guest({.words = {"run", module, "tty"},
                 .inherited = {{slave.get(), 0}, {slave.get(), 1}, {slave.get(), 2}}});
  const int status = guest.finish();
  std::array<char, 4096> text{};
  ::fcntl(master.get(), F_SETFL, O_NONBLOCK);
  const auto n = std::max<ssize_t>(::read(master.get(), text.data(), text.size()), 0);
  EXPECT_EQ(status, 0) << std::string_view(text.data(), static_cast<std::size_t>(n));
  termios after{};
  ASSERT_EQ(::tcgetattr(slave.get(), &after), 0);
  EXPECT_EQ(before.c_lflag, after.c_lflag);
  EXPECT_EQ(::fcntl(slave.get(), F_GETFL) & O_NONBLOCK, 0);
}

// ---------------------------------------------------------------- sockets

// Connects, with some patience for a listener that is about to come.
UniqueFd connect_to(const sockaddr* address, socklen_t size) {
  for (int attempt = 0; attempt < 500; ++attempt) {
    UniqueFd fd(::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(fd.get(), address, size) == 0) {
      // A guest that is gone must not keep the test waiting in a listener's queue for ever.
      const timeval patience{.tv_sec = 120, .tv_usec = 0};
      ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      return fd;
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
  return {};
}

sockaddr_in loopback(std::uint16_t port) {
  return {.sin_family = AF_INET,
          .sin_port = htons(port),
          .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)},
          .sin_zero = {}};
}

UniqueFd connect_to(std::uint16_t port) {
  const sockaddr_in address = loopback(port);
  return connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

UniqueFd connect_to(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::ranges::copy(path, address.sun_path);
  return connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

// A listener on a free port, and the port.
std::pair<UniqueFd, std::uint16_t> listen_somewhere() {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd.get(), raw, size) < 0 || ::listen(fd.get(), 16) < 0 ||
      ::getsockname(fd.get(), raw, &size) < 0)
    return {};
  return {std::move(fd), ntohs(address.sin_port)};
}

void send_all(const UniqueFd& fd, std::string_view text) {
  EXPECT_EQ(::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(text.size()));
}

std::string receive_all(const UniqueFd& fd) {
  std::string all;
  std::array<char, 4096> buffer;
  for (ssize_t n = 0; (n = ::recv(fd.get(), buffer.data(), buffer.size(), 0)) > 0;)
    all.append(buffer.data(), static_cast<std::size_t>(n));
  return all;
}

// The client's half of c/sockets.c.
template <class Connect>
void talk_to(Command& guest, const Connect& connect) {
  ASSERT_TRUE(guest.wait_output("connect\n")) << guest.error();
  std::this_thread::sleep_for(kAWhile);
  UniqueFd peer = connect();
  ASSERT_TRUE(peer);
  send_all(peer, "hello world");
  ASSERT_TRUE(guest.wait_output("halves\n")) << guest.error();
  send_all(peer, "first");
  std::this_thread::sleep_for(kAWhile);
  send_all(peer, "+later");
  EXPECT_EQ(receive_all(peer), "from the guest\nthe guest\nlibc\n");
  std::this_thread::sleep_for(kAWhile);
  send_all(peer, "bye");
  peer.reset();
  ASSERT_TRUE(guest.wait_output("again\n")) << guest.error();
  peer = connect();
  ASSERT_TRUE(guest.wait_output("close\n")) << guest.error();
  peer.reset();
  EXPECT_EQ(guest.finish(), 0) << guest.error();
}

TEST(Sockets, InheritedListener) {
  MODULE_OR_SKIP(module, "c/sockets");
  const auto [listener, port] = listen_somewhere();
  ASSERT_TRUE(listener);
  Command guest(
      {.words = {"run", "--listen", "fd:7", module, "3"}, .inherited = {{listener.get(), 7}}});
  talk_to(guest, [port = port] { return connect_to(port); });
  // Whoever lent the listener still has it as it was.
  EXPECT_EQ(::fcntl(listener.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(Sockets, TcpListenerAfterADirectory) {
  MODULE_OR_SKIP(module, "c/sockets");
  const TempDir dir;
  auto [listener, port] = listen_somewhere();
  listener.reset();
  Command guest({.words = {"run", "--dir", dir.path().string() + "::/", "--listen",
                           "tcp:127.0.0.1:" + std::to_string(port), module, "4"}});
  talk_to(guest, [port = port] { return connect_to(port); });
}

TEST(Sockets, UnixListener) {
  MODULE_OR_SKIP(module, "c/sockets");
  const TempDir dir;
  const std::string path = dir.at("socket");
  Command guest({.words = {"run", "--listen", "unix:" + path, module, "3"}});
  talk_to(guest, [&path] { return connect_to(path); });
}

std::string get(std::uint16_t port, const std::string& path) {
  const UniqueFd peer = connect_to(port);
  send_all(peer, "GET " + path + " HTTP/1.1\r\nHost: limen\r\nConnection: close\r\n\r\n");
  return receive_all(peer);
}

// One start for all of it: compiling Go's web server takes its time.
TEST(Sockets, GoServesHttp) {
  MODULE_OR_SKIP(module, "go/http");
  const TempDir dir;
  dir.file("page.txt", "a page of the host");
  dir.file("large", std::string(1 << 20, 'x'));
  auto [listener, port] = listen_somewhere();
  ASSERT_TRUE(listener);
  const bool curl = std::system("curl --version >/dev/null 2>&1") == 0;
  Command guest({.words = {"run", "--dir", dir.path().string() + "::/files::ro", "--listen", "fd:7",
                           module, "4", curl ? "27" : "25", "/files"},
                 .inherited = {{listener.get(), 7}}});
  listener.reset();
  EXPECT_THAT(get(port, "/"), HasSubstr("hello from a guest"));
  EXPECT_THAT(get(port, "/file/page.txt"), HasSubstr("a page of the host"));
  EXPECT_THAT(get(port, "/file/none"), HasSubstr("404"));
  EXPECT_THAT(get(port, "/file/../../../etc/hostname"), testing::Not(HasSubstr("200 OK")));
  EXPECT_GT(get(port, "/file/large").size(), 1U << 20);
  // Twenty at once.
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 20; ++i)
    answers.push_back(std::async(std::launch::async, [port = port] { return get(port, "/"); }));
  for (auto& answer : answers) EXPECT_THAT(answer.get(), HasSubstr("hello from a guest"));
  // And a client that was not written for this test, with nine megabytes there and back.
  if (curl) {
    const std::string url = "http://127.0.0.1:" + std::to_string(port);
    const std::string command = "curl -sS --max-time 120 " + url;
    EXPECT_EQ(std::system((command + "/ > " + dir.at("out")).c_str()), 0);
    EXPECT_EQ(dir.text("out"), "hello from a guest\n");
    EXPECT_EQ(
        std::system((command + "/echo --data-binary @" + module + " | cmp - " + module).c_str()),
        0);
  }
  EXPECT_EQ(guest.finish(), 0) << guest.error();
}

// ---------------------------------------------------------------- signals

struct Stopped {
  const char* guest;
  int signal;
};
std::ostream& operator<<(std::ostream& out, const Stopped& stopped) { return out << stopped.guest; }

std::string name_of(const testing::TestParamInfo<Stopped>& info) {
  std::string name =
      std::string(info.param.guest).substr(4) + (info.param.signal == SIGINT ? "_int" : "_term");
  return name;
}

class Signals : public testing::TestWithParam<Stopped> {};
INSTANTIATE_TEST_SUITE_P(EndGuest, Signals,
                         testing::Values(Stopped{"wat/infinite_loop", SIGINT},
                                         Stopped{"wat/infinite_loop", SIGTERM},
                                         Stopped{"wat/infinite_calls", SIGINT},
                                         Stopped{"wat/sleep_for_ever", SIGTERM},
                                         Stopped{"wat/sleep_for_ever", SIGINT},
                                         Stopped{"wat/poll_stdin_for_ever", SIGINT},
                                         Stopped{"wat/read_stdin_for_ever", SIGINT},
                                         Stopped{"wat/read_stdin_for_ever", SIGTERM},
                                         Stopped{"wat/write_stdout_for_ever", SIGTERM},
                                         Stopped{"wat/infinite_start_function", SIGINT}),
                         name_of);

TEST_P(Signals, WhereverItIs) {
  MODULE_OR_SKIP(module, GetParam().guest);
  Command guest({.words = {"run", module}, .in = Stream::pipe});
  std::this_thread::sleep_for(milliseconds(300));
  const auto start = std::chrono::steady_clock::now();
  guest.signal(GetParam().signal);
  EXPECT_EQ(guest.finish(std::chrono::seconds(10), false), 128 + GetParam().signal)
      << guest.error();
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(1000));
}

// ---------------------------------------------------------------- what FILE can be

TEST(File, IsTextOrBinaryOrStandardInput) {
  MODULE_OR_SKIP(module, "wat/hello");
  Command text({.words = {find_guest("wat/hello")->source.string()}});
  EXPECT_EQ(text.finish(), 0) << text.error();
  EXPECT_EQ(text.output(), "hello from wat\n");
  Command binary({.words = {module}});
  EXPECT_EQ(binary.finish(), 0) << binary.error();
  EXPECT_EQ(binary.output(), "hello from wat\n");
  const UniqueFd in(::open(module.c_str(), O_RDONLY | O_CLOEXEC));
  Command input({.words = {"run", "-"}, .inherited = {{in.get(), 0}}});
  EXPECT_EQ(input.finish(), 0) << input.error();
  EXPECT_EQ(input.output(), "hello from wat\n");
}

TEST(File, MissingIs127) {
  const TempDir dir;
  Command guest({.words = {"run", dir.at("none.wasm")}});
  EXPECT_EQ(guest.finish(), 127);
  EXPECT_THAT(guest.error(), testing::StartsWith("limen: "));
  EXPECT_THAT(guest.error(), HasSubstr("none.wasm"));
}

}  // namespace
}  // namespace limen::test

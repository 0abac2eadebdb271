// listen_test.cpp - which addresses can be listened on, and what is said of the others.
#include "net/listen.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "testing/temp_dir.hpp"

namespace limen::test {
namespace {

using Code = Error::Code;

TEST(ListenTcp, PicksAPort) {
  const auto fd = listen_tcp("127.0.0.1:0");
  ASSERT_TRUE(fd);
  const std::string address = bound_address(fd->get());
  EXPECT_TRUE(address.starts_with("127.0.0.1:")) << address;
  EXPECT_FALSE(address.ends_with(":0"));
  EXPECT_EQ(::fcntl(fd->get(), F_GETFD), FD_CLOEXEC);

  const auto taken = listen_tcp(address);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::host);
  EXPECT_EQ(taken.error().text(), address + ": can't listen: Address already in use");
}

TEST(ListenTcp, NamesAndIpv6) {
  EXPECT_TRUE(listen_tcp("localhost:0"));
  const auto fd = listen_tcp("[::1]:0");
  if (!fd) GTEST_SKIP() << "no IPv6 here: " << fd.error().text();
  EXPECT_TRUE(bound_address(fd->get()).starts_with("[::1]:"));
}

TEST(ListenTcp, SaysWhatIsWrong) {
  struct Row {
    const char* address;
    Code code;
    const char* text;
  };
  constexpr Row rows[] = {
      {"8080", Code::bad_spec, "the port is missing; write HOST:PORT or [IPV6]:PORT"},
      {"host:", Code::bad_spec,
       "the port is no number from 0 to 65535; write HOST:PORT or [IPV6]:PORT"},
      {"host:http", Code::bad_spec,
       "the port is no number from 0 to 65535; write HOST:PORT or [IPV6]:PORT"},
      {"host:65536", Code::bad_spec,
       "the port is no number from 0 to 65535; write HOST:PORT or [IPV6]:PORT"},
      {"::1:80", Code::bad_spec, "an IPv6 address needs brackets; write HOST:PORT or [IPV6]:PORT"},
      {":80", Code::bad_spec, "the host is missing; write HOST:PORT or [IPV6]:PORT"},
      {"[]:80", Code::bad_spec, "the host is missing; write HOST:PORT or [IPV6]:PORT"},
  };
  for (const Row& row : rows) {
    const auto fd = listen_tcp(row.address);
    ASSERT_FALSE(fd) << row.address;
    EXPECT_EQ(fd.error().code, row.code) << row.address;
    EXPECT_EQ(fd.error().message, row.text);
    EXPECT_EQ(fd.error().where, row.address);
  }
  const auto unknown = listen_tcp("no-such-host.invalid:80");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::not_found);
}

TEST(ListenUnix, ReplacesOnlyWhatIsDead) {
  const TempDir temp;
  const std::string path = temp.at("socket");
  auto first = listen_unix(path);
  ASSERT_TRUE(first);
  EXPECT_EQ(bound_address(first->get()), "unix:" + path);
  EXPECT_EQ(::fcntl(first->get(), F_GETFD), FD_CLOEXEC);

  const auto second = listen_unix(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().text(), path + ": another process listens on this socket");

  first->reset();
  EXPECT_TRUE(listen_unix(path));
}

TEST(ListenUnix, LeavesOtherFilesAlone) {
  const TempDir temp;
  temp.file("file", "text");
  temp.link("file", "link");
  for (const char* name : {"file", "link"}) {
    const auto fd = listen_unix(temp.at(name));
    ASSERT_FALSE(fd);
    EXPECT_EQ(fd.error().text(), temp.at(name) + ": the file exists and is no socket");
  }
  EXPECT_EQ(temp.text("file"), "text");
}

TEST(ListenUnix, SaysWhatIsWrong) {
  EXPECT_EQ(listen_unix("").error().code, Code::bad_spec);
  EXPECT_EQ(listen_unix(std::string(108, 'x')).error().code, Code::bad_spec);
  const TempDir temp;
  EXPECT_EQ(listen_unix(temp.at("missing/socket")).error().text(),
            temp.at("missing/socket") + ": can't listen: No such file or directory");
}

TEST(AdoptListener, TakesListenersOnly) {
  const auto listener = listen_tcp("127.0.0.1:0");
  ASSERT_TRUE(listener);
  const auto adopted = adopt_listener(listener->get());
  ASSERT_TRUE(adopted);
  EXPECT_NE(adopted->get(), listener->get());
  EXPECT_EQ(::fcntl(adopted->get(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(bound_address(adopted->get()), bound_address(listener->get()));

  const TempDir temp;
  const UniqueFd directory = temp.open();
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto message = [](int fd) { return adopt_listener(fd).error().message; };
  EXPECT_EQ(message(-1), "this descriptor is not open");
  EXPECT_EQ(message(directory.get()), "this descriptor is no socket");
  EXPECT_EQ(message(socket.get()), "this socket does not listen");
}

}  // namespace
}  // namespace limen::test

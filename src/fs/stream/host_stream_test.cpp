// host_stream_test.cpp - stdin, stdout and stderr over what a host may have there.
#include "fs/stream/host_stream.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "testing/alarm.hpp"
#include "testing/buffers.hpp"
#include "testing/temp_dir.hpp"

namespace limen::test {
namespace {

using Ends = std::array<UniqueFd, 2>;

Ends make_pipe() {
  int fds[2];
  EXPECT_EQ(::pipe2(fds, O_CLOEXEC), 0);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Ends make_sockets() {
  int fds[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

// As the command hands a stream over: its own number for a description that others share.
std::unique_ptr<Descriptor> lend(const UniqueFd& fd, StreamUse use) {
  UniqueFd own(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
  return std::move(host_stream(std::move(own), use).value());
}

int status_flags(const UniqueFd& fd) { return ::fcntl(fd.get(), F_GETFL); }

TEST(HostStream, RightsGoOneWay) {
  const auto pipe = make_pipe();
  constexpr Rights common =
      Rights::fd_fdstat_set_flags | Rights::fd_filestat_get | Rights::poll_fd_readwrite;
  EXPECT_EQ(lend(pipe[0], StreamUse::input)->possible_rights(), common | Rights::fd_read);
  EXPECT_EQ(lend(pipe[1], StreamUse::output)->possible_rights(), common | Rights::fd_write);
}

TEST(HostStream, TypesShowTerminalsAndSocketsOnly) {
  const TempDir temp;
  temp.file("file", "text");
  const UniqueFd file(::open(temp.at("file").c_str(), O_RDWR | O_CLOEXEC));
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const UniqueFd directory = temp.open();
  const auto type = [](const UniqueFd& fd) { return lend(fd, StreamUse::input)->filetype(); };
  EXPECT_EQ(type(make_pipe()[0]), Filetype::unknown);
  EXPECT_EQ(type(make_sockets()[0]), Filetype::socket_stream);
  EXPECT_EQ(type(file), Filetype::unknown);
  EXPECT_EQ(type(null), Filetype::unknown);
  EXPECT_EQ(type(directory), Filetype::unknown);
  const UniqueFd terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!terminal) GTEST_SKIP() << "no pseudo-terminals here";
  EXPECT_EQ(type(terminal), Filetype::character_device);
}

TEST(HostStream, StatTellsTheTypeAlone) {
  const auto sockets = make_sockets();
  const auto stream = lend(sockets[0], StreamUse::input);
  EXPECT_EQ(*stream->stat(), Filestat{.filetype = Filetype::socket_stream});
}

TEST(HostStream, ReadsAndWrites) {
  const auto pipe = make_pipe();
  const auto in = lend(pipe[0], StreamUse::input);
  const auto out = lend(pipe[1], StreamUse::output);
  EXPECT_EQ(out->write(Buffers{"ab", "c"}), 3u);
  EXPECT_EQ(in->available(), 3u);
  const Buffers two{"..", ".."};
  EXPECT_EQ(in->read(two), 3u);
  EXPECT_EQ(two[0] + two[1], "abc.");
  EXPECT_EQ(out->write({}), 0u);
  EXPECT_EQ(in->read({}), 0u);
}

TEST(HostStream, ReadsGoOnWhereOthersStopped) {
  const TempDir temp;
  temp.file("file", "0123456789");
  const UniqueFd file(::open(temp.at("file").c_str(), O_RDONLY | O_CLOEXEC));
  char first[3];
  ASSERT_EQ(::read(file.get(), first, 3), 3);
  const auto in = lend(file, StreamUse::input);
  EXPECT_EQ(in->available(), 7u);
  EXPECT_EQ(read_text(*in, 4), "ok 3456");
  EXPECT_EQ(::lseek(file.get(), 0, SEEK_CUR), 7);
  EXPECT_EQ(in->kind(), Kind::stream);
  EXPECT_EQ(in->size(), fail(Errno::spipe));
}

// The shell and the programs after this one have the same open file description.
TEST(HostStream, NonBlockingLeavesTheSharedFlagsAlone) {
  const auto pipe = make_pipe();
  const auto in = lend(pipe[0], StreamUse::input);
  const auto out = lend(pipe[1], StreamUse::output);
  const int before = status_flags(pipe[0]);
  ASSERT_TRUE(in->set_flags(FdFlags::none, FdFlags::nonblock));
  ASSERT_TRUE(out->set_flags(FdFlags::none, FdFlags::nonblock | FdFlags::append));
  EXPECT_EQ(status_flags(pipe[0]), before);
  EXPECT_EQ(status_flags(pipe[1]) & (O_NONBLOCK | O_APPEND), 0);

  EXPECT_EQ(read_text(*in), "again");
  EXPECT_EQ(write_text(*out, "x"), "ok 1");
  EXPECT_EQ(read_text(*in), "ok x");
  std::string answer = "ok";
  u64 written = 0;
  while (answer.starts_with("ok") && written < 10'000'000) {
    answer = write_text(*out, std::string(100'000, 'x'));
    written += answer.starts_with("ok") ? std::stoull(answer.substr(3)) : 0;
  }
  EXPECT_EQ(answer, "again");
  EXPECT_EQ(in->available(), written);
}

TEST(HostStream, BlockingAgainAfterNonBlocking) {
  const auto pipe = make_pipe();
  const auto in = lend(pipe[0], StreamUse::input);
  ASSERT_TRUE(in->set_flags(FdFlags::none, FdFlags::nonblock));
  ASSERT_TRUE(in->set_flags(FdFlags::nonblock, FdFlags::none));
  const Alarm alarm(std::chrono::milliseconds(10));
  EXPECT_EQ(read_text(*in), "intr");
}

// Somebody else's O_NONBLOCK is not the guest's.
TEST(HostStream, ABlockingGuestOnANonBlockingDescription) {
  const auto pipe = make_pipe();
  ASSERT_EQ(::fcntl(pipe[0].get(), F_SETFL, O_NONBLOCK), 0);
  ASSERT_EQ(::fcntl(pipe[1].get(), F_SETFL, O_NONBLOCK), 0);
  const auto in = lend(pipe[0], StreamUse::input);
  const auto out = lend(pipe[1], StreamUse::output);
  const Alarm alarm(std::chrono::milliseconds(10));
  EXPECT_EQ(read_text(*in), "intr");
  std::string answer;
  for (int i = 0; i < 1000 && answer != "intr"; ++i)
    answer = write_text(*out, std::string(4096, 'x'));
  EXPECT_EQ(answer, "intr");
  EXPECT_EQ(read_text(*in, 3), "ok xxx");
}

TEST(HostStream, TheEndAndBrokenPipes) {
  ::signal(SIGPIPE, SIG_IGN);
  auto pipe = make_pipe();
  const auto in = lend(pipe[0], StreamUse::input);
  pipe[1].reset();
  EXPECT_EQ(read_text(*in), "ok ");
  ASSERT_TRUE(in->set_flags(FdFlags::none, FdFlags::nonblock));
  EXPECT_EQ(read_text(*in), "ok ");
  EXPECT_EQ(in->available(), 0u);

  pipe = make_pipe();
  const auto out = lend(pipe[1], StreamUse::output);
  pipe[0].reset();
  EXPECT_EQ(write_text(*out, "x"), "pipe");
  ASSERT_TRUE(out->set_flags(FdFlags::none, FdFlags::nonblock));
  EXPECT_EQ(write_text(*out, "x"), "pipe");
  ::signal(SIGPIPE, SIG_DFL);
}

TEST(HostStream, WhatStreamsCanNotDo) {
  const TempDir temp;
  temp.file("file", "text");
  const UniqueFd file(::open(temp.at("file").c_str(), O_RDWR | O_CLOEXEC));
  const auto stream = lend(file, StreamUse::output);
  EXPECT_EQ(stream->sync(), fail(Errno::inval));
  EXPECT_EQ(stream->datasync(), fail(Errno::inval));
  EXPECT_EQ(stream->advise(0, 0, Advice::normal), fail(Errno::spipe));
  EXPECT_EQ(stream->allocate(0, 1), fail(Errno::spipe));
  EXPECT_EQ(stream->read_at(Buffers{"."}, 0), fail(Errno::spipe));
  EXPECT_FALSE(stream->accept(FdFlags::none));
  EXPECT_EQ(stream->send(Buffers{"."}), fail(Errno::notsock));
}

TEST(NullStream, EndsAndSwallows) {
  const auto in = null_stream(StreamUse::input);
  EXPECT_EQ(read_text(*in), "ok ");
  EXPECT_EQ(in->available(), 0u);
  EXPECT_EQ(in->poll_source().fd, -1);
  EXPECT_FALSE(has(in->possible_rights(), Rights::fd_write));
  const auto out = null_stream(StreamUse::output);
  EXPECT_EQ(out->write(Buffers{"abc", "de"}), 5u);
  EXPECT_FALSE(has(out->possible_rights(), Rights::fd_read));
  EXPECT_EQ(*out->stat(), Filestat{});
}

}  // namespace
}  // namespace limen::test

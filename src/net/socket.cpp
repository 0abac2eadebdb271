// socket.cpp - accept4, recvmsg, sendmsg and shutdown.
#include "net/socket.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "fs/host/errno.hpp"
#include "fs/host/fd_ops.hpp"

namespace limen {
namespace {

using host::close_fd;
using host::counted;
using host::done;
using host::last_failure;

Filetype socket_type(int fd) noexcept {
  int type = SOCK_STREAM;
  socklen_t size = sizeof type;
  ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
  return type == SOCK_DGRAM ? Filetype::socket_dgram : Filetype::socket_stream;
}

Result<Filestat> stat_socket(int fd, Filetype type) {
  auto stat = host::stat_fd(fd);
  if (stat) stat->filetype = type;
  return stat;
}

// The kernel reads the buffers of sendmsg only, but the structure is one for both directions.
msghdr message(IoBuffers buffers) noexcept {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(buffers.data());
  message.msg_iovlen = buffers.size();
  return message;
}

class HostSocket final : public Descriptor {
 public:
  explicit HostSocket(UniqueFd fd) noexcept : fd_(std::move(fd)), type_(socket_type(fd_.get())) {}

  [[nodiscard]] Kind kind() const noexcept override { return Kind::socket; }
  [[nodiscard]] Filetype filetype() const noexcept override { return type_; }
  [[nodiscard]] Rights possible_rights() const noexcept override { return rights::socket; }

  Result<Filestat> stat() override { return stat_socket(fd_.get(), type_); }
  Result<u64> read(IoBuffers into) override {
    const auto received = receive(into, RiFlags::none);
    if (!received) return fail(received.error());
    return received->bytes;
  }
  Result<u64> write(IoBuffers from) override { return send(from); }
  Result<void> set_flags(FdFlags, FdFlags flags) override {
    return host::set_flags_fd(fd_.get(), flags);
  }
  [[nodiscard]] PollSource poll_source() const noexcept override { return {.fd = fd_.get()}; }
  Result<u64> available() override;

  Result<std::unique_ptr<Descriptor>> accept(FdFlags) override { return fail(Errno::inval); }
  Result<Received> receive(IoBuffers into, RiFlags flags) override;
  Result<u64> send(IoBuffers from) override;
  Result<void> shutdown(SdFlags how) override;
  Result<void> close() override { return close_fd(fd_); }

 private:
  UniqueFd fd_;
  Filetype type_;
  std::atomic<u8> shut_down_ = 0;  // SdFlags that succeeded
};

Result<u64> HostSocket::available() {
  int bytes = 0;
  if (::ioctl(fd_.get(), FIONREAD, &bytes) < 0) return u64{1};
  return static_cast<u64>(std::max(bytes, 0));
}

Result<Received> HostSocket::receive(IoBuffers into, RiFlags flags) {
  if (into.empty()) return Received{};
  msghdr header = message(into);
  const int peek = has(flags, RiFlags::recv_peek) ? MSG_PEEK : 0;
  const int all = has(flags, RiFlags::recv_waitall) ? MSG_WAITALL : 0;
  const ssize_t n = ::recvmsg(fd_.get(), &header, peek | all);
  if (n < 0) return last_failure();
  const bool truncated = (header.msg_flags & MSG_TRUNC) != 0;
  return Received{.bytes = static_cast<u64>(n),
                  .flags = truncated ? RoFlags::recv_data_truncated : RoFlags::none};
}

Result<u64> HostSocket::send(IoBuffers from) {
  if (from.empty()) return u64{0};
  const msghdr header = message(from);
  return counted(::sendmsg(fd_.get(), &header, MSG_NOSIGNAL));
}

// Once both sides have closed, TCP says notconn to a repeated shutdown, which is to succeed.
Result<void> HostSocket::shutdown(SdFlags how) {
  const bool both = how == (SdFlags::rd | SdFlags::wr);
  const int one = how == SdFlags::rd ? SHUT_RD : SHUT_WR;
  const auto result = done(::shutdown(fd_.get(), both ? SHUT_RDWR : one));
  const u8 wanted = std::to_underlying(how);
  if (result) shut_down_.fetch_or(wanted, std::memory_order_relaxed);
  const bool repeated = (shut_down_.load(std::memory_order_relaxed) & wanted) == wanted;
  if (!result && result.error() == Errno::notconn && repeated) return {};
  return result;
}

class HostListener final : public Descriptor {
 public:
  HostListener(UniqueFd fd, ListenerOrigin origin) noexcept
      : fd_(std::move(fd)), type_(socket_type(fd_.get())), origin_(origin) {}

  [[nodiscard]] Kind kind() const noexcept override { return Kind::listener; }
  [[nodiscard]] Filetype filetype() const noexcept override { return type_; }
  [[nodiscard]] Rights possible_rights() const noexcept override { return rights::listener; }

  Result<Filestat> stat() override { return stat_socket(fd_.get(), type_); }
  Result<u64> read(IoBuffers) override { return fail(Errno::notconn); }
  Result<u64> write(IoBuffers) override { return fail(Errno::notconn); }
  Result<void> set_flags(FdFlags old, FdFlags flags) override;
  [[nodiscard]] PollSource poll_source() const noexcept override { return {.fd = fd_.get()}; }

  Result<std::unique_ptr<Descriptor>> accept(FdFlags flags) override;
  Result<Received> receive(IoBuffers, RiFlags) override { return fail(Errno::notconn); }
  Result<u64> send(IoBuffers) override { return fail(Errno::notconn); }
  /// Not handed to the kernel, which would end the listening for everybody.
  Result<void> shutdown(SdFlags) override { return fail(Errno::notconn); }
  Result<void> close() override { return close_fd(fd_); }

 private:
  [[nodiscard]] Errno wait_for_client(bool wait) const;

  UniqueFd fd_;
  Filetype type_;
  ListenerOrigin origin_;
  std::atomic<bool> nonblock_ = false;
};

Result<void> HostListener::set_flags(FdFlags, FdFlags flags) {
  if (origin_ == ListenerOrigin::made) {
    if (const auto set = host::set_flags_fd(fd_.get(), flags & FdFlags::nonblock); !set) return set;
  }
  nonblock_.store(has(flags, FdFlags::nonblock), std::memory_order_relaxed);
  return {};
}

// again when there is none and that is not to be waited for; a broken listener is left to accept.
Errno HostListener::wait_for_client(bool wait) const {
  pollfd polled{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  const timespec now{};
  const int ready = ::ppoll(&polled, 1, wait ? nullptr : &now, nullptr);
  if (ready == 0) return Errno::again;
  return ready < 0 ? host::from_linux(errno) : Errno::success;
}

// A client that gave up before it was accepted is nobody's concern, unless the guest polls for
// each. A listener may be non-blocking although the guest did not ask for it, when it is lent.
Result<std::unique_ptr<Descriptor>> HostListener::accept(FdFlags flags) {
  const bool nonblock = nonblock_.load(std::memory_order_relaxed);
  const int with = SOCK_CLOEXEC | (has(flags, FdFlags::nonblock) ? SOCK_NONBLOCK : 0);
  bool ask = nonblock && origin_ == ListenerOrigin::lent;
  for (;;) {
    if (ask) {
      const Errno error = wait_for_client(!nonblock);
      if (error != Errno::success) return fail(error);
    }
    UniqueFd fd(::accept4(fd_.get(), nullptr, nullptr, with));
    if (fd) return host_socket(std::move(fd));
    const int error = errno;
    if (nonblock || (error != ECONNABORTED && error != EAGAIN))
      return fail(host::from_linux(error));
    ask = error == EAGAIN;
  }
}

}  // namespace

std::unique_ptr<Descriptor> host_listener(UniqueFd fd, ListenerOrigin origin) {
  return std::make_unique<HostListener>(std::move(fd), origin);
}

std::unique_ptr<Descriptor> host_socket(UniqueFd fd) {
  return std::make_unique<HostSocket>(std::move(fd));
}

}  // namespace limen

// stream.cpp - reads and writes without positions.
//
// NONBLOCK. O_NONBLOCK belongs to the open file description, and the one behind stdio is shared
// with the shell and its other programs. So for lent descriptors the flag is kept here and ppoll
// asked before each read and write.
#include "fs/host/stream.hpp"

#include <linux/limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>

#include "fs/host/errno.hpp"
#include "fs/host/fd_ops.hpp"
#include "fs/host/stat.hpp"

namespace limen::host {
namespace {

int count(IoBuffers buffers) noexcept { return static_cast<int>(buffers.size()); }

ssize_t read_once(int fd, IoBuffers into) noexcept {
  if (into.size() == 1) return ::read(fd, into[0].iov_base, into[0].iov_len);
  return ::readv(fd, into.data(), count(into));
}

ssize_t write_once(int fd, IoBuffers from) noexcept {
  if (from.size() == 1) return ::write(fd, from[0].iov_base, from[0].iov_len);
  return ::writev(fd, from.data(), count(from));
}

// A pipe that polls as writable has room for this much; more could block after all.
ssize_t write_little(int fd, IoBuffers from) noexcept {
  const std::size_t most = PIPE_BUF;
  return ::write(fd, from[0].iov_base, std::min(from[0].iov_len, most));
}

// success when ready now (or broken, which the read or write will tell), again when not. With
// `wait` only intr is possible besides success.
Errno poll_for(int fd, short events, bool wait) noexcept {
  pollfd polled{.fd = fd, .events = events, .revents = 0};
  const timespec now{};
  const int ready = ::ppoll(&polled, 1, wait ? nullptr : &now, nullptr);
  if (ready == 0) return Errno::again;
  return ready < 0 ? from_linux(errno) : Errno::success;
}

}  // namespace

Result<Filestat> HostStream::stat() {
  if (lent()) return Filestat{.filetype = traits_.type};
  return stat_fd(fd_.get());
}

// What has to be waited for or refused before a read or write.
Errno HostStream::before(short events) {
  if (nonblock_.load(std::memory_order_relaxed))
    return lent() ? poll_for(fd_.get(), events, false) : Errno::success;
  if (!await_writer_.load(std::memory_order_relaxed)) return Errno::success;
  // A FIFO that never had a writer would read as ended; poll waits for the first one.
  const Errno error = poll_for(fd_.get(), events, true);
  if (error == Errno::success) await_writer_.store(false, std::memory_order_relaxed);
  return error;
}

// Somebody else may have made the description non-blocking; a guest that did not ask for it must
// not notice. True: waited, try again.
bool HostStream::wait_after_again(ssize_t result, short events, Errno& error) const {
  if (result >= 0 || errno != EAGAIN || !lent() || nonblock_.load(std::memory_order_relaxed))
    return false;
  error = poll_for(fd_.get(), events, true);
  return error == Errno::success;
}

Result<u64> HostStream::read(IoBuffers into) {
  if (into.empty()) return u64{0};
  Errno error = before(POLLIN);
  if (error != Errno::success) return fail(error);
  for (;;) {
    const ssize_t n = read_once(fd_.get(), into);
    if (wait_after_again(n, POLLIN, error)) continue;
    if (error != Errno::success) return fail(error);
    return counted(n);
  }
}

Result<u64> HostStream::write(IoBuffers from) {
  if (from.empty()) return u64{0};
  Errno error = before(POLLOUT);
  if (error != Errno::success) return fail(error);
  const bool little = lent() && nonblock_.load(std::memory_order_relaxed);
  for (;;) {
    const ssize_t n = little ? write_little(fd_.get(), from) : write_once(fd_.get(), from);
    if (wait_after_again(n, POLLOUT, error)) continue;
    if (error != Errno::success) return fail(error);
    return counted(n);
  }
}

Result<void> HostStream::advise(u64 offset, u64 length, Advice advice) {
  if (lent()) return fail(Errno::spipe);
  return advise_fd(fd_.get(), offset, length, advice);
}

Result<void> HostStream::sync() { return lent() ? fail(Errno::inval) : sync_fd(fd_.get()); }

Result<void> HostStream::datasync() { return lent() ? fail(Errno::inval) : datasync_fd(fd_.get()); }

Result<void> HostStream::set_times(TimeChange atim, TimeChange mtim) {
  if (lent()) return fail(Errno::notsup);
  return set_times_fd(fd_.get(), atim, mtim, traits_.read_only);
}

Result<void> HostStream::set_flags(FdFlags, FdFlags flags) {
  if (!lent()) {
    if (const auto set = set_flags_fd(fd_.get(), flags); !set) return set;
  }
  nonblock_.store(has(flags, FdFlags::nonblock), std::memory_order_relaxed);
  return {};
}

// FIONREAD counts what is in a pipe, a terminal or a socket. For a file handed in as stdin it is
// what is left, which does not fit its int for large ones.
Result<u64> HostStream::available() {
  const auto stat = stat_of(fd_.get());
  if (stat && S_ISREG(stat->st_mode)) {
    const off_t at = ::lseek(fd_.get(), 0, SEEK_CUR);
    return at >= 0 && stat->st_size > at ? static_cast<u64>(stat->st_size - at) : u64{0};
  }
  int bytes = 0;
  if (::ioctl(fd_.get(), FIONREAD, &bytes) < 0) return u64{1};
  return static_cast<u64>(std::max(bytes, 0));
}

Result<void> HostStream::close() { return close_fd(fd_); }

}  // namespace limen::host

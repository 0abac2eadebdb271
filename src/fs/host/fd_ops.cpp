// fd_ops.cpp - one system call each.
#include "fs/host/fd_ops.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <limits>

#include "fs/host/errno.hpp"
#include "fs/host/stat.hpp"

namespace limen::host {
namespace {

int to_linux(Advice advice) noexcept {
  switch (advice) {
    case Advice::normal:
      return POSIX_FADV_NORMAL;
    case Advice::sequential:
      return POSIX_FADV_SEQUENTIAL;
    case Advice::random:
      return POSIX_FADV_RANDOM;
    case Advice::willneed:
      return POSIX_FADV_WILLNEED;
    case Advice::dontneed:
      return POSIX_FADV_DONTNEED;
    case Advice::noreuse:
      return POSIX_FADV_NOREUSE;
  }
  return POSIX_FADV_NORMAL;
}

}  // namespace

Result<Filestat> stat_fd(int fd) {
  const auto stat = stat_of(fd);
  if (!stat) return fail(stat.error());
  return to_filestat(*stat);
}

Result<void> sync_fd(int fd) { return done(::fsync(fd)); }

Result<void> datasync_fd(int fd) { return done(::fdatasync(fd)); }

Result<void> set_times_fd(int fd, TimeChange atim, TimeChange mtim, bool read_only) {
  if (nothing(atim, mtim)) return {};
  if (read_only) return fail(Errno::rofs);
  return done(::futimens(fd, to_timespecs(atim, mtim).data()));
}

Result<void> advise_fd(int fd, u64 offset, u64 length, Advice advice) {
  constexpr u64 most = std::numeric_limits<off_t>::max();
  if (offset > most || length > most) return fail(Errno::inval);
  const int error =
      ::posix_fadvise(fd, static_cast<off_t>(offset), static_cast<off_t>(length), to_linux(advice));
  if (error != 0) return fail(from_linux(error));
  return {};
}

// The sync flags can't change after opening, and the kernel keeps them whatever is said here.
Result<void> set_flags_fd(int fd, FdFlags flags) {
  const int append = has(flags, FdFlags::append) ? O_APPEND : 0;
  const int nonblock = has(flags, FdFlags::nonblock) ? O_NONBLOCK : 0;
  return done(::fcntl(fd, F_SETFL, append | nonblock));
}

// A close that a signal interrupted has closed all the same.
Result<void> close_fd(UniqueFd& fd) {
  if (::close(fd.release()) == 0 || errno == EINTR) return {};
  return last_failure();
}

}  // namespace limen::host

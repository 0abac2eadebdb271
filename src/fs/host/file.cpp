// file.cpp - positioned reads and writes, and changes of a file as a whole.
#include "fs/host/file.hpp"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <limits>

#include "fs/host/errno.hpp"
#include "fs/host/fd_ops.hpp"
#include "fs/host/stat.hpp"

namespace limen::host {
namespace {

constexpr u64 kMostOffset = std::numeric_limits<off_t>::max();

int count(IoBuffers buffers) noexcept { return static_cast<int>(buffers.size()); }

}  // namespace

Result<Filestat> HostFile::stat() { return stat_fd(fd_.get()); }

// Most reads and writes have one buffer, and the kernel is quicker without a vector.
Result<u64> HostFile::read_at(IoBuffers into, u64 offset) {
  const auto at = static_cast<off_t>(offset);
  if (into.size() == 1) return counted(::pread(fd_.get(), into[0].iov_base, into[0].iov_len, at));
  return counted(::preadv(fd_.get(), into.data(), count(into), at));
}

Result<u64> HostFile::write_at(IoBuffers from, u64 offset) {
  const auto at = static_cast<off_t>(offset);
  if (from.size() == 1) return counted(::pwrite(fd_.get(), from[0].iov_base, from[0].iov_len, at));
  return counted(::pwritev(fd_.get(), from.data(), count(from), at));
}

Result<u64> HostFile::append(IoBuffers from) {
  if (from.size() == 1) return counted(::write(fd_.get(), from[0].iov_base, from[0].iov_len));
  return counted(::writev(fd_.get(), from.data(), count(from)));
}

// A device tells its size only to a seek. The position that this moves is nobody's: reads and
// writes here bring their own.
Result<u64> HostFile::size() {
  if (type_ != Filetype::regular_file) return counted(::lseek(fd_.get(), 0, SEEK_END));
  const auto stat = stat_of(fd_.get());
  if (!stat) return fail(stat.error());
  return static_cast<u64>(stat->st_size);
}

Result<void> HostFile::set_size(u64 size) {
  if (read_only_) return fail(Errno::rofs);
  if (size > kMostOffset) return fail(Errno::inval);
  return done(::ftruncate(fd_.get(), static_cast<off_t>(size)));
}

Result<void> HostFile::allocate(u64 offset, u64 length) {
  if (read_only_) return fail(Errno::rofs);
  if (offset > kMostOffset || length > kMostOffset) return fail(Errno::inval);
  const auto allocated =
      done(::fallocate(fd_.get(), 0, static_cast<off_t>(offset), static_cast<off_t>(length)));
  // No fallocate in this kernel or file system, or a device.
  if (!allocated && (allocated.error() == Errno::nosys || allocated.error() == Errno::nodev))
    return fail(Errno::notsup);
  return allocated;
}

Result<void> HostFile::advise(u64 offset, u64 length, Advice advice) {
  return advise_fd(fd_.get(), offset, length, advice);
}

Result<void> HostFile::sync() { return sync_fd(fd_.get()); }

Result<void> HostFile::datasync() { return datasync_fd(fd_.get()); }

Result<void> HostFile::set_times(TimeChange atim, TimeChange mtim) {
  return set_times_fd(fd_.get(), atim, mtim, read_only_);
}

Result<void> HostFile::set_flags(FdFlags, FdFlags flags) { return set_flags_fd(fd_.get(), flags); }

// Regular files and block devices are always ready; poll would only say so.
PollSource HostFile::poll_source() const noexcept {
  return {.fd = type_ == Filetype::character_device ? fd_.get() : -1};
}

Result<void> HostFile::close() { return close_fd(fd_); }

}  // namespace limen::host

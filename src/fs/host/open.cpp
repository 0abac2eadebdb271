// open.cpp - from path_open's flags to open(2)'s, and from a descriptor to an object.
#include "fs/host/open.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/host/directory.hpp"
#include "fs/host/errno.hpp"
#include "fs/host/file.hpp"
#include "fs/host/read_only.hpp"
#include "fs/host/stat.hpp"
#include "fs/host/stream.hpp"

namespace limen::host {
namespace {

constexpr mode_t kNewFile = 0666;  // the umask applies

// Neither access asked for still opens for reading: the descriptor must be usable for stat, sync
// and times, and for paths when it is a directory.
int access_flags(const OpenHow& how) noexcept {
  if (!how.write) return O_RDONLY;
  return how.read ? O_RDWR : O_WRONLY;
}

int creation_flags(OFlags oflags) noexcept {
  int flags = has(oflags, OFlags::directory) ? O_DIRECTORY : 0;
  if (has(oflags, OFlags::trunc)) flags |= O_TRUNC;
  if (!has(oflags, OFlags::creat)) return flags;  // EXCL alone means nothing
  return flags | O_CREAT | (has(oflags, OFlags::excl) ? O_EXCL : 0);
}

int status_flags(FdFlags fdflags) noexcept {
  int flags = has(fdflags, FdFlags::append) ? O_APPEND : 0;
  if (has(fdflags, FdFlags::dsync)) flags |= O_DSYNC;
  if (has_any(fdflags, FdFlags::sync | FdFlags::rsync)) flags |= O_SYNC;
  return flags;
}

int open_flags(const OpenHow& how) noexcept {
  return access_flags(how) | creation_flags(how.oflags) | status_flags(how.fdflags) |
         (how.follow ? 0 : O_NOFOLLOW);
}

// Leaves out what needs access that was not opened.
Rights opened_rights(Rights all, const OpenHow& how) noexcept {
  if (!how.read) all &= ~Rights::fd_read;
  return how.write ? all : all & ~rights::writing;
}

/// What a special file is to a guest.
struct Special {
  bool seeks = false;
  Rights rights = rights::stream;
};

// A guest takes a character device with neither fd_seek nor fd_tell for a terminal.
Special look_at_special(int fd, mode_t mode) noexcept {
  if (S_ISBLK(mode)) return {.seeks = true, .rights = rights::regular_file};
  if (!S_ISCHR(mode) || ::isatty(fd) == 1) return {};
  if (::lseek(fd, 0, SEEK_CUR) < 0) return {.seeks = false, .rights = rights::device};
  return {.seeks = true, .rights = rights::device | Rights::fd_seek | Rights::fd_tell};
}

// O_NONBLOCK was there to keep the open from waiting. Regular files and directories don't look at
// it, for everything else it goes unless it was asked for.
Result<std::unique_ptr<Descriptor>> make_special(UniqueFd fd, mode_t mode, const OpenHow& how,
                                                 bool read_only) {
  const bool nonblock = has(how.fdflags, FdFlags::nonblock);
  if (!nonblock && ::fcntl(fd.get(), F_SETFL, status_flags(how.fdflags)) < 0) return last_failure();
  const Special special = look_at_special(fd.get(), mode);
  const Rights rights = opened_rights(special.rights, how);
  if (special.seeks)
    return std::make_unique<HostFile>(std::move(fd), filetype_of(mode), rights, read_only);
  return std::make_unique<HostStream>(
      std::move(fd), HostStream::Traits{.origin = HostStream::Origin::opened,
                                        .type = filetype_of(mode),
                                        .rights = rights,
                                        .read_only = read_only,
                                        .await_writer = S_ISFIFO(mode) && !how.write && !nonblock,
                                        .flags = how.fdflags});
}

Result<std::unique_ptr<Descriptor>> make(UniqueFd fd, const OpenHow& how,
                                         const std::shared_ptr<const Grant>& grant) {
  if (has(how.oflags, OFlags::directory)) return make_directory(std::move(fd), grant);
  const auto stat = stat_of(fd.get());
  if (!stat) return fail(stat.error());
  if (S_ISREG(stat->st_mode))
    return std::make_unique<HostFile>(std::move(fd), Filetype::regular_file,
                                      opened_rights(rights::regular_file, how), grant->read_only);
  if (S_ISDIR(stat->st_mode)) return make_directory(std::move(fd), grant);
  return make_special(std::move(fd), stat->st_mode, how, grant->read_only);
}

}  // namespace

Result<std::unique_ptr<Descriptor>> open_path(int dir, std::string_view path, const OpenHow& how,
                                              const std::shared_ptr<const Grant>& grant) {
  constexpr OFlags creating = OFlags::creat | OFlags::excl | OFlags::trunc;
  if (has(how.oflags, OFlags::directory) && has_any(how.oflags, creating))
    return fail(Errno::inval);
  const int flags = open_flags(how);
  auto fd = grant->read_only ? open_unchanged(dir, path, flags, grant->resolve)
                             : open_beneath(dir, path, flags, kNewFile, grant->resolve);
  if (!fd) return fail(fd.error());
  return make(std::move(*fd), how, grant);
}

}  // namespace limen::host

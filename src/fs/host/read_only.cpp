// read_only.cpp - the order of checks in fs/namei.c of Linux, for read-only grants.
#include "fs/host/read_only.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/host/errno.hpp"
#include "fs/host/stat.hpp"
#include "fs/host/walk.hpp"

namespace limen::host {
namespace {

constexpr int kAccess = O_ACCMODE;

Result<struct stat> stat_name(const Parent& parent) {
  struct stat stat{};
  if (::fstatat(parent.fd, parent.bare_name().c_str(), &stat, AT_SYMLINK_NOFOLLOW) < 0)
    return last_failure();
  return stat;
}

bool is_directory(int fd) {
  const auto stat = stat_of(fd);
  return stat && S_ISDIR(stat->st_mode);
}

// A file that exists, opened itself with O_PATH, and the flags to open it with.
Errno refuse_existing(int fd, int flags) {
  const auto stat = stat_of(fd);
  if (!stat) return stat.error();
  const bool exclusive = (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0;
  if (exclusive) return Errno::exist;
  if (S_ISLNK(stat->st_mode)) return Errno::loop;
  if (S_ISDIR(stat->st_mode)) return Errno::isdir;
  if (S_ISSOCK(stat->st_mode)) return Errno::nxio;
  const bool writes = (flags & kAccess) != O_RDONLY;
  // Truncating asks the mount first, writing asks the file's permissions first.
  if (writes && (flags & O_TRUNC) == 0 &&
      ::faccessat(fd, "", W_OK, AT_EMPTY_PATH | AT_EACCESS) < 0 && errno == EACCES)
    return Errno::acces;
  return Errno::rofs;
}

}  // namespace

Result<UniqueFd> open_unchanged(int dir, std::string_view path, int flags, Resolve how) {
  const bool creates = (flags & O_CREAT) != 0;
  const bool exclusive = creates && (flags & O_EXCL) != 0;
  const bool changes = (flags & kAccess) != O_RDONLY || (flags & O_TRUNC) != 0;
  const bool follow = (flags & O_NOFOLLOW) == 0 && !exclusive;
  if (changes || exclusive) {
    const int look = O_PATH | (flags & (O_NOFOLLOW | O_DIRECTORY));
    const auto fd =
        creates ? look_to_create(dir, path, follow) : open_beneath(dir, path, look, 0, how);
    return fail(fd ? refuse_existing(fd->get(), flags) : fd.error());
  }
  auto fd = open_beneath(dir, path, flags & ~O_CREAT, 0, how);
  if (!creates) return fd;
  if (fd) return is_directory(fd->get()) ? fail(Errno::isdir) : std::move(fd);
  // What keeps it from being opened need not be what keeps it from being made.
  const auto found = look_to_create(dir, path, follow);
  return fail(found ? fd.error() : found.error());
}

Errno refuse_create(const Parent& parent, bool directory) {
  if (parent.last != Parent::Last::name) return Errno::exist;
  const auto stat = stat_name(parent);
  if (stat) return parent.slash && !directory ? exist_or_notdir(parent) : Errno::exist;
  if (stat.error() != Errno::noent) return stat.error();
  return parent.slash && !directory ? Errno::noent : Errno::rofs;
}

Errno refuse_remove_directory(const Parent& parent) {
  if (parent.last == Parent::Last::dot) return Errno::inval;
  return parent.last == Parent::Last::dotdot ? Errno::notempty : Errno::rofs;
}

Errno refuse_unlink(const Parent& parent) {
  return parent.last == Parent::Last::name ? Errno::rofs : Errno::isdir;
}

Errno refuse_rename(const Parent& from, const Parent& to) {
  const bool names = from.last == Parent::Last::name && to.last == Parent::Last::name;
  return names ? Errno::rofs : Errno::busy;
}

Errno exist_or_notdir(const Parent& parent) {
  const auto stat = stat_name(parent);
  const bool other = stat && !S_ISDIR(stat->st_mode) && !S_ISLNK(stat->st_mode);
  return other ? Errno::notdir : Errno::exist;
}

}  // namespace limen::host

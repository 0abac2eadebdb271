// directory.cpp - the path calls but path_open (open.cpp) and the listing (list.cpp).
//
// Calls that look at an entry resolve it whole and work on the descriptor: a path with a slash must
// never reach fstatat, utimensat or linkat, which follow a last link then. Calls that name an entry
// hold its parent and give the kernel the last component, slashes included, which it does not
// follow.
#include "fs/host/directory.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/host/errno.hpp"
#include "fs/host/fd_ops.hpp"
#include "fs/host/host.hpp"
#include "fs/host/open.hpp"
#include "fs/host/read_only.hpp"
#include "fs/host/stat.hpp"

namespace limen {

Result<std::unique_ptr<Directory>> host_directory(UniqueFd directory, bool read_only, Resolve how) {
  const auto stat = host::stat_of(directory.get());
  if (!stat) return fail(stat.error());
  auto grant = std::make_shared<const host::Grant>(host::Grant{
      .read_only = read_only, .resolve = how, .dev = stat->st_dev, .ino = stat->st_ino});
  return std::make_unique<host::HostDirectory>(std::move(directory), std::move(grant));
}

namespace host {
namespace {

constexpr mode_t kNewDirectory = 0777;  // the umask applies

// The name by which calls that take no bare descriptor reach an open file.
std::string proc_path(int fd) { return fmt::format("/proc/self/fd/{}", fd); }

// Sets the times of what an O_PATH descriptor shows, a link itself included. Before Linux 5.8 the
// call takes no empty path.
Result<void> set_times_of(int fd, TimeChange atim, TimeChange mtim) {
  const auto times = to_timespecs(atim, mtim);
  if (::utimensat(fd, "", times.data(), AT_EMPTY_PATH) == 0) return {};
  if (errno != EINVAL) return last_failure();
  return done(::utimensat(fd, proc_path(fd).c_str(), times.data(), 0));
}

// Links what an O_PATH descriptor shows. Before Linux 6.10 an empty path is for root only (noent);
// the other way needs /proc.
Result<void> link_fd(int fd, const Parent& to) {
  if (::linkat(fd, "", to.fd, to.name, AT_EMPTY_PATH) == 0) return {};
  if (errno != ENOENT) return last_failure();
  return done(::linkat(fd, proc_path(fd).c_str(), to.fd, to.name, AT_SYMLINK_FOLLOW));
}

// Linux says exist for a slash after the name of a file; WASI's suite wants notdir.
Result<void> created(Result<void> result, const Parent& parent) {
  if (result || result.error() != Errno::exist || !parent.slash) return result;
  return fail(exist_or_notdir(parent));
}

}  // namespace

Result<Filestat> HostDirectory::stat() { return stat_fd(fd_.get()); }

// The kernel takes directories here, WASI does not.
Result<void> HostDirectory::set_size(u64) { return fail(Errno::badf); }
Result<void> HostDirectory::allocate(u64, u64) { return fail(Errno::badf); }
Result<void> HostDirectory::advise(u64, u64, Advice) { return fail(Errno::badf); }

Result<void> HostDirectory::sync() { return sync_fd(fd_.get()); }

Result<void> HostDirectory::datasync() { return datasync_fd(fd_.get()); }

Result<void> HostDirectory::set_times(TimeChange atim, TimeChange mtim) {
  return set_times_fd(fd_.get(), atim, mtim, grant_->read_only);
}

// Non-blocking means nothing here; the table shows it.
Result<void> HostDirectory::set_flags(FdFlags, FdFlags flags) {
  return has(flags, FdFlags::append) ? fail(Errno::inval) : Result<void>{};
}

Result<void> HostDirectory::close() { return close_fd(fd_); }

Result<UniqueFd> HostDirectory::look(std::string_view path, bool follow) const {
  return open_beneath(fd_.get(), path, O_PATH | (follow ? 0 : O_NOFOLLOW), 0, grant_->resolve);
}

Result<Parent> HostDirectory::parent(std::string_view path) const {
  return open_parent(fd_.get(), path, grant_->resolve);
}

Result<std::unique_ptr<Descriptor>> HostDirectory::open(std::string_view path, const OpenHow& how) {
  return open_path(fd_.get(), path, how, grant_);
}

Result<Filestat> HostDirectory::stat_at(std::string_view path, bool follow) {
  if (is_plain_name(path)) {
    struct stat stat{};
    if (::fstatat(fd_.get(), path.data(), &stat, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0)
      return last_failure();
    if (!follow || !S_ISLNK(stat.st_mode)) return to_filestat(stat);
  }
  const auto fd = look(path, follow);
  if (!fd) return fail(fd.error());
  return stat_fd(fd->get());
}

Result<std::size_t> HostDirectory::readlink(std::string_view path, std::span<std::byte> into) {
  if (into.empty()) return std::size_t{0};
  const auto fd = look(path, false);
  if (!fd) return fail(fd.error());
  const ssize_t n = ::readlinkat(fd->get(), "", reinterpret_cast<char*>(into.data()), into.size());
  if (n >= 0) return static_cast<std::size_t>(n);
  // For a descriptor the kernel says this of everything that is no link.
  return errno == ENOENT ? fail(Errno::inval) : last_failure();
}

Result<void> HostDirectory::set_times_at(std::string_view path, bool follow, TimeChange atim,
                                         TimeChange mtim) {
  const auto fd = look(path, follow);
  if (!fd) return fail(fd.error());
  if (nothing(atim, mtim)) return {};
  if (grant_->read_only) return fail(Errno::rofs);
  return set_times_of(fd->get(), atim, mtim);
}

Result<void> HostDirectory::create_directory(std::string_view path) {
  const auto at = parent(path);
  if (!at) return fail(at.error());
  if (grant_->read_only) return fail(refuse_create(*at, true));
  return done(::mkdirat(at->fd, at->name, kNewDirectory));
}

Result<void> HostDirectory::remove_directory(std::string_view path) {
  const auto at = parent(path);
  if (!at) return fail(at.error());
  if (grant_->read_only) return fail(refuse_remove_directory(*at));
  return done(::unlinkat(at->fd, at->name, AT_REMOVEDIR));
}

Result<void> HostDirectory::unlink_file(std::string_view path) {
  const auto at = parent(path);
  if (!at) return fail(at.error());
  if (grant_->read_only) return fail(refuse_unlink(*at));
  return done(::unlinkat(at->fd, at->name, 0));
}

Result<void> HostDirectory::symlink(std::string_view target, std::string_view path) {
  if (target.starts_with('/')) return fail(Errno::perm);
  const auto at = parent(path);
  if (!at) return fail(at.error());
  if (grant_->read_only) return fail(refuse_create(*at, false));
  return created(done(::symlinkat(target.data(), at->fd, at->name)), *at);
}

Result<void> HostDirectory::rename(std::string_view path, Directory& to,
                                   std::string_view new_path) {
  const auto from = parent(path);
  if (!from) return fail(from.error());
  if (to.grant() != grant()) return fail(Errno::xdev);
  const auto at = static_cast<const HostDirectory&>(to).parent(new_path);
  if (!at) return fail(at.error());
  if (grant_->read_only) return fail(refuse_rename(*from, *at));
  const auto renamed = done(::renameat(from->fd, from->name, at->fd, at->name));
  // Which of the two a file system says of a directory that is not empty is its choice.
  if (!renamed && renamed.error() == Errno::exist) return fail(Errno::notempty);
  return renamed;
}

Result<void> HostDirectory::link(std::string_view path, bool follow, Directory& to,
                                 std::string_view new_path) {
  const auto from = look(path, follow);
  if (!from) return fail(from.error());
  if (to.grant() != grant()) return fail(Errno::xdev);
  const auto at = static_cast<const HostDirectory&>(to).parent(new_path);
  if (!at) return fail(at.error());
  if (grant_->read_only) return fail(refuse_create(*at, false));
  return created(link_fd(from->get(), *at), *at);
}

}  // namespace host
}  // namespace limen

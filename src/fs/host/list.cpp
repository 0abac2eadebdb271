// list.cpp - all names of a directory at once.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "fs/host/directory.hpp"
#include "fs/host/errno.hpp"
#include "fs/host/stat.hpp"

namespace limen::host {
namespace {

// A few hundred entries per system call; more bytes don't make large directories faster.
constexpr std::size_t kBufferSize = 32 * 1024;

// A description of its own: the position in the one held is shared by everybody who holds it.
// `.` asks for search permission on the directory, which listing alone does not need.
Result<UniqueFd> reopen(int dir) {
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  UniqueFd fd(::openat(dir, ".", flags));
  if (!fd && errno == EACCES) fd.reset(::open(fmt::format("/proc/self/fd/{}", dir).c_str(), flags));
  if (!fd) return last_failure();
  return fd;
}

// File systems may leave the type out.
Filetype type_of(int dir, const dirent64& entry) {
  if (entry.d_type != DT_UNKNOWN) return filetype_of_entry(entry.d_type);
  struct stat stat{};
  if (::fstatat(dir, entry.d_name, &stat, AT_SYMLINK_NOFOLLOW) < 0) return Filetype::unknown;
  return filetype_of(stat.st_mode);
}

bool is_dots(const char* name) {
  return std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0;
}

// `.` and `..`, which not all file systems list. What is above the granted directory is not shown.
Result<void> add_dots(int dir, const Grant& grant, Listing& listing) {
  const auto self = stat_of(dir);
  if (!self) return fail(self.error());
  ino_t up = self->st_ino;
  struct stat above{};
  const bool is_root = self->st_dev == grant.dev && self->st_ino == grant.ino;
  if (!is_root && ::fstatat(dir, "..", &above, 0) == 0) up = above.st_ino;
  listing.add(self->st_ino, Filetype::directory, ".");
  listing.add(up, Filetype::directory, "..");
  return {};
}

void add_entries(int dir, std::span<const char> bytes, Listing& listing) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto& entry = *reinterpret_cast<const dirent64*>(bytes.data() + at);
    at += entry.d_reclen;
    if (!is_dots(entry.d_name)) listing.add(entry.d_ino, type_of(dir, entry), entry.d_name);
  }
}

}  // namespace

Result<std::unique_ptr<Listing>> HostDirectory::list() {
  const auto dir = reopen(fd_.get());
  if (!dir) return fail(dir.error());
  auto listing = std::make_unique<Listing>();
  if (const auto added = add_dots(dir->get(), *grant_, *listing); !added)
    return fail(added.error());
  // Uninitialised on purpose; the kernel aligns its records for the start of an allocation.
  const auto buffer = std::make_unique_for_overwrite<char[]>(kBufferSize);
  for (;;) {
    const ssize_t n = ::getdents64(dir->get(), buffer.get(), kBufferSize);
    // The kernel lists nothing, not even `.`, of a directory that was removed meanwhile.
    if (n == 0 || (n < 0 && errno == ENOENT)) return listing;
    if (n < 0) return last_failure();
    add_entries(dir->get(), {buffer.get(), static_cast<std::size_t>(n)}, *listing);
  }
}

}  // namespace limen::host

// mounts.cpp - see the header.
#include "run/mounts.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "fs/host/host.hpp"
#include "fs/tree/tree.hpp"
#include "limen/abi/text.hpp"
#include "limen/unique_fd.hpp"

namespace limen {
namespace {

using Code = Error::Code;

std::string place_name(const Mount& mount) {
  if (const auto* path = std::get_if<std::string>(&mount.host)) return *path;
  return fmt::format("descriptor {}", std::get<LentFd>(mount.host).fd);
}

Expected<void> check_guest_name(const Mount& mount) {
  const std::string& guest = mount.guest;
  const auto bad = [&](std::string_view why) {
    return failure(Code::bad_spec, fmt::format("the guest's name for it {}", why),
                   place_name(mount));
  };
  if (guest.empty()) return bad("is empty");
  if (guest.find('\0') != std::string::npos) return bad("holds a NUL byte");
  if (!is_utf8(guest)) return bad("is not UTF-8");
  return {};
}

Expected<UniqueFd> open_directory(const Mount& mount) {
  if (const auto* lent = std::get_if<LentFd>(&mount.host)) {
    // Opened anew rather than duplicated: listing it must not move the lender's position.
    UniqueFd fd(::openat(lent->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd) return fd;
    return failure(Code::bad_spec, errno == ENOTDIR ? "is not a directory" : std::strerror(errno),
                   place_name(mount));
  }
  const std::string& path = std::get<std::string>(mount.host);
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) return fd;
  if (errno == ENOENT) return failure(Code::not_found, "no such directory", path);
  if (errno == ENOTDIR) return failure(Code::not_found, "not a directory", path);
  return failure(Code::host, std::strerror(errno), path);
}

Expected<std::unique_ptr<Directory>> open_mount(const Mount& mount, Resolve how) {
  if (auto checked = check_guest_name(mount); !checked)
    return std::unexpected(std::move(checked.error()));
  auto fd = open_directory(mount);
  if (!fd) return std::unexpected(std::move(fd.error()));
  auto directory = host_directory(std::move(*fd), mount.access == Access::read_only, how);
  if (!directory)
    return failure(Code::host, fmt::format("can't be used: {}", name(directory.error())),
                   place_name(mount));
  return std::move(*directory);
}

const TreeMount* same_place(const std::vector<TreeMount>& opened, std::string_view guest) {
  const auto found = std::ranges::find_if(opened, [&](const TreeMount& mount) {
    return mount_point(mount.guest) == mount_point(guest);
  });
  return found == opened.end() ? nullptr : &*found;
}

}  // namespace

Expected<std::vector<std::unique_ptr<Directory>>> open_mounts(const std::vector<Mount>& mounts) {
  if (mounts.empty()) return {};
  const Resolve how = probe_resolve();
  std::vector<TreeMount> opened;
  for (const Mount& mount : mounts) {
    auto directory = open_mount(mount, how);
    if (!directory) return std::unexpected(std::move(directory.error()));
    if (const auto* other = same_place(opened, mount.guest))
      return failure(Code::bad_spec,
                     fmt::format("the guest's name {} is already that of another directory",
                                 escaped(other->guest)),
                     place_name(mount));
    opened.push_back({.guest = mount.guest, .root = std::move(*directory)});
  }
  return mount_tree(std::move(opened));
}

}  // namespace limen

// resolve.cpp - openat2, and the split into parent and last component.
#include "fs/host/resolve.hpp"

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>

#include "fs/host/errno.hpp"
#include "fs/host/stat.hpp"
#include "fs/host/walk.hpp"

#ifdef LIMEN_CHECK_RESOLVE
#include <fmt/core.h>
#endif

namespace limen {
namespace {

constexpr u64 kBeneath = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
// The kernel says EAGAIN when any directory of the machine was renamed while a path with `..` was
// being resolved. Another look costs about a microsecond.
constexpr int kMostTries = 128;

int openat2(int dir, const char* path, open_how how) noexcept {
  return static_cast<int>(::syscall(SYS_openat2, dir, path, &how, sizeof how));
}

}  // namespace

// A kernel that has the call gets as far as the descriptor, which is none. ENOSYS is an old kernel,
// EPERM the way seccomp filters written before the call refuse what they don't know.
Resolve probe_resolve() noexcept {
  const int result =
      openat2(-1, "x", {.flags = O_PATH | O_CLOEXEC, .mode = 0, .resolve = kBeneath});
  return result < 0 && errno == EBADF ? Resolve::openat2 : Resolve::walk;
}

namespace host {
namespace {

Result<UniqueFd> open_by_kernel(int dir, const char* path, int flags, mode_t mode) {
  const open_how how{.flags = static_cast<u64>(static_cast<u32>(flags)),
                     // The call refuses a mode that it would not use.
                     .mode = (flags & O_CREAT) != 0 ? mode : 0,
                     .resolve = kBeneath};
  for (int tries = 0; tries < kMostTries; ++tries) {
    UniqueFd fd(openat2(dir, path, how));
    if (fd) return fd;
    // From this call EXDEV means: not beneath.
    if (errno == EXDEV) return fail(Errno::perm);
    if (errno != EAGAIN) return last_failure();
  }
  return fail(Errno::again);
}

#ifdef LIMEN_CHECK_RESOLVE
std::string describe(const Result<UniqueFd>& opened) {
  if (!opened) return std::string(name(opened.error()));
  const auto stat = stat_of(opened->get());
  return stat ? fmt::format("{}:{}", stat->st_dev, stat->st_ino) : "no stat";
}

// Both ways must lead to the same file or fail alike. Other processes may change the tree between
// the two, so only a difference that stays is one.
void check_resolve(int dir, std::string_view path, int flags) {
  if ((flags & (O_CREAT | O_TRUNC)) != 0) return;
  const int look = O_PATH | O_CLOEXEC | (flags & (O_NOFOLLOW | O_DIRECTORY));
  std::string kernel;
  std::string walked;
  for (int tries = 0; tries < 100; ++tries) {
    kernel = describe(open_by_kernel(dir, path.data(), look, 0));
    walked = describe(walk(dir, path, look, 0));
    if (kernel == walked || kernel == "again") return;
  }
  fmt::print(stderr, "resolve: \"{}\" with flags {:#o}: openat2 {}, walk {}\n", path, look, kernel,
             walked);
  std::abort();
}
#else
void check_resolve(int, std::string_view, int) {}
#endif

}  // namespace

Result<UniqueFd> open_beneath(int dir, std::string_view path, int flags, mode_t mode, Resolve how) {
  flags |= O_CLOEXEC;
  // A terminal must not become the host's, a FIFO must not keep it waiting for a peer.
  if ((flags & O_PATH) == 0) flags |= O_NOCTTY | O_NONBLOCK;
  if (how == Resolve::walk) return walk(dir, path, flags, mode);
  check_resolve(dir, path, flags);
  return open_by_kernel(dir, path.data(), flags, mode);
}

std::string Parent::bare_name() const {
  const std::string_view text(name);
  return std::string(text.substr(0, text.find('/')));
}

Result<Parent> open_parent(int dir, std::string_view path, Resolve how) {
  const std::size_t end = path.find_last_not_of('/') + 1;
  const std::size_t start = path.find_last_of('/', end - 1) + 1;  // npos + 1 is 0
  const std::string_view last = path.substr(start, end - start);

  Parent parent{.opened = {}, .fd = dir, .name = path.data() + start, .slash = end < path.size()};
  if (last == ".") parent.last = Parent::Last::dot;
  if (last == "..") parent.last = Parent::Last::dotdot;

  constexpr int directory = O_PATH | O_DIRECTORY;
  if (start > 0) {
    std::array<char, PATH_MAX> text;
    if (start >= text.size()) return fail(Errno::nametoolong);
    text[path.copy(text.data(), start)] = '\0';
    auto opened = open_beneath(dir, std::string_view(text.data(), start), directory, 0, how);
    if (!opened) return fail(opened.error());
    parent.opened = std::move(*opened);
    parent.fd = parent.opened.get();
  }
  if (parent.last == Parent::Last::dotdot) {
    const auto whole = open_beneath(dir, path, directory, 0, how);
    if (!whole) return fail(whole.error());
  }
  return parent;
}

}  // namespace host
}  // namespace limen

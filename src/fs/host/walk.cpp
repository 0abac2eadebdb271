// walk.cpp - the component walker.
//
// Every directory on the way is held open: a name is looked up once, in a directory that is held,
// and `..` goes back to the descriptor before. So whatever other processes rename meanwhile, each
// directory passed was beneath the first one when it was reached, and none is left through `..`.
#include "fs/host/walk.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <string>
#include <vector>

#include "fs/host/errno.hpp"
#include "fs/host/stat.hpp"

namespace limen::host {
namespace {

constexpr int kMostLinks = 40;  // the kernel's number
// A name may be a link at one look and none at the next; after this many it is somebody's game.
constexpr int kMostRaces = 64;

struct Component {
  std::string name;
  bool last = false;
  bool slash = false;  // slashes follow, so it must be a directory

  [[nodiscard]] bool is_dots() const { return name == "." || name == ".."; }
};

class Walker {
 public:
  Walker(int root, std::string_view path) : root_(root), rest_(path) {}

  Result<UniqueFd> open(int flags, unsigned mode) {
    if (rest_.starts_with('/')) return fail(Errno::perm);
    for (;;) {
      const Component next = take();
      Result<UniqueFd> opened = UniqueFd{};
      if (next.last && !next.is_dots() && !next.slash) {
        opened = open_last(next.name, flags, mode);
      } else if (next.last && next.slash && !next.is_dots() && (flags & O_CREAT) != 0) {
        return fail(Errno::isdir);
      } else if (const auto entered = enter(next); !entered) {
        return fail(entered.error());
      } else if (next.last && rest_.empty()) {
        opened = open_at(here(), ".", flags, mode);
      }
      if (!opened || *opened) return opened;
    }
  }

  /// The last open() failed at a name in an existing directory, not on the way there.
  [[nodiscard]] bool reached_last() const { return reached_last_; }

 private:
  [[nodiscard]] int here() const { return stack_.empty() ? root_ : stack_.back().get(); }

  Component take() {
    const std::size_t end = std::min(rest_.find('/'), rest_.size());
    const std::size_t next = std::min(rest_.find_first_not_of('/', end), rest_.size());
    Component component{
        .name = rest_.substr(0, end), .last = next == rest_.size(), .slash = next > end};
    rest_.erase(0, next);
    return component;
  }

  // Goes into a directory, back out of one, or replaces a link by its text.
  Result<void> enter(const Component& next) {
    if (next.is_dots()) return step_dots(next.name);
    for (int race = 0; race < kMostRaces; ++race) {
      UniqueFd fd(
          ::openat(here(), next.name.c_str(), O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC));
      if (fd) {
        stack_.push_back(std::move(fd));
        return {};
      }
      if (errno != ENOTDIR) return last_failure();
      const auto link = open_link(next.name);
      if (!link) return fail(link.error());
      if (*link) return expand(link->get(), next);
    }
    return fail(Errno::again);
  }

  // The kernel wants search permission for `.` and `..` like for any name.
  Result<void> step_dots(const std::string& name) {
    if (::faccessat(here(), ".", F_OK, 0) < 0) return last_failure();
    if (name == ".") return {};
    if (stack_.empty()) return fail(Errno::perm);
    stack_.pop_back();
    return {};
  }

  // The link of this name, opened itself; none when the name has become a directory. Errors: notdir
  // for anything else.
  Result<UniqueFd> open_link(const std::string& name) const {
    UniqueFd fd(::openat(here(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) return last_failure();
    const auto stat = stat_of(fd.get());
    if (!stat) return fail(stat.error());
    if (S_ISDIR(stat->st_mode)) return UniqueFd{};
    if (!S_ISLNK(stat->st_mode)) return fail(Errno::notdir);
    return fd;
  }

  // Puts the text of a link before what is left to walk.
  Result<void> expand(int link, const Component& from) {
    if (++links_ > kMostLinks) return fail(Errno::loop);
    std::array<char, PATH_MAX> text;
    const ssize_t n = ::readlinkat(link, "", text.data(), text.size());
    if (n < 0) return last_failure();
    const std::string_view target(text.data(), static_cast<std::size_t>(n));
    if (target.empty()) return fail(Errno::noent);
    if (is_magic(link, target)) return fail(Errno::loop);
    if (target.front() == '/') return fail(Errno::perm);
    rest_.insert(0, std::string(target) + (from.slash ? "/" : ""));
    return {};
  }

  // Links of /proc lead to an object, not to their text: `cwd` shows a path, `fd/3` shows
  // `pipe:[12]`. Following the text would be harmless, but wrong.
  static bool is_magic(int link, std::string_view target) {
    if (target.front() != '/' && target.find(':') == std::string_view::npos) return false;
    struct statfs fs{};
    return ::fstatfs(link, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
  }

  static Result<UniqueFd> open_at(int dir, const char* name, int flags, unsigned mode) {
    UniqueFd fd(::openat(dir, name, flags, mode));
    if (!fd) return last_failure();
    return fd;
  }

  // Opens the last name; none when it was a link that is to be followed, which is then in rest_.
  Result<UniqueFd> open_last(const std::string& name, int flags, unsigned mode) {
    reached_last_ = true;
    for (int race = 0; race < kMostRaces; ++race) {
      auto fd = open_at(here(), name.c_str(), flags | O_NOFOLLOW, mode);
      if ((flags & O_NOFOLLOW) != 0) return fd;
      // Only with O_PATH does a link open; otherwise it fails with loop, or notdir when a
      // directory was wanted.
      if (fd)
        return (flags & O_PATH) != 0 && is_link(fd->get()) ? follow_last(fd->get()) : std::move(fd);
      if (fd.error() != Errno::loop && fd.error() != Errno::notdir) return fd;
      const auto link = open_link(name);
      if (link && *link) return follow_last(link->get());
      if (!link && link.error() == fd.error()) return fd;
      // It changed between the two looks: look again.
      const bool changed = link || link.error() == Errno::noent || link.error() == Errno::notdir;
      if (!changed) return fail(link.error());
    }
    return fail(Errno::again);
  }

  Result<UniqueFd> follow_last(int link) {
    reached_last_ = false;
    if (const auto expanded = expand(link, {}); !expanded) return fail(expanded.error());
    return UniqueFd{};
  }

  static bool is_link(int fd) {
    const auto stat = stat_of(fd);
    return stat && S_ISLNK(stat->st_mode);
  }

  int root_;
  std::string rest_;  // what is left to walk
  std::vector<UniqueFd> stack_;
  int links_ = 0;
  bool reached_last_ = false;
};

}  // namespace

Result<UniqueFd> walk(int dir, std::string_view path, int flags, unsigned mode) {
  return Walker(dir, path).open(flags, mode);
}

// With O_PATH the kernel does not look at O_CREAT; the walker does, for names with a slash.
Result<UniqueFd> look_to_create(int dir, std::string_view path, bool follow) {
  Walker walker(dir, path);
  auto found = walker.open(O_PATH | O_CREAT | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW), 0);
  if (!found && found.error() == Errno::noent && walker.reached_last()) return fail(Errno::rofs);
  return found;
}

}  // namespace limen::host

// kernel_side.cpp - the operations as system calls, and the model of what leaves a directory.
//
// Where WASI wants another answer than Linux's it is written down here with its reason
// (preview1.md §3 and §6); everything else is what the kernel says.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <climits>
#include <cstring>
#include <deque>

#include "tests/differential/side.hpp"

namespace limen::differential {
namespace {

using Do = Op::Do;

// Not through Limen's table of errors: it is the names that have to be the same.
std::string error_text(int error) {
  if (error == EOPNOTSUPP) return "notsup";
  const char* name = ::strerrorname_np(error);
  if (name == nullptr) return fmt::format("error {}", error);
  std::string text(name + 1);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string outcome(ssize_t result) { return result < 0 ? error_text(errno) : "ok"; }

std::string outcome_count(ssize_t result) {
  return result < 0 ? error_text(errno) : fmt::format("ok {}", result);
}

Filetype type_of(mode_t mode) {
  if (S_ISDIR(mode)) return Filetype::directory;
  if (S_ISREG(mode)) return Filetype::regular_file;
  if (S_ISLNK(mode)) return Filetype::symbolic_link;
  return Filetype::unknown;
}

Shown shown(const struct stat& stat) {
  return {.type = type_of(stat.st_mode),
          .size = static_cast<u64>(stat.st_size),
          .nlink = stat.st_nlink,
          .mtim = static_cast<u64>(stat.st_mtim.tv_sec) * 1'000'000'000 +
                  static_cast<u64>(stat.st_mtim.tv_nsec)};
}

std::string link_text(int dir, const std::string& name) {
  std::array<char, PATH_MAX> text{};
  const ssize_t n = ::readlinkat(dir, name.c_str(), text.data(), text.size());
  return n < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(n));
}

/// How a call treats the last component.
enum class Last : u8 {
  entry,          ///< never follows it
  look,           ///< follows it for a slash
  look_no_slash,  ///< an open with CREAT: fails for a slash
  follow,
};

/// The model: does a path leave `base`, before anything else is wrong with it?
class Leaving {
 public:
  Leaving(int base, Last last) : last_(last) { dirs_.push_back(UniqueFd(::dup(base))); }

  bool check(const std::string& path) {
    put(path);
    while (!names_.empty()) {
      const std::string name = names_.front();
      names_.pop_front();
      if (name == ".") continue;
      if (name == "..") {
        dirs_.pop_back();
        if (dirs_.empty()) return true;
        continue;
      }
      if (names_.empty() && last_ == Last::entry) return false;
      struct stat stat{};
      if (::fstatat(here(), name.c_str(), &stat, AT_SYMLINK_NOFOLLOW) < 0) return false;
      if (S_ISLNK(stat.st_mode)) {
        if (names_.empty() && !follows_last()) return false;
        const std::string target = link_text(here(), name);
        if (++links_ > 40) return false;
        if (target.starts_with('/')) return true;
        put(target);
      } else if (!enter(name)) {
        return false;
      }
    }
    return false;
  }

 private:
  [[nodiscard]] int here() const { return dirs_.back().get(); }
  [[nodiscard]] bool follows_last() const {
    if (last_ == Last::look_no_slash) return false;
    return last_ == Last::follow || slash_;
  }

  void put(const std::string& text) {
    slash_ = names_.empty() ? slash_ || text.ends_with('/') : slash_;
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('/', at), text.size());
      if (end > at) parts.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    names_.insert(names_.begin(), parts.begin(), parts.end());
  }

  bool enter(const std::string& name) {
    UniqueFd dir(::openat(here(), name.c_str(), O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC));
    if (!dir) return false;
    dirs_.push_back(std::move(dir));
    return true;
  }

  Last last_;
  std::deque<std::string> names_;
  std::vector<UniqueFd> dirs_;
  bool slash_ = false;
  int links_ = 0;
};

bool leaves(int base, const std::string& path, Last last) {
  return Leaving(base, last).check(path);
}

struct File {
  UniqueFd fd;
  bool reads = false;
  bool writes = false;
  bool appends = false;
};

class KernelSide final : public Side {
 public:
  explicit KernelSide(UniqueFd root) : root_(std::move(root)) {}

  std::string run(const Op& op) override {
    if (op.what >= Do::read) return run_on_file(op, files_.at(op.slot));
    const int base = directory(op.base);
    switch (op.what) {
      case Do::open:
        return open(base, op);
      case Do::close:
        return close(op);
      case Do::list:
        return list(base);
      case Do::rename:
        return rename(base, directory(op.new_base), op);
      case Do::link:
        return link(base, directory(op.new_base), op);
      case Do::mkdir:
      case Do::rmdir:
      case Do::unlink:
      case Do::symlink:
        return change_entry(base, op);
      default:
        return look(base, op);
    }
  }

 private:
  int directory(u8 base) {
    if (base == 0) return root_.get();
    const UniqueFd& opened = directories_.at(base - 1U);
    return opened ? opened.get() : root_.get();
  }

  std::string look(int base, const Op& op) {
    const bool follow = op.follow && op.what != Do::readlink;
    if (leaves(base, op.path, follow ? Last::follow : Last::look)) return "perm";
    const int flags = follow ? 0 : AT_SYMLINK_NOFOLLOW;
    if (op.what == Do::stat) {
      struct stat stat{};
      const int result = ::fstatat(base, op.path.c_str(), &stat, flags);
      return result < 0 ? outcome(result) : "ok " + to_string(shown(stat));
    }
    if (op.what == Do::readlink) {
      std::array<char, 300> text{};
      const ssize_t n = ::readlinkat(base, op.path.c_str(), text.data(), text.size());
      return n < 0
                 ? outcome(n)
                 : fmt::format("ok {}", std::string_view(text.data(), static_cast<std::size_t>(n)));
    }
    // With nothing to change the kernel would not look at the path.
    const UniqueFd there(
        ::openat(base, op.path.c_str(), O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW)));
    if (!there) return outcome(-1);
    return outcome(::utimensat(base, op.path.c_str(), times(op).data(), flags));
  }

  static std::array<timespec, 2> times(const Op& op) {
    std::array<timespec, 2> kernel{};
    const auto changes = time_changes(op);
    for (std::size_t i = 0; i < 2; ++i) {
      if (changes.at(i).mode == TimeChange::Mode::omit) kernel.at(i).tv_nsec = UTIME_OMIT;
      if (changes.at(i).mode == TimeChange::Mode::now) kernel.at(i).tv_nsec = UTIME_NOW;
      if (changes.at(i).mode == TimeChange::Mode::exact)
        kernel.at(i) = {.tv_sec = op.offset, .tv_nsec = 7};
    }
    return kernel;
  }

  static int open_flags(const Op& op) {
    int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (op.follow ? 0 : O_NOFOLLOW);
    flags |= op.writes ? (op.reads ? O_RDWR : O_WRONLY) : O_RDONLY;
    if (has(op.oflags, OFlags::creat)) flags |= O_CREAT;
    if (has(op.oflags, OFlags::creat | OFlags::excl)) flags |= O_EXCL;
    if (has(op.oflags, OFlags::trunc)) flags |= O_TRUNC;
    if (has(op.oflags, OFlags::directory)) flags |= O_DIRECTORY;
    if (has(op.fdflags, FdFlags::append)) flags |= O_APPEND;
    if (has(op.fdflags, FdFlags::dsync)) flags |= O_DSYNC;
    if (has_any(op.fdflags, FdFlags::sync | FdFlags::rsync)) flags |= O_SYNC;
    return flags;
  }

  std::string open(int base, const Op& op) {
    // WASI: these don't go together. Kernels differ.
    if (has(op.oflags, OFlags::directory) &&
        has_any(op.oflags, OFlags::creat | OFlags::excl | OFlags::trunc))
      return "inval";
    const bool creates = has(op.oflags, OFlags::creat);
    const bool follow = op.follow && !(creates && has(op.oflags, OFlags::excl));
    const Last last = follow ? Last::follow : creates ? Last::look_no_slash : Last::look;
    if (leaves(base, op.path, creates && op.path.ends_with('/') ? Last::entry : last))
      return "perm";
    UniqueFd fd(::openat(base, op.path.c_str(), open_flags(op), 0666));
    if (!fd) return outcome(-1);
    struct stat stat{};
    ::fstat(fd.get(), &stat);
    if (S_ISDIR(stat.st_mode)) {
      directories_.at(op.slot) = std::move(fd);
    } else {
      files_.at(op.slot) = {std::move(fd), op.reads, op.writes, has(op.fdflags, FdFlags::append)};
    }
    return fmt::format("ok {}", name(type_of(stat.st_mode)));
  }

  std::string close(const Op& op) {
    UniqueFd& opened = op.follow ? directories_.at(op.slot) : files_.at(op.slot).fd;
    if (!opened) return "-";
    opened.reset();
    return "ok";
  }

  static std::string list(int base) {
    DIR* dir = ::fdopendir(::openat(base, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Opening `.` of a directory that was removed fails before reading it would.
    if (dir == nullptr) return outcome(-1);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(dir))
      names.push_back(fmt::format("{} {}", entry->d_name, name(type_of(DTTOIF(entry->d_type)))));
    ::closedir(dir);
    // The kernel lists nothing of a directory that was removed; WASI's listings always have these.
    if (names.empty()) names = {". directory", ".. directory"};
    std::ranges::sort(names);
    return fmt::format("ok {}", fmt::join(names, ", "));
  }

  static std::string change_entry(int base, const Op& op) {
    if (op.what == Do::symlink && op.target.starts_with('/')) return "perm";
    if (leaves(base, op.path, Last::entry)) return "perm";
    const char* path = op.path.c_str();
    switch (op.what) {
      case Do::mkdir:
        return outcome(::mkdirat(base, path, 0777));
      case Do::rmdir:
        return outcome(::unlinkat(base, path, AT_REMOVEDIR));
      case Do::unlink:
        return outcome(::unlinkat(base, path, 0));
      default:
        return made(outcome(::symlinkat(op.target.c_str(), base, path)), base, op.path);
    }
  }

  // WASI: a slash behind a name that exists and is neither directory nor link is notdir.
  static std::string made(const std::string& result, int base, const std::string& path) {
    if (result != "exist" || !path.ends_with('/')) return result;
    const std::string bare = path.substr(0, path.find_last_not_of('/') + 1);
    struct stat stat{};
    if (::fstatat(base, bare.c_str(), &stat, AT_SYMLINK_NOFOLLOW) < 0) return result;
    return S_ISDIR(stat.st_mode) || S_ISLNK(stat.st_mode) ? result : "notdir";
  }

  /// Why the directory of a path's last component can't be reached; empty when it can.
  static std::string parent_error(int base, const std::string& path) {
    const std::string bare = path.substr(0, path.find_last_not_of('/') + 1);
    const std::size_t slash = bare.find_last_of('/');
    if (slash == std::string::npos) return "";
    const std::string parent = bare.substr(0, slash + 1);
    const UniqueFd fd(::openat(base, parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    return fd ? "" : outcome(-1);
  }

  static std::string rename(int base, int new_base, const Op& op) {
    if (leaves(base, op.path, Last::entry)) return "perm";
    if (const auto error = parent_error(base, op.path); !error.empty()) return error;
    if (leaves(new_base, op.new_path, Last::entry)) return "perm";
    const auto result = outcome(::renameat(base, op.path.c_str(), new_base, op.new_path.c_str()));
    return result == "exist" ? "notempty" : result;
  }

  static std::string link(int base, int new_base, const Op& op) {
    if (leaves(base, op.path, op.follow ? Last::follow : Last::look)) return "perm";
    const UniqueFd from(
        ::openat(base, op.path.c_str(), O_PATH | O_CLOEXEC | (op.follow ? 0 : O_NOFOLLOW)));
    if (!from) return outcome(-1);
    if (leaves(new_base, op.new_path, Last::entry)) return "perm";
    return made(outcome(::linkat(base, op.path.c_str(), new_base, op.new_path.c_str(),
                                 op.follow ? AT_SYMLINK_FOLLOW : 0)),
                new_base, op.new_path);
  }

  static std::string run_on_file(const Op& op, const File& file) {
    const int fd = file.fd.get();
    if (fd < 0) return "-";
    if (op.what == Do::fd_stat) {
      struct stat stat{};
      const int result = ::fstat(fd, &stat);
      return result < 0 ? outcome(result) : "ok " + to_string(shown(stat));
    }
    if (op.what == Do::fd_times) return outcome(::futimens(fd, times(op).data()));
    if (op.what == Do::read) return file.reads ? read(op, fd) : "-";
    if (op.what == Do::append && !file.appends) return "-";
    return file.writes ? write(op, fd) : "-";
  }

  static std::string read(const Op& op, int fd) {
    std::string bytes(op.length + 1, '?');
    const ssize_t n = ::pread(fd, bytes.data(), bytes.size(), op.offset);
    if (n < 0) return outcome(n);
    bytes.resize(static_cast<std::size_t>(n));
    return fmt::format("ok {:?}", bytes);
  }

  static std::string write(const Op& op, int fd) {
    const std::string bytes = text_of(op);
    switch (op.what) {
      case Do::write:
        return outcome_count(::pwrite(fd, bytes.data(), bytes.size(), op.offset));
      case Do::append:
        return outcome_count(::pwrite(fd, bytes.data(), bytes.size(), ::lseek(fd, 0, SEEK_END)));
      case Do::resize:
        return outcome(::ftruncate(fd, op.offset));
      case Do::allocate:
        return outcome(::fallocate(fd, 0, op.offset, op.length + 1));
      default:
        return "?";
    }
  }

  UniqueFd root_;
  std::array<UniqueFd, kSlots> directories_;
  std::array<File, kSlots> files_;
};

}  // namespace

std::unique_ptr<Side> kernel_side(UniqueFd root) {
  return std::make_unique<KernelSide>(std::move(root));
}

}  // namespace limen::differential

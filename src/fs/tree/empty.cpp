// empty.cpp - the answers of an empty directory on a read-only mount.
#include "fs/tree/empty.hpp"

namespace limen::tree {
namespace {

/// Where a path leads in a directory that holds nothing.
enum class Leads : u8 {
  here,     ///< to the directory itself
  missing,  ///< to a name in it
  nowhere,  ///< through a name in it
  out,
};

Leads follow(std::string_view path) {
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::size_t next = std::min(path.find_first_not_of('/', end), path.size());
    const std::string_view name = path.substr(0, end);
    if (name == "..") return Leads::out;
    if (name != ".") return next == path.size() ? Leads::missing : Leads::nowhere;
    path.remove_prefix(next);
  }
  return Leads::here;
}

/// The errors of one operation; `out` and `nowhere` are the same for all.
Errno refuse(std::string_view path, Errno here, Errno missing) {
  switch (follow(path)) {
    case Leads::here:
      return here;
    case Leads::missing:
      return missing;
    case Leads::nowhere:
      return Errno::noent;
    case Leads::out:
      return Errno::perm;
  }
  return Errno::io;
}

// A name that is to become something else than a directory can't have a slash.
Errno refuse_creation(std::string_view path) {
  return path.ends_with('/') ? Errno::noent : Errno::rofs;
}

class EmptyDirectory final : public Directory {
 public:
  explicit EmptyDirectory(u64 ino) noexcept : ino_(ino) {}

  Result<Filestat> stat() override {
    return Filestat{.dev = 0, .ino = ino_, .filetype = Filetype::directory, .nlink = 2};
  }
  Result<void> sync() override { return {}; }
  Result<void> datasync() override { return {}; }
  Result<void> set_times(TimeChange, TimeChange) override { return fail(Errno::rofs); }

  Result<std::unique_ptr<Descriptor>> open(std::string_view path, const OpenHow& how) override {
    const Errno error = refuse(path, refuse_opening(how), refuse_making(path, how.oflags));
    if (error != Errno::success) return fail(error);
    return std::make_unique<EmptyDirectory>(ino_);
  }

  Result<Filestat> stat_at(std::string_view path, bool) override {
    const Errno error = refuse(path, Errno::success, Errno::noent);
    return error == Errno::success ? stat() : fail(error);
  }

  Result<std::size_t> readlink(std::string_view path, std::span<std::byte>) override {
    return fail(refuse(path, Errno::inval, Errno::noent));
  }

  Result<std::unique_ptr<Listing>> list() override {
    auto listing = std::make_unique<Listing>();
    listing->add(ino_, Filetype::directory, ".");
    listing->add(ino_, Filetype::directory, "..");
    return listing;
  }

  Result<void> set_times_at(std::string_view path, bool, TimeChange, TimeChange) override {
    return fail(refuse(path, Errno::rofs, Errno::noent));
  }
  Result<void> create_directory(std::string_view path) override {
    return fail(refuse(path, Errno::exist, Errno::rofs));
  }
  Result<void> remove_directory(std::string_view path) override {
    return fail(refuse(path, Errno::inval, Errno::rofs));
  }
  Result<void> unlink_file(std::string_view path) override {
    return fail(refuse(path, Errno::isdir, Errno::rofs));
  }
  Result<void> symlink(std::string_view, std::string_view path) override {
    return fail(refuse(path, Errno::exist, refuse_creation(path)));
  }
  // Nothing here can be moved, and nothing else is on this mount.
  Result<void> rename(std::string_view path, Directory& to, std::string_view) override {
    return fail(to.grant() == grant() ? refuse(path, Errno::busy, Errno::rofs) : Errno::xdev);
  }
  Result<void> link(std::string_view path, bool, Directory& to, std::string_view) override {
    const Errno error = refuse(path, Errno::success, Errno::noent);
    if (error != Errno::success) return fail(error);
    return fail(to.grant() == grant() ? Errno::perm : Errno::xdev);
  }

  [[nodiscard]] const void* grant() const noexcept override { return this; }

 private:
  static Errno refuse_opening(const OpenHow& how) {
    if (has(how.oflags, OFlags::creat | OFlags::excl)) return Errno::exist;
    if (has_any(how.oflags, OFlags::creat | OFlags::trunc) || how.write) return Errno::isdir;
    return Errno::success;
  }

  static Errno refuse_making(std::string_view path, OFlags oflags) {
    if (!has(oflags, OFlags::creat)) return Errno::noent;
    return path.ends_with('/') ? Errno::isdir : Errno::rofs;
  }

  u64 ino_;
};

}  // namespace

std::unique_ptr<Directory> empty_directory(u64 ino) {
  return std::make_unique<EmptyDirectory>(ino);
}

}  // namespace limen::tree

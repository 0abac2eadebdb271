// path_open.cpp - path_open: what a guest asks for, what it may have, what it gets.
#include "calls/calls.hpp"

namespace limen::calls {
namespace {

constexpr Rights kReadWrite = Rights::fd_read | Rights::fd_write;
constexpr OFlags kCreating = OFlags::creat | OFlags::excl | OFlags::trunc;

/// The rights masks of a request, without undefined bits.
struct Request {
  Rights base;
  Rights inheriting;
  /// Hosts have ignored all bits but fd_read and fd_write since 2023, so there are programs that
  /// ask for nothing else and mean "whatever this directory hands out".
  [[nodiscard]] bool shorthand() const noexcept { return (base & ~kReadWrite) == Rights::none; }
};

Rights granted_base(const Entry& dir, const Request& request, Kind kind) {
  if (!request.shorthand()) {
    Rights base = request.base & dir.inheriting;
    // Go names fd_filestat_set_size even when it opens for reading.
    if (!has(base, Rights::fd_write)) base &= ~rights::writing;
    return base;
  }
  if (kind == Kind::directory) return dir.inheriting;
  Rights base = (dir.inheriting & ~kReadWrite) | (request.base & kReadWrite);
  if (!has(base, Rights::fd_write)) base &= ~rights::writing;
  return base;
}

Rights granted_inheriting(const Entry& dir, const Request& request, Kind kind) {
  if (kind != Kind::directory) return Rights::none;
  if (request.shorthand() && request.inheriting == Rights::none) return dir.inheriting;
  return request.inheriting & dir.inheriting;
}

}  // namespace

// Rights that depend on the values of the arguments.
Errno path_open_check(const Dir& dir, LookupFlags, const Path&, OFlags oflags, Rights base, Rights,
                      FdFlags fdflags) {
  const auto hands_out = [&](Rights any_of) { return has_any(dir->inheriting, any_of); };
  if (has(oflags, OFlags::creat) && !dir->may(Rights::path_create_file)) return Errno::notcapable;
  if (has(oflags, OFlags::trunc) && !dir->may(Rights::path_filestat_set_size))
    return Errno::notcapable;
  if (has(fdflags, FdFlags::dsync) && !hands_out(Rights::fd_datasync | Rights::fd_sync))
    return Errno::notcapable;
  if (has_any(fdflags, FdFlags::rsync | FdFlags::sync) && !hands_out(Rights::fd_sync))
    return Errno::notcapable;
  // Excess bits are dropped silently but for these two: a file that can't be read after all would
  // be worse than an error.
  return has(dir->inheriting, base & kReadWrite) ? Errno::success : Errno::notcapable;
}

Result<Fd> path_open(Call& call, const Dir& dir, LookupFlags lookup, const Path& path,
                     OFlags oflags, Rights base, Rights inheriting, FdFlags fdflags) {
  const Request request{base & all_flags<Rights>, inheriting & all_flags<Rights>};
  if (has(oflags, OFlags::directory) && has_any(oflags, kCreating)) return fail(Errno::inval);

  const OpenHow how{
      .follow = has(lookup, LookupFlags::symlink_follow),
      .oflags = oflags,
      .read = has(request.base, Rights::fd_read),
      .write = has(request.base, Rights::fd_write),
      .fdflags = fdflags,
  };
  auto opened = dir.directory().open(path.view(), how);
  if (!opened) return fail(opened.error());
  const Kind kind = (*opened)->kind();
  return call.fds.insert(make_entry(std::move(*opened), granted_base(*dir, request, kind),
                                    granted_inheriting(*dir, request, kind),
                                    kind == Kind::directory ? FdFlags::none : fdflags));
}

}  // namespace limen::calls

// path.cpp - the calls on paths but path_open. Resolution and meaning are the back end's.
#include "calls/calls.hpp"
#include "calls/times.hpp"

namespace limen::calls {
namespace {

bool follows(LookupFlags flags) { return has(flags, LookupFlags::symlink_follow); }

}  // namespace

Result<void> path_create_directory(Call&, const Dir& dir, const Path& path) {
  return dir.directory().create_directory(path.view());
}

Result<Filestat> path_filestat_get(Call&, const Dir& dir, LookupFlags flags, const Path& path) {
  return dir.directory().stat_at(path.view(), follows(flags));
}

Result<FilestatV0> path_filestat_get_v0(Call& call, const Dir& dir, LookupFlags flags,
                                        const Path& path) {
  const auto stat = path_filestat_get(call, dir, flags, path);
  if (!stat) return fail(stat.error());
  return FilestatV0{*stat};
}

Result<void> path_filestat_set_times(Call&, const Dir& dir, LookupFlags flags, const Path& path,
                                     Timestamp atim, Timestamp mtim, FstFlags fst_flags) {
  const auto changes = time_changes(atim, mtim, fst_flags);
  if (!changes) return fail(changes.error());
  if (changes->nothing()) {
    // Nothing is to change, but a path that leads nowhere is still an error.
    const auto stat = dir.directory().stat_at(path.view(), follows(flags));
    return stat ? Result<void>{} : fail(stat.error());
  }
  return dir.directory().set_times_at(path.view(), follows(flags), changes->atim, changes->mtim);
}

Result<void> path_link(Call&, const Dir& dir, LookupFlags flags, const Path& path,
                       const Dir& new_dir, const Path& new_path) {
  return dir.directory().link(path.view(), follows(flags), new_dir.directory(), new_path.view());
}

// A buffer of no bytes is answered here: the kernel would call it invalid.
Result<Size> path_readlink(Call&, const Dir& dir, const Path& path, const OutBytes& buf) {
  if (buf.bytes.empty()) return Size{0};
  const auto n = dir.directory().readlink(path.view(), buf.bytes);
  if (!n) return fail(n.error());
  return Size{static_cast<u32>(*n)};
}

Result<void> path_remove_directory(Call&, const Dir& dir, const Path& path) {
  return dir.directory().remove_directory(path.view());
}

Result<void> path_rename(Call&, const Dir& dir, const Path& path, const Dir& new_dir,
                         const Path& new_path) {
  return dir.directory().rename(path.view(), new_dir.directory(), new_path.view());
}

Result<void> path_symlink(Call&, const LinkTarget& target, const Dir& dir, const Path& path) {
  return dir.directory().symlink(target.view(), path.view());
}

Result<void> path_unlink_file(Call&, const Dir& dir, const Path& path) {
  return dir.directory().unlink_file(path.view());
}

}  // namespace limen::calls

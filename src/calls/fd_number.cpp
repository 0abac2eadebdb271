// fd_number.cpp - descriptor numbers and what the table knows of them: close, renumber, fdstat,
// prestat.
#include "calls/calls.hpp"

namespace limen::calls {
namespace {

constexpr FdFlags kSyncFlags = FdFlags::dsync | FdFlags::rsync | FdFlags::sync;

Fdstat fdstat_of(const Entry& entry) {
  return {entry.filetype, entry.flags, entry.base, entry.inheriting};
}

}  // namespace

Result<void> fd_close(Call& call, const File& file) { return call.fds.close(file.fd); }

Result<void> fd_renumber(Call& call, const File& file, const File& to) {
  return call.fds.renumber(file.fd, to.fd);
}

Result<Fdstat> fd_fdstat_get(Call&, const File& file) { return fdstat_of(*file); }

// Snapshot 0 has no sock_accept, so it has no such right either.
Result<Fdstat> fd_fdstat_get_v0(Call&, const File& file) {
  Fdstat stat = fdstat_of(*file);
  stat.base &= ~Rights::sock_accept;
  stat.inheriting &= ~Rights::sock_accept;
  return stat;
}

// Linux accepts a change of the sync flags and ignores it, so it is refused here; passing back what
// fd_fdstat_get said is fine, and wasi-libc does.
Result<void> fd_fdstat_set_flags(Call&, const File& file, FdFlags flags) {
  if (file->kind == Kind::directory)
    return has(flags, FdFlags::append) || has_any(flags, kSyncFlags)
               ? Result<void>(fail(Errno::inval))
               : Result<void>{};
  if ((flags & kSyncFlags) != (file->flags & kSyncFlags)) return fail(Errno::inval);
  if (flags == file->flags) return {};
  if (const auto set = file->descriptor->set_flags(file->flags, flags); !set) return set;
  file->flags = flags;
  return {};
}

Result<void> fd_fdstat_set_rights(Call&, const File& file, Rights base, Rights inheriting) {
  if (!has(file->base, base) || !has(file->inheriting, inheriting)) return fail(Errno::notcapable);
  file->base = base;
  file->inheriting = inheriting;
  return {};
}

// Discovery in wasi-libc and Go ends at the first badf, and only there: every other errno is fatal
// to them.
Result<Prestat> fd_prestat_get(Call&, const Preopen& file) {
  return Prestat{Size{static_cast<u32>(file->preopen->size())}};
}

Result<void> fd_prestat_dir_name(Call&, const Preopen& file, const OutBytes& path) {
  const std::string& guest_name = *file->preopen;
  if (guest_name.size() > path.bytes.size()) return fail(Errno::nametoolong);
  std::memcpy(path.bytes.data(), guest_name.data(), guest_name.size());
  return {};
}

}  // namespace limen::calls

// fd_io.cpp - reading, writing and the position: fd_read, fd_write, fd_pread, fd_pwrite, fd_seek,
// fd_tell.
//
// A file that the guest opened has its position in the table, so that reading is one positioned
// system call and seeking is none. Streams and sockets have the host's. One system call per call,
// no loop after a short count: every guest loops, and an error after a partial transfer must show.
#include "calls/calls.hpp"
#include "calls/times.hpp"

namespace limen::calls {
namespace {

Size to_size(u64 bytes) { return Size{static_cast<u32>(bytes)}; }  // at most max_transfer

Result<u64> seek_base(Entry& entry, Whence whence) {
  switch (whence) {
    case Whence::set:
      return u64{0};
    case Whence::end:
      return entry.descriptor->size();
    case Whence::cur:
      break;
  }
  return entry.position();
}

Whence whence_of(WhenceV0 whence) {
  constexpr std::array same{Whence::cur, Whence::end, Whence::set};
  return same[std::to_underlying(whence)];
}

}  // namespace

Result<Size> fd_read(Call&, const File& file, const IoVecs& into) {
  if (into.count == 0) return Size{0};
  if (file->kind != Kind::file) {
    const auto n = file->descriptor->read(into.spans());
    return n ? Result<Size>(to_size(*n)) : fail(n.error());
  }
  const auto at = file->position();
  if (!at) return fail(at.error());
  const auto n = file->descriptor->read_at(into.spans(), *at);
  if (!n) return fail(n.error());
  file->offset += *n;
  return to_size(*n);
}

Result<Size> fd_write(Call&, const File& file, const ConstIoVecs& from) {
  if (from.count == 0) return Size{0};
  if (file->kind != Kind::file) {
    const auto n = file->descriptor->write(from.spans());
    return n ? Result<Size>(to_size(*n)) : fail(n.error());
  }
  if (has(file->flags, FdFlags::append)) {
    const auto n = file->descriptor->append(from.spans());
    if (!n) return fail(n.error());
    file->at_end = true;
    return to_size(*n);
  }
  const auto at = file->position();
  if (!at) return fail(at.error());
  const auto n = file->descriptor->write_at(from.spans(), *at);
  if (!n) return fail(n.error());
  file->offset += *n;
  return to_size(*n);
}

Result<Size> fd_pread(Call&, const File& file, const IoVecs& into, FileSize offset) {
  if (!fits_offset(offset)) return fail(Errno::inval);
  if (into.count == 0) return Size{0};
  const auto n = file->descriptor->read_at(into.spans(), std::to_underlying(offset));
  return n ? Result<Size>(to_size(*n)) : fail(n.error());
}

// With the append flag Linux ignores the offset and appends; that is kept. It does not move the
// position, so that is settled before the file grows.
Result<Size> fd_pwrite(Call&, const File& file, const ConstIoVecs& from, FileSize offset) {
  if (!fits_offset(offset)) return fail(Errno::inval);
  if (from.count == 0) return Size{0};
  if (const auto at = file->position(); !at) return fail(at.error());
  const auto n = file->descriptor->write_at(from.spans(), std::to_underlying(offset));
  return n ? Result<Size>(to_size(*n)) : fail(n.error());
}

// The row asks for fd_tell, enough for a query; moving also needs fd_seek.
Errno fd_seek_check(const File& file, FileDelta delta, Whence whence) {
  const bool moves = whence != Whence::cur || delta != FileDelta{0};
  return !moves || file->may(Rights::fd_seek) ? Errno::success : Errno::notcapable;
}

Errno fd_seek_check_v0(const File& file, FileDelta delta, WhenceV0 whence) {
  return fd_seek_check(file, delta, whence_of(whence));
}

Result<FileSize> fd_seek(Call&, const File& file, FileDelta delta, Whence whence) {
  const auto base = seek_base(*file, whence);
  if (!base) return fail(base.error());

  i64 target = 0;
  if (__builtin_add_overflow(*base, std::to_underlying(delta), &target) || target < 0)
    return fail(Errno::inval);
  file->offset = static_cast<u64>(target);
  file->at_end = false;
  return FileSize{file->offset};
}

Result<FileSize> fd_seek_v0(Call& call, const File& file, FileDelta delta, WhenceV0 whence) {
  return fd_seek(call, file, delta, whence_of(whence));
}

Result<FileSize> fd_tell(Call&, const File& file) {
  const auto at = file->position();
  if (!at) return fail(at.error());
  return FileSize{*at};
}

}  // namespace limen::calls

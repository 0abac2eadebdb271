// fd_file.cpp - what is done to a file as a whole: advise, allocate, sync, stat, size, times.
#include "calls/calls.hpp"
#include "calls/times.hpp"

namespace limen::calls {

Result<void> fd_advise(Call&, const File& file, FileSize offset, FileSize len, Advice advice) {
  if (!fits_offset(offset) || !fits_offset(len)) return fail(Errno::inval);
  return file->descriptor->advise(std::to_underlying(offset), std::to_underlying(len), advice);
}

// Changing the size does not move the position, so an append's is settled first.
Result<void> fd_allocate(Call&, const File& file, FileSize offset, FileSize len) {
  if (!fits_offset(offset) || !fits_offset(len) || len == FileSize{0}) return fail(Errno::inval);
  const u64 end = std::to_underlying(offset) + std::to_underlying(len);
  if (!fits_offset(FileSize{end})) return fail(Errno::fbig);
  if (const auto at = file->position(); !at) return fail(at.error());
  return file->descriptor->allocate(std::to_underlying(offset), std::to_underlying(len));
}

Result<void> fd_datasync(Call&, const File& file) { return file->descriptor->datasync(); }

Result<void> fd_sync(Call&, const File& file) { return file->descriptor->sync(); }

Result<Filestat> fd_filestat_get(Call&, const File& file) { return file->descriptor->stat(); }

Result<FilestatV0> fd_filestat_get_v0(Call&, const File& file) {
  const auto stat = file->descriptor->stat();
  if (!stat) return fail(stat.error());
  return FilestatV0{*stat};
}

Result<void> fd_filestat_set_size(Call&, const File& file, FileSize size) {
  if (!fits_offset(size)) return fail(Errno::inval);
  if (const auto at = file->position(); !at) return fail(at.error());
  return file->descriptor->set_size(std::to_underlying(size));
}

Result<void> fd_filestat_set_times(Call&, const File& file, Timestamp atim, Timestamp mtim,
                                   FstFlags flags) {
  const auto changes = time_changes(atim, mtim, flags);
  if (!changes) return fail(changes.error());
  if (changes->nothing()) return {};
  return file->descriptor->set_times(changes->atim, changes->mtim);
}

}  // namespace limen::calls

// fd_table.cpp - numbers are handed out lowest first, in O(log n).
#include "limen/abi/fd_table.hpp"

#include <algorithm>
#include <functional>
#include <limits>

namespace limen {

Entry make_entry(std::unique_ptr<Descriptor> descriptor, Rights base, Rights inheriting,
                 FdFlags flags) {
  Entry entry;
  entry.kind = descriptor->kind();
  entry.filetype = descriptor->filetype();
  entry.base = base & descriptor->possible_rights();
  entry.inheriting = inheriting;
  entry.flags = flags;
  entry.descriptor = std::move(descriptor);
  return entry;
}

Result<u64> Entry::find_end() {
  const auto size = descriptor->size();
  if (!size) return size;
  offset = *size;
  at_end = false;
  return offset;
}

Result<Fd> FdTable::insert(Entry entry) {
  if (free_.empty()) {
    const u32 next = std::max(static_cast<u32>(entries_.size()), first_free);
    if (next > static_cast<u32>(std::numeric_limits<i32>::max())) return fail(Errno::nfile);
    place(next, std::move(entry));
    return Fd{next};
  }
  std::pop_heap(free_.begin(), free_.end(), std::greater{});
  const u32 fd = free_.back();
  free_.pop_back();
  entries_[fd] = std::make_unique<Entry>(std::move(entry));
  ++open_;
  return Fd{fd};
}

void FdTable::place(u32 fd, Entry entry) {
  if (fd >= entries_.size()) entries_.resize(fd + 1);
  entries_[fd] = std::make_unique<Entry>(std::move(entry));
  ++open_;
}

Result<void> FdTable::close(u32 fd) {
  if (find(fd) == nullptr) return fail(Errno::badf);
  const auto entry = std::move(entries_[fd]);
  release(fd);
  return entry->descriptor->close();
}

Result<void> FdTable::renumber(u32 fd, u32 to) {
  if (find(fd) == nullptr || find(to) == nullptr) return fail(Errno::badf);
  if (fd == to) return {};
  // What close(2) says of the descriptor that gives way is nobody's answer: the move succeeded.
  (void)entries_[to]->descriptor->close();
  entries_[to] = std::move(entries_[fd]);
  release(fd);
  return {};
}

void FdTable::release(u32 fd) {
  --open_;
  if (fd < first_free) return;
  free_.push_back(fd);
  std::push_heap(free_.begin(), free_.end(), std::greater{});
}

}  // namespace limen

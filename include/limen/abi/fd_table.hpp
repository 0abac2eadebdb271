// limen/abi/fd_table.hpp - a guest's descriptor numbers and what they stand for.
//
// The table is used by one guest thread at a time. It holds what WASI knows about a descriptor and
// the kernel does not: rights, flags as shown, the position in files, the directory snapshot.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "limen/descriptor.hpp"
#include "limen/errno.hpp"
#include "limen/types.hpp"

namespace limen {

/// An open descriptor. What fd_fdstat_get tells is kept here, so that it costs no system call.
struct Entry {
  std::unique_ptr<Descriptor> descriptor;
  Rights base = Rights::none;
  Rights inheriting = Rights::none;
  Kind kind = Kind::stream;
  Filetype filetype = Filetype::unknown;
  FdFlags flags = FdFlags::none;
  /// Files: where the next read or write goes. Not meaningful while `at_end`.
  u64 offset = 0;
  /// Files: the last write appended, so the position is the end; asked for only when needed.
  bool at_end = false;
  /// Directories: the snapshot that the cookies of fd_readdir count in.
  std::unique_ptr<Listing> listing;
  /// The guest's name of a preopened directory, otherwise null.
  std::unique_ptr<std::string> preopen;

  [[nodiscard]] bool may(Rights wanted) const noexcept { return has(base, wanted); }
  /// Files: where the next read or write goes.
  [[nodiscard]] Result<u64> position() { return at_end ? find_end() : Result<u64>(offset); }
  /// Only valid when kind is Kind::directory.
  [[nodiscard]] Directory& directory() const noexcept {
    return static_cast<Directory&>(*descriptor);
  }
  /// What position() does after an append: the end is asked for now.
  Result<u64> find_end();
};

/// Describes `descriptor` as a table entry: its kind and type, and the rights that it can have.
[[nodiscard]] Entry make_entry(std::unique_ptr<Descriptor> descriptor, Rights base,
                               Rights inheriting, FdFlags flags);

class FdTable {
 public:
  /// The first number that path_open and sock_accept may use; those below are stdio.
  static constexpr u32 first_free = 3;

  /// The entry of an open number, otherwise null.
  [[nodiscard]] Entry* find(u32 fd) const noexcept {
    return fd < entries_.size() ? entries_[fd].get() : nullptr;
  }

  /// Puts an entry at the lowest free number from 3 on. Errors: nfile when 2^31 - 1 are open.
  Result<Fd> insert(Entry entry);
  /// Puts an entry at `fd`, which must not be open: stdio and preopens, before the guest starts.
  void place(u32 fd, Entry entry);
  /// Closes `fd`; the number is free whatever the answer is. Errors: badf; io, nospc, dquot of the
  /// host's close.
  Result<void> close(u32 fd);
  /// Moves `fd` to `to`, closing what was there. Errors: badf when either is not open.
  Result<void> renumber(u32 fd, u32 to);

  [[nodiscard]] std::size_t open_count() const noexcept { return open_; }

 private:
  void release(u32 fd);

  std::vector<std::unique_ptr<Entry>> entries_;
  std::vector<u32> free_;  ///< a min-heap of free numbers in [first_free, entries_.size())
  std::size_t open_ = 0;
};

}  // namespace limen

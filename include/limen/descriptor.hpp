// limen/descriptor.hpp - the interface of a back end: what stands behind a guest's descriptor.
//
// A back end derives from Descriptor (files, streams, sockets) and Directory, overrides what it can
// do, and inherits the right refusal for the rest. It knows nothing of descriptor numbers, rights
// or guest memory: the table (core/fd_table.hpp) holds those, and a call's row has checked them.
//
// Errors. Every operation answers with the Errno that preview1.md gives the guest. One value is
// private to the host: `Errno::intr` means that a blocking system call was interrupted before
// anything happened. The call's row then repeats the operation or ends the run; so an operation
// that may return `intr` must not have changed anything yet. A guest never sees it.
//
// Threads. One object may be used by several threads of a guest at a time; positioned operations
// need no lock, and nothing else holds one while it blocks.
#pragma once

#include <sys/uio.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limen/errno.hpp"
#include "limen/types.hpp"

namespace limen {

/// Buffers of guest memory in the kernel's layout, at most 1024, none empty, at most 0x7ffff000
/// bytes together. May be an empty list.
using IoBuffers = std::span<const iovec>;

/// How the table and the calls treat a descriptor.
enum class Kind : u8 {
  file,       ///< has positions: regular files, block devices, devices that seek
  stream,     ///< has none: pipes, terminals, stdio whatever is behind it
  socket,     ///< a connected (or datagram) socket
  listener,   ///< a listening socket
  directory,  ///< derives from Directory
};

/// What fd_filestat_set_times and path_filestat_set_times change. `now` is the moment of the call
/// by the guest's clock when that is not the host's (then `exact` is set for both), otherwise the
/// kernel's own.
struct TimeChange {
  enum class Mode : u8 { omit, now, exact };
  Mode mode = Mode::omit;
  u64 ns = 0;  ///< nanoseconds since 1970 for `exact`
};

/// One name of a directory, as fd_readdir shows it.
struct DirEntry {
  u64 ino = 0;
  Filetype type = Filetype::unknown;
  std::string_view name;
};

/// The names of a directory at one moment, in the order of reading; `.` and `..` come first.
/// Names live in one buffer: a listing of 100,000 entries is two allocations, not 100,000.
class Listing {
 public:
  void add(u64 ino, Filetype type, std::string_view name) {
    entries_.push_back({ino, names_.size(), static_cast<u16>(name.size()), type});
    names_.append(name);
  }
  /// Orders the entries after the first two by the bytes of their names.
  void sort();
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] DirEntry operator[](std::size_t index) const noexcept {
    const Slot& slot = entries_[index];
    return {slot.ino, slot.type, std::string_view(names_).substr(slot.at, slot.length)};
  }

 private:
  struct Slot {
    u64 ino;
    u64 at;
    u16 length;
    Filetype type;
  };
  std::vector<Slot> entries_;
  std::string names_;
};

/// What sock_recv got.
struct Received {
  u64 bytes = 0;
  RoFlags flags = RoFlags::none;
};

/// What can be waited for on a descriptor.
struct PollSource {
  int fd = -1;  ///< a host descriptor for ppoll; -1: always ready, both ways
};

class Descriptor {
 public:
  Descriptor() = default;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  virtual ~Descriptor() = default;

  [[nodiscard]] virtual Kind kind() const noexcept = 0;
  [[nodiscard]] virtual Filetype filetype() const noexcept = 0;
  /// The rights that make sense for what was opened; access that was not opened is left out.
  [[nodiscard]] virtual Rights possible_rights() const noexcept = 0;

  virtual Result<Filestat> stat() = 0;

  /// Streams and sockets: reads and writes at the back end's own position. One system call, short
  /// counts allowed, 0 from read is the end. Files: spipe (they use the positioned operations).
  virtual Result<u64> read(IoBuffers into);
  virtual Result<u64> write(IoBuffers from);

  /// Files: positioned operations; `offset` < 2^63. Others: spipe.
  virtual Result<u64> read_at(IoBuffers into, u64 offset);
  virtual Result<u64> write_at(IoBuffers from, u64 offset);
  /// Writes at the end; atomic against other appenders where the host is. Called only while
  /// FdFlags::append is in force (set_flags, OpenHow::fdflags).
  virtual Result<u64> append(IoBuffers from);
  /// The size a seek to the end counts from.
  virtual Result<u64> size();

  virtual Result<void> set_size(u64 size);
  virtual Result<void> allocate(u64 offset, u64 length);
  virtual Result<void> advise(u64 offset, u64 length, Advice advice);
  virtual Result<void> sync();
  virtual Result<void> datasync();
  virtual Result<void> set_times(TimeChange atim, TimeChange mtim);
  /// `flags` replaces `old`; only append and nonblock ever differ.
  virtual Result<void> set_flags(FdFlags old, FdFlags flags);

  [[nodiscard]] virtual PollSource poll_source() const noexcept { return {}; }
  /// Bytes that a read would give now, for streams and sockets; at least 1 when that is unknown.
  virtual Result<u64> available();

  /// Sockets; others: notsock.
  virtual Result<std::unique_ptr<Descriptor>> accept(FdFlags flags);
  virtual Result<Received> receive(IoBuffers into, RiFlags flags);
  virtual Result<u64> send(IoBuffers from);
  virtual Result<void> shutdown(SdFlags how);

  /// Gives the host's resource back and reports what close(2) says; nothing else is called after.
  virtual Result<void> close();
};

/// How path_open opens. `read` and `write` are the access asked for; neither opens for nothing but
/// metadata, with the host's read access.
struct OpenHow {
  bool follow = false;  ///< follow a link that the path ends in
  OFlags oflags = OFlags::none;
  bool read = false;
  bool write = false;
  FdFlags fdflags = FdFlags::none;
};

/// A directory. Paths are relative to it, valid UTF-8, not empty, NUL-terminated (data()[size()]
/// is 0), without a leading `/`, at most 4095 bytes, components at most 255; they may hold `..`,
/// links and trailing slashes, and an operation that would leave the directory at any moment of the
/// resolution is refused with perm. Every operation answers exactly as preview1.md §3 and §6 say.
class Directory : public Descriptor {
 public:
  [[nodiscard]] Kind kind() const noexcept final { return Kind::directory; }
  [[nodiscard]] Filetype filetype() const noexcept final { return Filetype::directory; }
  [[nodiscard]] Rights possible_rights() const noexcept override;

  /// A Directory when the path names one, a plain Descriptor otherwise (see kind()).
  virtual Result<std::unique_ptr<Descriptor>> open(std::string_view path, const OpenHow& how) = 0;
  virtual Result<Filestat> stat_at(std::string_view path, bool follow) = 0;
  virtual Result<std::size_t> readlink(std::string_view path, std::span<std::byte> into) = 0;
  virtual Result<std::unique_ptr<Listing>> list() = 0;

  /// Changes; a back end that can't be written to inherits rofs.
  virtual Result<void> set_times_at(std::string_view path, bool follow, TimeChange atim,
                                    TimeChange mtim);
  virtual Result<void> create_directory(std::string_view path);
  virtual Result<void> remove_directory(std::string_view path);
  virtual Result<void> unlink_file(std::string_view path);
  virtual Result<void> symlink(std::string_view target, std::string_view path);
  /// `to` may be this directory; when it is not of the same grant() the answer is xdev.
  virtual Result<void> rename(std::string_view path, Directory& to, std::string_view new_path);
  virtual Result<void> link(std::string_view path, bool follow, Directory& to,
                            std::string_view new_path);

  /// Names the grant that this directory belongs to: every directory reached from one mount gives
  /// the same value, those of two mounts never do. Renames and links stay within a grant.
  [[nodiscard]] virtual const void* grant() const noexcept = 0;
};

/// The full sets of preview1.json `rights_sets`.
namespace rights {
inline constexpr Rights regular_file =
    Rights::fd_datasync | Rights::fd_read | Rights::fd_seek | Rights::fd_fdstat_set_flags |
    Rights::fd_sync | Rights::fd_tell | Rights::fd_write | Rights::fd_advise | Rights::fd_allocate |
    Rights::fd_filestat_get | Rights::fd_filestat_set_size | Rights::fd_filestat_set_times |
    Rights::poll_fd_readwrite;
/// The bits of a file that need it open for writing.
inline constexpr Rights writing =
    Rights::fd_write | Rights::fd_allocate | Rights::fd_filestat_set_size;
inline constexpr Rights directory =
    Rights::fd_datasync | Rights::fd_fdstat_set_flags | Rights::fd_sync |
    Rights::path_create_directory | Rights::path_create_file | Rights::path_link_source |
    Rights::path_link_target | Rights::path_open | Rights::fd_readdir | Rights::path_readlink |
    Rights::path_rename_source | Rights::path_rename_target | Rights::path_filestat_get |
    Rights::path_filestat_set_size | Rights::path_filestat_set_times | Rights::fd_filestat_get |
    Rights::fd_filestat_set_times | Rights::path_symlink | Rights::path_remove_directory |
    Rights::path_unlink_file | Rights::poll_fd_readwrite;
/// What a preopened directory hands on: everything of directories and of files.
inline constexpr Rights directory_inheriting = directory | regular_file;
inline constexpr Rights stream = Rights::fd_read | Rights::fd_fdstat_set_flags | Rights::fd_write |
                                 Rights::fd_filestat_get | Rights::poll_fd_readwrite;
/// A device that is no terminal; fd_seek and fd_tell come on top where it seeks.
inline constexpr Rights device = stream | Rights::fd_datasync | Rights::fd_sync |
                                 Rights::fd_advise | Rights::fd_filestat_set_times;
inline constexpr Rights socket = stream | Rights::sock_shutdown;
inline constexpr Rights listener = Rights::fd_read | Rights::fd_fdstat_set_flags |
                                   Rights::fd_filestat_get | Rights::poll_fd_readwrite |
                                   Rights::sock_accept;
}  // namespace rights

}  // namespace limen

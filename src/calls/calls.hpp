// calls/calls.hpp - the handlers of the 46 calls, in the specification's order.
//
// What a call must do is written in the .cpp of its group; which descriptor, rights and memory it
// may rely on is written in its row in calls/preview1.hpp. Handlers with the suffix _v0 are those
// of snapshot 0 (`wasi_unstable`) where its layouts differ.
#pragma once

#include <optional>
#include <utility>

#include "limen/abi/args.hpp"
#include "limen/abi/row.hpp"
#include "limen/abi/wire.hpp"

namespace limen::calls {

using PollArraysV1 = PollArrays<48>;
using PollArraysV0 = PollArrays<56>;

// args_environ.cpp
Result<void> args_get(Call&, const OutStrings&);
Result<std::pair<Size, Size>> args_sizes_get(Call&);
Result<void> environ_get(Call&, const OutStrings&);
Result<std::pair<Size, Size>> environ_sizes_get(Call&);

// clock.cpp
Result<Timestamp> clock_res_get(Call&, ClockId);
Result<Timestamp> clock_time_get(Call&, ClockId, Timestamp precision);

// fd_file.cpp
Result<void> fd_advise(Call&, const File&, FileSize offset, FileSize len, Advice);
Result<void> fd_allocate(Call&, const File&, FileSize offset, FileSize len);
Result<void> fd_datasync(Call&, const File&);
Result<void> fd_sync(Call&, const File&);
Result<Filestat> fd_filestat_get(Call&, const File&);
Result<FilestatV0> fd_filestat_get_v0(Call&, const File&);
Result<void> fd_filestat_set_size(Call&, const File&, FileSize size);
Result<void> fd_filestat_set_times(Call&, const File&, Timestamp atim, Timestamp mtim, FstFlags);

// fd_number.cpp
Result<void> fd_close(Call&, const File&);
Result<void> fd_renumber(Call&, const File&, const File& to);
Result<Fdstat> fd_fdstat_get(Call&, const File&);
Result<Fdstat> fd_fdstat_get_v0(Call&, const File&);
Result<void> fd_fdstat_set_flags(Call&, const File&, FdFlags);
Result<void> fd_fdstat_set_rights(Call&, const File&, Rights base, Rights inheriting);
Result<Prestat> fd_prestat_get(Call&, const Preopen&);
Result<void> fd_prestat_dir_name(Call&, const Preopen&, const OutBytes& path);

// fd_io.cpp
Result<Size> fd_pread(Call&, const File&, const IoVecs&, FileSize offset);
Result<Size> fd_pwrite(Call&, const File&, const ConstIoVecs&, FileSize offset);
Result<Size> fd_read(Call&, const File&, const IoVecs&);
Errno fd_seek_check(const File&, FileDelta, Whence);
Result<FileSize> fd_seek(Call&, const File&, FileDelta, Whence);
Errno fd_seek_check_v0(const File&, FileDelta, WhenceV0);
Result<FileSize> fd_seek_v0(Call&, const File&, FileDelta, WhenceV0);
Result<FileSize> fd_tell(Call&, const File&);
Result<Size> fd_write(Call&, const File&, const ConstIoVecs&);

// fd_dir.cpp
Result<Size> fd_readdir(Call&, const Dir&, const OutBytes& buf, DirCookie);

// path.cpp
Result<void> path_create_directory(Call&, const Dir&, const Path&);
Result<Filestat> path_filestat_get(Call&, const Dir&, LookupFlags, const Path&);
Result<FilestatV0> path_filestat_get_v0(Call&, const Dir&, LookupFlags, const Path&);
Result<void> path_filestat_set_times(Call&, const Dir&, LookupFlags, const Path&, Timestamp atim,
                                     Timestamp mtim, FstFlags);
Result<void> path_link(Call&, const Dir&, LookupFlags, const Path&, const Dir& new_dir,
                       const Path& new_path);
Result<Size> path_readlink(Call&, const Dir&, const Path&, const OutBytes& buf);
Result<void> path_remove_directory(Call&, const Dir&, const Path&);
Result<void> path_rename(Call&, const Dir&, const Path&, const Dir& new_dir, const Path& new_path);
Result<void> path_symlink(Call&, const LinkTarget&, const Dir&, const Path&);
Result<void> path_unlink_file(Call&, const Dir&, const Path&);

// path_open.cpp
Errno path_open_check(const Dir&, LookupFlags, const Path&, OFlags, Rights base, Rights inheriting,
                      FdFlags);
Result<Fd> path_open(Call&, const Dir&, LookupFlags, const Path&, OFlags, Rights base,
                     Rights inheriting, FdFlags);

// poll.cpp
Result<Size> poll_oneoff(Call&, const PollArraysV1&);
Result<Size> poll_oneoff_v0(Call&, const PollArraysV0&);

// proc.cpp
Ending proc_exit(Call&, ExitCode);
Result<std::optional<Ending>> proc_raise(Call&, Signal);
Result<void> sched_yield(Call&);

// random.cpp
Result<void> random_get(Call&, const OutBytes& buf);

// sock.cpp
Result<Fd> sock_accept(Call&, const Socket&, FdFlags);
Result<std::pair<Size, RoFlags>> sock_recv(Call&, const Socket&, const IoVecs&, RiFlags);
Result<Size> sock_send(Call&, const Socket&, const ConstIoVecs&, SiFlags);
Result<void> sock_shutdown(Call&, const Socket&, SdFlags how);

// threads.cpp
ThreadId thread_spawn(Call&, ThreadArg);

}  // namespace limen::calls

// fs/host/fd_ops.hpp - what files, streams and directories of the host do alike with a descriptor.
#pragma once

#include "limen/descriptor.hpp"
#include "limen/unique_fd.hpp"

namespace limen::host {

Result<Filestat> stat_fd(int fd);
Result<void> sync_fd(int fd);
Result<void> datasync_fd(int fd);
/// `read_only`: rofs when a time is to change.
Result<void> set_times_fd(int fd, TimeChange atim, TimeChange mtim, bool read_only);
Result<void> advise_fd(int fd, u64 offset, u64 length, Advice advice);
/// Puts the status flags of an open file description, which must be Limen's alone.
Result<void> set_flags_fd(int fd, FdFlags flags);
/// The descriptor is gone whatever the answer is.
Result<void> close_fd(UniqueFd& fd);

}  // namespace limen::host

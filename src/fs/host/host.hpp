// fs/host/host.hpp - a directory of the host as a back end.
#pragma once

#include <memory>

#include "fs/host/resolve.hpp"
#include "limen/descriptor.hpp"
#include "limen/unique_fd.hpp"

namespace limen {

/// Grants what is beneath `directory` (opened with O_DIRECTORY | O_CLOEXEC, for reading: an O_PATH
/// descriptor can't be synced). Each call makes a grant of its own, also for the same directory.
///
/// A read-only grant answers changes like a mount that the kernel has read-only, whatever rights a
/// descriptor has, and opens nothing for writing, devices and FIFOs included.
///
/// rename() and link() take any Directory with the same grant() for one that was made here: a
/// wrapper must hand over what it wraps. Errors: what fstat(2) says.
[[nodiscard]] Result<std::unique_ptr<Directory>> host_directory(UniqueFd directory, bool read_only,
                                                                Resolve how);

}  // namespace limen

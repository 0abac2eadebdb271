// fs/host/errno.hpp - the kernel's error numbers as a guest is told them.
#pragma once

#include <sys/types.h>

#include <cerrno>

#include "limen/errno.hpp"
#include "limen/types.hpp"

namespace limen::host {

/// What a guest gets for an errno of Linux; io for numbers that WASI has no name for. EINTR becomes
/// intr, which no guest sees (limen/descriptor.hpp).
[[nodiscard]] Errno from_linux(int error) noexcept;

/// The failure that the last system call of this thread left in `errno`.
[[nodiscard]] inline std::unexpected<Errno> last_failure() noexcept {
  return fail(from_linux(errno));
}

/// The result of a system call that answers 0 or -1.
[[nodiscard]] inline Result<void> done(int result) noexcept {
  if (result < 0) return last_failure();
  return {};
}

/// The result of a system call that answers a count or -1.
[[nodiscard]] inline Result<u64> counted(ssize_t result) noexcept {
  if (result < 0) return last_failure();
  return static_cast<u64>(result);
}

}  // namespace limen::host

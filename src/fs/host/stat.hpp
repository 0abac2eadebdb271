// fs/host/stat.hpp - between the kernel's struct stat and times and those of WASI.
#pragma once

#include <sys/stat.h>

#include <array>

#include "limen/descriptor.hpp"

namespace limen::host {

/// The type in a `st_mode`. FIFOs are unknown; a socket that is only a name is a socket_stream.
[[nodiscard]] Filetype filetype_of(mode_t mode) noexcept;

/// The same for the `d_type` of a directory entry; DT_UNKNOWN is unknown.
[[nodiscard]] Filetype filetype_of_entry(unsigned char d_type) noexcept;

/// Times before 1970 become 0, times beyond the year 2554 the largest value.
[[nodiscard]] Filestat to_filestat(const struct stat& stat) noexcept;

/// fstat(2) on an open descriptor, O_PATH ones included.
[[nodiscard]] Result<struct stat> stat_of(int fd) noexcept;

/// The two times as utimensat(2) takes them.
[[nodiscard]] std::array<timespec, 2> to_timespecs(TimeChange atim, TimeChange mtim) noexcept;

/// True when no time is to change.
[[nodiscard]] constexpr bool nothing(TimeChange atim, TimeChange mtim) noexcept {
  return atim.mode == TimeChange::Mode::omit && mtim.mode == TimeChange::Mode::omit;
}

}  // namespace limen::host

// fs/host/walk.hpp - resolution beneath a directory without openat2, one component at a time.
#pragma once

#include <string_view>

#include "limen/errno.hpp"
#include "limen/unique_fd.hpp"

namespace limen::host {

/// What open_beneath() does, for kernels without openat2. `flags` are complete.
[[nodiscard]] Result<UniqueFd> walk(int dir, std::string_view path, int flags, unsigned mode);

/// Opens with O_PATH what an open with O_CREAT would find. Errors: rofs when there is nothing yet,
/// so that a file would be made; otherwise what the open would say before it makes one.
[[nodiscard]] Result<UniqueFd> look_to_create(int dir, std::string_view path, bool follow);

}  // namespace limen::host

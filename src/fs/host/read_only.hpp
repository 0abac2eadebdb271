// fs/host/read_only.hpp - what a mount that the kernel has read-only would answer.
//
// The kernel looks before it refuses: making a name that exists is exist, opening a directory for
// writing is isdir, and only then comes rofs. These functions look the same way and change nothing.
#pragma once

#include <string_view>

#include "fs/host/resolve.hpp"

namespace limen::host {

/// open_beneath() without O_CREAT, O_TRUNC or write access; their answers come from looking.
Result<UniqueFd> open_unchanged(int dir, std::string_view path, int flags, Resolve how);

/// Why a name can't be made: exist, noent (a slash after the name of what will be no directory),
/// rofs.
[[nodiscard]] Errno refuse_create(const Parent& parent, bool directory);
[[nodiscard]] Errno refuse_remove_directory(const Parent& parent);
[[nodiscard]] Errno refuse_unlink(const Parent& parent);
[[nodiscard]] Errno refuse_rename(const Parent& from, const Parent& to);

/// What `exist` becomes for a path_link or path_symlink to a name with a slash: a directory or link
/// is in the way, or something that can't have a slash (notdir).
[[nodiscard]] Errno exist_or_notdir(const Parent& parent);

}  // namespace limen::host

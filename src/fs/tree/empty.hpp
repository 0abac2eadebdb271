// fs/tree/empty.hpp - a directory that is nowhere: empty, and nothing can be made in it.
#pragma once

#include "limen/descriptor.hpp"

namespace limen::tree {

/// Stands in for a directory that no back end has. `ino` is what stat shows, with device 0, which
/// no file system of the host has.
[[nodiscard]] std::unique_ptr<Directory> empty_directory(u64 ino);

}  // namespace limen::tree

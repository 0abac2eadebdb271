// fs/tree/tree.hpp - the guest's tree of mounts: what a path means when one granted directory lies
// beneath another in the guest's names.
//
// A guest's library picks the preopen with the longest matching name, so most paths arrive at the
// right mount without help. The rest are those that cross: `data/f` from the descriptor of `/`,
// `..` out of a mount, a link that leads from one mount into another. A directory of the tree walks
// them one component at a time, holding every directory on the way open, so that they arrive where
// the guest's tree says, whatever back ends are mounted.
//
// What a mount hides can't be reached by the name it hides. Names on the way to a mount point that
// are no directory in the mount above (missing, a file, a link) are shown as directories that hold
// the mount points and nothing else, and can't be written to.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "limen/descriptor.hpp"

namespace limen {

/// One directory of the guest's tree.
struct TreeMount {
  std::string guest;                ///< the name it was granted under, such as `/data`
  std::unique_ptr<Directory> root;  ///< none: a directory that only shows the mounts beneath it
};

/// The name as one from `/` without `.`, `..` and extra slashes; `/` itself for `.`. Relative names
/// count from `/`, because that is where a guest's library has its working directory. Two mounts
/// must not have the same.
[[nodiscard]] std::string mount_point(std::string_view guest);

/// The preopened directories of the mounts, in their order. A mount that has none above or beneath
/// it is given back as it came and costs nothing. Directories of the others are of one grant()
/// together (so that renames between their descriptors meet), and still answer xdev where two
/// mounts are concerned.
[[nodiscard]] std::vector<std::unique_ptr<Directory>> mount_tree(std::vector<TreeMount> mounts);

}  // namespace limen

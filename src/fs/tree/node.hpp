// fs/tree/node.hpp - the names of the mount points as a tree.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "limen/descriptor.hpp"

namespace limen::tree {

/// A mount point, or a name on the way to one. Fixed once the tree is built.
struct Node {
  std::string name;
  std::shared_ptr<Directory> root;  ///< what is mounted here; none on the way
  std::shared_ptr<Directory>
      stand_in;  ///< on the way: shown where the mount above has no directory
  std::vector<std::unique_ptr<Node>> children;  ///< by name

  [[nodiscard]] const Node* child(std::string_view child_name) const noexcept;
  /// The child of this name, made when there is none.
  Node& make_child(std::string_view child_name);
};

/// True when no mount lies beneath a directory at `node`; none is a directory beside all of them.
[[nodiscard]] inline bool is_plain(const Node* node) noexcept {
  return node == nullptr || node->children.empty();
}

}  // namespace limen::tree

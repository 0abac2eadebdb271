// tree.cpp - from the list of mounts to the tree.
#include "fs/tree/tree.hpp"

#include <algorithm>

#include "fs/tree/directory.hpp"
#include "fs/tree/empty.hpp"
#include "fs/tree/node.hpp"

namespace limen {
namespace {

using tree::Node;

std::vector<std::string_view> components(std::string_view guest) {
  std::vector<std::string_view> names;
  while (!guest.empty()) {
    const std::size_t end = std::min(guest.find('/'), guest.size());
    const std::string_view name = guest.substr(0, end);
    guest.remove_prefix(std::min(end + 1, guest.size()));
    if (name == "..") {
      if (!names.empty()) names.pop_back();
    } else if (!name.empty() && name != ".") {
      names.push_back(name);
    }
  }
  return names;
}

/// One of two mounts lies beneath the other when the shorter list of names begins the longer.
bool related(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  const auto n = static_cast<std::ptrdiff_t>(std::min(a.size(), b.size()));
  return std::equal(a.begin(), a.begin() + n, b.begin());
}

bool is_alone(const std::vector<TreeMount>& mounts, const TreeMount& mount) {
  const auto names = components(mount.guest);
  return std::ranges::count_if(mounts, [&](const TreeMount& other) {
           return related(names, components(other.guest));
         }) == 1;
}

Node& make_node(Node& top, std::string_view guest) {
  Node* node = &top;
  for (const std::string_view name : components(guest)) node = &node->make_child(name);
  return *node;
}

void make_stand_ins(Node& node, u64& ino) {
  if (!node.root) node.stand_in = tree::empty_directory(++ino);
  for (const auto& child : node.children) make_stand_ins(*child, ino);
}

}  // namespace

std::string mount_point(std::string_view guest) {
  std::string path;
  for (const std::string_view name : components(guest)) path.append("/").append(name);
  return path.empty() ? "/" : path;
}

std::vector<std::unique_ptr<Directory>> mount_tree(std::vector<TreeMount> mounts) {
  u64 ino = 0;  // of directories that no back end has; only has to be different
  const auto top = std::make_shared<Node>();
  std::vector<const Node*> nodes;  // none for mounts that stay outside
  for (TreeMount& mount : mounts) {
    if (!mount.root) mount.root = tree::empty_directory(++ino);
    Node* node = is_alone(mounts, mount) ? nullptr : &make_node(*top, mount.guest);
    if (node) node->root = std::move(mount.root);
    nodes.push_back(node);
  }
  make_stand_ins(*top, ino);

  std::vector<std::unique_ptr<Directory>> directories;
  directories.reserve(mounts.size());
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    directories.push_back(nodes[i]
                              ? std::make_unique<tree::TreeDirectory>(top, nodes[i]->root, nodes[i])
                              : std::move(mounts[i].root));
  }
  return directories;
}

}  // namespace limen

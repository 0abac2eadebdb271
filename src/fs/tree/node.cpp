// node.cpp - finding and making names of mount points.
#include "fs/tree/node.hpp"

#include <algorithm>

namespace limen::tree {
namespace {

auto place_of(const std::vector<std::unique_ptr<Node>>& children, std::string_view name) {
  return std::ranges::lower_bound(children, name, {}, [](const std::unique_ptr<Node>& child) {
    return std::string_view(child->name);
  });
}

}  // namespace

const Node* Node::child(std::string_view child_name) const noexcept {
  const auto at = place_of(children, child_name);
  return at != children.end() && (*at)->name == child_name ? at->get() : nullptr;
}

Node& Node::make_child(std::string_view child_name) {
  auto at = place_of(children, child_name);
  if (at == children.end() || (*at)->name != child_name) {
    auto made = std::make_unique<Node>();
    made->name = child_name;
    at = children.insert(at, std::move(made));
  }
  return **at;
}

}  // namespace limen::tree

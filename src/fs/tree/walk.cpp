// walk.cpp - the walk across mounts.
#include "fs/tree/walk.hpp"

#include <algorithm>
#include <array>
#include <climits>

namespace limen::tree {
namespace {

constexpr int kMostLinks = 40;  // the kernel's number

// Opens a directory, and no link to one.
Result<std::unique_ptr<Directory>> open_directory(Directory& dir, std::string_view name) {
  auto opened = dir.open(name, {.follow = false, .oflags = OFlags::directory});
  if (!opened) return fail(opened.error());
  if ((*opened)->kind() != Kind::directory) return fail(Errno::notdir);
  return std::unique_ptr<Directory>(static_cast<Directory*>(opened->release()));
}

}  // namespace

Walk::Walk(Directory& base, const Node* node, std::string_view path) : rest_(path) {
  frames_.push_back({.dir = &base, .node = node});
}

Walk::Component Walk::next() const noexcept {
  const std::size_t end = std::min(rest_.find('/'), rest_.size());
  return {.name = rest_.substr(0, end), .after = rest_.substr(end)};
}

// A back end counts the links that it follows itself, so it gets none of a walk that has counted.
bool Walk::may_hand_over() const noexcept {
  return hand_over_ && links_ == 0 && is_plain(here().node);
}

Place Walk::place_here() const noexcept {
  return {.dir = here().dir, .name = ".", .node = here().node};
}

Result<Place> Walk::find(Want want) {
  for (;;) {
    if (may_hand_over()) return Place{.dir = here().dir, .name = rest_, .handed_over = true};
    const Component component = next();
    if (!component.last()) {
      if (const auto stepped = step(component); !stepped) return fail(stepped.error());
      continue;
    }
    if (want.entry) return entry(component);
    Place place;
    const auto found = look(component, want, place);
    if (!found) return fail(found.error());
    if (*found) return place;
  }
}

// Passes one component that is not the last.
Result<void> Walk::step(const Component& component) {
  if (component.name != "." && component.name != "..") {
    if (const Node* node = here().node ? here().node->child(component.name) : nullptr) {
      if (const auto entered = enter_node(*node); !entered) return entered;
    } else {
      return enter(component);
    }
  } else if (component.name == "..") {
    if (const auto left = leave(); !left) return left;
  }
  rest_ = component.after.substr(component.after.find_first_not_of('/'));
  return {};
}

Result<void> Walk::leave() {
  if (frames_.size() == 1) return fail(Errno::perm);
  frames_.pop_back();
  return {};
}

// On the way to a mount point the directory of the mount above is shown where there is one.
Result<void> Walk::enter_node(const Node& node) {
  if (node.root) {
    frames_.push_back({.dir = node.root.get(), .node = &node});
    return {};
  }
  auto opened = open_directory(*here().dir, node.name);
  if (opened) {
    frames_.push_back({.dir = opened->get(), .node = &node, .owner = std::move(*opened)});
    return {};
  }
  const Errno error = opened.error();
  if (error != Errno::noent && error != Errno::notdir && error != Errno::loop) return fail(error);
  frames_.push_back({.dir = node.stand_in.get(), .node = &node});
  return {};
}

// Goes into a directory that is no mount point, or replaces a link by its text.
Result<void> Walk::enter(const Component& component) {
  name_ = component.name;
  auto opened = open_directory(*here().dir, name_);
  if (opened) {
    frames_.push_back({.dir = opened->get(), .node = nullptr, .owner = std::move(*opened)});
    rest_ = component.after.substr(component.after.find_first_not_of('/'));
    return {};
  }
  if (opened.error() != Errno::notdir && opened.error() != Errno::loop) return fail(opened.error());
  const auto expanded = expand(component);
  if (!expanded) return fail(expanded.error());
  return *expanded ? Result<void>{} : fail(Errno::notdir);
}

// Puts the text of a link before what comes after it; false when the name is no link.
Result<bool> Walk::expand(const Component& component) {
  name_ = component.name;
  std::array<char, PATH_MAX> buffer;
  const auto size = here().dir->readlink(name_, std::as_writable_bytes(std::span(buffer)));
  if (!size && size.error() == Errno::inval) return false;
  if (!size) return fail(size.error());
  if (++links_ > kMostLinks) return fail(Errno::loop);
  if (*size == buffer.size()) return fail(Errno::nametoolong);
  const std::string_view target(buffer.data(), *size);
  if (target.empty()) return fail(Errno::noent);
  if (target.front() == '/') return fail(Errno::perm);
  std::string text;
  text.reserve(target.size() + component.after.size());
  text.append(target).append(component.after);  // which may be in text_
  text_ = std::move(text);
  rest_ = text_;
  return true;
}

Result<Place> Walk::entry(const Component& last) {
  Place place{.dir = here().dir, .name = rest_};
  if (last.name == "..") {
    if (frames_.size() == 1) return fail(Errno::perm);
    place.last = Place::Last::dotdot;
  } else if (last.name != "." && here().node) {
    place.node = here().node->child(last.name);
    if (place.node) place.last = Place::Last::mount;
  }
  return place;
}

// Finds what a call looks at; false when a link was expanded and the walk goes on.
Result<bool> Walk::look(const Component& last, Want want, Place& place) {
  const bool slash = !last.after.empty();
  if (last.name == "." || last.name == "..") {
    if (last.name == "..") {
      if (const auto left = leave(); !left) return fail(left.error());
    }
    place = place_here();
    return true;
  }
  if (const Node* node = here().node ? here().node->child(last.name) : nullptr) {
    // The kernel makes nothing with a slash and does not look whether it exists.
    if (slash && want.creates) return fail(Errno::isdir);
    if (const auto entered = enter_node(*node); !entered) return fail(entered.error());
    place = place_here();
    return true;
  }
  if (want.creates ? want.follow && !slash : want.follow || slash) {
    const auto expanded = expand(last);
    if (expanded && *expanded) return false;
    // What is missing may be made.
    if (!expanded && expanded.error() != Errno::noent) return fail(expanded.error());
  }
  place = {.dir = here().dir, .name = rest_};
  return true;
}

}  // namespace limen::tree

// fs/tree/walk.hpp - resolution across mounts, one component at a time.
//
// Every directory on the way is held open and `..` goes back to the one before; a mount point is
// replaced by what is mounted there; links are expanded here, so that their text is resolved in the
// guest's tree and not in one back end's. The operation itself is done by a back end, on a name in
// the directory that the walk ends in.
//
// Beneath a directory that has no mount beneath it, the back end's own resolution is exact as long
// as it stays beneath; it says perm when it does not. So the walk hands the rest of a path over
// there, and goes on only when the answer was perm.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fs/tree/node.hpp"

namespace limen::tree {

/// What the last component of a path is for.
struct Want {
  bool entry = false;    ///< the call names an entry: nothing is followed
  bool follow = false;   ///< a link in the last place is followed
  bool creates = false;  ///< an open with CREAT: a slash at the end follows nothing
};

/// Where a path ends.
struct Place {
  enum class Last : u8 {
    inner,   ///< the operation is `dir`'s, on `name`
    dotdot,  ///< an entry that is called `..`
    mount,   ///< an entry that is, or leads to, the mount point `node`
  };

  Directory* dir = nullptr;    ///< of a back end
  std::string_view name;       ///< NUL-terminated; "." is `dir` itself
  const Node* node = nullptr;  ///< of what `name` leads to, where that is on the way to mounts
  Last last = Last::inner;
  bool handed_over =
      false;  ///< `name` is a path: links were not looked at, perm means "not beneath"

  [[nodiscard]] bool slash() const noexcept { return name.ends_with('/'); }
};

/// One directory on the way. The owner is none for mount roots, which the tree keeps.
struct Frame {
  Directory* dir = nullptr;
  const Node* node = nullptr;
  std::unique_ptr<Directory> owner = {};
};

class Walk {
 public:
  Walk(Directory& base, const Node* node, std::string_view path);

  /// Goes to the place of the path's last component, or to where the rest can be handed over. What
  /// it gives lives as long as the walk.
  Result<Place> find(Want want);
  /// After a handed over path turned out to lead back up: find() goes on from there, to the end.
  void walk_to_the_end() noexcept { hand_over_ = false; }

 private:
  /// The first component of rest_; `after` begins with the slashes behind it.
  struct Component {
    std::string_view name;
    std::string_view after;
    [[nodiscard]] bool last() const noexcept {
      return after.find_first_not_of('/') == std::string_view::npos;
    }
  };

  [[nodiscard]] Component next() const noexcept;
  [[nodiscard]] const Frame& here() const noexcept { return frames_.back(); }
  [[nodiscard]] bool may_hand_over() const noexcept;
  [[nodiscard]] Place place_here() const noexcept;

  Result<void> step(const Component& component);
  Result<void> leave();
  Result<void> enter_node(const Node& node);
  Result<void> enter(const Component& component);
  Result<bool> expand(const Component& component);
  Result<Place> entry(const Component& last);
  Result<bool> look(const Component& last, Want want, Place& place);

  std::vector<Frame> frames_;  // the first is the base and never left
  std::string_view rest_;      // in the caller's path or in text_; NUL-terminated
  std::string text_;           // of links, and what came after them
  std::string name_;           // a component with its NUL
  int links_ = 0;
  bool hand_over_ = true;
};

}  // namespace limen::tree

// directory.cpp - each operation: find the place in the tree, then one call of the back end there.
//
// Names of mount points never reach a back end: it does not know them, or has something else of
// that name. What the kernel answers for them is written down here.
#include "fs/tree/directory.hpp"

#include <algorithm>

namespace limen::tree {
namespace {

using Last = Place::Last;

/// Links that the walk has followed already are not for the back end to follow.
bool follows(const Place& place, bool follow) noexcept { return place.handed_over && follow; }

bool same_mount(const Place& a, const Place& b) noexcept {
  return a.dir->grant() == b.dir->grant();
}

// The kernel looks at the types before it finds that a mount is in the way.
Result<void> rename_mount(const Place& from, const Place& to) {
  if (from.last == Last::mount && to.last == Last::mount)
    return from.node == to.node ? Result<void>{} : fail(Errno::busy);
  const Place& other = from.last == Last::mount ? to : from;
  const auto stat = other.dir->stat_at(other.name, false);
  if (!stat)
    return fail(&other == &to && stat.error() == Errno::noent ? Errno::busy : stat.error());
  if (stat->filetype == Filetype::directory) return fail(Errno::busy);
  return fail(&other == &to ? Errno::notdir : Errno::isdir);
}

Result<void> rename_places(const Place& from, const Place& to) {
  if (!same_mount(from, to)) return fail(Errno::xdev);
  if (from.last == Last::dotdot || to.last == Last::dotdot) return fail(Errno::busy);
  if (from.last == Last::mount || to.last == Last::mount) return rename_mount(from, to);
  return from.dir->rename(from.name, *to.dir, to.name);
}

// What there is comes before what can't be: the source, then the new name, then the mounts.
Result<void> link_places(const Place& from, bool follow, const Place& to) {
  if (to.last == Last::inner && same_mount(from, to))
    return from.dir->link(from.name, follows(from, follow), *to.dir, to.name);
  const auto source = from.dir->stat_at(from.name, follows(from, follow));
  if (!source) return fail(source.error());
  if (to.last != Last::inner) return fail(Errno::exist);
  const auto target = to.dir->stat_at(to.name, false);
  if (target) return fail(Errno::exist);
  // A slash follows a link that may lead nowhere, or stands behind a file: something is there.
  if (target.error() == Errno::noent && !to.slash()) return fail(Errno::xdev);
  return fail(target.error() == Errno::noent ? Errno::noent : target.error());
}

}  // namespace

// Runs `op` on the place of a path. A back end that a path was handed to may find that it leads back
// up, having changed nothing; then the walk goes on and `op` runs where it ends.
template <class Op>
auto TreeDirectory::at(std::string_view path, Want want, Op op) {
  using Answer = decltype(op(std::declval<const Place&>()));
  if (is_plain(node_)) return op(Place{.dir = inner_.get(), .name = path, .handed_over = true});
  Walk walk(*inner_, node_, path);
  for (;;) {
    const auto place = walk.find(want);
    if (!place) return Answer(fail(place.error()));
    auto answer = op(*place);
    if (answer || answer.error() != Errno::perm || !place->handed_over) return answer;
    walk.walk_to_the_end();
  }
}

// Two paths; the second names an entry. Which of two wrong paths is answered depends on how far each
// leads, so nothing is handed over unless both are.
template <class Op>
Result<void> TreeDirectory::at_both(std::string_view path, Want want, Directory& to,
                                    std::string_view new_path, Op op) {
  if (to.grant() != grant()) return fail(Errno::xdev);
  const auto& other = static_cast<const TreeDirectory&>(to);
  if (is_plain(node_) && is_plain(other.node_))
    return op(Place{.dir = inner_.get(), .name = path, .handed_over = true},
              Place{.dir = other.inner_.get(), .name = new_path, .handed_over = true});
  Walk from(*inner_, node_, path);
  Walk into(*other.inner_, other.node_, new_path);
  from.walk_to_the_end();
  into.walk_to_the_end();
  const auto old_place = from.find(want);
  if (!old_place) return fail(old_place.error());
  const auto new_place = into.find({.entry = true});
  if (new_place) return op(*old_place, *new_place);
  // A source that a call looks at is missed before the new name's directory is.
  const auto source =
      want.entry ? Result<Filestat>{} : old_place->dir->stat_at(old_place->name, false);
  return fail(source ? new_place.error() : source.error());
}

std::unique_ptr<Directory> TreeDirectory::wrap(std::unique_ptr<Descriptor> opened,
                                               const Node* node) const {
  std::shared_ptr<Directory> inner(static_cast<Directory*>(opened.release()));
  return std::make_unique<TreeDirectory>(tree_, std::move(inner), node);
}

Result<std::unique_ptr<Descriptor>> TreeDirectory::open(std::string_view path, const OpenHow& how) {
  constexpr OFlags creating = OFlags::creat | OFlags::excl | OFlags::trunc;
  if (has(how.oflags, OFlags::directory) && has_any(how.oflags, creating))
    return fail(Errno::inval);
  const bool creates = has(how.oflags, OFlags::creat);
  const bool exclusive = creates && has(how.oflags, OFlags::excl);
  const Want want{.follow = how.follow && !exclusive, .creates = creates};
  return at(path, want, [&](const Place& place) -> Result<std::unique_ptr<Descriptor>> {
    OpenHow inner_how = how;
    inner_how.follow = follows(place, how.follow);
    auto opened = place.dir->open(place.name, inner_how);
    if (!opened || (*opened)->kind() != Kind::directory) return opened;
    return wrap(std::move(*opened), place.node);
  });
}

Result<Filestat> TreeDirectory::stat_at(std::string_view path, bool follow) {
  return at(path, {.follow = follow}, [&](const Place& place) {
    return place.dir->stat_at(place.name, follows(place, follow));
  });
}

Result<std::size_t> TreeDirectory::readlink(std::string_view path, std::span<std::byte> into) {
  return at(path, {}, [&](const Place& place) { return place.dir->readlink(place.name, into); });
}

Result<void> TreeDirectory::set_times_at(std::string_view path, bool follow, TimeChange atim,
                                         TimeChange mtim) {
  return at(path, {.follow = follow}, [&](const Place& place) {
    return place.dir->set_times_at(place.name, follows(place, follow), atim, mtim);
  });
}

Result<void> TreeDirectory::create_directory(std::string_view path) {
  return at(path, {.entry = true}, [&](const Place& place) -> Result<void> {
    if (place.last != Last::inner) return fail(Errno::exist);
    return place.dir->create_directory(place.name);
  });
}

Result<void> TreeDirectory::remove_directory(std::string_view path) {
  return at(path, {.entry = true}, [&](const Place& place) -> Result<void> {
    if (place.last == Last::dotdot) return fail(Errno::notempty);
    if (place.last == Last::mount) return fail(Errno::busy);
    return place.dir->remove_directory(place.name);
  });
}

Result<void> TreeDirectory::unlink_file(std::string_view path) {
  return at(path, {.entry = true}, [&](const Place& place) -> Result<void> {
    if (place.last != Last::inner) return fail(Errno::isdir);
    return place.dir->unlink_file(place.name);
  });
}

Result<void> TreeDirectory::symlink(std::string_view target, std::string_view path) {
  if (target.starts_with('/')) return fail(Errno::perm);
  return at(path, {.entry = true}, [&](const Place& place) -> Result<void> {
    if (place.last != Last::inner) return fail(Errno::exist);
    return place.dir->symlink(target, place.name);
  });
}

Result<void> TreeDirectory::rename(std::string_view path, Directory& to,
                                   std::string_view new_path) {
  return at_both(path, {.entry = true}, to, new_path, rename_places);
}

Result<void> TreeDirectory::link(std::string_view path, bool follow, Directory& to,
                                 std::string_view new_path) {
  return at_both(path, {.follow = follow}, to, new_path, [&](const Place& from, const Place& into) {
    return link_places(from, follow, into);
  });
}

// The back end's entries with the mount points: one that hides an entry takes its place, the others
// come after them.
Result<std::unique_ptr<Listing>> TreeDirectory::list() {
  auto listed = inner_->list();
  if (!listed || is_plain(node_)) return listed;
  auto merged = std::make_unique<Listing>();
  std::vector<std::string_view> real;  // directories on the way to mounts that the back end has
  const Listing& entries = **listed;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const DirEntry entry = entries[i];
    const Node* child = node_->child(entry.name);
    if (child && (child->root || entry.type != Filetype::directory)) continue;
    if (child) real.push_back(entry.name);
    merged->add(entry.ino, entry.type, entry.name);
  }
  for (const auto& child : node_->children) {
    if (std::ranges::find(real, child->name) != real.end()) continue;
    const auto stat = (child->root ? child->root : child->stand_in)->stat();
    if (!stat) return fail(stat.error());
    merged->add(stat->ino, Filetype::directory, child->name);
  }
  return merged;
}

}  // namespace limen::tree

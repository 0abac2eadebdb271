// mount_tree_test.cpp - what a guest sees of directories that are granted beneath one another.
//
// The mounts are host directories, resolved in both ways. The last test compares a tree with a plain
// directory: a mount somewhere else must change no answer.
#include "fs/tree/tree.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <set>

#include "fs/host/host.hpp"
#include "testing/print.hpp"
#include "testing/temp_dir.hpp"

namespace limen {
namespace {

using test::TempDir;

template <class T>
Errno error_of(const Result<T>& result) {
  return result ? Errno::success : result.error();
}

std::unique_ptr<Directory> host(const TempDir& dir, Resolve how, bool read_only = false) {
  auto made = host_directory(dir.open(), read_only, how);
  return made ? std::move(*made) : nullptr;
}

/// What a file holds, or the name of the error that opening it gives.
std::string read(Directory& dir, std::string_view path, bool follow = true) {
  auto file = dir.open(path, {.follow = follow, .read = true});
  if (!file) return std::string(name(file.error()));
  if ((*file)->kind() == Kind::directory) return "a directory";
  std::array<char, 64> bytes{};
  const iovec into{.iov_base = bytes.data(), .iov_len = bytes.size()};
  const auto n = (*file)->read_at({&into, 1}, 0);
  return n ? std::string(bytes.data(), *n) : std::string(name(n.error()));
}

std::unique_ptr<Directory> open_directory(Directory& dir, std::string_view path) {
  auto opened = dir.open(path, {.oflags = OFlags::directory});
  if (!opened) return nullptr;
  return std::unique_ptr<Directory>(static_cast<Directory*>(opened->release()));
}

Result<u64> inode(Directory& dir, std::string_view path) {
  const auto stat = dir.stat_at(path, false);
  if (!stat) return fail(stat.error());
  return stat->ino;
}

std::set<std::string> names_of(Directory& dir) {
  std::set<std::string> names;
  const auto listing = dir.list();
  if (!listing) return {std::string(name(listing.error()))};
  for (std::size_t i = 0; i < (*listing)->size(); ++i) {
    const DirEntry entry = (**listing)[i];
    const char* mark = entry.type == Filetype::directory       ? "/"
                       : entry.type == Filetype::symbolic_link ? "@"
                                                               : "";
    EXPECT_TRUE(names.insert(std::string(entry.name) + mark).second) << entry.name << " twice";
  }
  return names;
}

/// The tree of the tests: A at `/`, B at `/data`, C at `/data/x/y`. B has no `x`; A has a `data`
/// with something else in it.
class MountTree : public testing::TestWithParam<Resolve> {
 protected:
  void SetUp() override {
    a_.file("z", "A z");
    a_.directory("dir/inner");
    a_.file("dir/f", "A dir/f");
    a_.directory("data");
    a_.file("data/hidden", "hidden");
    a_.link("data/f", "to_b");
    a_.link("data/out", "to_b_and_back");
    a_.link("data", "data_link");
    a_.link("/data/f", "absolute");
    a_.link("dir", "dir_link");
    a_.link("z/", "z_slash");
    a_.link("missing", "dangling");
    a_.link("loop", "loop");
    b_.file("f", "B f");
    b_.directory("sub");
    b_.file("sub/g", "B sub/g");
    b_.link("../z", "out");
    b_.link("../../z", "far_out");
    b_.link("x/y/h", "to_c");
    c_.file("h", "C h");
    c_.link("../../f", "to_b");
    c_.link("../../../z", "to_a");
    mount();
  }

  void mount(bool a_read_only = false, bool b_read_only = false) {
    std::vector<TreeMount> mounts;
    mounts.push_back({"/", host(a_, GetParam(), a_read_only)});
    mounts.push_back({"data", host(b_, GetParam(), b_read_only)});
    mounts.push_back({"/data/./x//y/", host(c_, GetParam())});
    roots_ = mount_tree(std::move(mounts));
  }

  Directory& root() { return *roots_[0]; }
  Directory& data() { return *roots_[1]; }
  Directory& deep() { return *roots_[2]; }
  Result<u64> b_inode() { return inode(data(), "."); }

  TempDir a_;
  TempDir b_;
  TempDir c_;
  std::vector<std::unique_ptr<Directory>> roots_;
};

TEST_P(MountTree, PathsArriveWhereTheTreeSays) {
  struct Row {
    const char* path;
    const char* holds;
  };
  const Row rows[] = {
      {"z", "A z"},
      {"data/f", "B f"},
      {"data/sub/g", "B sub/g"},
      {"data/x/y/h", "C h"},
      {"dir/../data/./f", "B f"},
      {"data/../z", "A z"},
      {"data/../dir/f", "A dir/f"},
      {"data/sub/../../z", "A z"},
      {"data/x/y/../../f", "B f"},
      {"data/x/../sub/g", "B sub/g"},
      {"data/x/y/../../../z", "A z"},
      {"to_b", "B f"},
      {"to_b_and_back", "A z"},
      {"data_link/f", "B f"},
      {"data_link/../z", "A z"},
      {"data/out", "A z"},
      {"data/to_c", "C h"},
      {"data/x/y/to_b", "B f"},
      {"data/x/y/to_a", "A z"},
      {"dir_link/../data/f", "B f"},
      {"data", "a directory"},
      {"data/", "a directory"},
      {"data/x", "a directory"},
      {"data/x/.", "a directory"},
      {"data/x/y/..", "a directory"},
      {"data_link/", "a directory"},
      // What a mount hides is not there.
      {"data/hidden", "noent"},
      {"data/../data/hidden", "noent"},
      {"data_link/hidden", "noent"},
      {"data/x/f", "noent"},
      {"data/x/f/g", "noent"},
      {"data/missing/f", "noent"},
      {"data/f/", "notdir"},
      {"data/f/g", "notdir"},
      {"data/f/..", "notdir"},
      {"z_slash", "notdir"},
      {"dangling", "noent"},
      {"loop", "loop"},
      {"loop/f", "loop"},
      // Out of the descriptor's directory.
      {"..", "perm"},
      {"../z", "perm"},
      {"data/../..", "perm"},
      {"data/far_out", "perm"},
      {"data/x/y/../../../../z", "perm"},
      {"absolute", "perm"},
  };
  for (const Row& row : rows) EXPECT_EQ(read(root(), row.path), row.holds) << row.path;
}

TEST_P(MountTree, APreopenBeneathHasItsOwnRoot) {
  EXPECT_EQ(read(data(), "f"), "B f");
  EXPECT_EQ(read(data(), "out"), "perm");
  EXPECT_EQ(read(data(), "../z"), "perm");
  EXPECT_EQ(read(data(), "sub/../../z"), "perm");
  EXPECT_EQ(read(data(), "x/y/h"), "C h");
  EXPECT_EQ(read(data(), "x/y/to_b"), "B f");
  EXPECT_EQ(read(data(), "x/y/to_a"), "perm");
  EXPECT_EQ(read(deep(), "h"), "C h");
  EXPECT_EQ(read(deep(), "to_b"), "perm");
  EXPECT_EQ(read(deep(), "../../f"), "perm");
}

TEST_P(MountTree, OpenedDirectoriesKeepTheirPlaceInTheTree) {
  const auto b = open_directory(root(), "data");
  const auto between = open_directory(root(), "data/x");
  const auto sub = open_directory(root(), "data/sub");
  ASSERT_TRUE(b && between && sub);
  EXPECT_EQ(read(*b, "x/y/h"), "C h");
  EXPECT_EQ(read(*b, "out"), "perm");
  EXPECT_EQ(read(*between, "y/h"), "C h");
  EXPECT_EQ(read(*between, "y/../y/h"), "C h");
  EXPECT_EQ(read(*between, "../f"), "perm");
  EXPECT_EQ(read(*sub, "g"), "B sub/g");
  EXPECT_EQ(read(*sub, "../f"), "perm");
  const auto again = open_directory(*between, ".");
  ASSERT_TRUE(again);
  EXPECT_EQ(read(*again, "y/h"), "C h");
  const auto up = open_directory(root(), "data/x/..");
  ASSERT_TRUE(up);
  EXPECT_EQ(read(*up, "x/y/h"), "C h");
}

TEST_P(MountTree, LinksAreNotFollowedUnlessAsked) {
  EXPECT_EQ(read(root(), "to_b", false), "loop");
  EXPECT_EQ(read(root(), "data_link", false), "loop");
  EXPECT_EQ(read(root(), "data_link/", false), "a directory");
  EXPECT_EQ(root().stat_at("data_link", false)->filetype, Filetype::symbolic_link);
  EXPECT_EQ(root().stat_at("data_link", true)->filetype, Filetype::directory);
  EXPECT_EQ(inode(root(), "data_link/"), b_inode());
  std::array<std::byte, 16> text{};
  EXPECT_EQ(root().readlink("data_link", text), 4U);
  EXPECT_EQ(error_of(root().readlink("data_link/", text)), Errno::inval);
  EXPECT_EQ(error_of(root().readlink("data", text)), Errno::inval);
  EXPECT_EQ(root().readlink("data/../to_b", text), 6U);
}

TEST_P(MountTree, StatOfAMountPointIsThatOfItsRoot) {
  for (const char* path : {"data", "data/", "data/.", "data/sub/..", "data/x/.."}) {
    EXPECT_EQ(inode(root(), path), b_inode()) << path;
  }
  EXPECT_EQ(inode(root(), "data/.."), inode(root(), "."));
  const auto between = root().stat_at("data/x", false);
  ASSERT_TRUE(between);
  EXPECT_EQ(between->filetype, Filetype::directory);
  EXPECT_NE(between->ino, 0U);
}

TEST_P(MountTree, ListingsShowMountPoints) {
  using Names = std::set<std::string>;
  EXPECT_EQ(names_of(root()),
            (Names{"./", "../", "z", "dir/", "data/", "to_b@", "to_b_and_back@", "data_link@",
                   "absolute@", "dir_link@", "z_slash@", "dangling@", "loop@"}));
  EXPECT_EQ(names_of(data()), (Names{"./", "../", "f", "sub/", "x/", "out@", "far_out@", "to_c@"}));
  EXPECT_EQ(names_of(*open_directory(root(), "data")), names_of(data()));
  EXPECT_EQ(names_of(*open_directory(root(), "data/x")), (Names{"./", "../", "y/"}));
  EXPECT_EQ(names_of(*open_directory(root(), "dir")), (Names{"./", "../", "f", "inner/"}));
  const auto listing = root().list();
  ASSERT_TRUE(listing);
  for (std::size_t i = 2; i < (*listing)->size(); ++i) {
    const DirEntry entry = (**listing)[i];
    EXPECT_EQ(entry.ino, inode(root(), std::string(entry.name))) << entry.name;
  }
}

// A name on the way to a mount shows the directory of the mount above where there is one, and hides
// whatever else it has.
TEST_P(MountTree, NamesBetweenMounts) {
  b_.directory("x/mine");
  EXPECT_EQ(names_of(*open_directory(root(), "data/x")),
            (std::set<std::string>{"./", "../", "mine/", "y/"}));
  EXPECT_EQ(error_of(root().create_directory("data/x/new")), Errno::success);
  EXPECT_TRUE(b_.has("x/new"));
  EXPECT_EQ(error_of(root().rename("data/x/new", root(), "data/new")), Errno::success);
  std::filesystem::remove_all(b_.at("x"));
  for (const bool link : {false, true}) {
    if (link) b_.link("sub", "x");
    if (!link) b_.file("x");
    EXPECT_EQ(read(root(), "data/x/y/h"), "C h");
    EXPECT_EQ(names_of(*open_directory(root(), "data/x")),
              (std::set<std::string>{"./", "../", "y/"}));
    EXPECT_TRUE(names_of(data()).contains("x/"));
    EXPECT_EQ(error_of(root().create_directory("data/x/new")), Errno::rofs);
    EXPECT_EQ(error_of(root().unlink_file("data/x/f")), Errno::rofs);
    EXPECT_EQ(error_of(root().rename("data/f", root(), "data/x/f")), Errno::xdev);
    EXPECT_EQ(error_of(root().open("data/x/f", {.oflags = OFlags::creat})), Errno::rofs);
    std::filesystem::remove(b_.at("x"));
  }
}

TEST_P(MountTree, MountPointsStay) {
  for (const std::string path :
       {"data", "data/", "data/x", "data/x/y", "data_link/x", "data/x/y/"}) {
    EXPECT_EQ(error_of(root().create_directory(path)), Errno::exist) << path;
    EXPECT_EQ(error_of(root().symlink("z", path)), Errno::exist) << path;
    EXPECT_EQ(error_of(root().link("z", false, root(), path)), Errno::exist) << path;
    EXPECT_EQ(error_of(root().link("none", false, root(), path)), Errno::noent) << path;
    EXPECT_EQ(error_of(root().remove_directory(path)), Errno::busy) << path;
    EXPECT_EQ(error_of(root().unlink_file(path)), Errno::isdir) << path;
    const auto exclusive = root().open(path, {.oflags = OFlags::creat | OFlags::excl});
    EXPECT_EQ(error_of(exclusive), path.ends_with('/') ? Errno::isdir : Errno::exist) << path;
    EXPECT_EQ(error_of(root().open(path, {.oflags = OFlags::creat})), Errno::isdir) << path;
    EXPECT_EQ(error_of(root().open(path, {.oflags = OFlags::trunc})), Errno::isdir) << path;
    EXPECT_EQ(error_of(root().open(path, {.write = true})), Errno::isdir) << path;
  }
  EXPECT_EQ(error_of(root().rename("data", root(), "new")), Errno::busy);
  EXPECT_EQ(error_of(root().rename("data", root(), "dir")), Errno::busy);
  EXPECT_EQ(error_of(root().rename("data", root(), "z")), Errno::notdir);
  EXPECT_EQ(error_of(root().rename("data", root(), "data")), Errno::success);
  EXPECT_EQ(error_of(root().rename("dir", root(), "data")), Errno::busy);
  EXPECT_EQ(error_of(root().rename("z", root(), "data")), Errno::isdir);
  EXPECT_EQ(error_of(root().rename("none", root(), "data")), Errno::noent);
  EXPECT_EQ(error_of(root().rename("data/x", root(), "data/w")), Errno::busy);
  EXPECT_EQ(error_of(data().rename("x", data(), "w")), Errno::busy);
  EXPECT_EQ(error_of(data().remove_directory("x")), Errno::busy);
  EXPECT_EQ(error_of(deep().remove_directory(".")), Errno::inval);
}

TEST_P(MountTree, FinalDots) {
  EXPECT_EQ(error_of(root().create_directory("data/..")), Errno::exist);
  EXPECT_EQ(error_of(root().create_directory("data/.")), Errno::exist);
  EXPECT_EQ(error_of(root().remove_directory("data/..")), Errno::notempty);
  EXPECT_EQ(error_of(root().remove_directory("data/.")), Errno::inval);
  EXPECT_EQ(error_of(root().remove_directory("data/x/.")), Errno::inval);
  EXPECT_EQ(error_of(root().unlink_file("data/..")), Errno::isdir);
  EXPECT_EQ(error_of(root().unlink_file("data/.")), Errno::isdir);
  EXPECT_EQ(error_of(root().symlink("z", "data/x/y/..")), Errno::exist);
  EXPECT_EQ(error_of(root().rename("data/sub/..", root(), "data/new")), Errno::busy);
  EXPECT_EQ(error_of(root().rename("dir/.", root(), "new")), Errno::busy);
  EXPECT_EQ(error_of(root().link("z", false, root(), "data/..")), Errno::exist);
  EXPECT_EQ(error_of(root().create_directory("..")), Errno::perm);
  EXPECT_EQ(error_of(root().remove_directory("data/../..")), Errno::perm);
  EXPECT_EQ(error_of(root().open("data/..", {.oflags = OFlags::creat})), Errno::isdir);
}

TEST_P(MountTree, ChangesGoToTheMountThatThePathEndsIn) {
  EXPECT_EQ(error_of(root().create_directory("data/new")), Errno::success);
  EXPECT_TRUE(b_.has("new"));
  EXPECT_EQ(error_of(root().open("data/made", {.oflags = OFlags::creat, .write = true})),
            Errno::success);
  EXPECT_TRUE(b_.has("made"));
  EXPECT_EQ(error_of(root().symlink("../z", "data/x/y/link")), Errno::success);
  EXPECT_TRUE(c_.has("link"));
  EXPECT_EQ(error_of(root().unlink_file("data_link/made")), Errno::success);
  EXPECT_FALSE(b_.has("made"));
  EXPECT_EQ(error_of(root().remove_directory("data/new/")), Errno::success);
  EXPECT_EQ(error_of(root().unlink_file("data/out")), Errno::success);
  EXPECT_TRUE(a_.has("z"));
  // A link that is followed to be made.
  b_.link("../made_in_a", "maker");
  const OpenHow make{.follow = true, .oflags = OFlags::creat, .write = true};
  EXPECT_EQ(error_of(data().open("maker", make)), Errno::perm);
  EXPECT_EQ(error_of(root().open("data/maker", make)), Errno::success);
  EXPECT_TRUE(a_.has("made_in_a"));
  const TimeChange then{.mode = TimeChange::Mode::exact, .ns = 5'000'000'007};
  EXPECT_EQ(error_of(root().set_times_at("data/maker", true, {}, then)), Errno::success);
  EXPECT_EQ(root().stat_at("made_in_a", false)->mtim, 5'000'000'007U);
  EXPECT_NE(root().stat_at("data/maker", false)->mtim, 5'000'000'007U);
}

TEST_P(MountTree, RenamesAndLinksStayInAMount) {
  EXPECT_EQ(error_of(root().rename("data/f", root(), "f")), Errno::xdev);
  EXPECT_EQ(error_of(root().rename("z", root(), "data/z")), Errno::xdev);
  EXPECT_EQ(error_of(root().rename("dir", root(), "data/x/y/dir")), Errno::xdev);
  EXPECT_EQ(error_of(root().rename("data", root(), "data/x/y/dir")), Errno::xdev);
  EXPECT_EQ(error_of(root().link("z", false, root(), "data/z")), Errno::xdev);
  EXPECT_EQ(error_of(root().link("z", false, root(), "data/f")), Errno::exist);
  EXPECT_EQ(error_of(root().link("none", false, root(), "data/new")), Errno::noent);
  EXPECT_EQ(error_of(root().link("z", false, root(), "data/new/")), Errno::noent);
  EXPECT_EQ(error_of(root().link("data", false, root(), "data/new")), Errno::perm);
  EXPECT_EQ(error_of(root().link("data", false, root(), "new")), Errno::xdev);

  // The same mount through different descriptors and ways.
  EXPECT_EQ(error_of(root().rename("data/f", root(), "data/sub/f")), Errno::success);
  EXPECT_EQ(error_of(data().rename("sub/f", root(), "data/f2")), Errno::success);
  EXPECT_EQ(error_of(root().rename("data/f2", data(), "sub/f3")), Errno::success);
  const auto sub = open_directory(root(), "data/sub");
  ASSERT_TRUE(sub);
  EXPECT_EQ(error_of(sub->rename("f3", data(), "f")), Errno::success);
  EXPECT_EQ(error_of(data().rename("f", *sub, "../f")), Errno::perm);
  EXPECT_EQ(b_.text("f"), "B f");
  EXPECT_EQ(error_of(root().link("data/f", false, *sub, "linked")), Errno::success);
  EXPECT_EQ(b_.text("sub/linked"), "B f");
  EXPECT_EQ(error_of(root().link("to_b", true, data(), "followed")), Errno::success);
  EXPECT_EQ(b_.text("followed"), "B f");
  EXPECT_EQ(error_of(root().link("to_b", false, data(), "new")), Errno::xdev);
  EXPECT_EQ(error_of(data().rename("f", deep(), "f")), Errno::xdev);
  EXPECT_EQ(error_of(root().rename("dir/f", data(), "f")), Errno::xdev);

  // A directory that is no part of the tree.
  const auto stranger = host(a_, GetParam());
  EXPECT_EQ(error_of(root().rename("z", *stranger, "y")), Errno::xdev);
  EXPECT_EQ(error_of(stranger->rename("z", root(), "y")), Errno::xdev);
  EXPECT_EQ(error_of(stranger->link("z", false, root(), "y")), Errno::xdev);
}

TEST_P(MountTree, ReadOnlyIsEachMountsOwn) {
  mount(false, true);
  EXPECT_EQ(error_of(root().create_directory("data/new")), Errno::rofs);
  EXPECT_EQ(error_of(root().create_directory("data/sub")), Errno::exist);
  EXPECT_EQ(error_of(root().create_directory("data/x/y/new")), Errno::success);
  EXPECT_EQ(error_of(root().create_directory("new")), Errno::success);
  EXPECT_EQ(error_of(root().open("to_b", {.follow = true, .write = true})), Errno::rofs);
  EXPECT_EQ(error_of(root().rename("z", root(), "data/z")), Errno::xdev);
  EXPECT_EQ(error_of(root().link("data/f", false, root(), "f")), Errno::xdev);
  mount(true, false);
  EXPECT_EQ(error_of(root().create_directory("another")), Errno::rofs);
  EXPECT_EQ(error_of(root().create_directory("data/new")), Errno::success);
  EXPECT_EQ(error_of(root().unlink_file("data/../z")), Errno::rofs);
}

TEST_P(MountTree, ClosedPreopensStayReachable) {
  EXPECT_EQ(error_of(data().close()), Errno::success);
  roots_[1].reset();
  EXPECT_EQ(read(root(), "data/f"), "B f");
  const auto sub = open_directory(root(), "data/sub");
  roots_.clear();
  EXPECT_EQ(read(*sub, "g"), "B sub/g");
  EXPECT_EQ(error_of(sub->close()), Errno::success);
}

TEST_P(MountTree, FortyLinksAndNoMore) {
  for (int i = 0; i < 40; ++i) a_.link("l" + std::to_string(i + 1), "l" + std::to_string(i));
  a_.link("data/f", "l40");
  for (int i = 0; i < 20; ++i) b_.link("m" + std::to_string(i + 1), "m" + std::to_string(i));
  b_.link("f", "m20");
  a_.link("data/m0", "n1");
  EXPECT_EQ(read(root(), "l1"), "B f");
  EXPECT_EQ(read(root(), "l0"), "loop");
  EXPECT_EQ(read(root(), "l20/../m0"), "notdir");
  EXPECT_EQ(read(root(), "n1"), "B f");
  a_.link("n1", "n0");
  for (int i = 0; i < 18; ++i)
    b_.link("../" + std::string(i == 0 ? "n0" : "data/k" + std::to_string(i - 1)),
            "k" + std::to_string(i));
  EXPECT_EQ(read(root(), "data/k16"), "B f");
  EXPECT_EQ(read(root(), "data/k17"), "loop");
}

INSTANTIATE_TEST_SUITE_P(, MountTree, testing::Values(Resolve::openat2, Resolve::walk),
                         [](const auto& test) {
                           return test.param == Resolve::openat2 ? "openat2" : "walk";
                         });

TEST(MountPoint, NamesAreTakenFromTheRoot) {
  EXPECT_EQ(mount_point("/"), "/");
  EXPECT_EQ(mount_point("."), "/");
  EXPECT_EQ(mount_point("./"), "/");
  EXPECT_EQ(mount_point(".."), "/");
  EXPECT_EQ(mount_point("data"), "/data");
  EXPECT_EQ(mount_point("./x"), "/x");
  EXPECT_EQ(mount_point("//a/./b/../c/"), "/a/c");
}

TEST(MountTreeOf, UnrelatedMountsComeBackAsTheyWere) {
  const TempDir dir;
  std::vector<TreeMount> mounts;
  for (const char* guest : {"/a", "b", "/ab", "c/d", "/e", "/e/f"})
    mounts.push_back({guest, host(dir, Resolve::openat2)});
  std::vector<const Directory*> before;
  for (const TreeMount& mount : mounts) before.push_back(mount.root.get());
  const auto after = mount_tree(std::move(mounts));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(after[i].get(), before[i]);
  EXPECT_NE(after[4].get(), before[4]);
  EXPECT_NE(after[5].get(), before[5]);
}

// A root that no back end has, as it is made for a guest that was granted only `/a` and `/a/b/c`.
TEST(MountTreeOf, ARootThatOnlyShowsMounts) {
  const TempDir dir;
  dir.file("f", "text");
  std::vector<TreeMount> mounts;
  mounts.push_back({"/", nullptr});
  mounts.push_back({"/a", host(dir, Resolve::openat2)});
  mounts.push_back({"/a/b/c", host(dir, Resolve::openat2, true)});
  mounts.push_back({"/d/e", nullptr});
  const auto roots = mount_tree(std::move(mounts));
  Directory& root = *roots[0];
  EXPECT_EQ(names_of(root), (std::set<std::string>{"./", "../", "a/", "d/"}));
  EXPECT_EQ(names_of(*open_directory(root, "d")), (std::set<std::string>{"./", "../", "e/"}));
  EXPECT_EQ(names_of(*open_directory(root, "d/e")), (std::set<std::string>{"./", "../"}));
  EXPECT_EQ(read(root, "a/f"), "text");
  EXPECT_EQ(read(root, "a/b/c/f"), "text");
  EXPECT_EQ(read(root, "f"), "noent");
  EXPECT_EQ(read(root, "d/e/f"), "noent");
  EXPECT_EQ(read(root, "d/e/../../a/f"), "text");
  EXPECT_EQ(error_of(root.create_directory("new")), Errno::rofs);
  EXPECT_EQ(error_of(root.create_directory("a")), Errno::exist);
  EXPECT_EQ(error_of(root.create_directory("a/b/c/new")), Errno::rofs);
  EXPECT_EQ(error_of(root.rename("a/f", root, "f")), Errno::xdev);
  EXPECT_EQ(error_of(root.rename("d", root, "g")), Errno::busy);
  EXPECT_EQ(error_of(root.set_times_at("d", false, {.mode = TimeChange::Mode::now}, {})),
            Errno::rofs);
  std::set<u64> inodes;
  for (const char* path : {".", "d", "d/e", "a/b"}) {
    const auto ino = inode(root, path);
    ASSERT_TRUE(ino) << path;
    EXPECT_TRUE(inodes.insert(*ino).second) << path;
  }
}

}  // namespace
}  // namespace limen

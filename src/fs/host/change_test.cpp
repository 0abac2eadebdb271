// change_test.cpp - making, removing, renaming and linking names: the tables of preview1.md §3 and
// §6, slashes and dots included.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>

#include "fs/host/host_test.hpp"

namespace limen::test {
namespace {

class ChangeTest : public testing::TestWithParam<Resolve> {};
INSTANTIATE_TEST_SUITE_P(BothWays, ChangeTest, testing::ValuesIn(kBothWays), way_name);

struct Change {
  const char* operation;  // of name_operations()
  const char* path;
  const char* expected;
};
constexpr Change kChanges[] = {
    {"create_directory", "new", "ok"},
    {"create_directory", "new/", "ok"},
    {"create_directory", "full/new", "ok"},
    {"create_directory", "to_dir/new", "ok"},
    {"create_directory", "file", "exist"},
    {"create_directory", "file/", "exist"},
    {"create_directory", "empty", "exist"},
    {"create_directory", "empty/", "exist"},
    {"create_directory", "dangling", "exist"},
    {"create_directory", "dangling/", "exist"},
    {"create_directory", "up", "exist"},
    {"create_directory", ".", "exist"},
    {"create_directory", "full/.", "exist"},
    {"create_directory", "full/..", "exist"},
    {"create_directory", "missing/x", "noent"},
    {"create_directory", "file/x", "notdir"},
    {"create_directory", "..", "perm"},
    {"create_directory", "../x", "perm"},
    {"create_directory", "full/../../x", "perm"},
    {"create_directory", "above/x", "perm"},
    {"create_directory", "absolute/x", "perm"},

    {"remove_directory", "empty", "ok"},
    {"remove_directory", "empty/", "ok"},
    {"remove_directory", "full", "notempty"},
    {"remove_directory", "file", "notdir"},
    {"remove_directory", "file/", "notdir"},
    {"remove_directory", "to_dir", "notdir"},
    {"remove_directory", "to_dir/", "notdir"},
    {"remove_directory", "missing", "noent"},
    {"remove_directory", "missing/", "noent"},
    {"remove_directory", ".", "inval"},
    {"remove_directory", "empty/.", "inval"},
    {"remove_directory", "empty/..", "notempty"},
    {"remove_directory", "..", "perm"},
    {"remove_directory", "../in", "perm"},

    {"unlink_file", "file", "ok"},
    {"unlink_file", "to_dir", "ok"},
    {"unlink_file", "up", "ok"},
    {"unlink_file", "dangling", "ok"},
    {"unlink_file", "fifo", "ok"},
    {"unlink_file", "socket", "ok"},
    {"unlink_file", "empty", "isdir"},
    {"unlink_file", "empty/", "isdir"},
    {"unlink_file", "file/", "notdir"},
    {"unlink_file", "to_dir/", "notdir"},
    {"unlink_file", "missing", "noent"},
    {"unlink_file", "missing/", "noent"},
    {"unlink_file", ".", "isdir"},
    {"unlink_file", "full/.", "isdir"},
    {"unlink_file", "full/..", "isdir"},
    {"unlink_file", "../secret", "perm"},
    {"unlink_file", "above/secret", "perm"},
    {"unlink_file", "full/deep/../../../secret", "perm"},

    {"symlink", "new", "ok"},
    {"symlink", "file", "exist"},
    {"symlink", "empty", "exist"},
    {"symlink", "dangling", "exist"},
    {"symlink", "file/", "notdir"},
    {"symlink", "fifo/", "notdir"},
    {"symlink", "empty/", "exist"},
    {"symlink", "to_dir/", "exist"},
    {"symlink", "dangling/", "exist"},
    {"symlink", "new/", "noent"},
    {"symlink", ".", "exist"},
    {"symlink", "full/..", "exist"},
    {"symlink", "missing/new", "noent"},
    {"symlink", "../new", "perm"},

    {"link file to", "new", "ok"},
    {"link file to", "file", "exist"},
    {"link file to", "empty", "exist"},
    {"link file to", "dangling", "exist"},
    {"link file to", "new/", "noent"},
    {"link file to", "file/", "notdir"},
    {"link file to", "empty/", "exist"},
    {"link file to", "to_dir/", "exist"},
    {"link file to", ".", "exist"},
    {"link file to", "../new", "perm"},
    {"link full to", "new", "perm"},
    {"link missing to", "new", "noent"},
    {"link to new", "file", "ok"},
    {"link to new", "fifo", "ok"},
    {"link to new", "to_file", "ok"},
    {"link to new", "dangling", "ok"},
    {"link to new", "loop", "ok"},
    {"link to new", "up", "ok"},
    {"link to new", "file/", "notdir"},
    {"link to new", "to_dir/", "perm"},
    {"link to new", "../secret", "perm"},
    {"link follow to new", "to_file", "ok"},
    {"link follow to new", "dangling", "noent"},
    {"link follow to new", "loop", "loop"},
    {"link follow to new", "up", "perm"},
    {"link follow to new", "absolute", "perm"},

    {"rename to new", "file", "ok"},
    {"rename to new", "full", "ok"},
    {"rename to new", "full/", "ok"},
    {"rename to new", "to_dir", "ok"},
    {"rename to new", "dangling", "ok"},
    {"rename to new", "file/", "notdir"},
    {"rename to new", "to_dir/", "notdir"},
    {"rename to new", "missing", "noent"},
    {"rename to new", "missing/", "noent"},
    {"rename to new", ".", "busy"},
    {"rename to new", "full/.", "busy"},
    {"rename to new", "full/..", "busy"},
    {"rename to new", "../secret", "perm"},
    {"rename to file", "full/entry", "ok"},
    {"rename to file", "file", "ok"},
    {"rename to file", "empty", "notdir"},
    {"rename to empty", "full", "ok"},
    {"rename to empty", "file", "isdir"},
    {"rename to full", "empty", "notempty"},
    {"rename to full", "file", "isdir"},
    {"rename file to", "new/", "notdir"},
    {"rename file to", "../new", "perm"},
    {"rename file to", "to_dir", "ok"},
    {"rename empty to", "new/", "ok"},
    {"rename empty to", "file/", "notdir"},
    {"rename empty to", ".", "busy"},
    {"rename full to", "full/deep/new", "inval"},
    {"rename full to", "empty/", "ok"},
    {"rename missing to", "file", "noent"},
};

TEST_P(ChangeTest, Names) {
  std::map<std::string, PathOperation, std::less<>> operations;
  for (auto& operation : name_operations()) operations.emplace(operation.name, operation);
  for (const Change& c : kChanges) {
    Tree tree(TempDir::fast_base());
    const auto& operation = operations.at(c.operation);
    EXPECT_EQ(operation.run(*tree.grant(GetParam()), c.path), c.expected)
        << c.operation << " " << c.path;
    EXPECT_EQ(tree.temp().text("secret"), "secret");
  }
}

TEST_P(ChangeTest, LinksThemselvesAreRenamedAndUnlinked) {
  Tree tree;
  const auto dir = tree.grant(GetParam());
  EXPECT_EQ(outcome(dir->rename("to_file", *dir, "moved")), "ok");
  EXPECT_EQ(outcome(dir->stat_at("moved", false)), "ok symbolic_link");
  EXPECT_EQ(outcome(dir->unlink_file("moved")), "ok");
  EXPECT_EQ(tree.temp().text("in/file"), "0123456789");
}

TEST_P(ChangeTest, HardLinksAreOneFile) {
  Tree tree;
  const auto dir = tree.grant(GetParam());
  EXPECT_EQ(outcome(dir->link("file", false, *dir, "full/second")), "ok");
  EXPECT_EQ(*dir->stat_at("file", false), *dir->stat_at("full/second", false));
  EXPECT_EQ(dir->stat_at("file", false)->nlink, 2u);
  EXPECT_EQ(outcome(dir->link("to_file", true, *dir, "third")), "ok");
  EXPECT_EQ(outcome(dir->stat_at("third", false)), "ok regular_file");
  EXPECT_EQ(outcome(dir->link("to_file", false, *dir, "fourth")), "ok");
  EXPECT_EQ(outcome(dir->stat_at("fourth", false)), "ok symbolic_link");
}

TEST_P(ChangeTest, SymlinkTargets) {
  Tree tree;
  const auto dir = tree.grant(GetParam());
  EXPECT_EQ(outcome(dir->symlink("/file", "new")), "perm");
  EXPECT_FALSE(tree.temp().has("in/new"));
  EXPECT_EQ(outcome(dir->symlink("../secret", "new")), "ok");  // following it is another matter
  EXPECT_EQ(outcome(dir->stat_at("new", true)), "perm");
}

TEST_P(ChangeTest, NothingMovesBetweenGrants) {
  Tree tree;
  const auto one = tree.grant(GetParam());
  const auto other = tree.grant(GetParam());
  EXPECT_EQ(outcome(one->rename("file", *other, "new")), "xdev");
  EXPECT_EQ(outcome(one->link("file", false, *other, "new")), "xdev");
  EXPECT_EQ(outcome(one->rename("../secret", *other, "new")), "perm");
  EXPECT_EQ(outcome(one->link("missing", false, *other, "new")), "noent");
}

TEST_P(ChangeTest, BetweenDirectoriesOfOneGrant) {
  Tree tree;
  const auto dir = tree.grant(GetParam());
  const auto opened = dir->open("full", {.oflags = OFlags::directory, .read = true});
  ASSERT_TRUE(opened);
  auto& full = static_cast<Directory&>(**opened);
  EXPECT_EQ(outcome(full.rename("entry", *dir, "entry")), "ok");
  EXPECT_EQ(outcome(dir->link("entry", false, full, "deep/entry")), "ok");
  EXPECT_EQ(outcome(dir->rename("file", full, "../file2")), "perm");
  EXPECT_EQ(tree.temp().text("in/full/deep/entry"), "entry");
}

TEST_P(ChangeTest, TimesOfAPath) {
  Tree tree;
  const auto dir = tree.grant(GetParam());
  constexpr TimeChange keep{};
  constexpr TimeChange now{.mode = TimeChange::Mode::now};
  constexpr TimeChange at{.mode = TimeChange::Mode::exact, .ns = 1'234'567'890'123'456'789};
  const Filestat before = *dir->stat_at("file", false);

  EXPECT_EQ(outcome(dir->set_times_at("to_file", false, at, at)), "ok");
  EXPECT_EQ(dir->stat_at("to_file", false)->mtim, at.ns);
  EXPECT_EQ(dir->stat_at("file", false)->mtim, before.mtim);

  EXPECT_EQ(outcome(dir->set_times_at("to_file", true, keep, at)), "ok");
  EXPECT_EQ(dir->stat_at("file", false)->mtim, at.ns);
  EXPECT_EQ(dir->stat_at("file", false)->atim, before.atim);
  EXPECT_EQ(outcome(dir->set_times_at("full/deep/", false, at, keep)), "ok");
  EXPECT_EQ(dir->stat_at("full/deep", false)->atim, at.ns);
  EXPECT_EQ(outcome(dir->set_times_at("file", false, keep, now)), "ok");
  EXPECT_GE(dir->stat_at("file", false)->mtim, before.mtim);

  EXPECT_EQ(outcome(dir->set_times_at("dangling", true, at, at)), "noent");
  EXPECT_EQ(outcome(dir->set_times_at("up", true, at, at)), "perm");
  EXPECT_EQ(outcome(dir->set_times_at("file/", false, at, at)), "notdir");
  EXPECT_EQ(outcome(dir->set_times_at("../secret", false, keep, keep)), "perm");
}

}  // namespace
}  // namespace limen::test

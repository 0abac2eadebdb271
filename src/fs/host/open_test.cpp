// open_test.cpp - path_open's rules: flags, types, rights.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "fs/host/host_test.hpp"

namespace limen::test {
namespace {

class OpenTest : public testing::TestWithParam<Resolve> {
 protected:
  std::string open(std::string_view path, const OpenHow& how) {
    return outcome(dir->open(path, how));
  }

  Tree tree;
  std::unique_ptr<Directory> dir = tree.grant(GetParam());
};
INSTANTIATE_TEST_SUITE_P(BothWays, OpenTest, testing::ValuesIn(kBothWays), way_name);

constexpr OpenHow kRead{.read = true};
constexpr OpenHow kReadFollow{.follow = true, .read = true};
constexpr OpenHow kWrite{.write = true};
constexpr OpenHow kBoth{.read = true, .write = true};
constexpr OpenHow kNeither{};
constexpr OpenHow kDirectory{.oflags = OFlags::directory, .read = true};
constexpr OpenHow kDirectoryWrite{.oflags = OFlags::directory, .read = true, .write = true};
constexpr OpenHow kCreate{.oflags = OFlags::creat, .write = true};
constexpr OpenHow kCreateRead{.oflags = OFlags::creat, .read = true};
constexpr OpenHow kCreateFollow{.follow = true, .oflags = OFlags::creat, .write = true};
constexpr OpenHow kExclusive{.oflags = OFlags::creat | OFlags::excl, .write = true};
constexpr OpenHow kExclusiveFollow{
    .follow = true, .oflags = OFlags::creat | OFlags::excl, .write = true};
constexpr OpenHow kExclAlone{.oflags = OFlags::excl, .read = true};
constexpr OpenHow kTruncate{.oflags = OFlags::trunc, .write = true};
constexpr OpenHow kTruncateOnly{.oflags = OFlags::trunc};

struct Open {
  const char* rule;
  const char* path;
  OpenHow how;
  const char* expected;
  const char* made = nullptr;  // what must be there afterwards
};
constexpr Open kOpens[] = {
    {"a file", "file", kRead, "ok regular_file"},
    {"for writing", "file", kWrite, "ok regular_file"},
    {"for both", "file", kBoth, "ok regular_file"},
    {"for metadata", "file", kNeither, "ok regular_file"},
    {"a file with a slash", "file/", kRead, "notdir"},
    {"what is missing", "missing", kRead, "noent"},
    {"missing with a slash", "missing/", kRead, "noent"},

    {"a directory for reading", "empty", kRead, "ok directory"},
    {"a directory without rights", "empty", kNeither, "ok directory"},
    {"a directory with a slash", "empty/", kRead, "ok directory"},
    {"a directory as one", "empty", kDirectory, "ok directory"},
    {"itself", ".", kRead, "ok directory"},
    {"itself with a slash", "./", kDirectory, "ok directory"},
    {"a directory for writing", "empty", kWrite, "isdir"},
    {"a directory for both", "empty", kBoth, "isdir"},
    {"a directory as one for both", ".", kDirectoryWrite, "isdir"},
    {"a directory to create", "empty", kCreateRead, "isdir"},
    {"a directory to truncate", "empty", kTruncateOnly, "isdir"},
    {"a file as directory", "file", kDirectory, "notdir"},

    {"directory and create",
     "new",
     {.oflags = OFlags::directory | OFlags::creat, .read = true},
     "inval"},
    {"directory and exclusive",
     "empty",
     {.oflags = OFlags::directory | OFlags::excl, .read = true},
     "inval"},
    {"directory and truncate",
     "empty",
     {.oflags = OFlags::directory | OFlags::trunc, .read = true},
     "inval"},

    {"creates", "new", kCreate, "ok regular_file", "new"},
    {"creates below", "full/new", kCreateRead, "ok regular_file", "full/new"},
    {"create what exists", "file", kCreate, "ok regular_file"},
    {"create with a slash", "new/", kCreate, "isdir"},
    {"create in a missing directory", "missing/new", kCreate, "noent"},
    {"create exclusively", "new", kExclusive, "ok regular_file", "new"},
    {"create exclusively what exists", "file", kExclusive, "exist"},
    {"create exclusively a directory", "empty", kExclusive, "exist"},
    {"create exclusively on a link", "to_file", kExclusiveFollow, "exist"},
    {"create exclusively on a dangling link", "dangling", kExclusiveFollow, "exist"},
    {"exclusive alone is ignored", "file", kExclAlone, "ok regular_file"},
    {"create through a dangling link", "dangling", kCreateFollow, "ok regular_file", "missing"},
    {"create on a dangling link", "dangling", kCreate, "loop"},
    {"create through a link to outside", "up", kCreateFollow, "perm"},
    {"create outside", "../new", kCreate, "perm"},

    {"a link, not followed", "to_file", kRead, "loop"},
    {"a link, followed", "to_file", kReadFollow, "ok regular_file"},
    {"a link to write", "to_file", kWrite, "loop"},
    {"a link as directory, not followed", "to_dir", kDirectory, "notdir"},
    {"a link with a slash is followed", "to_dir/", kDirectory, "ok directory"},
    {"a link to a directory", "to_dir", kReadFollow, "ok directory"},
    {"a dangling link", "dangling", kReadFollow, "noent"},
    {"a loop", "loop", kReadFollow, "loop"},
    {"a link to outside", "up", kReadFollow, "perm"},
    {"an absolute link", "absolute", kReadFollow, "perm"},
    {"a link that comes back", "back", kReadFollow, "perm"},

    {"a socket", "socket", kRead, "nxio"},
    {"a socket for writing", "socket", kBoth, "nxio"},
};

TEST_P(OpenTest, Rules) {
  for (const Open& c : kOpens) {
    SCOPED_TRACE(c.rule);
    Tree fresh(TempDir::fast_base());
    const auto grant = fresh.grant(GetParam());
    EXPECT_EQ(outcome(grant->open(c.path, c.how)), c.expected);
    const std::string_view made = c.made != nullptr ? c.made : ".";
    EXPECT_TRUE(fresh.temp().has("in/" + std::string(made)));
    EXPECT_EQ(fresh.temp().has("in/new"), made == "new");
  }
}

TEST_P(OpenTest, TruncatesAlsoWithoutWriteAccess) {
  EXPECT_EQ(open("file", kTruncateOnly), "ok regular_file");
  EXPECT_EQ(tree.temp().text("in/file"), "");
  EXPECT_EQ(open("full/entry", kTruncate), "ok regular_file");
  EXPECT_EQ(tree.temp().text("in/full/entry"), "");
}

TEST_P(OpenTest, NewFilesTakeTheUmaskOf0666) {
  const mode_t old = ::umask(027);
  EXPECT_EQ(open("new", kCreate), "ok regular_file");
  EXPECT_EQ(outcome(dir->create_directory("folder")), "ok");
  ::umask(old);
  struct stat stat{};
  ASSERT_EQ(::stat(tree.at("new").c_str(), &stat), 0);
  EXPECT_EQ(stat.st_mode & 07777, 0640u);
  ASSERT_EQ(::stat(tree.at("folder").c_str(), &stat), 0);
  EXPECT_EQ(stat.st_mode & 07777, 0750u);
}

TEST_P(OpenTest, RightsTellWhatWasOpened) {
  const auto rights_of = [&](std::string_view path, const OpenHow& how) {
    return (*dir->open(path, how))->possible_rights();
  };
  EXPECT_EQ(rights_of("file", kBoth), rights::regular_file);
  EXPECT_EQ(rights_of("file", kRead), rights::regular_file & ~rights::writing);
  EXPECT_EQ(rights_of("file", kWrite), rights::regular_file & ~Rights::fd_read);
  EXPECT_EQ(rights_of("file", kNeither),
            rights::regular_file & ~rights::writing & ~Rights::fd_read);
  EXPECT_EQ(rights_of("empty", kRead), rights::directory);
  EXPECT_EQ((*dir->open("empty", kRead))->kind(), Kind::directory);
  EXPECT_EQ((*dir->open("file", kRead))->kind(), Kind::file);
}

TEST_P(OpenTest, DirectoriesOfOneGrantBelongTogether) {
  const auto opened = dir->open("full", kDirectory);
  ASSERT_TRUE(opened);
  EXPECT_EQ(static_cast<Directory&>(**opened).grant(), dir->grant());
  EXPECT_NE(tree.grant(GetParam())->grant(), dir->grant());
}

// On a FIFO, whose descriptor shows through poll_source().
TEST_P(OpenTest, StatusFlagsReachTheKernel) {
  struct Row {
    FdFlags fdflags;
    int expected;
  };
  constexpr Row rows[] = {
      {FdFlags::none, 0},
      {FdFlags::append, O_APPEND},
      {FdFlags::dsync, O_DSYNC},
      {FdFlags::sync, O_SYNC},
      {FdFlags::rsync, O_SYNC},
      {FdFlags::nonblock, 0},
      {FdFlags::append | FdFlags::sync, O_APPEND | O_SYNC},
  };
  for (const Row& row : rows) {
    auto opened = dir->open("fifo", {.read = true, .write = true, .fdflags = row.fdflags});
    ASSERT_TRUE(opened);
    const int flags = ::fcntl((*opened)->poll_source().fd, F_GETFL);
    const bool nonblock = has(row.fdflags, FdFlags::nonblock);
    EXPECT_EQ(flags & (O_APPEND | O_SYNC | O_DSYNC), row.expected);
    EXPECT_EQ((flags & O_NONBLOCK) != 0, nonblock);
  }
}

}  // namespace
}  // namespace limen::test

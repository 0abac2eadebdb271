// resolve_test.cpp - nothing leads out, and both ways of resolving say the same.
#include "fs/host/resolve.hpp"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "fs/host/host_test.hpp"

namespace limen::test {
namespace {

class ResolveTest : public testing::TestWithParam<Resolve> {
 protected:
  // The type at the end of `path`, or the error.
  std::string look(std::string_view path, bool follow = true) {
    return outcome(dir->stat_at(path, follow));
  }

  Tree tree;
  std::unique_ptr<Directory> dir = tree.grant(GetParam());
};
INSTANTIATE_TEST_SUITE_P(BothWays, ResolveTest, testing::ValuesIn(kBothWays), way_name);

struct Look {
  const char* path;
  bool follow;
  const char* expected;
};
constexpr Look kLooks[] = {
    // Inside, with all the freedom that paths have.
    {"file", false, "ok regular_file"},
    {"full/deep/../../file", false, "ok regular_file"},
    {"full/../full/./deep/../entry", false, "ok regular_file"},
    {"self/self/self/full/entry", false, "ok regular_file"},
    {"to_dir/../file", false, "ok regular_file"},
    {"full//entry", false, "ok regular_file"},
    {"full/to_file", true, "ok regular_file"},
    {"inner", true, "ok regular_file"},
    {"chain", true, "ok regular_file"},
    {"chain", false, "ok symbolic_link"},
    {"to_dir", false, "ok symbolic_link"},
    {"to_dir/", false, "ok directory"},
    {"to_dir/.", false, "ok directory"},
    {"to_dir_slash", true, "ok directory"},
    // Out, whether or not the path comes back.
    {"..", true, "perm"},
    {"../in/file", true, "perm"},
    {"full/../../in/file", true, "perm"},
    {"full/deep/../../..", true, "perm"},
    {"self/..", true, "perm"},
    {"to_dir/../..", true, "perm"},
    {"up", true, "perm"},
    {"up", false, "ok symbolic_link"},
    {"up/", false, "perm"},
    {"full/up", true, "perm"},
    {"back", true, "perm"},
    {"above/in/file", true, "perm"},
    {"absolute", true, "perm"},
    {"absolute/x", false, "perm"},
    // Where `..` follows something, that must be there and a directory.
    {"missing/..", true, "noent"},
    {"file/..", true, "notdir"},
    {"to_file/..", true, "notdir"},
    // Links that lead nowhere.
    {"dangling", true, "noent"},
    {"dangling", false, "ok symbolic_link"},
    {"dangling/", false, "noent"},
    {"loop", true, "loop"},
    {"loop", false, "ok symbolic_link"},
    {"loop/", false, "loop"},
    {"loop/x", false, "loop"},
    // A slash says directory.
    {"file/", false, "notdir"},
    {"to_file/", false, "notdir"},
    {"to_file_slash", true, "notdir"},
    {"missing/", false, "noent"},
};

TEST_P(ResolveTest, PathsStayBeneath) {
  for (const Look& c : kLooks) EXPECT_EQ(look(c.path, c.follow), c.expected) << c.path;
}

TEST_P(ResolveTest, ASubdirectoryDoesNotReachItsParent) {
  auto opened = dir->open("full", {.oflags = OFlags::directory, .read = true});
  ASSERT_TRUE(opened);
  auto& full = static_cast<Directory&>(**opened);
  EXPECT_EQ(outcome(full.stat_at("entry", false)), "ok regular_file");
  EXPECT_EQ(outcome(full.stat_at("..", false)), "perm");
  EXPECT_EQ(outcome(full.stat_at("to_file", true)), "perm");
  EXPECT_EQ(outcome(full.unlink_file("../file")), "perm");
  EXPECT_EQ(outcome(full.stat_at("deep/../entry", true)), "ok regular_file");
}

TEST_P(ResolveTest, FortyLinksButNotMore) {
  tree.temp().link("file", "in/l1");
  for (int i = 2; i <= 41; ++i)
    tree.temp().link("l" + std::to_string(i - 1), "in/l" + std::to_string(i));
  EXPECT_EQ(look("l40"), "ok regular_file");
  EXPECT_EQ(look("l41"), "loop");
}

TEST_P(ResolveTest, ALongChainOfDirectories) {
  std::string path = "d";
  for (int i = 0; i < 500; ++i) path += "/d";
  tree.temp().directory("in/" + path);
  EXPECT_EQ(look(path), "ok directory");
  std::string back = path;
  for (int i = 0; i < 501; ++i) back += "/..";
  EXPECT_EQ(look(back), "ok directory");
  EXPECT_EQ(look(back + "/.."), "perm");
}

// Links of /proc lead to an object and not to their text, so not even a directory that holds them
// leads out.
TEST_P(ResolveTest, MagicLinksAreNotFollowed) {
  UniqueFd proc(::open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_TRUE(proc);
  auto grant = std::move(host_directory(std::move(proc), false, GetParam()).value());
  for (const char* path : {"root", "cwd", "exe", "root/etc", "fd/0", "ns/net", "task/../root"}) {
    EXPECT_EQ(outcome(grant->stat_at(path, true)), "loop") << path;
    EXPECT_EQ(outcome(grant->open(path, {.follow = true, .read = true})), "loop") << path;
  }
  EXPECT_EQ(outcome(grant->stat_at("root", false)), "ok symbolic_link");
  EXPECT_EQ(outcome(grant->stat_at("root/", false)), "loop");
}

TEST_P(ResolveTest, AMountInsideIsPartOfTheTree) {
  if (::geteuid() != 0) GTEST_SKIP() << "mounting needs root";
  ASSERT_EQ(::mount("none", tree.at("empty").c_str(), "tmpfs", 0, nullptr), 0);
  EXPECT_EQ(outcome(dir->create_directory("empty/sub")), "ok");
  EXPECT_EQ(look("empty/sub/../../file"), "ok regular_file");
  EXPECT_EQ(look("empty/../../secret"), "perm");
  EXPECT_EQ(outcome(dir->link("file", false, *dir, "empty/file")), "xdev");
  EXPECT_EQ(outcome(dir->rename("file", *dir, "empty/file")), "xdev");
  ASSERT_EQ(::umount(tree.at("empty").c_str()), 0);
}

TEST_P(ResolveTest, ParentAndLastComponent) {
  const UniqueFd root = tree.temp().open("in");
  struct Row {
    const char* path;
    const char* name;
    host::Parent::Last last;
    bool slash;
    bool borrowed;  // no descriptor was opened
  };
  using Last = host::Parent::Last;
  constexpr Row rows[] = {
      {"x", "x", Last::name, false, true},
      {"x//", "x//", Last::name, true, true},
      {"full/x", "x", Last::name, false, false},
      {"full//x/", "x/", Last::name, true, false},
      {".", ".", Last::dot, false, true},
      {"full/.", ".", Last::dot, false, false},
      {"full/..", "..", Last::dotdot, false, false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.path);
    const auto parent = host::open_parent(root.get(), row.path, GetParam());
    ASSERT_TRUE(parent);
    EXPECT_STREQ(parent->name, row.name);
    EXPECT_EQ(parent->last, row.last);
    EXPECT_EQ(parent->slash, row.slash);
    EXPECT_EQ(parent->fd == root.get(), row.borrowed);
  }
  EXPECT_EQ(outcome(host::open_parent(root.get(), "..", GetParam())), "perm");
  EXPECT_EQ(outcome(host::open_parent(root.get(), "full/../..", GetParam())), "perm");
  EXPECT_EQ(outcome(host::open_parent(root.get(), "self/..", GetParam())), "perm");
  EXPECT_EQ(outcome(host::open_parent(root.get(), "../x", GetParam())), "perm");
  EXPECT_EQ(outcome(host::open_parent(root.get(), "/x", GetParam())), "perm");
  EXPECT_EQ(outcome(host::open_parent(root.get(), "missing/x", GetParam())), "noent");
  EXPECT_EQ(outcome(host::open_parent(root.get(), "file/x", GetParam())), "notdir");
}

TEST_P(ResolveTest, EverythingIsClosedOnExec) {
  const UniqueFd root = tree.temp().open("in");
  for (const int flags : {O_RDONLY, O_RDWR, O_PATH, O_RDWR | O_CREAT}) {
    const auto fd = host::open_beneath(root.get(), "file", flags, 0666, GetParam());
    ASSERT_TRUE(fd);
    EXPECT_EQ(::fcntl(fd->get(), F_GETFD), FD_CLOEXEC);
  }
}

// Every operation on every path, one tree for each way; wherever one changes its tree both start
// again.
TEST(Resolve, BothWaysAnswerAlike) {
  for (const PathOperation& operation : all_operations()) {
    std::optional<Tree> trees[2];
    for (const std::string& path : tree_paths()) {
      std::string answers[2];
      for (int i = 0; i < 2; ++i) {
        if (!trees[i]) trees[i].emplace(TempDir::fast_base());
        answers[i] = operation.run(*trees[i]->grant(kBothWays[i]), path);
        EXPECT_EQ(trees[i]->temp().text("secret"), "secret");
      }
      EXPECT_EQ(answers[0], answers[1]) << operation.name << " " << path;
      if (operation.changes && answers[0].starts_with("ok")) trees[0].reset(), trees[1].reset();
    }
  }
}

// Says `error` to openat2 in a child, where the probe must then choose to walk.
int probe_under_filter(int error) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto refuse = static_cast<u32>(SECCOMP_RET_ERRNO | error);
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, refuse),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter{.len = std::size(program), .filter = program};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) ::_exit(2);
    ::_exit(probe_resolve() == Resolve::walk ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST(Resolve, TheProbeSeesWhatFiltersRefuse) {
  EXPECT_EQ(probe_under_filter(ENOSYS), 0);
  EXPECT_EQ(probe_under_filter(EPERM), 0);
  EXPECT_EQ(probe_under_filter(E2BIG), 0);
}

}  // namespace
}  // namespace limen::test

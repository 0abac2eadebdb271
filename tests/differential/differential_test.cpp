// differential_test.cpp - random sequences of operations, on Limen's directories and as plain
// system calls on an equal directory: every answer and the trees afterwards must be the same.
//
// LIMEN_DIFFERENTIAL_RUNS=N runs N sequences of each kind (default 200). A failure prints the
// shortest sequence found and the RC_PARAMS that repeat it.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rapidcheck.h>
#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "fs/host/host.hpp"
#include "fs/tree/tree.hpp"
#include "testing/temp_dir.hpp"
#include "tests/differential/op.hpp"
#include "tests/differential/side.hpp"

namespace limen::differential {
namespace {

using test::TempDir;

struct Mode {
  const char* name = "";
  Resolve resolve = Resolve::openat2;
  bool in_tree = false;    ///< with a mount point somewhere, so that the tree's walk is in use
  bool read_only = false;  ///< a second sequence, on read-only grants of what the first left
};

int runs() {
  const char* text = std::getenv("LIMEN_DIFFERENTIAL_RUNS");
  return text ? std::atoi(text) : 200;
}

/// Two equal directories, deep enough that a mistake of the model stays in the temporary directory.
class World {
 public:
  World() {
    for (const char* side : {"limen", "kernel"}) {
      const std::string root = fmt::format("{}/1/2/3/4/5/root", side);
      for (const char* name : {"/a/a", "/c/a", "/c/d"}) dir_.directory(root + name);
      for (const char* name : {"/b", "/a/b", "/c/b"}) dir_.file(root + name, "some text");
      dir_.link("../b", root + "/a/c");
      dir_.link("a", root + "/d");
      dir_.link("../../a/d", root + "/c/d/a");
    }
    dir_.directory("mounted");
  }

  [[nodiscard]] std::string limen() const { return dir_.at("limen/1/2/3/4/5/root"); }
  [[nodiscard]] std::string kernel() const { return dir_.at("kernel/1/2/3/4/5/root"); }

  [[nodiscard]] std::unique_ptr<Side> limen_side(const Mode& mode, bool read_only) const {
    auto root = host_directory(dir_.open(limen()), read_only, mode.resolve);
    if (!mode.in_tree) return differential::limen_side(std::move(*root));
    auto elsewhere = host_directory(dir_.open("mounted"), false, mode.resolve);
    std::vector<TreeMount> mounts;
    mounts.push_back({"/", std::move(*root)});
    mounts.push_back({"/mount/point", std::move(*elsewhere)});
    return differential::limen_side(std::move(mount_tree(std::move(mounts)).front()));
  }

  [[nodiscard]] UniqueFd open_kernel() const { return dir_.open(kernel()); }

 private:
  TempDir dir_;
};

/// The directory as the root of a read-only mount that is attached nowhere; none without the
/// privilege to make one.
UniqueFd read_only_mount(const std::string& path) {
  UniqueFd mount(static_cast<int>(
      ::syscall(SYS_open_tree, AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | O_CLOEXEC)));
  mount_attr attr{};
  attr.attr_set = MOUNT_ATTR_RDONLY;
  if (!mount ||
      ::syscall(SYS_mount_setattr, mount.get(), "", AT_EMPTY_PATH, &attr, sizeof attr) < 0)
    return {};
  return UniqueFd(::openat(mount.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

void run_both(Side& limen, Side& kernel, const std::vector<Op>& ops) {
  std::string log;
  for (const Op& op : ops) {
    const std::string expected = kernel.run(op);
    const std::string answer = limen.run(op);
    log += fmt::format("  {}: {}\n", to_string(op), expected);
    if (answer != expected) RC_FAIL(fmt::format("{}  but Limen: {}\n", log, answer));
  }
}

void compare_trees(const World& world) {
  const std::string expected = snapshot(world.kernel());
  const std::string found = snapshot(world.limen());
  if (found != expected) RC_FAIL(fmt::format("kernel:\n{}Limen:\n{}", expected, found));
}

/// Every sequence has files to work on.
std::vector<Op> opening() {
  Op update{.path = "b", .reads = true, .writes = true};
  Op append{.path = "a/b", .slot = 1, .reads = true, .writes = true};
  append.fdflags = FdFlags::append;
  return {update, append};
}

void compare(const Mode& mode, const std::vector<Op>& ops, const std::vector<Op>& looks) {
  const World world;
  std::vector<Op> all = opening();
  all.insert(all.end(), ops.begin(), ops.end());
  run_both(*world.limen_side(mode, false), *kernel_side(world.open_kernel()), all);
  compare_trees(world);
  if (!mode.read_only) return;
  run_both(*world.limen_side(mode, true), *kernel_side(read_only_mount(world.kernel())), looks);
  compare_trees(world);
}

void PrintTo(const Mode& mode, std::ostream* out) { *out << mode.name; }

class Differential : public testing::TestWithParam<Mode> {};

TEST_P(Differential, AnswersAndTreesAreTheKernels) {
  const Mode mode = GetParam();
  // Closing a truncated file waits for the disk in some file systems; memory has no disk.
  if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 0);
  if (mode.read_only && !read_only_mount("/")) GTEST_SKIP() << "needs the right to mount";
  const auto property = [&] {
    const auto ops = *sequences();
    compare(mode, ops, mode.read_only ? *sequences() : std::vector<Op>{});
  };
  rc::detail::TestMetadata metadata;
  metadata.id = std::string("differential/") + mode.name;
  auto params = rc::detail::configuration().testParams;
  params.maxSuccess = runs();
  const auto result = rc::detail::checkTestable(property, metadata, params);
  if (!result.is<rc::detail::SuccessResult>()) {
    std::ostringstream text;
    rc::detail::printResultMessage(result, text);
    FAIL() << text.str();
  }
}

INSTANTIATE_TEST_SUITE_P(
    , Differential,
    testing::Values(Mode{.name = "openat2"}, Mode{.name = "walk", .resolve = Resolve::walk},
                    Mode{.name = "tree", .in_tree = true},
                    Mode{.name = "openat2_read_only", .read_only = true},
                    Mode{.name = "walk_read_only", .resolve = Resolve::walk, .read_only = true},
                    Mode{.name = "tree_read_only", .in_tree = true, .read_only = true}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace limen::differential

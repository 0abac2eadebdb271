// read_only_test.cpp - read-only grants change nothing, and answer like a read-only mount.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "fs/host/host_test.hpp"

namespace limen::test {
namespace {

// One line for each name: type, size, links, modification time, text.
std::string snapshot(const Tree& tree) {
  std::vector<std::string> lines;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(tree.temp().path())) {
    struct stat stat{};
    ::lstat(entry.path().c_str(), &stat);
    std::string line = entry.path().string() + " " + std::to_string(stat.st_mode) + " " +
                       std::to_string(stat.st_size) + " " + std::to_string(stat.st_nlink) + " " +
                       std::to_string(stat.st_mtim.tv_sec) + "." +
                       std::to_string(stat.st_mtim.tv_nsec);
    if (entry.is_symlink()) line += " -> " + std::filesystem::read_symlink(entry.path()).string();
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

TEST(ReadOnly, NoOperationChangesAnything) {
  for (const Resolve how : kBothWays) {
    const Tree tree;
    const auto dir = tree.grant(how, true);
    const std::string before = snapshot(tree);
    for (const PathOperation& operation : all_operations())
      for (const std::string& path : tree_paths()) operation.run(*dir, path);
    EXPECT_EQ(snapshot(tree), before);
    EXPECT_EQ(tree.temp().text("in/file"), "0123456789");
  }
}

// Opening special files for writing is no change to a mount, so the kernel allows it. A grant does
// not: what is behind a device may be a disk.
bool stricter_than_the_kernel(const PathOperation& operation, const std::string& path) {
  return path == "fifo" && operation.name.starts_with("open");
}

TEST(ReadOnly, AnswersLikeTheKernel) {
  if (::geteuid() != 0) GTEST_SKIP() << "a read-only mount to compare with needs root";
  for (const Resolve how : kBothWays) {
    const Tree tree;
    const TempDir mount_point;
    const char* const mounted = mount_point.path().c_str();
    ASSERT_EQ(::mount(tree.at("").c_str(), mounted, nullptr, MS_BIND, nullptr), 0);
    ASSERT_EQ(::mount(nullptr, mounted, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr), 0);
    {
      const auto kernel = std::move(host_directory(mount_point.open(), false, how).value());
      const auto limen = tree.grant(how, true);
      for (const PathOperation& operation : all_operations()) {
        for (const std::string& path : tree_paths()) {
          if (stricter_than_the_kernel(operation, path)) continue;
          EXPECT_EQ(operation.run(*limen, path), operation.run(*kernel, path))
              << operation.name << " " << path;
        }
      }
    }
    ASSERT_EQ(::umount(mounted), 0);
  }
}

struct Row {
  const char* operation;
  const char* path;
  const char* expected;
};
// The answers themselves, for those who can't mount.
constexpr Row kRows[] = {
    {"open read", "file", "ok regular_file"},
    {"open read creat", "file", "ok regular_file"},
    {"open write", "file", "rofs"},
    {"open read write", "file", "rofs"},
    {"open trunc", "file", "rofs"},
    {"open write creat", "missing", "rofs"},
    {"open read follow creat", "dangling", "rofs"},
    {"open read creat", "dangling", "loop"},
    {"open read follow creat", "up", "perm"},
    {"open write creat", "missing/x", "noent"},
    {"open write creat", "missing/", "isdir"},
    {"open write", "missing", "noent"},
    {"open write", "empty", "isdir"},
    {"open write", "../secret", "perm"},
    {"open write creat excl", "file", "exist"},
    {"open read creat excl", "dangling", "exist"},
    {"open read write", "socket", "nxio"},
    {"open write", "fifo", "rofs"},
    {"create_directory", "missing", "rofs"},
    {"create_directory", "file", "exist"},
    {"create_directory", "missing/x", "noent"},
    {"create_directory", "../x", "perm"},
    {"remove_directory", "empty", "rofs"},
    {"remove_directory", ".", "inval"},
    {"unlink_file", "file", "rofs"},
    {"unlink_file", "missing/x", "noent"},
    {"unlink_file", ".", "isdir"},
    {"symlink", "missing", "rofs"},
    {"symlink", "file/", "notdir"},
    {"symlink", "missing/", "noent"},
    {"rename to new", "file", "rofs"},
    {"rename to new", ".", "busy"},
    {"link file to", "missing", "rofs"},
    {"link file to", "empty", "exist"},
    {"link to new", "missing", "noent"},
    {"set_times", "file", "rofs"},
    {"set_times", "missing", "noent"},
    {"set_times nothing", "file", "ok"},
};

TEST(ReadOnly, Answers) {
  const Tree tree;
  const auto dir = tree.grant(Resolve::openat2, true);
  const auto operations = all_operations();
  for (const Row& row : kRows) {
    const auto operation = std::find_if(operations.begin(), operations.end(),
                                        [&](const auto& o) { return o.name == row.operation; });
    ASSERT_NE(operation, operations.end()) << row.operation;
    EXPECT_EQ(operation->run(*dir, row.path), row.expected) << row.operation << " " << row.path;
  }
}

TEST(ReadOnly, OpenFilesRefuseChangesToo) {
  const Tree tree;
  const auto dir = tree.grant(Resolve::openat2, true);
  const auto file = std::move(dir->open("file", {.read = true}).value());
  constexpr TimeChange now{.mode = TimeChange::Mode::now};
  EXPECT_EQ(file->possible_rights(), rights::regular_file & ~rights::writing);
  EXPECT_EQ(outcome(file->set_times(now, now)), "rofs");
  EXPECT_EQ(outcome(file->set_times({}, {})), "ok");
  EXPECT_EQ(outcome(file->set_size(0)), "rofs");
  EXPECT_EQ(outcome(file->allocate(0, 100)), "rofs");
  EXPECT_EQ(outcome(file->sync()), "ok");
  EXPECT_EQ(outcome(dir->set_times(now, now)), "rofs");

  const auto below = std::move(dir->open("full", {.read = true}).value());
  EXPECT_EQ(outcome(static_cast<Directory&>(*below).unlink_file("entry")), "rofs");
  EXPECT_EQ(outcome(below->set_times(now, now)), "rofs");
}

TEST(ReadOnly, NothingLeavesThroughAWritableGrant) {
  const Tree tree;
  const auto read_only = tree.grant(Resolve::openat2, true);
  const auto writable = tree.grant(Resolve::openat2);
  EXPECT_EQ(outcome(read_only->link("file", false, *writable, "new")), "xdev");
  EXPECT_EQ(outcome(read_only->rename("file", *writable, "new")), "xdev");
  EXPECT_EQ(outcome(writable->rename("file", *read_only, "new")), "xdev");
}

// A file that the host's permissions keep from being written says so, like on a mount. Root may
// write everything, so a child asks that is nobody.
TEST(ReadOnly, PermissionsComeFirst) {
  const Tree tree;
  ASSERT_EQ(::chmod(tree.at("file").c_str(), 0444), 0);
  const auto dir = tree.grant(Resolve::openat2, true);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) ::_exit(2);
    const auto opened = dir->open("file", {.write = true});
    ::_exit(!opened && opened.error() == Errno::acces ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace limen::test

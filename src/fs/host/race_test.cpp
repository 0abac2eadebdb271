// race_test.cpp - other processes change the tree while a guest walks through it.
#include <gtest/gtest.h>
#include <stdio.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "fs/host/host_test.hpp"
#include "testing/buffers.hpp"

namespace limen::test {
namespace {

constexpr auto kLong = std::chrono::milliseconds(400);

/// Runs `change` on another thread, again and again, for as long as it lives.
class Meanwhile {
 public:
  explicit Meanwhile(std::function<void()> change)
      : thread_([this, change = std::move(change)] {
          while (!stop_) change();
        }) {}
  ~Meanwhile() {
    stop_ = true;
    thread_.join();
  }
  Meanwhile(const Meanwhile&) = delete;
  Meanwhile& operator=(const Meanwhile&) = delete;

 private:
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

class RaceTest : public testing::TestWithParam<Resolve> {
 protected:
  RaceTest() {
    temp.directory("in/real");
    temp.directory("in/full/deep");
    temp.directory("out/side");
    temp.file("secret", "secret");
    temp.file("out/secret", "secret");
    temp.file("in/secret", "inside");
    temp.file("in/real/secret", "inside");
    temp.link("..", "in/evil");
    temp.link("../../out", "in/full/evil");
    dir = std::move(host_directory(temp.open("in"), false, GetParam()).value());
  }

  void exchange(std::string_view one, std::string_view other) const {
    ::renameat2(AT_FDCWD, temp.at(one).c_str(), AT_FDCWD, temp.at(other).c_str(), RENAME_EXCHANGE);
  }

  // What reading `path` gives: its text or an error.
  std::string read(std::string_view path) const {
    const auto file = dir->open(path, {.follow = true, .read = true});
    if (!file) return std::string(name(file.error()));
    const Buffers buffer{std::string(6, '.')};
    (void)(*file)->read_at(buffer, 0);
    return buffer[0];
  }

  // All answers while the tree changes.
  std::set<std::string> answers(std::string_view path) const {
    std::set<std::string> all;
    const auto end = std::chrono::steady_clock::now() + kLong;
    while (std::chrono::steady_clock::now() < end) all.insert(read(path));
    return all;
  }

  TempDir temp{TempDir::fast_base()};
  std::unique_ptr<Directory> dir;
};
INSTANTIATE_TEST_SUITE_P(BothWays, RaceTest, testing::ValuesIn(kBothWays), way_name);

TEST_P(RaceTest, ADirectoryBecomesALinkToOutside) {
  const Meanwhile swapping([this] { exchange("in/real", "in/evil"); });
  const auto seen = answers("real/secret");
  EXPECT_FALSE(seen.contains("secret"));
  EXPECT_TRUE(seen.contains("inside"));
  EXPECT_TRUE(seen.contains("perm"));
}

TEST_P(RaceTest, TheLastNameBecomesALinkToOutside) {
  temp.link("../secret", "in/trap");
  const Meanwhile swapping([this] { exchange("in/secret", "in/trap"); });
  EXPECT_FALSE(answers("secret").contains("secret"));
  EXPECT_FALSE(answers("full/../secret").contains("secret"));
}

// The guest is in `deep` when that is moved out; `..` must not show where it went.
TEST_P(RaceTest, ADirectoryIsMovedOutside) {
  temp.directory("out/side/spare");
  const Meanwhile swapping([this] { exchange("in/full/deep", "out/side/spare"); });
  const auto seen = answers("full/deep/../../secret");
  EXPECT_FALSE(seen.contains("secret"));
  EXPECT_TRUE(seen.contains("inside"));
}

TEST_P(RaceTest, NothingIsMadeOrRemovedOutside) {
  const Meanwhile swapping([this] { exchange("in/real", "in/evil"); });
  const auto end = std::chrono::steady_clock::now() + kLong;
  while (std::chrono::steady_clock::now() < end) {
    (void)dir->create_directory("real/made");
    (void)dir->open("real/file", {.oflags = OFlags::creat, .write = true});
    (void)dir->symlink("x", "real/link");
    (void)dir->link("secret", false, *dir, "real/hard");
    (void)dir->rename("secret", *dir, "real/renamed");
    (void)dir->rename("real/renamed", *dir, "secret");
    (void)dir->unlink_file("real/hard");
    (void)dir->unlink_file("real/link");
    (void)dir->remove_directory("real/made");
  }
  for (const char* name : {"made", "file", "link", "hard", "renamed"})
    EXPECT_FALSE(temp.has(name)) << name;
  EXPECT_EQ(temp.text("secret"), "secret");
}

}  // namespace
}  // namespace limen::test

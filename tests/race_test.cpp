// race_test.cpp - somebody outside swaps directories and links while Limen resolves paths: nothing
// outside the granted directory is ever opened, shown or changed.
//
// LIMEN_RACE_SECONDS=N runs each case for N seconds (default 2).
//
//   granted/     what the guest was given
//     swap         a directory and a link to outside/, exchanged all the time (renameat2)
//     file         a file and a link to outside/secret, likewise
//     deep/er/est  `deep/er` is moved to outside/ and back while `deep/er/est/../../..` is walked
//   outside/     secret (and secret beneath est), never to be seen or changed
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "fs/host/host.hpp"
#include "fs/tree/tree.hpp"
#include "testing/print.hpp"
#include "testing/temp_dir.hpp"

namespace limen {
namespace {

using test::TempDir;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kSecret = "secret";

std::chrono::seconds duration() {
  const char* text = std::getenv("LIMEN_RACE_SECONDS");
  return std::chrono::seconds(text ? std::atoi(text) : 2);
}

void exchange(int dir, const char* a, const char* b) {
  ::syscall(SYS_renameat2, dir, a, dir, b, RENAME_EXCHANGE);
}

struct Counts {
  u64 tried = 0;
  u64 done = 0;
  u64 refused = 0;  ///< with perm: the race was met
  u64 escaped = 0;
};

struct Mode {
  const char* name = "";
  Resolve resolve = Resolve::openat2;
  bool in_tree = false;
};

void PrintTo(const Mode& mode, std::ostream* out) { *out << mode.name; }

class Race : public testing::TestWithParam<Mode> {
 protected:
  Race() {
    for (const char* name : {"granted/swap", "granted/deep/er/est", "outside/est"})
      dir_.directory(name);
    dir_.file("granted/file", "inside");
    dir_.file("granted/swap/file", "inside");
    dir_.file("granted/swap/secret", "inside");
    dir_.link("../outside", "granted/swap2");
    dir_.link("../outside/secret", "granted/file2");
    for (const char* name : {"secret", "outside/secret", "outside/file", "outside/est/secret"})
      dir_.file(name, kSecret);
    granted_ = dir_.open("granted");
    outside_ = dir_.open("outside");
    struct stat stat{};
    ::fstat(outside_.get(), &stat);
    outside_ino_ = stat.st_ino;
    before_ = names_outside();
    attacker_ = std::jthread([this](const std::stop_token& stop) { attack(stop); });
  }

  void attack(const std::stop_token& stop) const {
    for (u64 i = 0; !stop.stop_requested(); ++i) {
      exchange(granted_.get(), "swap", "swap2");
      exchange(granted_.get(), "file", "file2");
      ::renameat(granted_.get(), "deep/er", outside_.get(), "er");
      ::renameat(outside_.get(), "er", granted_.get(), "deep/er");
      // An odd number, so that the pause finds both states.
      if (i % 63 == 0) std::this_thread::yield();
    }
  }

  [[nodiscard]] std::unique_ptr<Directory> make_root() const {
    auto root = host_directory(dir_.open("granted"), false, GetParam().resolve);
    if (!GetParam().in_tree) return std::move(*root);
    std::vector<TreeMount> mounts;
    mounts.push_back({"/", std::move(*root)});
    mounts.push_back({"/mount/point", nullptr});
    return std::move(mount_tree(std::move(mounts)).front());
  }

  /// Runs `step(root, n)` again and again while the names change.
  template <class Step>
  void race(Step step) {
    const auto root = make_root();
    Counts counts;
    for (const auto end = Clock::now() + duration(); Clock::now() < end;) {
      for (u64 i = 0; i < 64; ++i) step(*root, counts, counts.tried++);
    }
    attacker_.request_stop();
    attacker_.join();
    EXPECT_EQ(counts.escaped, 0U);
    EXPECT_EQ(names_outside(), before_);
    for (const char* name : {"secret", "outside/secret", "outside/file", "outside/est/secret"})
      EXPECT_EQ(dir_.text(name), kSecret) << name;
    // A race that never happened shows nothing.
    EXPECT_GT(counts.done, 0U);
    EXPECT_GT(counts.refused, 0U);
    fmt::print("{}: {} tried, {} done, {} refused, {} escaped\n", GetParam().name, counts.tried,
               counts.done, counts.refused, counts.escaped);
  }

  template <class T>
  static bool count(Counts& counts, const Result<T>& result) {
    if (result) ++counts.done;
    if (!result && result.error() == Errno::perm) ++counts.refused;
    return result.has_value();
  }

  static bool is_secret(Descriptor& file) {
    std::array<char, 16> bytes{};
    const iovec into{.iov_base = bytes.data(), .iov_len = bytes.size()};
    const auto n = file.read_at({&into, 1}, 0);
    return n && std::string_view(bytes.data(), *n) == kSecret;
  }

  /// Everything below outside/ with size and times of change, but for what the attacker moves.
  [[nodiscard]] std::string names_outside() const {
    std::string text;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(dir_.path() / "outside")) {
      const std::string name = entry.path().lexically_relative(dir_.path()).string();
      if (name.starts_with("outside/er")) continue;
      struct stat stat{};
      ::lstat(entry.path().c_str(), &stat);
      text += fmt::format("{} {} {:o} links {} at {}.{}\n", name, stat.st_size, stat.st_mode,
                          stat.st_nlink, stat.st_mtim.tv_sec, stat.st_mtim.tv_nsec);
    }
    return text;
  }

  TempDir dir_;
  UniqueFd granted_;
  UniqueFd outside_;
  u64 outside_ino_ = 0;
  std::string before_;
  std::jthread attacker_;
};

TEST_P(Race, Opening) {
  constexpr std::array<const char*, 9> paths{"file",
                                             "swap/secret",
                                             "swap/est/secret",
                                             "swap/../file",
                                             "file/",
                                             "deep/er/est/../../../secret",
                                             "swap",
                                             "deep/er/../../../secret",
                                             "deep/er/est/../../../outside/secret"};
  race([&](Directory& root, Counts& counts, u64 n) {
    const OFlags oflags = n % 5 == 0 ? OFlags::creat : n % 7 == 0 ? OFlags::trunc : OFlags::none;
    const char* path = paths.at(n % paths.size());
    auto opened = root.open(
        path, {.follow = n % 3 != 0, .oflags = oflags, .read = true, .write = n % 4 == 0});
    if (!count(counts, opened)) return;
    if ((*opened)->kind() == Kind::directory) {
      const auto stat = (*opened)->stat();
      if (stat && stat->ino == outside_ino_) ++counts.escaped;
    } else if (is_secret(**opened)) {
      ++counts.escaped;
    }
  });
}

TEST_P(Race, Looking) {
  constexpr std::array<const char*, 6> paths{"file",
                                             "swap",
                                             "swap/.",
                                             "swap/secret",
                                             "deep/er/est/../../../outside/",
                                             "deep/er/../../../secret"};
  const auto secret = static_cast<u64>(kSecret.size());
  struct stat stat{};
  ::stat(dir_.at("outside/secret").c_str(), &stat);
  const u64 secret_ino = stat.st_ino;
  const TimeChange then{.mode = TimeChange::Mode::exact, .ns = 5};
  race([&](Directory& root, Counts& counts, u64 n) {
    const char* path = paths.at(n % paths.size());
    const bool follow = n % 3 != 0;
    if (n % 4 == 0) {
      count(counts, root.set_times_at(path, follow, then, then));
    } else {
      const auto found = root.stat_at(path, follow);
      if (count(counts, found) && (found->ino == secret_ino || found->ino == outside_ino_))
        ++counts.escaped;
    }
    std::array<std::byte, 16> text{};
    const auto n_read = root.readlink("swap/secret", text);
    if (n_read && *n_read == secret) ++counts.escaped;
  });
}

TEST_P(Race, Changing) {
  race([&](Directory& root, Counts& counts, u64 n) {
    const std::string made = fmt::format("swap/made{}", n % 16);
    const std::string other = fmt::format("deep/er/est/made{}", n % 16);
    switch (n % 9) {
      case 0:
        count(counts, root.create_directory(made));
        break;
      case 1:
        count(counts, root.remove_directory(made));
        break;
      case 2:
        count(counts, root.symlink("x", made));
        break;
      case 3:
        count(counts, root.unlink_file(made));
        break;
      case 4:
        count(counts, root.unlink_file("swap/secret"));
        break;
      case 5:
        count(counts, root.link("file", true, root, made));
        break;
      case 6:
        count(counts, root.rename(made, root, other));
        break;
      case 7:
        count(counts, root.rename(other, root, "deep/er/../../../made"));
        break;
      case 8:
        count(counts,
              root.open("swap/secret", {.oflags = OFlags::creat | OFlags::trunc, .write = true}));
        break;
      default:
        break;
    }
    // What a link of the file would show: the secret has one name more.
    if (n % 4096 == 0) {
      struct stat stat{};
      ::stat(dir_.at("outside/secret").c_str(), &stat);
      if (stat.st_nlink != 1) ++counts.escaped;
    }
  });
}

INSTANTIATE_TEST_SUITE_P(, Race,
                         testing::Values(Mode{"openat2"}, Mode{"walk", Resolve::walk},
                                         Mode{"tree", Resolve::openat2, true}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace limen

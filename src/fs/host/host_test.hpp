// host_test.hpp - the tree that the tests of this folder work on, and every operation on a path in
// a form that can be listed, run and compared.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fs/host/host.hpp"
#include "limen/descriptor.hpp"
#include "testing/temp_dir.hpp"

namespace limen::test {

inline constexpr Resolve kBothWays[] = {Resolve::openat2, Resolve::walk};

inline std::string way_name(const testing::TestParamInfo<Resolve>& way) {
  return way.param == Resolve::openat2 ? "openat2" : "walk";
}

/// "ok", or the name of the error.
template <class T>
std::string outcome(const Result<T>& result) {
  return result ? "ok" : std::string(name(result.error()));
}

/// "ok regular_file", or the name of the error.
inline std::string outcome(const Result<std::unique_ptr<Descriptor>>& opened) {
  if (!opened) return std::string(name(opened.error()));
  return "ok " + std::string(name((*opened)->filetype()));
}
inline std::string outcome(const Result<Filestat>& stat) {
  return stat ? "ok " + std::string(name(stat->filetype)) : std::string(name(stat.error()));
}

/// A socket file at `path`, without anybody who listens.
inline void make_socket_file(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

/// A directory `in` that is granted, full of names to stumble over, and `secret` beside it.
class Tree {
 public:
  Tree() : Tree(std::filesystem::temp_directory_path()) {}
  explicit Tree(const std::filesystem::path& base) : temp_(base) {
    temp_.file("secret", "secret");
    temp_.directory("in/empty");
    temp_.directory("in/full/deep");
    temp_.file("in/file", "0123456789");
    temp_.file("in/full/entry", "entry");
    temp_.file("in/full/deep/leaf", "leaf");
    temp_.fifo("in/fifo");
    make_socket_file(temp_.at("in/socket"));
    constexpr std::string_view links[][2] = {
        {"file", "to_file"},          {"full", "to_dir"},
        {"full/", "to_dir_slash"},    {"file/", "to_file_slash"},
        {"missing", "dangling"},      {"loop", "loop"},
        {"../secret", "up"},          {"/etc/passwd", "absolute"},
        {"../in/file", "back"},       {".", "self"},
        {"to_file", "chain"},         {"full/deep/../entry", "inner"},
        {"missing/", "to_new_slash"}, {"..", "above"},
    };
    for (const auto& [target, name] : links) temp_.link(target, "in/" + std::string(name));
    temp_.link("../file", "in/full/to_file");
    temp_.link("../../secret", "in/full/up");
  }

  [[nodiscard]] const TempDir& temp() const { return temp_; }
  [[nodiscard]] std::string at(std::string_view name) const {
    return temp_.at("in/" + std::string(name));
  }
  [[nodiscard]] std::unique_ptr<Directory> grant(Resolve how, bool read_only = false) const {
    return std::move(host_directory(temp_.open("in"), read_only, how).value());
  }

 private:
  TempDir temp_;
};

/// Paths in a Tree, one for each situation.
inline const std::vector<std::string>& tree_paths() {
  static const std::vector<std::string> paths = {
      ".",
      "./",
      "..",
      "../",
      "../in",
      "../in/file",
      "../secret",
      "file",
      "file/",
      "file/.",
      "file/x",
      "file/..",
      "./file",
      "missing",
      "missing/",
      "missing/.",
      "missing/..",
      "missing/x",
      "missing/x/",
      "empty",
      "empty/",
      "empty/.",
      "empty/..",
      "empty/../file",
      "empty/../missing",
      "empty//x",
      "full",
      "full/",
      "full/.",
      "full/./",
      "full/..",
      "full/../..",
      "full/../../in/file",
      "full/entry",
      "full/deep/../../file",
      "full/deep/../../../secret",
      "full/to_file",
      "full/to_file/",
      "full/up",
      "full/missing",
      "full/missing/",
      "to_file",
      "to_file/",
      "to_file/..",
      "to_dir",
      "to_dir/",
      "to_dir/.",
      "to_dir/..",
      "to_dir/../..",
      "to_dir/entry",
      "to_dir/missing",
      "to_dir_slash",
      "to_dir_slash/entry",
      "to_file_slash",
      "dangling",
      "dangling/",
      "dangling/x",
      "loop",
      "loop/",
      "loop/x",
      "up",
      "up/",
      "up/x",
      "absolute",
      "absolute/",
      "absolute/x",
      "back",
      "self",
      "self/",
      "self/self/./file",
      "self/..",
      "chain",
      "chain/",
      "inner",
      "to_new_slash",
      "above",
      "above/in/file",
      "fifo",
      "fifo/",
      "socket",
      std::string(255, 'n'),
      std::string(255, 'n') + "/x",
  };
  return paths;
}

/// An operation on a path; `changes` when it may change the tree where it succeeds.
struct PathOperation {
  std::string name;
  std::function<std::string(Directory&, const std::string&)> run;
  bool changes = true;
};

inline std::vector<PathOperation> open_operations() {
  std::vector<PathOperation> operations;
  constexpr OFlags kinds[] = {
      OFlags::none,
      OFlags::creat,
      OFlags::creat | OFlags::excl,
      OFlags::trunc,
      OFlags::creat | OFlags::trunc,
      OFlags::directory,
      OFlags::excl,
  };
  for (const OFlags oflags : kinds) {
    for (const int access : {0, 1, 2, 3}) {
      for (const bool follow : {false, true}) {
        const OpenHow how{.follow = follow,
                          .oflags = oflags,
                          .read = (access & 1) != 0,
                          .write = (access & 2) != 0};
        std::string text = "open";
        if (how.read) text += " read";
        if (how.write) text += " write";
        if (follow) text += " follow";
        for (std::size_t bit = 0; bit < names<OFlags>.size(); ++bit)
          if ((std::to_underlying(oflags) >> bit & 1) != 0)
            text.append(" ").append(names<OFlags>[bit]);
        operations.push_back(
            {.name = text,
             .run = [how](Directory& dir,
                          const std::string& path) { return outcome(dir.open(path, how)); },
             .changes = has_any(oflags, OFlags::creat | OFlags::trunc)});
      }
    }
  }
  return operations;
}

/// Everything but path_open. The other path of a call with two is a fixed one.
inline std::vector<PathOperation> name_operations() {
  static constexpr TimeChange at{.mode = TimeChange::Mode::exact, .ns = 1'000'000'007};
  static constexpr TimeChange keep{};
  using Path = const std::string&;
  return {
      {"stat", [](Directory& d, Path p) { return outcome(d.stat_at(p, false)); }, false},
      {"stat follow", [](Directory& d, Path p) { return outcome(d.stat_at(p, true)); }, false},
      {"readlink",
       [](Directory& d, Path p) {
         std::byte buffer[8];
         return outcome(d.readlink(p, buffer));
       },
       false},
      {"set_times",
       [](Directory& d, Path p) { return outcome(d.set_times_at(p, false, at, keep)); }},
      {"set_times follow",
       [](Directory& d, Path p) { return outcome(d.set_times_at(p, true, keep, at)); }},
      {"set_times nothing",
       [](Directory& d, Path p) { return outcome(d.set_times_at(p, true, keep, keep)); }, false},
      {"create_directory", [](Directory& d, Path p) { return outcome(d.create_directory(p)); }},
      {"remove_directory", [](Directory& d, Path p) { return outcome(d.remove_directory(p)); }},
      {"unlink_file", [](Directory& d, Path p) { return outcome(d.unlink_file(p)); }},
      {"symlink", [](Directory& d, Path p) { return outcome(d.symlink("text", p)); }},
      {"rename to new", [](Directory& d, Path p) { return outcome(d.rename(p, d, "new")); }},
      {"rename to file", [](Directory& d, Path p) { return outcome(d.rename(p, d, "file")); }},
      {"rename to empty", [](Directory& d, Path p) { return outcome(d.rename(p, d, "empty")); }},
      {"rename to full", [](Directory& d, Path p) { return outcome(d.rename(p, d, "full")); }},
      {"rename file to", [](Directory& d, Path p) { return outcome(d.rename("file", d, p)); }},
      {"rename empty to", [](Directory& d, Path p) { return outcome(d.rename("empty", d, p)); }},
      {"rename full to", [](Directory& d, Path p) { return outcome(d.rename("full", d, p)); }},
      {"rename missing to",
       [](Directory& d, Path p) { return outcome(d.rename("missing", d, p)); }},
      {"link to new", [](Directory& d, Path p) { return outcome(d.link(p, false, d, "new")); }},
      {"link follow to new",
       [](Directory& d, Path p) { return outcome(d.link(p, true, d, "new")); }},
      {"link file to", [](Directory& d, Path p) { return outcome(d.link("file", false, d, p)); }},
      {"link full to", [](Directory& d, Path p) { return outcome(d.link("full", false, d, p)); }},
      {"link missing to",
       [](Directory& d, Path p) { return outcome(d.link("missing", false, d, p)); }},
  };
}

inline std::vector<PathOperation> all_operations() {
  auto operations = open_operations();
  for (auto& operation : name_operations()) operations.push_back(std::move(operation));
  return operations;
}

}  // namespace limen::test

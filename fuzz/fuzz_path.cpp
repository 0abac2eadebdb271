// fuzz_path.cpp - one operation on a hostile path in a tree of hostile links, with openat2 and with
// the component walker.
//
// An input is an operation, two bytes of flags, and texts: the targets of three links, the path, and
// a second path. Each byte of a text is a word (see kWords) or, from 0x20 on, itself; 0xFF ends one.
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "fs/host/host.hpp"
#include "limen/abi/text.hpp"
#include "sandbox_dir.hpp"

namespace limen::fuzz {
namespace {

using test::TempDir;

constexpr std::string_view kWords[] = {
    "..",     ".",     "/",    "//",     "a",           "b",
    "file",   "l1",    "l2",   "l3",     "none",        "../",
    "../../", "out",   "in",   "secret", "/etc/passwd", "/proc/self/root",
    "a/b",    "./",    "a/..", "l1/",    "b/",          "l2/",
    "l3/",    "file/", "new",  "new/",   "../in/",      "../out/secret",
    "deep",   "x"};
static_assert(std::size(kWords) == 32);

/// An input, taken apart.
struct Input {
  u8 operation = 0;
  u8 flags = 0;
  u8 more_flags = 0;
  std::array<std::string, 5> texts;  ///< targets of l1, a/l2 and a/b/l3, the path, the other path

  explicit Input(std::span<const u8> bytes) {
    for (u8* field : {&operation, &flags, &more_flags}) {
      if (bytes.empty()) return;
      *field = bytes.front();
      bytes = bytes.subspan(1);
    }
    std::size_t text = 0;
    for (const u8 byte : bytes) {
      if (byte == 0xFF) {
        if (++text == texts.size()) return;
      } else if (byte < std::size(kWords)) {
        texts[text] += kWords[byte];
      } else {
        texts[text].push_back(static_cast<char>(byte));
      }
    }
  }
  [[nodiscard]] const std::string& path() const { return texts[3]; }
  [[nodiscard]] const std::string& other() const { return texts[4]; }
};

/// What an operation answered: an errno, or "ok" and what it told. Inodes are those of its own tree.
struct Answer {
  std::string text;
  std::optional<Filestat> reached;
};

Answer answer_of(Errno error) { return {.text = std::string(name(error)), .reached = {}}; }
template <class T>
Answer answer_of(const Result<T>& result) {
  return result ? Answer{.text = "ok", .reached = {}} : answer_of(result.error());
}

OpenHow how_of(const Input& input) {
  return {.follow = (input.flags & 1) != 0,
          .oflags = static_cast<OFlags>(input.more_flags & 15),
          .read = (input.flags & 2) != 0,
          .write = (input.flags & 4) != 0};
}

Answer open_answer(Directory& dir, const Input& input) {
  auto opened = dir.open(input.path(), how_of(input));
  if (!opened) return answer_of(opened.error());
  const auto stat = (*opened)->stat();
  if (!stat) return answer_of(stat.error());
  std::string text = "ok " + std::string(name(stat->filetype));
  if ((*opened)->kind() == Kind::directory) {
    // What was opened is as confined as what it was opened from.
    auto& inner = static_cast<Directory&>(**opened);
    if (!input.other().empty() && check_path_text(input.other(), true) == Errno::success) {
      const auto inside = inner.stat_at(input.other(), how_of(input).follow);
      text += inside ? " " + std::string(name(inside->filetype))
                     : " " + std::string(name(inside.error()));
      if (inside) return {text, *inside};
    }
  }
  return {text, *stat};
}

Answer stat_answer(Directory& dir, const Input& input) {
  const auto stat = dir.stat_at(input.path(), how_of(input).follow);
  if (!stat) return answer_of(stat.error());
  return {"ok " + std::string(name(stat->filetype)), *stat};
}

Answer readlink_answer(Directory& dir, const Input& input) {
  std::array<std::byte, 64> buffer{};
  const auto n = dir.readlink(input.path(), buffer);
  if (!n) return answer_of(n.error());
  return {"ok " + std::string(reinterpret_cast<const char*>(buffer.data()), *n), {}};
}

Answer apply(Directory& dir, const Input& input) {
  constexpr TimeChange time{.mode = TimeChange::Mode::exact, .ns = 1'000'000'007};
  const std::string& path = input.path();
  const bool follow = how_of(input).follow;
  switch (input.operation % 10) {
    case 0:
      return stat_answer(dir, input);
    case 1:
      return readlink_answer(dir, input);
    case 2:
      return answer_of(dir.set_times_at(path, follow, time, time));
    case 3:
      return answer_of(dir.create_directory(path));
    case 4:
      return answer_of(dir.remove_directory(path));
    case 5:
      return answer_of(dir.unlink_file(path));
    case 6:
      return answer_of(dir.symlink("text", path));
    case 7:
      return answer_of(dir.rename(path, dir, input.other()));
    case 8:
      return answer_of(dir.link(path, follow, dir, input.other()));
    default:
      return open_answer(dir, input);
  }
}

/// A tree in which `in` is granted and everything beside it must not be reached.
class Tree {
 public:
  Tree(const Input& input, Resolve how) {
    temp_.directory("in/a/b/deep");
    temp_.file("in/file", "0123456789");
    temp_.file("in/a/file", "a");
    temp_.directory("out");
    temp_.file("out/secret", "secret");
    temp_.file("secret", "secret");
    link(input.texts[0], "in/l1");
    link(input.texts[1], "in/a/l2");
    link(input.texts[2], "in/a/b/l3");
    for (const char* name : {".", "out", "out/secret", "secret"})
      outside_.emplace_back(temp_.at(name));
    dir_ = std::move(*host_directory(temp_.open("in"), (input.flags & 8) != 0, how));
  }

  Answer run(const Input& input) {
    Answer answer = apply(*dir_, input);
    for (const Untouched& file : outside_) file.check();
    look("in", "");
    if (answer.reached && !inodes_.contains(answer.reached->ino))
      give_up("reached inode {} outside with {:?}", answer.reached->ino, input.path());
    return answer;
  }
  /// Every name with its type, size, links and target.
  [[nodiscard]] const std::map<std::string, std::string>& contents() const { return contents_; }

 private:
  void link(const std::string& target, const char* name) const {
    if (!target.empty()) (void)::symlink(target.c_str(), temp_.at(name).c_str());
  }
  void look(const std::string& name, const std::string& shown) {
    struct stat stat{};
    if (::lstat(temp_.at(name).c_str(), &stat) != 0) give_up("can't look at {}", name);
    inodes_.insert(stat.st_ino);
    const bool directory = S_ISDIR(stat.st_mode);
    std::string text = fmt::format("{:o} {} {} {}", stat.st_mode, directory ? 0 : stat.st_size,
                                   stat.st_nlink, stat.st_mtim.tv_sec == 1);
    if (S_ISLNK(stat.st_mode)) text += " " + std::filesystem::read_symlink(temp_.at(name)).string();
    contents_[shown] = text;
    if (!directory) return;
    for (const auto& entry : std::filesystem::directory_iterator(temp_.at(name))) {
      const std::string last = entry.path().filename().string();
      look(name + "/" + last, shown + "/" + last);
    }
  }

  TempDir temp_{TempDir::fast_base()};
  std::vector<Untouched> outside_;
  std::unique_ptr<Directory> dir_;
  std::set<u64> inodes_;
  std::map<std::string, std::string> contents_;
};

void run(std::span<const u8> bytes) {
  const Input input(bytes);
  // The contract of limen/descriptor.hpp; the calls see to it.
  if (check_path_text(input.path(), true) != Errno::success) return;
  const bool two_paths = input.operation % 10 == 7 || input.operation % 10 == 8;
  if (two_paths && check_path_text(input.other(), true) != Errno::success) return;

  Tree by_kernel(input, Resolve::openat2);
  Tree by_walk(input, Resolve::walk);
  const Answer kernel = by_kernel.run(input);
  const Answer walk = by_walk.run(input);
  if (kernel.text != walk.text)
    give_up("operation {} flags {} {} on {} and {}: openat2 says {}, the walker {}",
            input.operation % 10, input.flags, input.more_flags, escaped(input.path()),
            escaped(input.other()), kernel.text, walk.text);
  if (by_kernel.contents() != by_walk.contents())
    give_up("operation {} on {} has different effects", input.operation % 10,
            escaped(input.path()));
}

}  // namespace
}  // namespace limen::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  limen::fuzz::run({data, size});
  return 0;
}

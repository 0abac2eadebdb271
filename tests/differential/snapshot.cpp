// snapshot.cpp - a directory of the host as text.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/differential/side.hpp"

namespace limen::differential {
namespace {

namespace stdfs = std::filesystem;

std::string content(const stdfs::path& path, mode_t mode) {
  if (S_ISLNK(mode)) return " -> " + stdfs::read_symlink(path).string();
  if (!S_ISREG(mode)) return "";
  std::ifstream in(path, std::ios::binary);
  return fmt::format(" {:?}", std::string(std::istreambuf_iterator<char>(in), {}));
}

}  // namespace

std::string snapshot(const std::string& path) {
  std::vector<std::string> lines;
  for (const auto& entry : stdfs::recursive_directory_iterator(path)) {
    struct stat stat{};
    ::lstat(entry.path().c_str(), &stat);
    const Shown shown{.type = S_ISDIR(stat.st_mode)   ? Filetype::directory
                              : S_ISLNK(stat.st_mode) ? Filetype::symbolic_link
                                                      : Filetype::regular_file,
                      .size = static_cast<u64>(stat.st_size),
                      .nlink = stat.st_nlink,
                      .mtim = static_cast<u64>(stat.st_mtim.tv_sec) * 1'000'000'000 +
                              static_cast<u64>(stat.st_mtim.tv_nsec)};
    lines.push_back(fmt::format("  {} {:o} {}{}\n", entry.path().lexically_relative(path).string(),
                                stat.st_mode & 07777U, to_string(shown),
                                content(entry.path(), stat.st_mode)));
  }
  std::ranges::sort(lines);
  std::string text;
  for (const auto& line : lines) text += line;
  return text;
}

}  // namespace limen::differential

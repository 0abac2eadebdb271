// testing/temp_dir.hpp - a directory that is gone after the test.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "limen/unique_fd.hpp"

namespace limen::test {

/// An empty directory below the system's temporary one. Paths given to its functions are relative
/// to it. Failures throw: a test that can't prepare its files has nothing to say.
class TempDir {
 public:
  TempDir() : TempDir(std::filesystem::temp_directory_path()) {}
  explicit TempDir(const std::filesystem::path& base) {
    std::string name = (base / "limen-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("can't make " + name);
    path_ = name;
  }
  /// Where files cost no disk, for tests that make thousands; otherwise the usual place.
  [[nodiscard]] static std::filesystem::path fast_base() {
    const bool usable = ::access("/dev/shm", W_OK) == 0;
    return usable ? "/dev/shm" : std::filesystem::temp_directory_path();
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string at(std::string_view name) const { return (path_ / name).string(); }

  /// The directory itself, or one below it, opened for reading.
  [[nodiscard]] UniqueFd open(std::string_view name = ".") const {
    UniqueFd fd(::open(at(name).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) throw std::runtime_error("can't open " + at(name));
    return fd;
  }

  void directory(std::string_view name) const { std::filesystem::create_directories(at(name)); }
  void file(std::string_view name, std::string_view text = "") const {
    std::ofstream out(at(name), std::ios::binary);
    out << text;
    if (!out) throw std::runtime_error("can't write " + at(name));
  }
  void link(std::string_view target, std::string_view name) const {
    std::filesystem::create_symlink(target, at(name));
  }
  void fifo(std::string_view name) const {
    if (::mkfifo(at(name).c_str(), 0666) < 0) throw std::runtime_error("can't make " + at(name));
  }

  [[nodiscard]] std::string text(std::string_view name) const {
    std::ifstream in(at(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// There is something of this name, a dangling link included.
  [[nodiscard]] bool has(std::string_view name) const {
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::symlink_status(at(name), ignored));
  }

 private:
  std::filesystem::path path_;
};

}  // namespace limen::test

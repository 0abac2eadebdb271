// fuzz/sandbox_dir.hpp - where fuzz targets keep files, and how they give up.
#pragma once

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>

#include "testing/temp_dir.hpp"

namespace limen::fuzz {

/// Ends the process so that libFuzzer keeps the input.
template <class... Args>
[[noreturn]] void give_up(fmt::format_string<Args...> format, Args&&... args) {
  fmt::print(stderr, "{}\n", fmt::format(format, std::forward<Args>(args)...));
  std::abort();
}

/// No file grows past this; the kernel answers EFBIG instead.
inline void limit_file_size(rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{.rlim_cur = bytes, .rlim_max = bytes};
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) give_up("setrlimit failed");
}

/// Something that must stay as it is, whatever a guest does.
class Untouched {
 public:
  explicit Untouched(std::string path) : path_(std::move(path)), before_(look()) {}
  void check() const {
    const struct stat now = look();
    const bool same = now.st_ino == before_.st_ino && now.st_size == before_.st_size &&
                      now.st_mode == before_.st_mode && now.st_nlink == before_.st_nlink &&
                      now.st_mtim.tv_sec == before_.st_mtim.tv_sec &&
                      now.st_mtim.tv_nsec == before_.st_mtim.tv_nsec &&
                      now.st_ctim.tv_sec == before_.st_ctim.tv_sec &&
                      now.st_ctim.tv_nsec == before_.st_ctim.tv_nsec;
    if (!same) give_up("{} was touched", path_);
  }

 private:
  [[nodiscard]] struct stat look() const {
    struct stat stat{};
    if (::lstat(path_.c_str(), &stat) != 0) give_up("{} is gone", path_);
    return stat;
  }
  std::string path_;
  struct stat before_;
};

}  // namespace limen::fuzz

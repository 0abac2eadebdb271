// scene.hpp - the folder that both sides work on.
#pragma once

#include <string>

#include "limen/types.hpp"
#include "limen/unique_fd.hpp"

namespace limen::bench {

/// How large the parts of the scene are.
inline constexpr u64 data_size = u64{64} << 20;
inline constexpr u32 many_files = 100'000;

/// A temporary folder, gone again with this object:
///
///   data                64 MiB, in the page cache
///   small               a few bytes
///   a/b/c/d/e/small     the same, five folders deep
///   many/               100,000 empty files; made by need_many()
class Scene {
 public:
  Scene();
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;
  ~Scene();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// The folder itself, `data`, and /dev/null for writing.
  [[nodiscard]] int root() const noexcept { return root_.get(); }
  [[nodiscard]] int data() const noexcept { return data_.get(); }
  [[nodiscard]] int null() const noexcept { return null_.get(); }

  /// Making so many files takes seconds, so only who lists them asks for them.
  void need_many();

 private:
  std::string path_;
  UniqueFd root_;
  UniqueFd data_;
  UniqueFd null_;
  bool many_ = false;
};

}  // namespace limen::bench

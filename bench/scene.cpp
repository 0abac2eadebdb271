// scene.cpp - made with the C++ library; only descriptors are opened by hand.
#include "bench/scene.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace limen::bench {
namespace {

// Without the scene there is nothing to measure.
int need(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

std::string make_folder() {
  std::string path = std::filesystem::temp_directory_path() / "limen-bench-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) need(-1, path.c_str());
  return path;
}

}  // namespace

Scene::Scene() : path_(make_folder()) {
  const std::string deep = path_ + "/a/b/c/d/e";
  std::filesystem::create_directories(deep);
  std::ofstream(path_ + "/small") << "hello";
  std::ofstream(deep + "/small") << "hello";
  // Random-like bytes, so that no file system stores holes instead.
  std::string block(1 << 20, '\0');
  for (std::size_t i = 0; i < block.size(); ++i) block[i] = static_cast<char>(i * 7919 >> 3);
  std::ofstream data(path_ + "/data", std::ios::binary);
  for (u64 written = 0; written < data_size; written += block.size()) data << block;
  data.close();

  root_.reset(need(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), path_.c_str()));
  data_.reset(need(::openat(root_.get(), "data", O_RDONLY | O_CLOEXEC), "data"));
  null_.reset(need(::open("/dev/null", O_WRONLY | O_CLOEXEC), "/dev/null"));
}

Scene::~Scene() {
  std::error_code ignored;  // a folder that stays behind in /tmp is no reason to end otherwise
  std::filesystem::remove_all(path_, ignored);
}

void Scene::need_many() {
  if (std::exchange(many_, true)) return;
  need(::mkdirat(root_.get(), "many", 0777), "many");
  const UniqueFd many(
      need(::openat(root_.get(), "many", O_RDONLY | O_DIRECTORY | O_CLOEXEC), "many"));
  for (u32 i = 0; i < many_files; ++i) {
    const std::string name = fmt::format("file-{:06}", i);
    UniqueFd(
        need(::openat(many.get(), name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666), "many"));
  }
}

}  // namespace limen::bench

// native.cpp - plain system calls, through the C library as everybody makes them.
#include "bench/native.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <memory>

namespace limen::bench::native {
namespace {

alignas(4096) std::array<char, 1 << 16> buffer;

// Neither inlined nor left out: a call of a function that does nothing.
[[gnu::noinline]] int nothing(int signal) {
  asm volatile("" : "+r"(signal));
  return signal;
}

template <class Call>
bool repeat(u64 times, Call call) {
  for (u64 i = 0; i < times; ++i)
    if (!call()) return false;
  return true;
}

bool read_through(int fd, std::size_t size) {
  if (::lseek(fd, 0, SEEK_SET) < 0) return false;
  ssize_t got = 1;
  while (got > 0) got = ::read(fd, buffer.data(), size);
  return got == 0;
}

}  // namespace

bool empty(const Scene&, u64 times) {
  return repeat(times, [] { return nothing(0) == 0; });
}

bool clock_time_get(const Scene&, u64 times) {
  timespec time;
  return repeat(times, [&] { return ::clock_gettime(CLOCK_MONOTONIC, &time) == 0; });
}

bool random_get(const Scene&, u64 times) {
  return repeat(times, [] { return ::getrandom(buffer.data(), 16, 0) == 16; });
}

bool fd_write(const Scene& scene, u64 times) {
  return repeat(times, [&] { return ::write(scene.null(), buffer.data(), 1) == 1; });
}

bool fd_pread(const Scene& scene, u64 times) {
  return repeat(times, [&] { return ::pread(scene.data(), buffer.data(), 1, 0) == 1; });
}

bool fd_fdstat_get(const Scene& scene, u64 times) {
  return repeat(times, [&] { return ::fcntl(scene.data(), F_GETFL) >= 0; });
}

bool fd_seek(const Scene& scene, u64 times) {
  off_t at = 0;
  return repeat(times, [&] { return ::lseek(scene.data(), at ^= 1, SEEK_SET) >= 0; });
}

bool read_4k(const Scene& scene, u64 times) {
  return repeat(times, [&] { return read_through(scene.data(), 4 << 10); });
}

bool read_64k(const Scene& scene, u64 times) {
  return repeat(times, [&] { return read_through(scene.data(), 64 << 10); });
}

bool open(const Scene& scene, u64 times) {
  return repeat(times, [&] {
    const int fd = ::openat(scene.root(), "small", O_RDONLY | O_CLOEXEC);
    struct stat stat;
    return fd >= 0 && ::fstat(fd, &stat) == 0 && ::close(fd) == 0;
  });
}

bool stat(const Scene& scene, u64 times) {
  return repeat(times, [&] {
    struct stat stat;
    return ::fstatat(scene.root(), "a/b/c/d/e/small", &stat, 0) == 0;
  });
}

bool readdir(const Scene& scene, u64 times) {
  const std::string path = scene.path() + "/many";
  return repeat(times, [&] {
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(path.c_str()), ::closedir);
    if (dir == nullptr) return false;
    u32 names = 0;
    while (::readdir(dir.get()) != nullptr) ++names;
    return names >= many_files;
  });
}

}  // namespace limen::bench::native

// stat.cpp - types, times and sizes of host files.
#include "fs/host/stat.hpp"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <limits>

#include "fs/host/errno.hpp"

namespace limen::host {
namespace {

constexpr u64 kSecond = 1'000'000'000;

u64 nanoseconds(const timespec& time) noexcept {
  if (time.tv_sec < 0) return 0;
  u64 ns = 0;
  if (__builtin_mul_overflow(static_cast<u64>(time.tv_sec), kSecond, &ns) ||
      __builtin_add_overflow(ns, static_cast<u64>(time.tv_nsec), &ns))
    return std::numeric_limits<u64>::max();
  return ns;
}

timespec to_timespec(TimeChange change) noexcept {
  switch (change.mode) {
    case TimeChange::Mode::omit:
      return {.tv_sec = 0, .tv_nsec = UTIME_OMIT};
    case TimeChange::Mode::now:
      return {.tv_sec = 0, .tv_nsec = UTIME_NOW};
    case TimeChange::Mode::exact:
      break;
  }
  return {.tv_sec = static_cast<time_t>(change.ns / kSecond),
          .tv_nsec = static_cast<long>(change.ns % kSecond)};
}

}  // namespace

Filetype filetype_of(mode_t mode) noexcept {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return Filetype::regular_file;
    case S_IFDIR:
      return Filetype::directory;
    case S_IFLNK:
      return Filetype::symbolic_link;
    case S_IFCHR:
      return Filetype::character_device;
    case S_IFBLK:
      return Filetype::block_device;
    case S_IFSOCK:
      return Filetype::socket_stream;
    default:
      return Filetype::unknown;
  }
}

// The upper bits of a mode are what a directory entry holds.
Filetype filetype_of_entry(unsigned char d_type) noexcept { return filetype_of(DTTOIF(d_type)); }

Filestat to_filestat(const struct stat& stat) noexcept {
  return {
      .dev = stat.st_dev,
      .ino = stat.st_ino,
      .filetype = filetype_of(stat.st_mode),
      .nlink = stat.st_nlink,
      .size = static_cast<u64>(stat.st_size),
      .atim = nanoseconds(stat.st_atim),
      .mtim = nanoseconds(stat.st_mtim),
      .ctim = nanoseconds(stat.st_ctim),
  };
}

// Every open and every stat of a deep path asks this. The C library's fstat goes through
// newfstatat with an empty path, which takes the kernel a tenth longer; on x86-64 its structure is
// the one that the older call fills.
Result<struct stat> stat_of(int fd) noexcept {
  struct stat stat{};
#if defined(__x86_64__) && defined(__LP64__)
  const bool failed = ::syscall(SYS_fstat, fd, &stat) < 0;
#else
  const bool failed = ::fstat(fd, &stat) < 0;
#endif
  if (failed) return last_failure();
  return stat;
}

std::array<timespec, 2> to_timespecs(TimeChange atim, TimeChange mtim) noexcept {
  return {to_timespec(atim), to_timespec(mtim)};
}

}  // namespace limen::host

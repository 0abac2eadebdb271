// calls.c - the guest's side of calls_bench.cpp: each export makes one call over and over.
//
// A reactor: the harness looks up `bench_<name>` and says how often. What comes back is 0, or the
// first errno, so that nobody measures how fast a call fails.
#include <dirent.h>
#include <stdalign.h>
#include <string.h>

#include "preview1.h"

__attribute__((import_module("wasi"), import_name("thread-spawn"))) i32 thread_spawn(i32 start);

#define BENCH(name) __attribute__((export_name("bench_" #name))) i32 bench_##name(i32 times)

// What the harness grants: see Scene in native.hpp.
enum { kNull = 1, kRoot = 3 };

static alignas(4096) uint8_t buffer[1 << 16];
static u32 moved;

static i32 open_file(const char* path, u64 rights, i32* fd) {
  return path_open(kRoot, 0, path, (u32)strlen(path), 0, rights, 0, 0, fd);
}

// Opened once for all calls that work on one file.
static i32 data_file(void) {
  static i32 fd = -1;
  if (fd < 0) {
    const u64 rights = __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL;
    const i32 error = open_file("data", rights, &fd);
    if (error != 0) __builtin_trap();
  }
  return fd;
}

// The least that a call of a table can be: without threads this one only says so.
BENCH(empty) {
  for (i32 i = 0; i < times; i++)
    if (thread_spawn(0) >= 0) return __WASI_ERRNO_NOTSUP;
  return 0;
}

BENCH(clock_time_get) {
  u64 time = 0;
  for (i32 i = 0; i < times; i++) {
    const i32 error = clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &time);
    if (error != 0) return error;
  }
  return 0;
}

BENCH(random_get) {
  for (i32 i = 0; i < times; i++) {
    const i32 error = random_get(buffer, 16);
    if (error != 0) return error;
  }
  return 0;
}

BENCH(fd_write) {
  const __wasi_ciovec_t one = {buffer, 1};
  for (i32 i = 0; i < times; i++) {
    const i32 error = fd_write(kNull, &one, 1, &moved);
    if (error != 0) return error;
  }
  return 0;
}

BENCH(fd_pread) {
  const i32 fd = data_file();
  const __wasi_iovec_t one = {buffer, 1};
  for (i32 i = 0; i < times; i++) {
    const i32 error = fd_pread(fd, &one, 1, 0, &moved);
    if (error != 0) return error;
  }
  return 0;
}

BENCH(fd_fdstat_get) {
  const i32 fd = data_file();
  __wasi_fdstat_t stat;
  for (i32 i = 0; i < times; i++) {
    const i32 error = fd_fdstat_get(fd, &stat);
    if (error != 0) return error;
  }
  return 0;
}

BENCH(fd_seek) {
  const i32 fd = data_file();
  u64 at = 0;
  for (i32 i = 0; i < times; i++) {
    const i32 error = fd_seek(fd, i & 1, __WASI_WHENCE_SET, &at);
    if (error != 0) return error;
  }
  return 0;
}

// The whole file from its start, `size` bytes at a time.
static i32 read_through(u32 size) {
  const i32 fd = data_file();
  const __wasi_iovec_t part = {buffer, size};
  u64 at = 0;
  i32 error = fd_seek(fd, 0, __WASI_WHENCE_SET, &at);
  do {
    if (error == 0) error = fd_read(fd, &part, 1, &moved);
  } while (error == 0 && moved > 0);
  return error;
}

BENCH(read_4k) {
  i32 error = 0;
  for (i32 i = 0; i < times && error == 0; i++) error = read_through(4 << 10);
  return error;
}

BENCH(read_64k) {
  i32 error = 0;
  for (i32 i = 0; i < times && error == 0; i++) error = read_through(64 << 10);
  return error;
}

BENCH(open) {
  __wasi_filestat_t stat;
  for (i32 i = 0; i < times; i++) {
    i32 fd = -1;
    i32 error = open_file("small", __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_FILESTAT_GET, &fd);
    if (error != 0) return error;
    error = fd_filestat_get(fd, &stat);
    if (error != 0) return error;
    error = fd_close(fd);
    if (error != 0) return error;
  }
  return 0;
}

BENCH(stat) {
  static const char path[] = "a/b/c/d/e/small";
  __wasi_filestat_t stat;
  for (i32 i = 0; i < times; i++) {
    const i32 error =
        path_filestat_get(kRoot, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, path, sizeof path - 1, &stat);
    if (error != 0) return error;
  }
  return 0;
}

// As programs in C list a folder; their library asks for 4 KiB at a time.
BENCH(readdir) {
  for (i32 i = 0; i < times; i++) {
    DIR* dir = opendir("/many");
    if (dir == NULL) return __WASI_ERRNO_NOENT;
    i32 names = 0;
    while (readdir(dir) != NULL) names++;
    closedir(dir);
    if (names < 100000) return __WASI_ERRNO_IO;
  }
  return 0;
}

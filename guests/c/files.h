// files.h - the few lines that every guest about files would otherwise repeat.
#pragma once

#include "check.h"

// The first preopen of every guest that has one.
enum { kRoot = 3 };

// A literal or C string as the two arguments of a path.
#define PATH(text) (text), (u32)strlen(text)

// Opens with exactly these arguments; -1 (and a failed check) when it does not work.
static inline i32 must_open(i32 dir, const char* name, u32 oflags, u64 base, u64 inheriting,
                            u32 fdflags, int line) {
  i32 fd = -1;
  const i32 error = path_open(dir, kFollow, PATH(name), oflags, base, inheriting, fdflags, &fd);
  if (error != 0) check_failed("open", line, "%s -> %s", name, errno_name(error));
  return error == 0 ? fd : -1;
}
#define OPEN(dir, name, oflags, base) \
  must_open((dir), (name), (oflags), (base), ALL_RIGHTS, 0, __LINE__)
#define OPEN_FLAGS(dir, name, oflags, base, fdflags) \
  must_open((dir), (name), (oflags), (base), ALL_RIGHTS, (fdflags), __LINE__)
#define OPEN_DIR(dir, name) \
  must_open((dir), (name), kDirectory, DIRECTORY_RIGHTS, ALL_RIGHTS, 0, __LINE__)

// What path_open answers; a descriptor that it gave is closed again.
static inline i32 try_open(i32 dir, u32 dirflags, const char* name, u32 oflags, u64 base) {
  i32 fd = -1;
  const i32 error = path_open(dir, dirflags, PATH(name), oflags, base, ALL_RIGHTS, 0, &fd);
  if (error == 0) (void)fd_close(fd);
  return error;
}

static inline i32 write_text(i32 fd, const char* text, u32* written) {
  const Ciovec iov = {(const uint8_t*)text, strlen(text)};
  return fd_write(fd, &iov, 1, written);
}

static inline i32 read_bytes(i32 fd, void* buffer, u32 size, u32* got) {
  const Iovec iov = {buffer, size};
  return fd_read(fd, &iov, 1, got);
}

static inline void make_file(i32 dir, const char* name, const char* text) {
  const i32 fd = OPEN(dir, name, kCreat | kTrunc, FILE_RIGHTS);
  u32 written = 0;
  if (fd < 0) return;
  CHECK_OK(write_text(fd, text, &written));
  CHECK_EQ(written, strlen(text));
  CHECK_OK(fd_close(fd));
}

static inline void make_dir(i32 dir, const char* name) {
  CHECK_OK(path_create_directory(dir, PATH(name)));
}

static inline void make_link(i32 dir, const char* target, const char* name) {
  CHECK_OK(path_symlink(PATH(target), dir, PATH(name)));
}

static inline bool exists(i32 dir, const char* name) {
  Filestat stat;
  return path_filestat_get(dir, 0, PATH(name), &stat) == 0;
}

// Whether the file has exactly this text.
static inline bool has_text(i32 dir, const char* name, const char* text) {
  static char buffer[4096];
  i32 fd = -1;
  if (path_open(dir, kFollow, PATH(name), 0, READ_RIGHTS, 0, 0, &fd) != 0) return false;
  u32 got = 0;
  const i32 error = read_bytes(fd, buffer, sizeof buffer, &got);
  (void)fd_close(fd);
  return error == 0 && got == strlen(text) && memcmp(buffer, text, got) == 0;
}

static inline u64 now(u32 clock) {
  u64 time = 0;
  (void)clock_time_get(clock, 1, &time);
  return time;
}

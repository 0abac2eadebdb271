// run: --dir {scratch}::/
//
// metadata - sizes, times, flags and hints: fd_filestat_*, path_filestat_*, fd_allocate,
// fd_advise, fd_sync, fd_datasync, fd_fdstat_get, fd_fdstat_set_flags.
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

static const u64 kSecond = 1000000000;
static Filestat stat_of_fd, stat_of_path;
static u32 n;

static Filestat look(i32 dir, u32 flags, const char* name) {
  Filestat stat;
  memset(&stat, 0xaa, sizeof stat);
  CHECK_OK(path_filestat_get(dir, flags, PATH(name), &stat));
  return stat;
}

static void describes_a_file(void) {
  const u64 before = now(kRealtime);
  make_file(kRoot, "f", "12345");
  const i32 fd = OPEN(kRoot, "f", 0, FILE_RIGHTS);
  memset(&stat_of_fd, 0xaa, sizeof stat_of_fd);
  CHECK_OK(fd_filestat_get(fd, &stat_of_fd));
  stat_of_path = look(kRoot, 0, "f");
  // The padding too: it is written as zeros.
  CHECK(memcmp(&stat_of_fd, &stat_of_path, sizeof stat_of_fd) == 0);
  CHECK_EQ(stat_of_fd.filetype, __WASI_FILETYPE_REGULAR_FILE);
  CHECK_EQ(stat_of_fd.size, 5);
  CHECK_EQ(stat_of_fd.nlink, 1);
  CHECK(stat_of_fd.ino != 0);
  // The clock of file times ticks more slowly than the other one.
  CHECK(stat_of_fd.mtim + kSecond > before && stat_of_fd.mtim < now(kRealtime) + kSecond);
  CHECK(stat_of_fd.ctim + kSecond > before && stat_of_fd.atim + kSecond > before);

  make_file(kRoot, "g", "");
  const Filestat other = look(kRoot, 0, "g");
  CHECK_EQ(other.dev, stat_of_fd.dev);
  CHECK(other.ino != stat_of_fd.ino);

  make_dir(kRoot, "d");
  CHECK_EQ(look(kRoot, 0, "d").filetype, __WASI_FILETYPE_DIRECTORY);
  make_link(kRoot, "f", "l");
  CHECK_EQ(look(kRoot, 0, "l").filetype, __WASI_FILETYPE_SYMBOLIC_LINK);
  CHECK_EQ(look(kRoot, 0, "l").size, 1);
  CHECK_EQ(look(kRoot, kFollow, "l").ino, stat_of_fd.ino);
  CHECK_EQ(look(kRoot, 0, ".").ino, look(kRoot, 0, "d/..").ino);

  CHECK_ERRNO(fd_filestat_get(99, &stat_of_fd), BADF);
  CHECK_ERRNO(path_filestat_get(kRoot, 2, PATH("f"), &stat_of_fd), INVAL);
  CHECK_ERRNO(path_filestat_get(kRoot, 0, PATH("none"), &stat_of_fd), NOENT);
  CHECK_ERRNO(path_filestat_get(kRoot, 0, PATH("f/x"), &stat_of_fd), NOTDIR);
  CHECK_OK(fd_close(fd));
}

static void sets_times(void) {
  const i32 fd = OPEN(kRoot, "f", 0, READ_RIGHTS);
  const u64 a = 1000000001 * kSecond + 123456789, m = 1234567890 * kSecond + 987654321;
  CHECK_OK(fd_filestat_set_times(fd, a, m, kAtim | kMtim));
  CHECK_OK(fd_filestat_get(fd, &stat_of_fd));
  CHECK_EQ(stat_of_fd.atim, a);
  CHECK_EQ(stat_of_fd.mtim, m);
  CHECK_OK(fd_filestat_set_times(fd, 5, 7, kMtim));
  CHECK_OK(fd_filestat_get(fd, &stat_of_fd));
  CHECK_EQ(stat_of_fd.atim, a);
  CHECK_EQ(stat_of_fd.mtim, 7);
  CHECK_OK(fd_filestat_set_times(fd, 9, 9, 0));
  CHECK_OK(fd_filestat_get(fd, &stat_of_fd));
  CHECK_EQ(stat_of_fd.atim, a);
  CHECK_EQ(stat_of_fd.mtim, 7);
  const u64 before = now(kRealtime);
  CHECK_OK(fd_filestat_set_times(fd, 0, 0, kAtimNow));
  CHECK_OK(fd_filestat_get(fd, &stat_of_fd));
  CHECK(stat_of_fd.atim + kSecond > before);
  CHECK_EQ(stat_of_fd.mtim, 7);
  CHECK_OK(fd_filestat_set_times(fd, 3, 0, kAtim | kMtimNow));
  CHECK_OK(fd_filestat_get(fd, &stat_of_fd));
  CHECK_EQ(stat_of_fd.atim, 3);
  CHECK(stat_of_fd.mtim + kSecond > before);
  CHECK_ERRNO(fd_filestat_set_times(fd, 1, 1, kAtim | kAtimNow), INVAL);
  CHECK_ERRNO(fd_filestat_set_times(fd, 1, 1, kMtim | kMtimNow | kAtim), INVAL);
  CHECK_ERRNO(fd_filestat_set_times(fd, 1, 1, 16), INVAL);
  CHECK_ERRNO(fd_filestat_set_times(99, 1, 1, kAtim), BADF);
  CHECK_OK(fd_filestat_get(fd, &stat_of_fd));
  CHECK_EQ(stat_of_fd.atim, 3);
  // The year 2262 and later; how far a file system can store it is its own matter.
  CHECK_OK(fd_filestat_set_times(fd, ((u64)1 << 63) + 5, 1, kAtim));
  CHECK_OK(fd_filestat_set_times(fd, 4, 4, kAtim | kMtim));
  CHECK_OK(fd_close(fd));

  CHECK_OK(fd_filestat_set_times(kRoot, kSecond, 2 * kSecond, kAtim | kMtim));
  CHECK_OK(fd_filestat_get(kRoot, &stat_of_fd));
  CHECK_EQ(stat_of_fd.mtim, 2 * kSecond);

  // By path: the link itself, or what it names.
  CHECK_OK(path_filestat_set_times(kRoot, 0, PATH("l"), 10, 11, kAtim | kMtim));
  CHECK_EQ(look(kRoot, 0, "l").mtim, 11);
  CHECK_EQ(look(kRoot, kFollow, "l").mtim, 4);
  CHECK_OK(path_filestat_set_times(kRoot, kFollow, PATH("l"), 20, 21, kAtim | kMtim));
  CHECK_EQ(look(kRoot, 0, "l").mtim, 11);
  CHECK_EQ(look(kRoot, 0, "f").mtim, 21);
  CHECK_EQ(look(kRoot, 0, "f").atim, 20);
  CHECK_OK(path_filestat_set_times(kRoot, 0, PATH("d/"), 1, 30, kMtim));
  CHECK_EQ(look(kRoot, 0, "d").mtim, 30);
  CHECK_ERRNO(path_filestat_set_times(kRoot, 0, PATH("f/"), 1, 1, kMtim), NOTDIR);
  CHECK_ERRNO(path_filestat_set_times(kRoot, 0, PATH("none"), 1, 1, kMtim), NOENT);
  CHECK_ERRNO(path_filestat_set_times(kRoot, 0, PATH("f"), 1, 1, kMtim | kMtimNow), INVAL);
  CHECK_ERRNO(path_filestat_set_times(kRoot, 4, PATH("f"), 1, 1, kMtim), INVAL);
}

static void sets_sizes(void) {
  const i32 fd = OPEN(kRoot, "size", kCreat | kTrunc, FILE_RIGHTS);
  u64 at = 0;
  CHECK_OK(write_text(fd, "abcdef", &n));
  CHECK_OK(fd_filestat_set_size(fd, 3));
  CHECK_OK(fd_tell(fd, &at));
  CHECK_EQ(at, 6);
  CHECK_OK(fd_filestat_set_size(fd, 5));
  CHECK_EQ(look(kRoot, 0, "size").size, 5);
  char text[8];
  CHECK_OK(fd_seek(fd, 0, kSet, &at));
  CHECK_OK(read_bytes(fd, text, 8, &n));
  CHECK_EQ(n, 5);
  CHECK(memcmp(text, "abc\0\0", 5) == 0);
  CHECK_ERRNO(fd_filestat_set_size(fd, (u64)1 << 63), INVAL);
  // Where the largest file ends is the file system's matter.
  CHECK_EITHER(fd_filestat_set_size(fd, INT64_MAX), FBIG, SUCCESS);
  CHECK_OK(fd_filestat_set_size(fd, 0));
  CHECK_ERRNO(fd_filestat_set_size(kRoot, 0), BADF);
  CHECK_ERRNO(fd_filestat_set_size(99, 0), BADF);

  const i32 reader = OPEN(kRoot, "size", 0, READ_RIGHTS);
  CHECK_ERRNO(fd_filestat_set_size(reader, 0), NOTCAPABLE);
  CHECK_ERRNO(fd_allocate(reader, 0, 1), NOTCAPABLE);
  CHECK_OK(fd_close(reader));

  CHECK_ERRNO(fd_allocate(fd, 0, 0), INVAL);
  CHECK_ERRNO(fd_allocate(fd, (u64)1 << 63, 1), INVAL);
  CHECK_ERRNO(fd_allocate(fd, 0, (u64)1 << 63), INVAL);
  CHECK_ERRNO(fd_allocate(kRoot, 0, 1), BADF);
  CHECK_ERRNO(fd_allocate(1, 0, 1), SPIPE);
  CHECK_ERRNO(fd_allocate(99, 0, 1), BADF);
  const i32 error = fd_allocate(fd, 10, 90);
  if (error != ERRNO(NOTSUP)) {  // the file system can't
    CHECK_EQ(error, 0);
    CHECK_EQ(look(kRoot, 0, "size").size, 100);
    CHECK_OK(fd_allocate(fd, 0, 10));
    CHECK_EQ(look(kRoot, 0, "size").size, 100);
    CHECK_ERRNO(fd_allocate(fd, INT64_MAX, INT64_MAX), FBIG);
  }
  CHECK_OK(fd_close(fd));
}

static void takes_hints(void) {
  const i32 fd = OPEN(kRoot, "f", 0, FILE_RIGHTS);
  for (u32 advice = 0; advice <= 5; advice++) CHECK_OK(fd_advise(fd, 0, 0, advice));
  CHECK_OK(fd_advise(fd, 100, 5, 3));
  CHECK_EQ(look(kRoot, 0, "f").size, 5);
  CHECK_ERRNO(fd_advise(fd, 0, 0, 6), INVAL);
  CHECK_ERRNO(fd_advise(fd, (u64)1 << 63, 0, 0), INVAL);
  CHECK_ERRNO(fd_advise(fd, 0, (u64)1 << 63, 0), INVAL);
  CHECK_ERRNO(fd_advise(kRoot, 0, 0, 0), BADF);
  CHECK_ERRNO(fd_advise(1, 0, 0, 0), SPIPE);
  CHECK_ERRNO(fd_advise(99, 0, 0, 0), BADF);
  CHECK_OK(fd_sync(fd));
  CHECK_OK(fd_datasync(fd));
  CHECK_OK(fd_sync(kRoot));
  CHECK_OK(fd_datasync(kRoot));
  CHECK_ERRNO(fd_sync(1), INVAL);
  CHECK_ERRNO(fd_datasync(0), INVAL);
  CHECK_ERRNO(fd_sync(99), BADF);
  CHECK_ERRNO(fd_datasync(99), BADF);
  CHECK_OK(fd_close(fd));
}

static u32 flags_of(i32 fd) {
  Fdstat stat = {0};
  CHECK_OK(fd_fdstat_get(fd, &stat));
  return stat.fs_flags;
}

static void shows_flags(void) {
  for (u32 flags = 0; flags < 32; flags++) {
    const i32 fd = OPEN_FLAGS(kRoot, "f", 0, FILE_RIGHTS, flags);
    CHECK_EQ(flags_of(fd), flags);
    // What it has can be said again; APPEND and NONBLOCK come and go, the sync bits stay.
    CHECK_OK(fd_fdstat_set_flags(fd, flags));
    CHECK_OK(fd_fdstat_set_flags(fd, flags ^ kAppend));
    CHECK_EQ(flags_of(fd), flags ^ kAppend);
    CHECK_OK(fd_fdstat_set_flags(fd, flags ^ kNonblock));
    CHECK_EQ(flags_of(fd), flags ^ kNonblock);
    CHECK_ERRNO(fd_fdstat_set_flags(fd, flags ^ kSync), INVAL);
    CHECK_ERRNO(fd_fdstat_set_flags(fd, flags ^ kDsync), INVAL);
    CHECK_ERRNO(fd_fdstat_set_flags(fd, flags ^ kRsync), INVAL);
    CHECK_ERRNO(fd_fdstat_set_flags(fd, 32), INVAL);
    CHECK_EQ(flags_of(fd), flags ^ kNonblock);
    CHECK_OK(write_text(fd, "", &n));
    CHECK_OK(fd_close(fd));
  }
  CHECK_EQ(flags_of(kRoot), 0);
  CHECK_OK(fd_fdstat_set_flags(kRoot, kNonblock));
  CHECK_OK(fd_fdstat_set_flags(kRoot, 0));
  CHECK_ERRNO(fd_fdstat_set_flags(kRoot, kAppend), INVAL);
  CHECK_ERRNO(fd_fdstat_set_flags(99, 0), BADF);
  CHECK_ERRNO(fd_fdstat_set_flags(99, 32), INVAL);
  Fdstat stat;
  CHECK_ERRNO(fd_fdstat_get(99, &stat), BADF);
}

static void works_through_libc(void) {
  struct stat stat_;
  CHECK(stat("/f", &stat_) == 0);
  CHECK(S_ISREG(stat_.st_mode));
  CHECK_EQ(stat_.st_size, 5);
  CHECK(lstat("/l", &stat_) == 0 && S_ISLNK(stat_.st_mode));
  const struct timespec times[2] = {{100, 1}, {200, 2}};
  CHECK(utimensat(-1, "/f", times, 0) == 0);
  CHECK(stat("/f", &stat_) == 0);
  CHECK(stat_.st_mtim.tv_sec == 200 && stat_.st_mtim.tv_nsec == 2);
  CHECK(truncate("/f", 2) == 0);
  CHECK(access("/f", R_OK | W_OK) == 0);
  CHECK(access("/", R_OK | W_OK) == 0);
  CHECK(access("/none", F_OK) == -1);
}

int main(void) {
  describes_a_file();
  sets_times();
  sets_sizes();
  takes_hints();
  shows_flags();
  works_through_libc();
  return check_done();
}

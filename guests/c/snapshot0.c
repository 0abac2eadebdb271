// run: --dir {scratch}::/ --env A=1
// arg: one
// stdout: by snapshot 0\n
//
// snapshot0 - wasi_unstable: other values of whence, another filestat and subscription, and one
// descriptor table with the newer module that wasi-libc imports.
#include "files.h"

#define SNAPSHOT0(name) __attribute__((import_module("wasi_unstable"), import_name(#name)))

SNAPSHOT0(args_sizes_get) i32 old_args_sizes_get(void* argc, void* size);
SNAPSHOT0(args_get) i32 old_args_get(void* argv, void* buf);
SNAPSHOT0(environ_sizes_get) i32 old_environ_sizes_get(void* count, void* size);
SNAPSHOT0(environ_get) i32 old_environ_get(void* environ, void* buf);
SNAPSHOT0(clock_res_get) i32 old_clock_res_get(u32 id, void* resolution);
SNAPSHOT0(clock_time_get) i32 old_clock_time_get(u32 id, u64 precision, void* time);
SNAPSHOT0(fd_advise) i32 old_fd_advise(i32 fd, u64 offset, u64 len, u32 advice);
SNAPSHOT0(fd_allocate) i32 old_fd_allocate(i32 fd, u64 offset, u64 len);
SNAPSHOT0(fd_close) i32 old_fd_close(i32 fd);
SNAPSHOT0(fd_datasync) i32 old_fd_datasync(i32 fd);
SNAPSHOT0(fd_fdstat_get) i32 old_fd_fdstat_get(i32 fd, void* stat);
SNAPSHOT0(fd_fdstat_set_flags) i32 old_fd_fdstat_set_flags(i32 fd, u32 flags);
SNAPSHOT0(fd_fdstat_set_rights) i32 old_fd_fdstat_set_rights(i32 fd, u64 base, u64 inheriting);
SNAPSHOT0(fd_filestat_get) i32 old_fd_filestat_get(i32 fd, void* stat);
SNAPSHOT0(fd_filestat_set_size) i32 old_fd_filestat_set_size(i32 fd, u64 size);
SNAPSHOT0(fd_filestat_set_times)
i32 old_fd_filestat_set_times(i32 fd, u64 atim, u64 mtim, u32 flags);
SNAPSHOT0(fd_pread) i32 old_fd_pread(i32 fd, const void* iovs, u32 n, u64 offset, void* nread);
SNAPSHOT0(fd_prestat_get) i32 old_fd_prestat_get(i32 fd, void* prestat);
SNAPSHOT0(fd_prestat_dir_name) i32 old_fd_prestat_dir_name(i32 fd, void* path, u32 len);
SNAPSHOT0(fd_pwrite) i32 old_fd_pwrite(i32 fd, const void* iovs, u32 n, u64 offset, void* out);
SNAPSHOT0(fd_read) i32 old_fd_read(i32 fd, const void* iovs, u32 n, void* nread);
SNAPSHOT0(fd_readdir) i32 old_fd_readdir(i32 fd, void* buf, u32 len, u64 cookie, void* used);
SNAPSHOT0(fd_renumber) i32 old_fd_renumber(i32 fd, i32 to);
SNAPSHOT0(fd_seek) i32 old_fd_seek(i32 fd, i64 offset, u32 whence, void* position);
SNAPSHOT0(fd_sync) i32 old_fd_sync(i32 fd);
SNAPSHOT0(fd_tell) i32 old_fd_tell(i32 fd, void* position);
SNAPSHOT0(fd_write) i32 old_fd_write(i32 fd, const void* iovs, u32 n, void* nwritten);
SNAPSHOT0(path_create_directory) i32 old_path_create_directory(i32 fd, const void* p, u32 len);
SNAPSHOT0(path_filestat_get)
i32 old_path_filestat_get(i32 fd, u32 flags, const void* path, u32 len, void* stat);
SNAPSHOT0(path_filestat_set_times)
i32 old_path_filestat_set_times(i32 fd, u32 flags, const void* path, u32 len, u64 atim, u64 mtim,
                                u32 fst_flags);
SNAPSHOT0(path_link)
i32 old_path_link(i32 old_fd, u32 old_flags, const void* old_path, u32 old_len, i32 new_fd,
                  const void* new_path, u32 new_len);
SNAPSHOT0(path_open)
i32 old_path_open(i32 fd, u32 dirflags, const void* path, u32 len, u32 oflags, u64 base,
                  u64 inheriting, u32 fdflags, void* opened);
SNAPSHOT0(path_readlink)
i32 old_path_readlink(i32 fd, const void* path, u32 len, void* buf, u32 buf_len, void* used);
SNAPSHOT0(path_remove_directory) i32 old_path_remove_directory(i32 fd, const void* p, u32 len);
SNAPSHOT0(path_rename)
i32 old_path_rename(i32 fd, const void* old_path, u32 old_len, i32 new_fd, const void* new_path,
                    u32 new_len);
SNAPSHOT0(path_symlink)
i32 old_path_symlink(const void* target, u32 target_len, i32 fd, const void* path, u32 len);
SNAPSHOT0(path_unlink_file) i32 old_path_unlink_file(i32 fd, const void* path, u32 len);
SNAPSHOT0(poll_oneoff) i32 old_poll_oneoff(const void* in, void* out, u32 n, void* nevents);
SNAPSHOT0(proc_exit) _Noreturn void old_proc_exit(u32 code);
SNAPSHOT0(proc_raise) i32 old_proc_raise(u32 signal);
SNAPSHOT0(random_get) i32 old_random_get(void* buf, u32 len);
SNAPSHOT0(sched_yield) i32 old_sched_yield(void);
SNAPSHOT0(sock_recv)
i32 old_sock_recv(i32 fd, const void* data, u32 n, u32 flags, void* received, void* out_flags);
SNAPSHOT0(sock_send) i32 old_sock_send(i32 fd, const void* data, u32 n, u32 flags, void* sent);
SNAPSHOT0(sock_shutdown) i32 old_sock_shutdown(i32 fd, u32 how);

typedef struct OldFilestat {
  u64 dev;
  u64 ino;
  uint8_t filetype;
  u32 nlink;
  u64 size;
  u64 atim, mtim, ctim;
} OldFilestat;
_Static_assert(sizeof(OldFilestat) == 56, "filestat of snapshot 0");
_Static_assert(__builtin_offsetof(OldFilestat, nlink) == 20, "filestat of snapshot 0");

typedef struct OldSubscription {
  u64 userdata;
  uint8_t tag;
  union {
    struct {
      u64 identifier;
      u32 id;
      u64 timeout;
      u64 precision;
      uint16_t flags;
    } clock;
    i32 fd;
  } u;
} OldSubscription;
_Static_assert(sizeof(OldSubscription) == 56, "subscription of snapshot 0");

enum { kOldCur = 0, kOldEnd = 1, kOldSet = 2 };

static u32 n, size;
static u64 at;
static char buffer[256];

static void reads_and_writes(void) {
  i32 fd = -1;
  CHECK_OK(old_path_open(kRoot, 0, PATH("f"), kCreat, FILE_RIGHTS, 0, 0, &fd));
  const Ciovec from = {(const uint8_t*)"0123456789", 10};
  const Iovec into = {(uint8_t*)buffer, 4};
  CHECK_OK(old_fd_write(fd, &from, 1, &n));
  CHECK_OK(old_fd_seek(fd, -3, kOldEnd, &at));
  CHECK_EQ(at, 7);
  CHECK_OK(old_fd_seek(fd, -2, kOldCur, &at));
  CHECK_EQ(at, 5);
  CHECK_OK(old_fd_seek(fd, 2, kOldSet, &at));
  CHECK_EQ(at, 2);
  CHECK_ERRNO(old_fd_seek(fd, 0, 3, &at), INVAL);
  CHECK_OK(old_fd_read(fd, &into, 1, &n));
  CHECK(n == 4 && memcmp(buffer, "2345", 4) == 0);
  CHECK_OK(old_fd_tell(fd, &at));
  CHECK_EQ(at, 6);
  // The same descriptor in both modules.
  CHECK_OK(fd_seek(fd, 8, kSet, &at));
  CHECK_OK(old_fd_pread(fd, &into, 1, 0, &n));
  CHECK_OK(old_fd_pwrite(fd, &from, 1, 5, &n));
  CHECK_OK(old_fd_tell(fd, &at));
  CHECK_EQ(at, 8);

  OldFilestat old, by_path;
  Filestat stat;
  uint8_t guard[64];
  memset(guard, 0xaa, sizeof guard);
  CHECK_OK(fd_filestat_get(fd, &stat));
  CHECK_OK(old_fd_filestat_get(fd, guard));
  CHECK_EQ(guard[56], 0xaa);
  memcpy(&old, guard, sizeof old);
  CHECK_EQ(old.dev, stat.dev);
  CHECK_EQ(old.ino, stat.ino);
  CHECK_EQ(old.filetype, stat.filetype);
  CHECK_EQ(old.nlink, 1);
  CHECK_EQ(old.size, 15);
  CHECK_EQ(old.mtim, stat.mtim);
  CHECK_EQ(old.ctim, stat.ctim);
  CHECK_OK(old_path_filestat_get(kRoot, 0, PATH("f"), &by_path));
  CHECK(memcmp(&old, &by_path, sizeof old) == 0);

  CHECK_OK(old_fd_filestat_set_times(fd, 1, 2, kAtim | kMtim));
  CHECK_OK(old_path_filestat_set_times(kRoot, 0, PATH("f"), 3, 4, kMtim));
  CHECK_OK(old_fd_filestat_get(fd, &old));
  CHECK(old.atim == 1 && old.mtim == 4);
  CHECK_OK(old_fd_filestat_set_size(fd, 3));
  CHECK_EITHER(old_fd_allocate(fd, 0, 5), SUCCESS, NOTSUP);
  CHECK_OK(old_fd_advise(fd, 0, 0, 0));
  CHECK_OK(old_fd_sync(fd));
  CHECK_OK(old_fd_datasync(fd));

  Fdstat fdstat;
  CHECK_OK(old_fd_fdstat_get(fd, &fdstat));
  CHECK_EQ(fdstat.fs_rights_base, FILE_RIGHTS);
  CHECK_OK(old_fd_fdstat_set_flags(fd, kAppend));
  CHECK_OK(old_fd_fdstat_set_rights(fd, RIGHT(FD_READ), 0));
  CHECK_OK(old_fd_fdstat_get(fd, &fdstat));
  CHECK_EQ(fdstat.fs_flags, kAppend);
  CHECK_EQ(fdstat.fs_rights_base, RIGHT(FD_READ));
  const i32 other = OPEN(kRoot, "f", 0, FILE_RIGHTS);
  CHECK_OK(old_fd_renumber(fd, other));
  CHECK_OK(old_fd_close(other));
  CHECK_ERRNO(fd_close(other), BADF);
}

static void walks_paths(void) {
  Prestat prestat;
  CHECK_OK(old_fd_prestat_get(kRoot, &prestat));
  CHECK_OK(old_fd_prestat_dir_name(kRoot, buffer, prestat.u.dir.pr_name_len));
  CHECK_EQ(buffer[0], '/');
  CHECK_OK(old_path_create_directory(kRoot, PATH("d")));
  CHECK_OK(old_path_symlink(PATH("f"), kRoot, PATH("d/l")));
  CHECK_OK(old_path_readlink(kRoot, PATH("d/l"), buffer, sizeof buffer, &n));
  CHECK_EQ(n, 1);
  CHECK_OK(old_path_link(kRoot, 0, PATH("f"), kRoot, PATH("d/h")));
  CHECK_OK(old_path_rename(kRoot, PATH("d/h"), kRoot, PATH("d/i")));
  const i32 dir = OPEN_DIR(kRoot, "d");
  CHECK_OK(old_fd_readdir(dir, buffer, sizeof buffer, 0, &n));
  CHECK_EQ(n, 4 * 24 + 1 + 2 + 1 + 1);
  CHECK_OK(fd_close(dir));
  CHECK_OK(old_path_unlink_file(kRoot, PATH("d/i")));
  CHECK_OK(old_path_unlink_file(kRoot, PATH("d/l")));
  CHECK_OK(old_path_remove_directory(kRoot, PATH("d")));
}

static void polls(void) {
  const i32 fd = OPEN(kRoot, "f", 0, FILE_RIGHTS);
  OldSubscription in[3] = {{.userdata = 1, .tag = kClock},
                           {.userdata = 2, .tag = kFdRead},
                           {.userdata = 3, .tag = kFdWrite}};
  in[0].u.clock.identifier = 77;
  in[0].u.clock.id = kMonotonic;
  in[0].u.clock.timeout = 20000000;
  in[1].u.fd = fd;
  in[2].u.fd = 99;
  Event out[3];
  const u64 start = now(kMonotonic);
  CHECK_OK(old_poll_oneoff(in, out, 1, &n));
  CHECK(now(kMonotonic) - start >= 20000000);
  CHECK(n == 1 && out[0].userdata == 1 && out[0].type == kClock && out[0].error == 0);
  in[0].u.clock.timeout = 60000000000;
  CHECK_OK(old_poll_oneoff(in, out, 3, &n));
  CHECK_EQ(n, 2);
  CHECK(out[0].userdata == 2 && out[0].type == kFdRead && out[0].error == 0);
  CHECK(out[1].userdata == 3 && out[1].error == ERRNO(BADF));
  in[0].u.clock.timeout = start;
  in[0].u.clock.flags = kAbstime;
  CHECK_OK(old_poll_oneoff(in, out, 1, &n));
  in[0].u.clock.flags = 2;
  CHECK_ERRNO(old_poll_oneoff(in, out, 1, &n), INVAL);
  CHECK_OK(fd_close(fd));
}

static void knows_the_rest(void) {
  char* pointers[8];
  CHECK_OK(old_args_sizes_get(&n, &size));
  CHECK_EQ(n, 2);
  CHECK_OK(old_args_get(pointers, buffer));
  CHECK(strcmp(pointers[1], "one") == 0);
  CHECK_OK(old_environ_sizes_get(&n, &size));
  CHECK(n == 1 && size == 4);
  CHECK_OK(old_environ_get(pointers, buffer));
  CHECK(strcmp(pointers[0], "A=1") == 0);
  u64 time;
  for (u32 id = 0; id < 4; id++) {
    CHECK_OK(old_clock_res_get(id, &time));
    CHECK_OK(old_clock_time_get(id, 0, &time));
  }
  CHECK_ERRNO(old_clock_time_get(4, 0, &time), INVAL);
  CHECK_OK(old_random_get(buffer, 16));
  CHECK_OK(old_sched_yield());
  CHECK_OK(old_proc_raise(0));
  const Iovec into = {(uint8_t*)buffer, 16};
  uint16_t flags;
  CHECK_ERRNO(old_sock_recv(0, &into, 1, 0, &n, &flags), NOTSOCK);
  CHECK_ERRNO(old_sock_send(1, &into, 1, 0, &n), NOTSOCK);
  CHECK_ERRNO(old_sock_shutdown(kRoot, 1), NOTSOCK);
  const Ciovec text = {(const uint8_t*)"by snapshot 0\n", 14};
  CHECK_OK(old_fd_write(1, &text, 1, &n));
}

int main(void) {
  reads_and_writes();
  walks_paths();
  polls();
  knows_the_rest();
  old_proc_exit((u32)check_done());
}

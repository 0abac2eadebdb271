// preview1.h - the 46 calls as the module imports them: every argument whole, nothing derived.
//
// <wasi/api.h> gives the types and constants. Its functions narrow enums to a byte and measure
// paths with strlen, so they can't say what the checks must say: undefined flags, paths with a
// NUL inside, addresses that are not memory.
#pragma once

#include <stdint.h>
#include <wasi/api.h>

#define PREVIEW1(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))

typedef int32_t i32;
typedef uint32_t u32;
typedef int64_t i64;
typedef uint64_t u64;

PREVIEW1(args_get) i32 args_get(void* argv, void* argv_buf);
PREVIEW1(args_sizes_get) i32 args_sizes_get(void* argc, void* size);
PREVIEW1(environ_get) i32 environ_get(void* environ, void* environ_buf);
PREVIEW1(environ_sizes_get) i32 environ_sizes_get(void* count, void* size);
PREVIEW1(clock_res_get) i32 clock_res_get(u32 id, void* resolution);
PREVIEW1(clock_time_get) i32 clock_time_get(u32 id, u64 precision, void* time);
PREVIEW1(fd_advise) i32 fd_advise(i32 fd, u64 offset, u64 len, u32 advice);
PREVIEW1(fd_allocate) i32 fd_allocate(i32 fd, u64 offset, u64 len);
PREVIEW1(fd_close) i32 fd_close(i32 fd);
PREVIEW1(fd_datasync) i32 fd_datasync(i32 fd);
PREVIEW1(fd_fdstat_get) i32 fd_fdstat_get(i32 fd, void* stat);
PREVIEW1(fd_fdstat_set_flags) i32 fd_fdstat_set_flags(i32 fd, u32 flags);
PREVIEW1(fd_fdstat_set_rights) i32 fd_fdstat_set_rights(i32 fd, u64 base, u64 inheriting);
PREVIEW1(fd_filestat_get) i32 fd_filestat_get(i32 fd, void* stat);
PREVIEW1(fd_filestat_set_size) i32 fd_filestat_set_size(i32 fd, u64 size);
PREVIEW1(fd_filestat_set_times) i32 fd_filestat_set_times(i32 fd, u64 atim, u64 mtim, u32 flags);
PREVIEW1(fd_pread) i32 fd_pread(i32 fd, const void* iovs, u32 n, u64 offset, void* nread);
PREVIEW1(fd_prestat_get) i32 fd_prestat_get(i32 fd, void* prestat);
PREVIEW1(fd_prestat_dir_name) i32 fd_prestat_dir_name(i32 fd, void* path, u32 len);
PREVIEW1(fd_pwrite) i32 fd_pwrite(i32 fd, const void* iovs, u32 n, u64 offset, void* nwritten);
PREVIEW1(fd_read) i32 fd_read(i32 fd, const void* iovs, u32 n, void* nread);
PREVIEW1(fd_readdir) i32 fd_readdir(i32 fd, void* buf, u32 len, u64 cookie, void* used);
PREVIEW1(fd_renumber) i32 fd_renumber(i32 fd, i32 to);
PREVIEW1(fd_seek) i32 fd_seek(i32 fd, i64 offset, u32 whence, void* position);
PREVIEW1(fd_sync) i32 fd_sync(i32 fd);
PREVIEW1(fd_tell) i32 fd_tell(i32 fd, void* position);
PREVIEW1(fd_write) i32 fd_write(i32 fd, const void* iovs, u32 n, void* nwritten);
PREVIEW1(path_create_directory) i32 path_create_directory(i32 fd, const void* path, u32 len);
PREVIEW1(path_filestat_get)
i32 path_filestat_get(i32 fd, u32 flags, const void* path, u32 len, void* stat);
PREVIEW1(path_filestat_set_times)
i32 path_filestat_set_times(i32 fd, u32 flags, const void* path, u32 len, u64 atim, u64 mtim,
                            u32 fst_flags);
PREVIEW1(path_link)
i32 path_link(i32 old_fd, u32 old_flags, const void* old_path, u32 old_len, i32 new_fd,
              const void* new_path, u32 new_len);
PREVIEW1(path_open)
i32 path_open(i32 fd, u32 dirflags, const void* path, u32 len, u32 oflags, u64 base, u64 inheriting,
              u32 fdflags, void* opened);
PREVIEW1(path_readlink)
i32 path_readlink(i32 fd, const void* path, u32 len, void* buf, u32 buf_len, void* used);
PREVIEW1(path_remove_directory) i32 path_remove_directory(i32 fd, const void* path, u32 len);
PREVIEW1(path_rename)
i32 path_rename(i32 fd, const void* old_path, u32 old_len, i32 new_fd, const void* new_path,
                u32 new_len);
PREVIEW1(path_symlink)
i32 path_symlink(const void* target, u32 target_len, i32 fd, const void* path, u32 len);
PREVIEW1(path_unlink_file) i32 path_unlink_file(i32 fd, const void* path, u32 len);
PREVIEW1(poll_oneoff) i32 poll_oneoff(const void* in, void* out, u32 n, void* nevents);
PREVIEW1(proc_exit) _Noreturn void proc_exit(u32 code);
PREVIEW1(proc_raise) i32 proc_raise(u32 signal);
PREVIEW1(random_get) i32 random_get(void* buf, u32 len);
// Not sched_yield: that name is libc's.
PREVIEW1(sched_yield) i32 wasi_sched_yield(void);
PREVIEW1(sock_accept) i32 sock_accept(i32 fd, u32 flags, void* opened);
PREVIEW1(sock_recv)
i32 sock_recv(i32 fd, const void* data, u32 n, u32 flags, void* received, void* out_flags);
PREVIEW1(sock_send) i32 sock_send(i32 fd, const void* data, u32 n, u32 flags, void* sent);
PREVIEW1(sock_shutdown) i32 sock_shutdown(i32 fd, u32 how);

typedef __wasi_fdstat_t Fdstat;
typedef __wasi_filestat_t Filestat;
typedef __wasi_iovec_t Iovec;
typedef __wasi_ciovec_t Ciovec;
typedef __wasi_dirent_t Dirent;
typedef __wasi_subscription_t Subscription;
typedef __wasi_event_t Event;
typedef __wasi_prestat_t Prestat;

// RIGHT(FD_READ), ERRNO(BADF): the spec's names without the prefixes.
#define RIGHT(name) ((u64)__WASI_RIGHTS_##name)
#define ERRNO(name) ((i32)__WASI_ERRNO_##name)

enum {
  kFollow = 1,  // lookupflags
  kCreat = 1,   // oflags
  kDirectory = 2,
  kExcl = 4,
  kTrunc = 8,
  kAppend = 1,  // fdflags
  kDsync = 2,
  kNonblock = 4,
  kRsync = 8,
  kSync = 16,
  kSet = 0,  // whence
  kCur = 1,
  kEnd = 2,
  kAtim = 1,  // fstflags
  kAtimNow = 2,
  kMtim = 4,
  kMtimNow = 8,
  kAbstime = 1,  // subclockflags
  kClock = 0,    // eventtype
  kFdRead = 1,
  kFdWrite = 2,
  kHangup = 1,  // eventrwflags
  kRealtime = 0,
  kMonotonic = 1,
  kProcessCpu = 2,
  kThreadCpu = 3,
};

// What a preopened directory shows, and what it hands out.
#define DIRECTORY_RIGHTS ((u64)0x0fbffe19)
#define ALL_RIGHTS ((u64)0x0fffffff)
// What a regular file can do.
#define FILE_RIGHTS ((u64)0x08e001ff)
// The bits of those that need a file opened for writing.
#define WRITE_RIGHTS (RIGHT(FD_WRITE) | RIGHT(FD_ALLOCATE) | RIGHT(FD_FILESTAT_SET_SIZE))
#define READ_RIGHTS (FILE_RIGHTS & ~WRITE_RIGHTS)

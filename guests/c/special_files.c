// run: --dir {scratch}::/
// setup: fifo fifo
// setup: socket socket
// setup: symlink /proc/self/root magic
// setup: symlink /dev/zero zero
//
// special_files - what a directory may hold besides files: nothing of it hangs or leads out.
#include "files.h"

static Filestat stat_;
static u32 n;

int main(void) {
  CHECK_OK(path_filestat_get(kRoot, 0, PATH("fifo"), &stat_));
  CHECK_EQ(stat_.filetype, __WASI_FILETYPE_UNKNOWN);
  CHECK_OK(path_filestat_get(kRoot, 0, PATH("socket"), &stat_));
  CHECK_EQ(stat_.filetype, __WASI_FILETYPE_SOCKET_STREAM);

  // Nobody is at the other end.
  CHECK_ERRNO(try_open(kRoot, 0, "fifo", 0, RIGHT(FD_WRITE)), NXIO);
  const i32 reader = OPEN(kRoot, "fifo", 0, RIGHT(FD_READ));
  Fdstat fdstat;
  CHECK_OK(fd_fdstat_get(reader, &fdstat));
  CHECK_EQ(fdstat.fs_filetype, __WASI_FILETYPE_UNKNOWN);
  CHECK_EQ(fdstat.fs_flags, 0);
  CHECK_EQ(fdstat.fs_rights_base & (RIGHT(FD_SEEK) | RIGHT(FD_TELL)), 0);
  char text[8];
  // Now there is somebody.
  const i32 writer = OPEN_FLAGS(kRoot, "fifo", 0, RIGHT(FD_WRITE), kNonblock);
  CHECK_OK(fd_fdstat_get(writer, &fdstat));
  CHECK_EQ(fdstat.fs_flags, kNonblock);
  CHECK_OK(write_text(writer, "fifo", &n));
  CHECK_OK(read_bytes(reader, text, 8, &n));
  CHECK(n == 4 && memcmp(text, "fifo", 4) == 0);
  CHECK_OK(fd_fdstat_set_flags(reader, kNonblock));
  CHECK_ERRNO(read_bytes(reader, text, 8, &n), AGAIN);
  u64 at;
  CHECK_ERRNO(fd_seek(reader, 0, kCur, &at), SPIPE);
  CHECK_ERRNO(fd_tell(reader, &at), SPIPE);
  CHECK_OK(fd_close(reader));
  CHECK_ERRNO(write_text(writer, "x", &n), PIPE);
  CHECK_OK(fd_close(writer));

  CHECK_ERRNO(try_open(kRoot, 0, "socket", 0, RIGHT(FD_READ)), NXIO);
  CHECK_ERRNO(try_open(kRoot, kFollow, "magic/etc/hostname", 0, READ_RIGHTS), PERM);
  CHECK_ERRNO(try_open(kRoot, kFollow, "zero", 0, READ_RIGHTS), PERM);
  CHECK_ERRNO(try_open(kRoot, 0, "zero", 0, READ_RIGHTS), LOOP);
  CHECK_OK(path_unlink_file(kRoot, PATH("socket")));
  CHECK_OK(path_rename(kRoot, PATH("fifo"), kRoot, PATH("renamed")));
  CHECK_OK(path_unlink_file(kRoot, PATH("renamed")));
  return check_done();
}

// case: pipes
// arg: pipe
// stdin: some text
// case: null
// arg: null
// case: stdin_option_null
// arg: null
// run: --stdin null
// case: stdin_option_file
// setup: file input some text
// run: --stdin {scratch}/input
// arg: pipe
//
// stdio - what 0, 1 and 2 are for a guest: streams without a position, a host or a size. The
// terminal is tested by streams_test.cpp with the argument "tty".
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static u32 n;
static u64 at;

static void shows_little(bool terminal) {
  const int type = terminal ? __WASI_FILETYPE_CHARACTER_DEVICE : __WASI_FILETYPE_UNKNOWN;
  for (i32 fd = 0; fd < 3; fd++) {
    Fdstat stat;
    memset(&stat, 0xaa, sizeof stat);
    CHECK_OK(fd_fdstat_get(fd, &stat));
    CHECK_EQ(stat.fs_filetype, type);
    CHECK_EQ(stat.fs_flags, 0);
    CHECK_EQ(stat.fs_rights_base, (fd == 0 ? RIGHT(FD_READ) : RIGHT(FD_WRITE)) |
                                      RIGHT(POLL_FD_READWRITE) | RIGHT(FD_FDSTAT_SET_FLAGS) |
                                      RIGHT(FD_FILESTAT_GET));
    CHECK_EQ(stat.fs_rights_inheriting, 0);
    Filestat file, zero;
    memset(&file, 0xaa, sizeof file);
    memset(&zero, 0, sizeof zero);
    zero.filetype = (uint8_t)type;
    CHECK_OK(fd_filestat_get(fd, &file));
    CHECK(memcmp(&file, &zero, sizeof file) == 0);
    CHECK_EQ(isatty(fd), terminal);

    CHECK_ERRNO(fd_seek(fd, 0, kSet, &at), SPIPE);
    CHECK_ERRNO(fd_seek(fd, 0, kCur, &at), SPIPE);
    CHECK_ERRNO(fd_tell(fd, &at), SPIPE);
    CHECK_ERRNO(fd_advise(fd, 0, 0, 0), SPIPE);
    CHECK_ERRNO(fd_allocate(fd, 0, 1), SPIPE);
    CHECK_ERRNO(fd_sync(fd), INVAL);
    CHECK_ERRNO(fd_datasync(fd), INVAL);
    Prestat prestat;
    CHECK_ERRNO(fd_prestat_get(fd, &prestat), BADF);
    CHECK_ERRNO(sock_shutdown(fd, 1), NOTSOCK);
  }
  char byte;
  const Iovec into = {(uint8_t*)&byte, 1};
  CHECK_ERRNO(fd_pread(0, &into, 1, 0, &n), SPIPE);
  CHECK_ERRNO(fd_pwrite(1, &into, 1, 0, &n), SPIPE);
  CHECK_ERRNO(fd_read(1, &into, 1, &n), NOTCAPABLE);
  CHECK_ERRNO(fd_write(0, &into, 1, &n), NOTCAPABLE);
  CHECK(read(1, &byte, 1) == -1 && errno == EBADF);
  CHECK(lseek(0, 0, SEEK_CUR) == -1 && errno == ESPIPE);
  struct stat stat_;
  CHECK(fstat(0, &stat_) == 0);
}

static void reads_to_the_end(const char* expected) {
  char text[64];
  u32 got = 0;
  for (;;) {
    const Iovec into = {(uint8_t*)text + got, (u32)sizeof text - got};
    if (!CHECK_OK(fd_read(0, &into, 1, &n)) || n == 0) break;
    got += n;
  }
  CHECK_EQ(got, strlen(expected));
  CHECK(memcmp(text, expected, got) == 0);
  // The end stays the end, and it is "ready".
  Subscription in = {.userdata = 5, .u = {.tag = kFdRead}};
  Event out;
  CHECK_OK(poll_oneoff(&in, &out, 1, &n));
  CHECK_EQ(n, 1);
  CHECK_EQ(out.error, 0);
  const Iovec into = {(uint8_t*)text, sizeof text};
  CHECK_OK(fd_read(0, &into, 1, &n));
  CHECK_EQ(n, 0);
}

static void keeps_flags(void) {
  Fdstat stat;
  for (i32 fd = 0; fd < 3; fd++) {
    CHECK_OK(fd_fdstat_set_flags(fd, kNonblock));
    CHECK_OK(fd_fdstat_get(fd, &stat));
    CHECK_EQ(stat.fs_flags, kNonblock);
    CHECK_OK(fd_fdstat_set_flags(fd, 0));
    CHECK_ERRNO(fd_fdstat_set_flags(fd, 64), INVAL);
  }
}

static void closes(void) {
  const Ciovec from = {(const uint8_t*)"x", 1};
  CHECK_OK(fd_close(1));
  CHECK_ERRNO(fd_write(1, &from, 1, &n), BADF);
  CHECK_ERRNO(fd_close(1), BADF);
  CHECK_OK(fd_close(0));
  CHECK_ERRNO(fd_read(0, &from, 1, &n), BADF);
}

int main(int argc, char** argv) {
  const char* kind = argc > 1 ? argv[1] : "pipe";
  shows_little(strcmp(kind, "tty") == 0);
  keeps_flags();
  if (strcmp(kind, "pipe") == 0) reads_to_the_end("some text");
  if (strcmp(kind, "null") == 0) reads_to_the_end("");
  if (strcmp(kind, "tty") != 0) closes();
  return check_done();
}

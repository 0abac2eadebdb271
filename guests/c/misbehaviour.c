// run: --dir {scratch}::/
// stdin: untouched
//
// misbehaviour - addresses that are no memory: FAULT from every call, before anything happened.
#include "files.h"

// Beyond the memory, across its end, and the last byte there is.
#define WILD ((void*)0xfffffff0u)

static u32 n;
static u64 at;
static Filestat stat_;
static i32 fd;
static uint16_t flags;
static char text[64];
static const Iovec kInto = {(uint8_t*)text, 4};

static char* end_of_memory(void) {
  return (char*)(__builtin_wasm_memory_size(0) * (uintptr_t)65536);
}

static void faults(void) {
  const i32 file = OPEN(kRoot, "f", 0, FILE_RIGHTS);
  char* const end = end_of_memory();
  CHECK_ERRNO(args_sizes_get(WILD, &n), FAULT);
  CHECK_ERRNO(args_sizes_get(&n, WILD), FAULT);
  CHECK_ERRNO(args_get(WILD, text), FAULT);
  CHECK_ERRNO(args_get(text, WILD), FAULT);
  CHECK_ERRNO(environ_sizes_get(WILD, &n), FAULT);
  CHECK_ERRNO(environ_sizes_get(&n, WILD), FAULT);
  CHECK_ERRNO(clock_res_get(0, WILD), FAULT);
  CHECK_ERRNO(clock_time_get(0, 0, WILD), FAULT);
  CHECK_ERRNO(clock_time_get(9, 0, WILD), INVAL);
  CHECK_ERRNO(fd_fdstat_get(file, WILD), FAULT);
  CHECK_ERRNO(fd_filestat_get(file, WILD), FAULT);
  CHECK_ERRNO(fd_filestat_get(99, WILD), BADF);
  CHECK_ERRNO(fd_prestat_get(kRoot, WILD), FAULT);
  CHECK_ERRNO(fd_prestat_dir_name(kRoot, WILD, 17), FAULT);
  CHECK_ERRNO(fd_tell(file, WILD), FAULT);
  CHECK_ERRNO(fd_seek(file, 1, kSet, WILD), FAULT);
  CHECK_OK(fd_tell(file, &at));
  CHECK_EQ(at, 0);
  CHECK_ERRNO(fd_readdir(kRoot, WILD, 100, 0, &n), FAULT);
  CHECK_ERRNO(fd_readdir(kRoot, text, 64, 0, WILD), FAULT);
  CHECK_ERRNO(path_filestat_get(kRoot, 0, PATH("f"), WILD), FAULT);
  CHECK_ERRNO(path_readlink(kRoot, PATH("l"), WILD, 100, &n), FAULT);
  CHECK_ERRNO(path_readlink(kRoot, PATH("l"), text, 64, WILD), FAULT);
  CHECK_ERRNO(random_get(WILD, 100), FAULT);
  CHECK_ERRNO(random_get(end - 10, 11), FAULT);
  CHECK_OK(random_get(end - 10, 10));
  // The memory comes before the text of the path.
  CHECK_ERRNO(path_filestat_get(kRoot, 0, PATH("/"), WILD), FAULT);

  // Iovecs: the array, the parts, the result.
  const Iovec bad[] = {{(uint8_t*)text, 4}, {WILD, 100}};
  const Iovec at_end[] = {{(uint8_t*)end - 4, 5}};
  const Iovec last[] = {{(uint8_t*)end - 4, 4}};
  const Iovec empty[] = {{WILD, 0}, {(uint8_t*)text, 4}};
  CHECK_ERRNO(fd_read(file, WILD, 3, &n), FAULT);
  CHECK_ERRNO(fd_read(file, &kInto, 0x20000001u, &n), FAULT);
  CHECK_ERRNO(fd_read(file, &kInto, 0xffffffffu, &n), FAULT);
  CHECK_ERRNO(fd_read(file, bad, 2, &n), FAULT);
  CHECK_ERRNO(fd_read(file, at_end, 1, &n), FAULT);
  CHECK_ERRNO(fd_read(file, &kInto, 1, WILD), FAULT);
  CHECK_ERRNO(fd_pread(file, bad, 2, 0, &n), FAULT);
  CHECK_ERRNO(fd_pread(file, &kInto, 1, 0, WILD), FAULT);
  CHECK_ERRNO(fd_write(file, bad, 2, &n), FAULT);
  CHECK_ERRNO(fd_write(file, &kInto, 1, WILD), FAULT);
  CHECK_ERRNO(fd_pwrite(file, bad, 2, 0, &n), FAULT);
  CHECK_ERRNO(fd_pwrite(file, &kInto, 1, 0, WILD), FAULT);
  CHECK_OK(fd_tell(file, &at));
  CHECK_EQ(at, 0);
  CHECK(has_text(kRoot, "f", "text"));
  CHECK_OK(fd_pread(file, last, 1, 0, &n));
  CHECK_OK(fd_pread(file, empty, 2, 0, &n));
  CHECK_EQ(n, 4);
  // The first mistake in the order of checks is the one that counts.
  CHECK_ERRNO(fd_read(99, WILD, 3, WILD), BADF);
  CHECK_ERRNO(fd_read(1, WILD, 3, WILD), NOTCAPABLE);
  CHECK_ERRNO(fd_read(kRoot, WILD, 3, WILD), ISDIR);
  CHECK_ERRNO(sock_recv(0, WILD, 3, 0, WILD, WILD), NOTSOCK);
  CHECK_ERRNO(sock_send(1, WILD, 3, 0, WILD), NOTSOCK);
  CHECK_ERRNO(sock_recv(0, &kInto, 1, 16, &n, &flags), INVAL);
  CHECK_ERRNO(sock_shutdown(1, 4), INVAL);
  CHECK_OK(fd_close(file));
}

static void changes_nothing(void) {
  // An open that can't say its number opens nothing and creates nothing.
  CHECK_ERRNO(path_open(kRoot, 0, PATH("new"), kCreat, FILE_RIGHTS, 0, 0, WILD), FAULT);
  CHECK_ERRNO(path_open(kRoot, 0, PATH("f"), kTrunc, FILE_RIGHTS, 0, 0, WILD), FAULT);
  CHECK(!exists(kRoot, "new") && has_text(kRoot, "f", "text"));
  CHECK_OK(path_open(kRoot, 0, PATH("f"), 0, READ_RIGHTS, 0, 0, &fd));
  CHECK_EQ(fd, 4);
  CHECK_OK(fd_close(fd));
  // Two paths: the second one wild.
  CHECK_ERRNO(path_rename(kRoot, PATH("f"), kRoot, WILD, 17), FAULT);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("f"), kRoot, WILD, 17), FAULT);
  CHECK_ERRNO(path_symlink(WILD, 17, kRoot, PATH("new")), FAULT);
  CHECK(exists(kRoot, "f") && !exists(kRoot, "new"));
  // A read that can't be reported takes nothing out of the stream.
  CHECK_ERRNO(fd_read(0, &kInto, 1, WILD), FAULT);
  const Iovec bad[] = {{(uint8_t*)text, 4}, {WILD, 100}};
  CHECK_ERRNO(fd_read(0, bad, 2, &n), FAULT);
  const Iovec into = {(uint8_t*)text, sizeof text};
  CHECK_OK(fd_read(0, &into, 1, &n));
  CHECK(n == 9 && memcmp(text, "untouched", 9) == 0);
}

static void takes_any_alignment(void) {
  static uint8_t raw[512];
  for (u32 shift = 0; shift < 8; shift++) {
    uint8_t* p = raw + shift;
    CHECK_OK(clock_time_get(kMonotonic, 0, p));
    CHECK_OK(path_filestat_get(kRoot, 0, PATH("f"), p));
    memcpy(&stat_, p, sizeof stat_);
    CHECK_EQ(stat_.size, 4);
    const Iovec into = {(uint8_t*)text, 4};
    memcpy(p + 64, &into, sizeof into);
    const i32 file = OPEN(kRoot, "f", 0, READ_RIGHTS);
    CHECK_OK(fd_read(file, p + 64, 1, p + 128));
    memcpy(&n, p + 128, 4);
    CHECK_EQ(n, 4);
    CHECK_OK(fd_close(file));
    Subscription in = {.userdata = 0x0102030405060708, .u = {.tag = kClock}};
    in.u.u.clock.id = kMonotonic;
    memcpy(p + 192, &in, sizeof in);
    CHECK_OK(poll_oneoff(p + 192, p + 256, 1, p + 320));
    Event out;
    memcpy(&out, p + 256, sizeof out);
    CHECK_EQ(out.userdata, in.userdata);
  }
}

int main(void) {
  make_file(kRoot, "f", "text");
  make_link(kRoot, "f", "l");
  faults();
  changes_nothing();
  takes_any_alignment();
  return check_done();
}

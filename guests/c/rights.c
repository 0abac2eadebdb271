// run: --dir {scratch}::/
//
// rights - what descriptors show, what opening hands on, what is lost by dropping: every right is
// taken away once, and the calls that need it answer NOTCAPABLE.
#include "files.h"

static u32 n;
static u64 at;
static Filestat stat_;
static char buffer[64];
static const Iovec kInto = {(uint8_t*)buffer, sizeof buffer};
static const Ciovec kFrom = {(const uint8_t*)"x", 1};

static Fdstat fdstat(i32 fd) {
  Fdstat stat;
  memset(&stat, 0xaa, sizeof stat);
  CHECK_OK(fd_fdstat_get(fd, &stat));
  return stat;
}
static u64 base(i32 fd) { return fdstat(fd).fs_rights_base; }
static u64 inheriting(i32 fd) { return fdstat(fd).fs_rights_inheriting; }

static i32 open_(i32 dir, const char* name, u64 base, u64 inheriting) {
  i32 fd = -1;
  CHECK_OK(path_open(dir, kFollow, PATH(name), 0, base, inheriting, 0, &fd));
  return fd;
}

static void shows_what_a_descriptor_can_do(void) {
  CHECK_EQ(base(kRoot), DIRECTORY_RIGHTS);
  CHECK_EQ(inheriting(kRoot), ALL_RIGHTS);
  CHECK_EQ(fdstat(kRoot).fs_filetype, __WASI_FILETYPE_DIRECTORY);
  CHECK_EQ(fdstat(kRoot).fs_flags, 0);

  // A literal request: what was asked for, as far as the kind of file can do it.
  i32 fd = open_(kRoot, "f", ALL_RIGHTS, ALL_RIGHTS);
  CHECK_EQ(base(fd), FILE_RIGHTS);
  CHECK_EQ(inheriting(fd), 0);
  CHECK_EQ(fdstat(fd).fs_filetype, __WASI_FILETYPE_REGULAR_FILE);
  CHECK_OK(fd_close(fd));
  fd = open_(kRoot, "f", UINT64_MAX, UINT64_MAX);
  CHECK_EQ(base(fd), FILE_RIGHTS);
  CHECK_OK(fd_close(fd));
  fd = open_(kRoot, "f", RIGHT(FD_READ) | RIGHT(FD_SEEK) | RIGHT(FD_TELL), 0);
  CHECK_EQ(base(fd), RIGHT(FD_READ) | RIGHT(FD_SEEK) | RIGHT(FD_TELL));
  CHECK_OK(fd_close(fd));
  // Without fd_write, nothing that needs a writable file.
  fd = open_(kRoot, "f", FILE_RIGHTS & ~RIGHT(FD_WRITE), 0);
  CHECK_EQ(base(fd), READ_RIGHTS);
  CHECK_OK(fd_close(fd));
  fd = open_(kRoot, "d", ALL_RIGHTS & ~RIGHT(FD_WRITE), ALL_RIGHTS);
  CHECK_EQ(base(fd), DIRECTORY_RIGHTS);
  CHECK_EQ(inheriting(fd), ALL_RIGHTS);
  CHECK_OK(fd_close(fd));
  fd = open_(kRoot, "d", RIGHT(PATH_OPEN) | RIGHT(FD_READDIR), RIGHT(FD_READ));
  CHECK_EQ(base(fd), RIGHT(PATH_OPEN) | RIGHT(FD_READDIR));
  CHECK_EQ(inheriting(fd), RIGHT(FD_READ));
  CHECK_OK(fd_close(fd));

  // The same request gives the same descriptor.
  const i32 one = open_(kRoot, "f", FILE_RIGHTS, 0), other = open_(kRoot, "f", FILE_RIGHTS, 0);
  const Fdstat first = fdstat(one), second = fdstat(other);
  CHECK(memcmp(&first, &second, sizeof first) == 0);
  CHECK_OK(fd_close(one));
  CHECK_OK(fd_close(other));
}

static void takes_the_shorthand(void) {
  static const struct {
    const char* rule;
    u64 asked, shown;
  } kRows[] = {
      {"nothing", 0, READ_RIGHTS & ~RIGHT(FD_READ)},
      {"read", RIGHT(FD_READ), READ_RIGHTS},
      {"write", RIGHT(FD_WRITE), FILE_RIGHTS & ~RIGHT(FD_READ)},
      {"both", RIGHT(FD_READ) | RIGHT(FD_WRITE), FILE_RIGHTS},
  };
  for (u32 i = 0; i < 4; i++) {
    check_case = kRows[i].rule;
    const i32 fd = open_(kRoot, "f", kRows[i].asked, 0);
    CHECK_EQ(base(fd), kRows[i].shown);
    CHECK_EQ(inheriting(fd), 0);
    CHECK_OK(fd_close(fd));
  }
  check_case = NULL;
  i32 fd = open_(kRoot, "d", 0, 0);
  CHECK_EQ(base(fd), DIRECTORY_RIGHTS);
  CHECK_EQ(inheriting(fd), ALL_RIGHTS);
  CHECK_OK(fd_close(fd));
  fd = open_(kRoot, "d", RIGHT(FD_READ), RIGHT(FD_READ));
  CHECK_EQ(base(fd), DIRECTORY_RIGHTS);
  CHECK_EQ(inheriting(fd), RIGHT(FD_READ));
  // Never more than this directory hands on.
  const i32 below = open_(fd, "in", 0, 0);
  CHECK_EQ(base(below), 0);
  CHECK_OK(fd_close(below));
  CHECK_OK(fd_close(fd));
}

static void hands_on_no_more_than_it_has(void) {
  const u64 below = RIGHT(FD_READ) | RIGHT(FD_SEEK) | RIGHT(FD_TELL) | RIGHT(PATH_OPEN);
  const i32 dir = open_(kRoot, "d", DIRECTORY_RIGHTS, below);
  i32 fd = open_(dir, "in", READ_RIGHTS, 0);
  CHECK_EQ(base(fd), below & FILE_RIGHTS);
  CHECK_ERRNO(fd_filestat_get(fd, &stat_), NOTCAPABLE);
  CHECK_OK(fd_close(fd));
  // A silently unwritable file would be worse than an error.
  CHECK_ERRNO(try_open(dir, 0, "in", 0, FILE_RIGHTS), NOTCAPABLE);
  CHECK_ERRNO(try_open(dir, 0, "in", 0, RIGHT(FD_WRITE)), NOTCAPABLE);
  fd = open_(dir, ".", DIRECTORY_RIGHTS, ALL_RIGHTS);
  CHECK_EQ(base(fd), RIGHT(PATH_OPEN));
  CHECK_EQ(inheriting(fd), below);
  CHECK_OK(fd_close(fd));
  CHECK_OK(fd_close(dir));

  const i32 blind = open_(kRoot, "d", DIRECTORY_RIGHTS, ALL_RIGHTS & ~RIGHT(FD_READ));
  CHECK_ERRNO(try_open(blind, 0, "in", 0, READ_RIGHTS), NOTCAPABLE);
  CHECK_OK(try_open(blind, 0, "in", 0, FILE_RIGHTS & ~RIGHT(FD_READ)));
  CHECK_OK(fd_close(blind));
}

static void only_shrinks(void) {
  const i32 fd = open_(kRoot, "f", FILE_RIGHTS, 0);
  CHECK_OK(fd_fdstat_set_rights(fd, FILE_RIGHTS, 0));
  CHECK_ERRNO(fd_fdstat_set_rights(fd, FILE_RIGHTS | RIGHT(PATH_OPEN), 0), NOTCAPABLE);
  CHECK_ERRNO(fd_fdstat_set_rights(fd, FILE_RIGHTS, 1), NOTCAPABLE);
  CHECK_ERRNO(fd_fdstat_set_rights(fd, FILE_RIGHTS | (u64)1 << 30, 0), NOTCAPABLE);
  CHECK_ERRNO(fd_fdstat_set_rights(fd, FILE_RIGHTS | (u64)1 << 63, 0), NOTCAPABLE);
  CHECK_EQ(base(fd), FILE_RIGHTS);
  CHECK_OK(fd_fdstat_set_rights(fd, FILE_RIGHTS & ~RIGHT(FD_READ), 0));
  CHECK_EQ(base(fd), FILE_RIGHTS & ~RIGHT(FD_READ));
  CHECK_ERRNO(fd_read(fd, &kInto, 1, &n), NOTCAPABLE);
  CHECK_ERRNO(fd_fdstat_set_rights(fd, FILE_RIGHTS, 0), NOTCAPABLE);
  CHECK_OK(fd_fdstat_set_rights(fd, 0, 0));
  CHECK_EQ(base(fd), 0);
  CHECK_OK(fd_close(fd));
  CHECK_ERRNO(fd_fdstat_set_rights(99, 0, 0), BADF);

  const i32 dir = open_(kRoot, "d", DIRECTORY_RIGHTS, ALL_RIGHTS);
  CHECK_OK(fd_fdstat_set_rights(dir, DIRECTORY_RIGHTS, FILE_RIGHTS));
  CHECK_EQ(inheriting(dir), FILE_RIGHTS);
  CHECK_ERRNO(fd_fdstat_set_rights(dir, DIRECTORY_RIGHTS, ALL_RIGHTS), NOTCAPABLE);
  CHECK_OK(fd_close(dir));
}

// The calls on a file, each on a descriptor that lacks the right named.
static i32 do_read(i32 fd) { return fd_read(fd, &kInto, 1, &n); }
static i32 do_write(i32 fd) { return fd_write(fd, &kFrom, 1, &n); }
static i32 do_pread(i32 fd) { return fd_pread(fd, &kInto, 1, 0, &n); }
static i32 do_pwrite(i32 fd) { return fd_pwrite(fd, &kFrom, 1, 0, &n); }
static i32 do_seek(i32 fd) { return fd_seek(fd, 1, kSet, &at); }
static i32 do_flags(i32 fd) { return fd_fdstat_set_flags(fd, 0); }
static i32 do_sync(i32 fd) { return fd_sync(fd); }
static i32 do_advise(i32 fd) { return fd_advise(fd, 0, 0, 0); }
static i32 do_allocate(i32 fd) { return fd_allocate(fd, 0, 1); }
static i32 do_stat(i32 fd) { return fd_filestat_get(fd, &stat_); }
static i32 do_size(i32 fd) { return fd_filestat_set_size(fd, 0); }
static i32 do_times(i32 fd) { return fd_filestat_set_times(fd, 0, 1, kMtim); }

// Those on a directory.
static i32 do_mkdir(i32 fd) { return path_create_directory(fd, PATH("new")); }
static i32 do_open(i32 fd) { return try_open(fd, 0, "in", 0, READ_RIGHTS); }
static i32 do_creat(i32 fd) { return try_open(fd, 0, "new", kCreat, FILE_RIGHTS); }
static i32 do_trunc(i32 fd) { return try_open(fd, 0, "in", kTrunc, FILE_RIGHTS); }
static i32 do_link_old(i32 fd) { return path_link(fd, 0, PATH("in"), kRoot, PATH("new")); }
static i32 do_link_new(i32 fd) { return path_link(kRoot, 0, PATH("f"), fd, PATH("new")); }
static i32 do_readdir(i32 fd) { return fd_readdir(fd, buffer, sizeof buffer, 0, &n); }
static i32 do_readlink(i32 fd) {
  return path_readlink(fd, PATH("link"), buffer, sizeof buffer, &n);
}
static i32 do_rename_old(i32 fd) { return path_rename(fd, PATH("in"), kRoot, PATH("new")); }
static i32 do_rename_new(i32 fd) { return path_rename(kRoot, PATH("f"), fd, PATH("new")); }
static i32 do_path_stat(i32 fd) { return path_filestat_get(fd, 0, PATH("in"), &stat_); }
static i32 do_path_times(i32 fd) { return path_filestat_set_times(fd, 0, PATH("in"), 0, 1, kMtim); }
static i32 do_symlink(i32 fd) { return path_symlink(PATH("x"), fd, PATH("new")); }
static i32 do_rmdir(i32 fd) { return path_remove_directory(fd, PATH("sub")); }
static i32 do_unlink(i32 fd) { return path_unlink_file(fd, PATH("in")); }

static const struct {
  const char* name;
  i32 (*call)(i32 fd);
  u64 needs;
  const char* on;  // "f" or "d"
} kCalls[] = {
    {"fd_read", do_read, RIGHT(FD_READ), "f"},
    {"fd_write", do_write, RIGHT(FD_WRITE), "f"},
    {"fd_pread", do_pread, RIGHT(FD_READ), "f"},
    {"fd_pread", do_pread, RIGHT(FD_SEEK), "f"},
    {"fd_pwrite", do_pwrite, RIGHT(FD_WRITE), "f"},
    {"fd_pwrite", do_pwrite, RIGHT(FD_SEEK), "f"},
    {"fd_seek", do_seek, RIGHT(FD_SEEK), "f"},
    {"fd_fdstat_set_flags", do_flags, RIGHT(FD_FDSTAT_SET_FLAGS), "f"},
    {"fd_sync", do_sync, RIGHT(FD_SYNC), "f"},
    {"fd_advise", do_advise, RIGHT(FD_ADVISE), "f"},
    {"fd_allocate", do_allocate, RIGHT(FD_ALLOCATE), "f"},
    {"fd_filestat_get", do_stat, RIGHT(FD_FILESTAT_GET), "f"},
    {"fd_filestat_set_size", do_size, RIGHT(FD_FILESTAT_SET_SIZE), "f"},
    {"fd_filestat_set_times", do_times, RIGHT(FD_FILESTAT_SET_TIMES), "f"},
    {"path_create_directory", do_mkdir, RIGHT(PATH_CREATE_DIRECTORY), "d"},
    {"path_open", do_open, RIGHT(PATH_OPEN), "d"},
    {"path_open CREAT", do_creat, RIGHT(PATH_CREATE_FILE), "d"},
    {"path_open TRUNC", do_trunc, RIGHT(PATH_FILESTAT_SET_SIZE), "d"},
    {"path_link old", do_link_old, RIGHT(PATH_LINK_SOURCE), "d"},
    {"path_link new", do_link_new, RIGHT(PATH_LINK_TARGET), "d"},
    {"fd_readdir", do_readdir, RIGHT(FD_READDIR), "d"},
    {"path_readlink", do_readlink, RIGHT(PATH_READLINK), "d"},
    {"path_rename old", do_rename_old, RIGHT(PATH_RENAME_SOURCE), "d"},
    {"path_rename new", do_rename_new, RIGHT(PATH_RENAME_TARGET), "d"},
    {"path_filestat_get", do_path_stat, RIGHT(PATH_FILESTAT_GET), "d"},
    {"path_filestat_set_times", do_path_times, RIGHT(PATH_FILESTAT_SET_TIMES), "d"},
    {"path_symlink", do_symlink, RIGHT(PATH_SYMLINK), "d"},
    {"path_remove_directory", do_rmdir, RIGHT(PATH_REMOVE_DIRECTORY), "d"},
    {"path_unlink_file", do_unlink, RIGHT(PATH_UNLINK_FILE), "d"},
};

static void enforces_each(void) {
  for (u32 i = 0; i < sizeof kCalls / sizeof kCalls[0]; i++) {
    char label[96];
    snprintf(label, sizeof label, "%s without 0x%llx", kCalls[i].name, kCalls[i].needs);
    check_case = label;
    const i32 fd = kCalls[i].on[0] == 'f' ? open_(kRoot, "f", FILE_RIGHTS, 0)
                                          : open_(kRoot, "d", DIRECTORY_RIGHTS, ALL_RIGHTS);
    CHECK_OK(fd_fdstat_set_rights(fd, base(fd) & ~kCalls[i].needs, inheriting(fd)));
    CHECK_ERRNO(kCalls[i].call(fd), NOTCAPABLE);
    CHECK_OK(fd_close(fd));
  }
  check_case = NULL;
  CHECK(exists(kRoot, "d/in") && exists(kRoot, "f") && exists(kRoot, "d/sub"));
  CHECK(!exists(kRoot, "new") && !exists(kRoot, "d/new"));
}

static Event poll_one(i32 fd, u32 tag) {
  Subscription in = {.userdata = 7, .u = {.tag = (uint8_t)tag}};
  in.u.u.fd_read.file_descriptor = fd;
  Event out = {0};
  CHECK_OK(poll_oneoff(&in, &out, 1, &n));
  CHECK_EQ(n, 1);
  return out;
}

static void has_its_exceptions(void) {
  // fd_seek is fd_tell too, and asking where one is needs only that.
  i32 fd = open_(kRoot, "f", RIGHT(FD_READ) | RIGHT(FD_SEEK), 0);
  CHECK_OK(fd_tell(fd, &at));
  CHECK_OK(fd_seek(fd, 1, kSet, &at));
  CHECK_OK(fd_close(fd));
  fd = open_(kRoot, "f", RIGHT(FD_READ) | RIGHT(FD_TELL), 0);
  CHECK_OK(fd_tell(fd, &at));
  CHECK_OK(fd_seek(fd, 0, kCur, &at));
  CHECK_ERRNO(fd_seek(fd, 1, kCur, &at), NOTCAPABLE);
  CHECK_ERRNO(fd_seek(fd, 0, kSet, &at), NOTCAPABLE);
  CHECK_ERRNO(fd_pread(fd, &kInto, 1, 0, &n), NOTCAPABLE);
  CHECK_OK(fd_close(fd));
  fd = open_(kRoot, "f", FILE_RIGHTS, 0);
  CHECK_OK(fd_fdstat_set_rights(fd, FILE_RIGHTS & ~(RIGHT(FD_SEEK) | RIGHT(FD_TELL)), 0));
  CHECK_ERRNO(fd_tell(fd, &at), NOTCAPABLE);
  // fd_sync is stronger than fd_datasync.
  CHECK_OK(fd_fdstat_set_rights(fd, RIGHT(FD_SYNC), 0));
  CHECK_OK(fd_datasync(fd));
  CHECK_OK(fd_fdstat_set_rights(fd, 0, 0));
  CHECK_ERRNO(fd_datasync(fd), NOTCAPABLE);
  CHECK_OK(fd_close(fd));

  // TRUNC asks the directory for its own right and not for what the file may do.
  const i32 dir = open_(kRoot, "d", DIRECTORY_RIGHTS, ALL_RIGHTS & ~(RIGHT(FD_FILESTAT_SET_SIZE)));
  CHECK_OK(try_open(dir, 0, "in", kTrunc, FILE_RIGHTS));
  CHECK_OK(fd_close(dir));

  // Polling: a missing right is an event and no failure of the call.
  fd = open_(kRoot, "f", FILE_RIGHTS, 0);
  CHECK_EQ(poll_one(fd, kFdRead).error, 0);
  CHECK_OK(fd_fdstat_set_rights(fd, FILE_RIGHTS & ~RIGHT(FD_READ), 0));
  CHECK_ERRNO(poll_one(fd, kFdRead).error, NOTCAPABLE);
  CHECK_EQ(poll_one(fd, kFdWrite).error, 0);
  CHECK_OK(fd_fdstat_set_rights(fd, RIGHT(FD_WRITE), 0));
  CHECK_ERRNO(poll_one(fd, kFdWrite).error, NOTCAPABLE);
  CHECK_OK(fd_close(fd));
}

int main(void) {
  make_file(kRoot, "f", "file");
  make_dir(kRoot, "d");
  make_dir(kRoot, "d/sub");
  make_file(kRoot, "d/in", "in");
  make_link(kRoot, "in", "d/link");
  shows_what_a_descriptor_can_do();
  takes_the_shorthand();
  hands_on_no_more_than_it_has();
  only_shrinks();
  enforces_each();
  has_its_exceptions();
  return check_done();
}

// run: --dir {scratch}::/::ro
// setup: file f text
// setup: mkdir empty
// setup: file full/in inside
// setup: symlink f link
// setup: symlink gone dangling
//
// readonly - a directory granted with ::ro: every change answers ROFS, unless the kernel has an
// earlier answer, and nothing is changed to find out. Rights are shown as for a writable one.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

static Filestat before, after;

static void still_reads(void) {
  Fdstat stat;
  CHECK_OK(fd_fdstat_get(kRoot, &stat));
  CHECK_EQ(stat.fs_rights_base, DIRECTORY_RIGHTS);
  CHECK_EQ(stat.fs_rights_inheriting, ALL_RIGHTS);
  CHECK(has_text(kRoot, "f", "text"));
  CHECK(has_text(kRoot, "link", "text"));
  CHECK(has_text(kRoot, "full/in", "inside"));
  const i32 dir = OPEN_DIR(kRoot, "full");
  CHECK(has_text(dir, "in", "inside"));
  u32 used;
  char buffer[256];
  CHECK_OK(fd_readdir(dir, buffer, sizeof buffer, 0, &used));
  CHECK_EQ(used, 3 * 24 + 1 + 2 + 2);
  // Read-only goes all the way down.
  CHECK_ERRNO(try_open(dir, 0, "in", 0, FILE_RIGHTS), ROFS);
  CHECK_ERRNO(path_unlink_file(dir, PATH("in")), ROFS);
  CHECK_OK(fd_close(dir));
}

static void opens_nothing_for_writing(void) {
  CHECK_ERRNO(try_open(kRoot, 0, "f", 0, FILE_RIGHTS), ROFS);
  CHECK_ERRNO(try_open(kRoot, 0, "f", 0, RIGHT(FD_WRITE)), ROFS);
  CHECK_ERRNO(try_open(kRoot, 0, "f", kTrunc, READ_RIGHTS), ROFS);
  CHECK_ERRNO(try_open(kRoot, 0, "f", kTrunc, 0), ROFS);
  CHECK_ERRNO(try_open(kRoot, 0, "f", kCreat | kTrunc, READ_RIGHTS), ROFS);
  CHECK_ERRNO(try_open(kRoot, kFollow, "link", 0, FILE_RIGHTS), ROFS);
  CHECK_ERRNO(try_open(kRoot, 0, "new", kCreat, READ_RIGHTS), ROFS);
  CHECK_ERRNO(try_open(kRoot, 0, "new", kCreat | kExcl, FILE_RIGHTS), ROFS);
  CHECK_ERRNO(try_open(kRoot, kFollow, "dangling", kCreat, READ_RIGHTS), ROFS);
  CHECK_OK(try_open(kRoot, 0, "f", kCreat, READ_RIGHTS));
  CHECK_ERRNO(try_open(kRoot, 0, "f", kCreat | kExcl, READ_RIGHTS), EXIST);
  CHECK_ERRNO(try_open(kRoot, 0, "f", kCreat | kExcl, FILE_RIGHTS), EXIST);
  CHECK_ERRNO(try_open(kRoot, 0, "none", 0, FILE_RIGHTS), NOENT);
  CHECK_ERRNO(try_open(kRoot, 0, "none/x", kCreat, FILE_RIGHTS), NOENT);
  CHECK_ERRNO(try_open(kRoot, 0, "empty", 0, FILE_RIGHTS), ISDIR);
  CHECK_ERRNO(try_open(kRoot, 0, "../x", kCreat, FILE_RIGHTS), PERM);
}

static void changes_no_names(void) {
  CHECK_ERRNO(path_create_directory(kRoot, PATH("new")), ROFS);
  CHECK_ERRNO(path_create_directory(kRoot, PATH("f")), EXIST);
  CHECK_ERRNO(path_create_directory(kRoot, PATH("empty")), EXIST);
  CHECK_ERRNO(path_create_directory(kRoot, PATH("none/new")), NOENT);
  CHECK_ERRNO(path_create_directory(kRoot, PATH("../new")), PERM);
  CHECK_ERRNO(path_remove_directory(kRoot, PATH("empty")), ROFS);
  CHECK_ERRNO(path_unlink_file(kRoot, PATH("f")), ROFS);
  CHECK_ERRNO(path_unlink_file(kRoot, PATH("link")), ROFS);
  CHECK_ERRNO(path_rename(kRoot, PATH("f"), kRoot, PATH("new")), ROFS);
  CHECK_ERRNO(path_rename(kRoot, PATH("empty"), kRoot, PATH("new")), ROFS);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("f"), kRoot, PATH("new")), ROFS);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("f"), kRoot, PATH("link")), EXIST);
  CHECK_ERRNO(path_symlink(PATH("f"), kRoot, PATH("new")), ROFS);
  CHECK_ERRNO(path_symlink(PATH("f"), kRoot, PATH("link")), EXIST);
  CHECK(!exists(kRoot, "new") && exists(kRoot, "f") && exists(kRoot, "empty"));
}

static void changes_no_metadata(void) {
  CHECK_OK(path_filestat_get(kRoot, 0, PATH("f"), &before));
  CHECK_ERRNO(path_filestat_set_times(kRoot, 0, PATH("f"), 1, 1, kAtim | kMtim), ROFS);
  CHECK_ERRNO(path_filestat_set_times(kRoot, 0, PATH("link"), 1, 1, kMtim), ROFS);
  CHECK_ERRNO(path_filestat_set_times(kRoot, 0, PATH("empty"), 1, 1, kMtimNow), ROFS);
  CHECK_ERRNO(path_filestat_set_times(kRoot, 0, PATH("none"), 1, 1, kMtim), NOENT);
  CHECK_ERRNO(fd_filestat_set_times(kRoot, 1, 1, kAtim), ROFS);
  const i32 fd = OPEN(kRoot, "f", 0, READ_RIGHTS);
  CHECK_ERRNO(fd_filestat_set_times(fd, 1, 1, kAtim | kMtim), ROFS);
  CHECK_ERRNO(fd_filestat_set_size(fd, 0), NOTCAPABLE);
  CHECK_ERRNO(fd_allocate(fd, 0, 100), NOTCAPABLE);
  CHECK_OK(fd_advise(fd, 0, 0, 0));
  CHECK_OK(fd_sync(fd));
  CHECK_OK(fd_close(fd));
  CHECK_OK(path_filestat_get(kRoot, 0, PATH("f"), &after));
  CHECK_EQ(before.mtim, after.mtim);
  CHECK_EQ(before.size, after.size);
}

static void works_through_libc(void) {
  CHECK(open("/f", O_RDWR) == -1 && errno == EROFS);
  CHECK(open("/f", O_WRONLY) == -1 && errno == EROFS);
  CHECK(open("/new", O_WRONLY | O_CREAT, 0666) == -1 && errno == EROFS);
  CHECK(fopen("/f", "r+") == NULL && errno == EROFS);
  CHECK(mkdir("/new", 0777) == -1 && errno == EROFS);
  CHECK(unlink("/f") == -1 && errno == EROFS);
  CHECK(access("/f", R_OK) == 0);
}

int main(void) {
  still_reads();
  opens_nothing_for_writing();
  changes_no_names();
  changes_no_metadata();
  works_through_libc();
  return check_done();
}

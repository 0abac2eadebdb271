// run: --dir {scratch}::/
//
// rename_unlink - path_rename, path_unlink_file, path_create_directory, path_remove_directory:
// every pair of kinds, slashes at the end, "." and "..".
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

static u32 n;
static Filestat stat_;

static i32 rename_(const char* from, const char* to) {
  return path_rename(kRoot, PATH(from), kRoot, PATH(to));
}

// file "f", file "g", empty directory "empty", directory "full" with a file in it.
static void set_up(void) {
  make_file(kRoot, "f", "f");
  make_file(kRoot, "g", "g");
  make_dir(kRoot, "empty");
  make_dir(kRoot, "full");
  make_file(kRoot, "full/in", "in");
}

static void renames_over(void) {
  CHECK_OK(rename_("f", "g"));
  CHECK(!exists(kRoot, "f") && has_text(kRoot, "g", "f"));
  CHECK_OK(rename_("g", "full/g"));
  CHECK(has_text(kRoot, "full/g", "f"));
  CHECK_OK(rename_("full/g", "f"));
  make_file(kRoot, "g", "g");

  CHECK_ERRNO(rename_("empty", "full"), NOTEMPTY);
  CHECK_ERRNO(rename_("empty", "f"), NOTDIR);
  CHECK_ERRNO(rename_("f", "empty"), ISDIR);
  CHECK_ERRNO(rename_("full", "full/sub"), INVAL);
  CHECK_ERRNO(rename_("none", "f"), NOENT);
  CHECK_ERRNO(rename_("f", "none/f"), NOENT);
  CHECK_ERRNO(rename_("f", "g/f"), NOTDIR);
  CHECK_OK(rename_("f", "f"));
  CHECK_OK(rename_("empty", "empty"));
  CHECK_OK(rename_("full", "empty"));
  CHECK(exists(kRoot, "empty/in") && !exists(kRoot, "full"));
  CHECK_OK(rename_("empty", "full"));
  make_dir(kRoot, "empty");

  // Two names of one file: nothing happens.
  CHECK_OK(path_link(kRoot, 0, PATH("f"), kRoot, PATH("f2")));
  CHECK_OK(rename_("f", "f2"));
  CHECK(exists(kRoot, "f") && exists(kRoot, "f2"));
  CHECK_OK(path_unlink_file(kRoot, PATH("f2")));

  const i32 full = OPEN_DIR(kRoot, "full");
  CHECK_OK(path_rename(full, PATH("in"), kRoot, PATH("out")));
  CHECK(has_text(kRoot, "out", "in"));
  CHECK_OK(path_rename(kRoot, PATH("out"), full, PATH("in")));
  CHECK_ERRNO(path_rename(kRoot, PATH("f"), 99, PATH("x")), BADF);
  CHECK_ERRNO(path_rename(99, PATH("f"), kRoot, PATH("x")), BADF);
  CHECK_ERRNO(path_rename(1, PATH("f"), kRoot, PATH("x")), NOTDIR);
  CHECK_ERRNO(path_rename(kRoot, PATH("f"), full, PATH("../f")), PERM);
  CHECK_OK(fd_close(full));
}

static void minds_slashes(void) {
  CHECK_ERRNO(rename_("f/", "h"), NOTDIR);
  CHECK_ERRNO(rename_("none/", "h"), NOENT);
  CHECK_ERRNO(rename_("f", "g/"), NOTDIR);
  CHECK_ERRNO(rename_("f", "h/"), NOTDIR);
  CHECK_OK(rename_("empty/", "moved"));
  CHECK_OK(rename_("moved", "empty/"));
  CHECK_OK(rename_("empty/", "moved//"));
  CHECK_OK(rename_("moved", "empty"));
  make_dir(kRoot, "other");
  CHECK_OK(rename_("other", "empty/"));
  CHECK_ERRNO(rename_("empty", "f/"), NOTDIR);
  CHECK(!exists(kRoot, "h") && exists(kRoot, "empty"));

  CHECK_ERRNO(path_unlink_file(kRoot, PATH("f/")), NOTDIR);
  CHECK_ERRNO(path_unlink_file(kRoot, PATH("empty/")), ISDIR);
  CHECK_ERRNO(path_unlink_file(kRoot, PATH("none/")), NOENT);
  CHECK_ERRNO(path_remove_directory(kRoot, PATH("f/")), NOTDIR);
  CHECK_ERRNO(path_remove_directory(kRoot, PATH("none/")), NOENT);
  CHECK_ERRNO(path_create_directory(kRoot, PATH("f/")), EXIST);
  CHECK_ERRNO(path_create_directory(kRoot, PATH("empty/")), EXIST);
  CHECK_OK(path_create_directory(kRoot, PATH("new/")));
  CHECK_OK(path_remove_directory(kRoot, PATH("new/")));
  CHECK(!exists(kRoot, "new"));

  CHECK_ERRNO(try_open(kRoot, 0, "f/", 0, READ_RIGHTS), NOTDIR);
  CHECK_ERRNO(try_open(kRoot, 0, "none/", 0, READ_RIGHTS), NOENT);
  CHECK_ERRNO(try_open(kRoot, 0, "none/", kCreat, FILE_RIGHTS), ISDIR);
  CHECK_OK(try_open(kRoot, 0, "empty/", 0, READ_RIGHTS));
  CHECK_ERRNO(path_filestat_get(kRoot, 0, PATH("f/"), &stat_), NOTDIR);
  CHECK_ERRNO(path_filestat_get(kRoot, 0, PATH("none/"), &stat_), NOENT);
  CHECK_OK(path_filestat_get(kRoot, 0, PATH("empty///"), &stat_));
}

static void minds_dots(void) {
  CHECK_ERRNO(path_remove_directory(kRoot, PATH(".")), INVAL);
  CHECK_ERRNO(path_remove_directory(kRoot, PATH("empty/.")), INVAL);
  CHECK_ERRNO(path_remove_directory(kRoot, PATH("empty/..")), NOTEMPTY);
  CHECK_ERRNO(path_remove_directory(kRoot, PATH("..")), PERM);
  CHECK_ERRNO(path_unlink_file(kRoot, PATH(".")), ISDIR);
  CHECK_ERRNO(path_unlink_file(kRoot, PATH("empty/..")), ISDIR);
  CHECK_ERRNO(path_unlink_file(kRoot, PATH("..")), PERM);
  CHECK_ERRNO(rename_(".", "x"), BUSY);
  CHECK_ERRNO(rename_("empty/.", "x"), BUSY);
  CHECK_ERRNO(rename_("empty/..", "x"), BUSY);
  CHECK_ERRNO(rename_("empty", "full/."), BUSY);
  CHECK_ERRNO(rename_("..", "x"), PERM);
  CHECK_ERRNO(rename_("empty", ".."), PERM);
  CHECK_ERRNO(rename_("empty", "full/../../x"), PERM);
  CHECK_ERRNO(path_create_directory(kRoot, PATH(".")), EXIST);
  CHECK_ERRNO(path_create_directory(kRoot, PATH("empty/..")), EXIST);
  CHECK_ERRNO(path_create_directory(kRoot, PATH("..")), PERM);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("f"), kRoot, PATH(".")), EXIST);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("f"), kRoot, PATH("empty/..")), EXIST);
  CHECK_ERRNO(path_symlink(PATH("f"), kRoot, PATH(".")), EXIST);
  CHECK_ERRNO(path_symlink(PATH("f"), kRoot, PATH("empty/..")), EXIST);
  CHECK_OK(try_open(kRoot, 0, "empty/..", 0, READ_RIGHTS));
  CHECK_OK(try_open(kRoot, 0, "empty/.", 0, READ_RIGHTS));
  CHECK_OK(path_filestat_get(kRoot, 0, PATH("empty/../full/."), &stat_));
}

static void removes(void) {
  CHECK_ERRNO(path_unlink_file(kRoot, PATH("empty")), ISDIR);
  CHECK_ERRNO(path_unlink_file(kRoot, PATH("none")), NOENT);
  CHECK_ERRNO(path_remove_directory(kRoot, PATH("f")), NOTDIR);
  CHECK_ERRNO(path_remove_directory(kRoot, PATH("full")), NOTEMPTY);
  CHECK_ERRNO(path_remove_directory(kRoot, PATH("none")), NOENT);
  CHECK_ERRNO(path_create_directory(kRoot, PATH("f")), EXIST);
  CHECK_ERRNO(path_create_directory(kRoot, PATH("empty")), EXIST);
  CHECK_ERRNO(path_create_directory(kRoot, PATH("none/x")), NOENT);
  CHECK_ERRNO(path_create_directory(kRoot, PATH("f/x")), NOTDIR);

  // A file without a name lives on as long as it is open.
  const i32 fd = OPEN(kRoot, "f", 0, FILE_RIGHTS);
  CHECK_OK(path_unlink_file(kRoot, PATH("f")));
  CHECK(!exists(kRoot, "f"));
  CHECK_OK(write_text(fd, "still here", &n));
  CHECK_OK(fd_filestat_get(fd, &stat_));
  CHECK_EQ(stat_.size, 10);
  CHECK_EQ(stat_.nlink, 0);
  CHECK_OK(fd_close(fd));

  const i32 dir = OPEN_DIR(kRoot, "empty");
  CHECK_OK(path_remove_directory(kRoot, PATH("empty")));
  CHECK_OK(fd_filestat_get(dir, &stat_));
  CHECK_ERRNO(try_open(dir, 0, "x", kCreat, FILE_RIGHTS), NOENT);
  CHECK_ERRNO(path_create_directory(dir, PATH("x")), NOENT);
  CHECK_OK(fd_close(dir));

  // A directory that moves takes its open descriptors along.
  const i32 full = OPEN_DIR(kRoot, "full");
  CHECK_OK(rename_("full", "elsewhere"));
  CHECK(has_text(full, "in", "in"));
  CHECK_OK(fd_close(full));
}

static void works_through_libc(void) {
  CHECK(mkdir("/a", 0777) == 0);
  CHECK(mkdir("/a/b", 0777) == 0);
  FILE* file = fopen("/a/b/c", "w");
  CHECK(file != NULL && fclose(file) == 0);
  CHECK(rename("/a/b", "/a/d") == 0);
  CHECK(rmdir("/a") == -1);
  CHECK(remove("/a/d/c") == 0);
  CHECK(remove("/a/d") == 0);
  CHECK(rmdir("/a") == 0);
}

int main(void) {
  set_up();
  renames_over();
  minds_slashes();
  minds_dots();
  removes();
  works_through_libc();
  return check_done();
}

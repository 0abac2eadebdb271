// run: --dir {scratch}::/
// setup: symlink /etc/hostname absolute
// setup: symlink /.. absolute-up
// setup: outside secret hidden
//
// links - path_link, path_symlink, path_readlink, and what every call makes of a link.
#include <fcntl.h>
#include <unistd.h>

#include "files.h"

static u32 used;
static Filestat stat_one, stat_other;

static void reads_targets(void) {
  make_link(kRoot, "target", "l");
  char buffer[16];
  memset(buffer, '#', sizeof buffer);
  CHECK_OK(path_readlink(kRoot, PATH("l"), buffer, sizeof buffer, &used));
  CHECK_EQ(used, 6);
  CHECK(memcmp(buffer, "target#", 7) == 0);
  memset(buffer, '#', sizeof buffer);
  CHECK_OK(path_readlink(kRoot, PATH("l"), buffer, 4, &used));
  CHECK_EQ(used, 4);
  CHECK(memcmp(buffer, "targ#", 5) == 0);
  CHECK_OK(path_readlink(kRoot, PATH("l"), buffer, 6, &used));
  CHECK_EQ(used, 6);
  CHECK_OK(path_readlink(kRoot, PATH("l"), NULL, 0, &used));
  CHECK_EQ(used, 0);
  make_file(kRoot, "file", "text");
  make_dir(kRoot, "dir");
  CHECK_ERRNO(path_readlink(kRoot, PATH("file"), buffer, 16, &used), INVAL);
  CHECK_ERRNO(path_readlink(kRoot, PATH("dir"), buffer, 16, &used), INVAL);
  CHECK_ERRNO(path_readlink(kRoot, PATH("none"), buffer, 16, &used), NOENT);
  // What the host put there can be read, and not followed.
  CHECK_OK(path_readlink(kRoot, PATH("absolute"), buffer, 16, &used));
  CHECK_EQ(used, 13);
  CHECK_ERRNO(try_open(kRoot, kFollow, "absolute", 0, READ_RIGHTS), PERM);
  CHECK_ERRNO(path_filestat_get(kRoot, kFollow, PATH("absolute"), &stat_one), PERM);
  CHECK_OK(path_filestat_get(kRoot, 0, PATH("absolute"), &stat_one));
  CHECK_ERRNO(try_open(kRoot, kFollow, "absolute-up/dir", 0, READ_RIGHTS), PERM);
}

static void makes_symlinks(void) {
  CHECK_ERRNO(path_symlink(PATH(""), kRoot, PATH("new")), NOENT);
  CHECK_ERRNO(path_symlink("a\0b", 3, kRoot, PATH("new")), INVAL);
  CHECK_ERRNO(path_symlink("a\0", 2, kRoot, PATH("new")), INVAL);
  CHECK_ERRNO(path_symlink(PATH("\xff"), kRoot, PATH("new")), ILSEQ);
  CHECK_ERRNO(path_symlink(PATH("/etc"), kRoot, PATH("new")), PERM);
  CHECK_ERRNO(path_symlink(PATH("x"), 99, PATH("new")), BADF);
  CHECK(!exists(kRoot, "new"));
  CHECK_ERRNO(path_symlink(PATH("x"), kRoot, PATH("l")), EXIST);
  CHECK_ERRNO(path_symlink(PATH("x"), kRoot, PATH("file")), EXIST);
  CHECK_ERRNO(path_symlink(PATH("x"), kRoot, PATH("dir")), EXIST);
  CHECK_ERRNO(path_symlink(PATH("x"), kRoot, PATH("dir/")), EXIST);
  CHECK_ERRNO(path_symlink(PATH("x"), kRoot, PATH("file/")), NOTDIR);
  CHECK_ERRNO(path_symlink(PATH("x"), kRoot, PATH("new/")), NOENT);
  CHECK_ERRNO(path_symlink(PATH("x"), kRoot, PATH("l/")), EXIST);

  // A link may say that it leaves; going there is another matter.
  make_link(kRoot, "../outside/secret", "leaves");
  CHECK_ERRNO(try_open(kRoot, kFollow, "leaves", 0, READ_RIGHTS), PERM);
  CHECK_ERRNO(try_open(kRoot, kFollow, "leaves", kCreat, FILE_RIGHTS), PERM);
  CHECK_ERRNO(path_filestat_get(kRoot, kFollow, PATH("leaves"), &stat_one), PERM);
  CHECK_ERRNO(path_filestat_set_times(kRoot, kFollow, PATH("leaves"), 1, 1, kMtim), PERM);
  CHECK_ERRNO(path_link(kRoot, kFollow, PATH("leaves"), kRoot, PATH("new")), PERM);
  make_link(kRoot, "..", "parent");
  CHECK_ERRNO(try_open(kRoot, kFollow, "parent/outside/secret", 0, READ_RIGHTS), PERM);
  CHECK_ERRNO(path_unlink_file(kRoot, PATH("parent/outside/secret")), PERM);
  make_link(kRoot, "..", "dir/up");
  CHECK_OK(try_open(kRoot, kFollow, "dir/up/file", 0, READ_RIGHTS));
  const i32 dir = OPEN_DIR(kRoot, "dir");
  CHECK_ERRNO(try_open(dir, kFollow, "up/file", 0, READ_RIGHTS), PERM);
  CHECK_OK(fd_close(dir));
}

static void follows(void) {
  make_link(kRoot, "file", "to-file");
  make_link(kRoot, "dir", "to-dir");
  make_link(kRoot, "missing", "dangling");
  make_file(kRoot, "dir/inner", "inner");
  CHECK(has_text(kRoot, "to-file", "text"));
  CHECK(has_text(kRoot, "to-dir/inner", "inner"));
  CHECK_ERRNO(try_open(kRoot, 0, "to-file", 0, READ_RIGHTS), LOOP);
  CHECK_ERRNO(try_open(kRoot, 0, "to-file", kCreat, FILE_RIGHTS), LOOP);
  CHECK_OK(try_open(kRoot, 0, "to-dir/inner", 0, READ_RIGHTS));
  CHECK_EITHER(try_open(kRoot, 0, "to-dir", kDirectory, DIRECTORY_RIGHTS), NOTDIR, LOOP);
  CHECK_OK(try_open(kRoot, kFollow, "to-dir", kDirectory, DIRECTORY_RIGHTS));
  CHECK_ERRNO(try_open(kRoot, kFollow, "to-file", kDirectory, DIRECTORY_RIGHTS), NOTDIR);
  CHECK_ERRNO(try_open(kRoot, kFollow, "dangling", 0, READ_RIGHTS), NOENT);
  CHECK_ERRNO(path_filestat_get(kRoot, kFollow, PATH("dangling"), &stat_one), NOENT);
  CHECK_ERRNO(try_open(kRoot, kFollow, "dangling", kCreat | kExcl, FILE_RIGHTS), EXIST);
  CHECK_ERRNO(try_open(kRoot, 0, "dangling", kCreat | kExcl, FILE_RIGHTS), EXIST);
  CHECK_ERRNO(path_create_directory(kRoot, PATH("dangling")), EXIST);
  CHECK(!exists(kRoot, "missing"));
  CHECK_OK(try_open(kRoot, kFollow, "dangling", kCreat, FILE_RIGHTS));
  CHECK(exists(kRoot, "missing"));

  // A slash at the end asks for the directory behind the link, also without symlink_follow.
  CHECK_OK(path_filestat_get(kRoot, 0, PATH("to-dir/"), &stat_one));
  CHECK_EQ(stat_one.filetype, __WASI_FILETYPE_DIRECTORY);
  CHECK_ERRNO(path_filestat_get(kRoot, 0, PATH("to-file/"), &stat_one), NOTDIR);
  CHECK_OK(try_open(kRoot, 0, "to-dir/", 0, READ_RIGHTS));
  CHECK_ERRNO(path_readlink(kRoot, PATH("to-dir/"), &stat_one, 8, &used), INVAL);

  // Calls that name an entry mean the link.
  CHECK_ERRNO(path_remove_directory(kRoot, PATH("to-dir")), NOTDIR);
  CHECK_OK(path_rename(kRoot, PATH("to-file"), kRoot, PATH("renamed")));
  CHECK_OK(path_filestat_get(kRoot, 0, PATH("renamed"), &stat_one));
  CHECK_EQ(stat_one.filetype, __WASI_FILETYPE_SYMBOLIC_LINK);
  CHECK_OK(path_unlink_file(kRoot, PATH("renamed")));
  CHECK_OK(path_unlink_file(kRoot, PATH("to-dir")));
  CHECK(has_text(kRoot, "file", "text"));
  CHECK(exists(kRoot, "dir/inner"));
}

static void ends_in_loops(void) {
  make_link(kRoot, "self", "self");
  make_link(kRoot, "pong", "ping");
  make_link(kRoot, "ping", "pong");
  CHECK_ERRNO(try_open(kRoot, kFollow, "self", 0, READ_RIGHTS), LOOP);
  CHECK_ERRNO(try_open(kRoot, kFollow, "ping/x", 0, READ_RIGHTS), LOOP);
  CHECK_ERRNO(path_filestat_get(kRoot, kFollow, PATH("pong"), &stat_one), LOOP);
  CHECK_OK(path_filestat_get(kRoot, 0, PATH("pong"), &stat_one));
  CHECK_ERRNO(path_unlink_file(kRoot, PATH("ping/x")), LOOP);

  // 40 links one after the other are the most.
  make_file(kRoot, "chain-0", "end");
  char name[16], target[16];
  for (int i = 1; i <= 41; i++) {
    snprintf(target, sizeof target, "chain-%d", i - 1);
    snprintf(name, sizeof name, "chain-%d", i);
    make_link(kRoot, target, name);
  }
  CHECK(has_text(kRoot, "chain-40", "end"));
  CHECK_ERRNO(try_open(kRoot, kFollow, "chain-41", 0, READ_RIGHTS), LOOP);
}

static void makes_hard_links(void) {
  CHECK_OK(path_link(kRoot, 0, PATH("file"), kRoot, PATH("dir/hard")));
  CHECK_OK(path_filestat_get(kRoot, 0, PATH("file"), &stat_one));
  CHECK_OK(path_filestat_get(kRoot, 0, PATH("dir/hard"), &stat_other));
  CHECK_EQ(stat_one.nlink, 2);
  CHECK(memcmp(&stat_one, &stat_other, sizeof stat_one) == 0);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("file"), kRoot, PATH("file")), EXIST);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("file"), kRoot, PATH("dir/hard")), EXIST);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("file"), kRoot, PATH("dir")), EXIST);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("file"), kRoot, PATH("dir/")), EXIST);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("file"), kRoot, PATH("self")), EXIST);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("file"), kRoot, PATH("dir/hard/")), NOTDIR);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("file"), kRoot, PATH("new/")), NOENT);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("file/"), kRoot, PATH("new")), NOTDIR);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("dir"), kRoot, PATH("new")), PERM);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("none"), kRoot, PATH("new")), NOENT);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("file"), kRoot, PATH("none/new")), NOENT);
  CHECK_ERRNO(path_link(kRoot, 2, PATH("file"), kRoot, PATH("new")), INVAL);
  CHECK_ERRNO(path_link(99, 0, PATH("file"), kRoot, PATH("new")), BADF);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("file"), 99, PATH("new")), BADF);
  CHECK_ERRNO(path_link(kRoot, 0, PATH("file"), 1, PATH("new")), NOTDIR);
  CHECK(!exists(kRoot, "new"));

  // A link to a link, when not asked to follow; otherwise to what it names.
  make_link(kRoot, "file", "soft");
  make_link(kRoot, "gone", "broken");
  CHECK_OK(path_link(kRoot, 0, PATH("soft"), kRoot, PATH("soft2")));
  CHECK_OK(path_filestat_get(kRoot, 0, PATH("soft2"), &stat_other));
  CHECK_EQ(stat_other.filetype, __WASI_FILETYPE_SYMBOLIC_LINK);
  CHECK_EQ(stat_other.nlink, 2);
  CHECK_OK(path_link(kRoot, 0, PATH("broken"), kRoot, PATH("broken2")));
  CHECK_OK(path_link(kRoot, 0, PATH("self"), kRoot, PATH("self2")));
  CHECK_OK(path_link(kRoot, kFollow, PATH("soft"), kRoot, PATH("followed")));
  CHECK_OK(path_filestat_get(kRoot, 0, PATH("followed"), &stat_other));
  CHECK_EQ(stat_other.ino, stat_one.ino);
  CHECK_EQ(stat_other.nlink, 3);
  CHECK_ERRNO(path_link(kRoot, kFollow, PATH("broken"), kRoot, PATH("new")), NOENT);
  CHECK_OK(path_unlink_file(kRoot, PATH("file")));
  CHECK(has_text(kRoot, "followed", "text"));
  CHECK(has_text(kRoot, "dir/hard", "text"));
}

static void works_through_libc(void) {
  FILE* file = fopen("/original", "w");
  if (!CHECK(file != NULL)) return;
  fputs("original", file);
  fclose(file);
  CHECK(symlink("original", "/soft-libc") == 0);
  CHECK(link("/original", "/hard-libc") == 0);
  char target[32] = {0};
  CHECK(readlink("/soft-libc", target, sizeof target) == 8);
  CHECK(strcmp(target, "original") == 0);
  CHECK(open("/soft-libc", O_RDONLY | O_NOFOLLOW) == -1);
  CHECK(unlink("/original") == 0);
  CHECK(open("/soft-libc", O_RDONLY) == -1);
  CHECK(access("/hard-libc", R_OK) == 0);
}

int main(void) {
  reads_targets();
  makes_symlinks();
  follows();
  ends_in_loops();
  makes_hard_links();
  works_through_libc();
  return check_done();
}

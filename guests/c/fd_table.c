// run: --dir {scratch}::/ --dir {outside}::/second/place
// stdout: through its new number\n
//
// fd_table - numbers: preopens, the lowest free one, fd_close, fd_renumber.
#include <dirent.h>
#include <errno.h>
#include <unistd.h>

#include "files.h"

static u32 n;
static u64 at;
static Prestat prestat;
static Fdstat stat_;

static void finds_the_preopens(void) {
  char name[32];
  memset(&prestat, 0xaa, sizeof prestat);
  CHECK_OK(fd_prestat_get(3, &prestat));
  CHECK_EQ(prestat.tag, 0);
  CHECK_EQ(prestat.u.dir.pr_name_len, 1);
  CHECK_OK(fd_prestat_get(4, &prestat));
  CHECK_EQ(prestat.u.dir.pr_name_len, 13);
  CHECK_ERRNO(fd_prestat_get(5, &prestat), BADF);
  CHECK_ERRNO(fd_prestat_get(0, &prestat), BADF);
  CHECK_ERRNO(fd_prestat_get(-1, &prestat), BADF);

  memset(name, '#', sizeof name);
  CHECK_ERRNO(fd_prestat_dir_name(4, name, 12), NAMETOOLONG);
  CHECK_EQ(name[0], '#');
  CHECK_OK(fd_prestat_dir_name(4, name, 13));
  CHECK(memcmp(name, "/second/place#", 14) == 0);
  memset(name, '#', sizeof name);
  CHECK_OK(fd_prestat_dir_name(4, name, 32));
  CHECK(memcmp(name, "/second/place##", 15) == 0);
  CHECK_OK(fd_prestat_dir_name(3, name, 1));
  CHECK_EQ(name[0], '/');
  CHECK_ERRNO(fd_prestat_dir_name(1, name, 32), BADF);
  CHECK_ERRNO(fd_prestat_dir_name(5, name, 32), BADF);
}

static void gives_the_lowest_number(void) {
  const i32 a = OPEN(kRoot, "a", kCreat, FILE_RIGHTS);
  const i32 b = OPEN(kRoot, "a", 0, FILE_RIGHTS);
  const i32 c = OPEN(kRoot, "a", 0, FILE_RIGHTS);
  CHECK_EQ(a, 5);
  CHECK_EQ(b, 6);
  CHECK_EQ(c, 7);
  CHECK_OK(fd_close(b));
  CHECK_ERRNO(fd_close(b), BADF);
  CHECK_ERRNO(fd_fdstat_get(b, &stat_), BADF);
  CHECK_OK(fd_close(a));
  CHECK_EQ(OPEN(kRoot, "a", 0, FILE_RIGHTS), a);
  CHECK_EQ(OPEN(kRoot, "a", 0, FILE_RIGHTS), b);
  CHECK_EQ(OPEN(kRoot, "a", 0, FILE_RIGHTS), c + 1);
  for (i32 fd = 5; fd <= 8; fd++) CHECK_OK(fd_close(fd));
  CHECK_ERRNO(fd_close(5), BADF);
  CHECK_ERRNO(fd_close(-1), BADF);
  CHECK_ERRNO(fd_close(-31337), BADF);
  CHECK_ERRNO(fd_close(INT32_MAX), BADF);
  CHECK_ERRNO(fd_close(INT32_MIN), BADF);
  // An open that fails takes no number.
  CHECK_ERRNO(try_open(kRoot, 0, "none", 0, READ_RIGHTS), NOENT);
  CHECK_EQ(OPEN(kRoot, "a", 0, FILE_RIGHTS), 5);
  CHECK_OK(fd_close(5));

  enum { kMany = 200 };
  i32 fds[kMany];
  for (int i = 0; i < kMany; i++) CHECK_EQ(fds[i] = OPEN(kRoot, "a", 0, READ_RIGHTS), 5 + i);
  for (int i = 0; i < kMany; i++) CHECK_OK(fd_close(fds[i]));
}

static void renumbers(void) {
  make_file(kRoot, "one", "one");
  make_file(kRoot, "two", "two");
  const i32 one = OPEN_FLAGS(kRoot, "one", 0, FILE_RIGHTS & ~RIGHT(FD_READ), kAppend);
  const i32 two = OPEN(kRoot, "two", 0, FILE_RIGHTS);
  CHECK_ERRNO(fd_renumber(one, 99), BADF);
  CHECK_ERRNO(fd_renumber(99, one), BADF);
  CHECK_ERRNO(fd_renumber(99, 99), BADF);
  CHECK_ERRNO(fd_renumber(one, -1), BADF);
  CHECK_OK(fd_renumber(one, one));
  CHECK_OK(fd_seek(one, 2, kSet, &at));

  CHECK_OK(fd_renumber(one, two));
  CHECK_ERRNO(fd_fdstat_get(one, &stat_), BADF);
  CHECK_ERRNO(fd_renumber(two, one), BADF);
  CHECK_OK(fd_fdstat_get(two, &stat_));
  CHECK_EQ(stat_.fs_flags, kAppend);
  CHECK_EQ(stat_.fs_rights_base, FILE_RIGHTS & ~RIGHT(FD_READ));
  CHECK_OK(fd_tell(two, &at));
  CHECK_EQ(at, 2);
  CHECK_OK(write_text(two, "!", &n));
  CHECK(has_text(kRoot, "one", "one!") && has_text(kRoot, "two", "two"));
  CHECK_EQ(OPEN(kRoot, "one", 0, FILE_RIGHTS), one);
  CHECK_OK(fd_close(one));
  CHECK_OK(fd_close(two));
}

static void moves_preopens_and_stdio(void) {
  // A preopen takes its name along.
  const i32 place = OPEN_DIR(kRoot, ".");
  CHECK_OK(fd_renumber(4, place));
  CHECK_ERRNO(fd_prestat_get(4, &prestat), BADF);
  CHECK_OK(fd_prestat_get(place, &prestat));
  CHECK_EQ(prestat.u.dir.pr_name_len, 13);
  // And an ordinary directory on its number is no preopen.
  const i32 sub = OPEN_DIR(kRoot, ".");
  CHECK_EQ(sub, 4);
  CHECK_ERRNO(fd_prestat_get(4, &prestat), BADF);
  CHECK_OK(fd_renumber(sub, place));
  CHECK_ERRNO(fd_prestat_get(place, &prestat), BADF);
  CHECK_OK(fd_close(place));

  // Standard output becomes a file, and back through a number that is open.
  const i32 file = OPEN(kRoot, "out", kCreat, FILE_RIGHTS);
  const i32 keep = OPEN(kRoot, "out", 0, FILE_RIGHTS);
  CHECK_OK(fd_renumber(1, keep));
  CHECK_ERRNO(write_text(1, "x", &n), BADF);
  CHECK_ERRNO(fd_renumber(file, 1), BADF);
  // Numbers below 3 come only from renumbering.
  const i32 next = OPEN(kRoot, "out", 0, FILE_RIGHTS);
  CHECK(next > 2);
  CHECK_OK(fd_close(next));
  CHECK_OK(fd_renumber(file, 0));
  CHECK_OK(write_text(0, "into the file", &n));
  CHECK(has_text(kRoot, "out", "into the file"));
  CHECK_OK(fd_close(0));
  char byte;
  CHECK_ERRNO(read_bytes(0, &byte, 1, &n), BADF);
  CHECK_OK(write_text(keep, "through its new number\n", &n));
  CHECK_OK(fd_close(keep));
}

static void closes_preopens(void) {
  CHECK_OK(fd_close(3));
  CHECK_ERRNO(fd_prestat_get(3, &prestat), BADF);
  CHECK_ERRNO(try_open(3, 0, "a", 0, READ_RIGHTS), BADF);
}

static void works_through_libc(void) {
  // libc has no dup; closing and opening again is what there is.
  DIR* dir = opendir("/second/place");
  CHECK(dir != NULL && closedir(dir) == 0);
  CHECK(close(77) == -1 && errno == EBADF);
}

int main(void) {
  works_through_libc();
  finds_the_preopens();
  gives_the_lowest_number();
  renumbers();
  moves_preopens_and_stdio();
  closes_preopens();
  return check_done();
}

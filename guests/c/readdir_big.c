// run: --dir {scratch}::/
//
// readdir_big - 20,000 entries: a listing takes time in proportion to them, also in small pieces.
#include "files.h"

enum { kFiles = 20000 };
static uint8_t buffer[1 << 16];
static uint8_t seen[kFiles];

// Lists everything with a buffer of this size; gives the time it took.
static u64 list(i32 dir, u32 size) {
  const u64 start = now(kMonotonic);
  memset(seen, 0, sizeof seen);
  int entries = 0;
  u64 cookie = 0;
  for (;;) {
    u32 used = 0;
    if (!CHECK_OK(fd_readdir(dir, buffer, size, cookie, &used))) break;
    for (u32 at = 0; used - at >= sizeof(Dirent);) {
      Dirent head;
      memcpy(&head, buffer + at, sizeof head);
      if (used - at - sizeof head < head.d_namlen) break;
      char name[16] = {0};
      memcpy(name, buffer + at + sizeof head, head.d_namlen < 15 ? head.d_namlen : 15);
      if (name[0] != '.') seen[atoi(name + 1)]++;
      at += sizeof head + head.d_namlen;
      cookie = head.d_next;
      entries++;
    }
    if (used < size) break;
  }
  CHECK_EQ(entries, kFiles + 2);
  for (int i = 0; i < kFiles; i++)
    if (!CHECK_EQ(seen[i], 1)) break;
  return now(kMonotonic) - start;
}

int main(void) {
  make_dir(kRoot, "big");
  const i32 dir = OPEN_DIR(kRoot, "big");
  char name[16];
  for (int i = 0; i < kFiles; i++) {
    snprintf(name, sizeof name, "e%05d", i);
    i32 fd = -1;
    if (!CHECK_OK(path_open(dir, 0, PATH(name), kCreat | kExcl, FILE_RIGHTS, 0, 0, &fd))) break;
    CHECK_OK(fd_close(fd));
  }
  const u64 large = list(dir, sizeof buffer);
  const u64 small = list(dir, 128);
  // 7,000 calls instead of 10; re-reading from the start for each would take minutes.
  CHECK(small < large + 5000000000ull);
  for (int i = 0; i < kFiles; i++) {
    snprintf(name, sizeof name, "e%05d", i);
    if (!CHECK_OK(path_unlink_file(dir, PATH(name)))) break;
  }
  CHECK_OK(path_remove_directory(kRoot, PATH("big")));
  return check_done();
}

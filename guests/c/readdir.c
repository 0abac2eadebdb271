// run: --dir {scratch}::/
// setup: fifo special/fifo
// setup: socket special/socket
// setup: file special/latin-\xff-name text
//
// readdir - fd_readdir: every size of buffer, cookies, what changes while a listing is under way.
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

enum { kHeader = 24, kCapacity = 1 << 16 };
static uint8_t whole[kCapacity], part[kCapacity];
static u32 used;

static u64 inode(i32 dir, const char* name) {
  Filestat stat = {0};
  CHECK_OK(path_filestat_get(dir, 0, PATH(name), &stat));
  return stat.ino;
}

// One entry out of a buffer; false when it is cut. Fields are unaligned.
typedef struct Entry {
  Dirent head;
  char name[256];
} Entry;

static bool take(const uint8_t* buffer, u32 size, u32* at, Entry* entry) {
  if (size - *at < kHeader) return false;
  memcpy(&entry->head, buffer + *at, kHeader);
  if (entry->head.d_namlen > 255 || size - *at - kHeader < entry->head.d_namlen) return false;
  memcpy(entry->name, buffer + *at + kHeader, entry->head.d_namlen);
  entry->name[entry->head.d_namlen] = 0;
  *at += kHeader + entry->head.d_namlen;
  return true;
}

static bool find(const uint8_t* buffer, u32 size, const char* name, Entry* entry) {
  u32 at = 0;
  while (take(buffer, size, &at, entry))
    if (strcmp(entry->name, name) == 0) return true;
  return false;
}

static void lists(void) {
  make_dir(kRoot, "list");
  const i32 dir = OPEN_DIR(kRoot, "list");
  make_file(dir, "file", "");
  make_dir(dir, "dir");
  make_link(dir, "nowhere", "link");
  char longest[256];
  memset(longest, 'n', 255);
  longest[255] = 0;
  make_file(dir, longest, "");

  CHECK_OK(fd_readdir(dir, whole, kCapacity, 0, &used));
  const u32 total = used;
  u32 at = 0;
  Entry entry;
  CHECK(take(whole, total, &at, &entry) && strcmp(entry.name, ".") == 0);
  CHECK_EQ(entry.head.d_ino, inode(kRoot, "list"));
  CHECK_EQ(entry.head.d_type, __WASI_FILETYPE_DIRECTORY);
  CHECK(take(whole, total, &at, &entry) && strcmp(entry.name, "..") == 0);
  CHECK_EQ(entry.head.d_ino, inode(kRoot, "."));
  static const struct {
    const char* name;
    int type;
  } kExpected[] = {{"file", __WASI_FILETYPE_REGULAR_FILE},
                   {"dir", __WASI_FILETYPE_DIRECTORY},
                   {"link", __WASI_FILETYPE_SYMBOLIC_LINK}};
  for (int i = 0; i < 3; i++) {
    check_case = kExpected[i].name;
    if (!CHECK(find(whole, total, kExpected[i].name, &entry))) continue;
    CHECK_EQ(entry.head.d_type, kExpected[i].type);
    CHECK_EQ(entry.head.d_ino, inode(dir, kExpected[i].name));
    CHECK(entry.head.d_next != 0);
  }
  check_case = NULL;
  CHECK(find(whole, total, longest, &entry));
  CHECK_EQ(total, kHeader * 6 + 1 + 2 + 4 + 3 + 4 + 255);

  // Any buffer is filled to its last byte, wherever that cuts.
  for (u32 size = 0; size <= total + 3; size++) {
    memset(part, 0xaa, size + 1);
    CHECK_OK(fd_readdir(dir, part, size, 0, &used));
    CHECK_EQ(used, size < total ? size : total);
    CHECK(memcmp(part, whole, used) == 0);
    CHECK_EQ(part[used], 0xaa);
  }

  // From the cookie of any entry on come the entries after it, here and on another descriptor.
  const i32 other = OPEN_DIR(kRoot, "list");
  at = 0;
  while (take(whole, total, &at, &entry)) {
    CHECK_OK(fd_readdir(dir, part, kCapacity, entry.head.d_next, &used));
    CHECK_EQ(used, total - at);
    CHECK(memcmp(part, whole + at, used) == 0);
  }
  CHECK_OK(fd_readdir(other, part, kCapacity, entry.head.d_next, &used));
  CHECK_EQ(used, 0);
  CHECK_OK(fd_readdir(dir, part, kCapacity, UINT64_MAX, &used));
  CHECK_EQ(used, 0);
  CHECK_OK(fd_readdir(dir, NULL, 0, 0, &used));
  CHECK_EQ(used, 0);
  CHECK_OK(fd_close(other));
  CHECK_OK(fd_close(dir));

  // Above a preopen there is nothing to see.
  CHECK_OK(fd_readdir(kRoot, whole, kCapacity, 0, &used));
  CHECK(find(whole, used, "..", &entry));
  CHECK_EQ(entry.head.d_ino, inode(kRoot, "."));

  make_file(kRoot, "plain", "");
  const i32 file = OPEN(kRoot, "plain", 0, READ_RIGHTS);
  CHECK_ERRNO(fd_readdir(file, part, kCapacity, 0, &used), BADF);
  CHECK_ERRNO(fd_readdir(0, part, kCapacity, 0, &used), BADF);
  CHECK_ERRNO(fd_readdir(99, part, kCapacity, 0, &used), BADF);
  CHECK_OK(fd_close(file));
}

static void shows_what_the_host_put_there(void) {
  const i32 dir = OPEN_DIR(kRoot, "special");
  CHECK_OK(fd_readdir(dir, whole, kCapacity, 0, &used));
  Entry entry;
  if (CHECK(find(whole, used, "fifo", &entry)))
    CHECK_EQ(entry.head.d_type, __WASI_FILETYPE_UNKNOWN);
  if (CHECK(find(whole, used, "socket", &entry)))
    CHECK_EQ(entry.head.d_type, __WASI_FILETYPE_SOCKET_STREAM);
  // Not UTF-8: shown as it is, but no guest can name it.
  CHECK(find(whole, used, "latin-\xff-name", &entry));
  CHECK_ERRNO(try_open(dir, 0, "latin-\xff-name", 0, READ_RIGHTS), ILSEQ);
  CHECK_OK(fd_close(dir));
}

enum { kFiles = 400 };
static int seen[2 * kFiles];

static void name_of(int i, char* name) { snprintf(name, 16, "f%04d", i); }

// Reads with a buffer for two or three entries, calling `step` after each entry.
static void read_slowly(i32 dir, void (*step)(i32 dir, int index)) {
  memset(seen, 0, sizeof seen);
  u64 cookie = 0;
  for (;;) {
    const u32 size = 100;
    if (!CHECK_OK(fd_readdir(dir, part, size, cookie, &used))) return;
    uint8_t copy[100];
    memcpy(copy, part, used);
    const u32 got = used;
    u32 at = 0;
    Entry entry;
    while (take(copy, got, &at, &entry)) {
      cookie = entry.head.d_next;
      int index = -1;
      if (sscanf(entry.name, "f%d", &index) != 1) continue;
      seen[index]++;
      if (step) step(dir, index);
    }
    if (got < size) return;
  }
}

static void remove_it(i32 dir, int index) {
  char name[16];
  name_of(index, name);
  CHECK_OK(path_unlink_file(dir, PATH(name)));
}

static void add_one(i32 dir, int index) {
  char name[16];
  name_of(kFiles + index, name);
  if (index < kFiles) make_file(dir, name, "");
}

static void stays_stable(void) {
  make_dir(kRoot, "busy");
  const i32 dir = OPEN_DIR(kRoot, "busy");
  char name[16];
  for (int i = 0; i < kFiles; i++) {
    name_of(i, name);
    make_file(dir, name, "");
  }
  read_slowly(dir, add_one);
  for (int i = 0; i < kFiles; i++) CHECK_EQ(seen[i], 1);
  for (int i = kFiles; i < 2 * kFiles; i++) CHECK(seen[i] <= 1);
  // From the start again: what came meanwhile is there.
  read_slowly(dir, NULL);
  for (int i = 0; i < 2 * kFiles; i++) CHECK_EQ(seen[i], 1);
  // What a recursive remove does: unlink each entry as soon as it is seen.
  read_slowly(dir, remove_it);
  for (int i = 0; i < 2 * kFiles; i++) CHECK_EQ(seen[i], 1);
  read_slowly(dir, NULL);
  for (int i = 0; i < 2 * kFiles; i++) CHECK_EQ(seen[i], 0);
  CHECK_OK(fd_close(dir));
  CHECK_OK(path_remove_directory(kRoot, PATH("busy")));
}

static void moves_with_renumber(void) {
  const i32 dir = OPEN_DIR(kRoot, "list");
  const i32 place = OPEN_DIR(kRoot, ".");
  CHECK_OK(fd_readdir(dir, whole, kCapacity, 0, &used));
  const u32 total = used;
  u32 at = 0;
  Entry entry;
  CHECK(take(whole, total, &at, &entry) && take(whole, total, &at, &entry));
  CHECK_OK(fd_renumber(dir, place));
  CHECK_OK(path_unlink_file(place, PATH("file")));
  CHECK_OK(fd_readdir(place, part, kCapacity, entry.head.d_next, &used));
  CHECK_EQ(used, total - at);
  CHECK_OK(fd_readdir(place, part, kCapacity, 0, &used));
  CHECK_EQ(used, total - kHeader - 4);
  CHECK_OK(fd_close(place));
}

static void works_through_libc(void) {
  CHECK(mkdir("/libc", 0777) == 0);
  char path[64];
  for (int i = 0; i < 300; i++) {
    snprintf(path, sizeof path, "/libc/entry-%d", i);
    FILE* file = fopen(path, "w");
    if (CHECK(file != NULL)) fclose(file);
  }
  DIR* dir = opendir("/libc");
  if (!CHECK(dir != NULL)) return;
  int entries = 0;
  for (struct dirent* entry; (entry = readdir(dir)) != NULL; entries++) CHECK(entry->d_ino != 0);
  CHECK_EQ(entries, 302);
  rewinddir(dir);
  long place = 0;
  for (int i = 0; i < 100; i++) {
    CHECK(readdir(dir) != NULL);
    place = telldir(dir);
  }
  const struct dirent* next = readdir(dir);
  if (CHECK(next != NULL)) {
    char name[256];
    strcpy(name, next->d_name);
    seekdir(dir, place);
    next = readdir(dir);
    CHECK(next != NULL && strcmp(name, next->d_name) == 0);
  }
  CHECK(closedir(dir) == 0);
}

int main(void) {
  lists();
  shows_what_the_host_put_there();
  stays_stable();
  moves_with_renumber();
  works_through_libc();
  return check_done();
}

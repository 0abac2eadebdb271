// run: --dir {scratch}::/
//
// fd_io - reading, writing and the position: fd_read, fd_write, fd_pread, fd_pwrite, fd_seek,
// fd_tell, appending, vectors of every shape.
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "files.h"

static u32 n;
static u64 at;

static u64 position(i32 fd) {
  u64 here = 0;
  CHECK_OK(fd_tell(fd, &here));
  return here;
}

static void moves_the_position(void) {
  const i32 fd = OPEN(kRoot, "ten", kCreat | kTrunc, FILE_RIGHTS);
  const Ciovec parts[] = {
      {(const uint8_t*)"0123", 4}, {NULL, 0}, {(const uint8_t*)"456789", 6}, {NULL, 0}};
  CHECK_OK(fd_write(fd, parts, 4, &n));
  CHECK_EQ(n, 10);
  CHECK_EQ(position(fd), 10);

  CHECK_OK(fd_seek(fd, 3, kSet, &at));
  CHECK_EQ(at, 3);
  CHECK_OK(fd_seek(fd, 4, kCur, &at));
  CHECK_EQ(at, 7);
  CHECK_OK(fd_seek(fd, -1, kEnd, &at));
  CHECK_EQ(at, 9);
  CHECK_ERRNO(fd_seek(fd, -1, kSet, &at), INVAL);
  CHECK_ERRNO(fd_seek(fd, -10, kCur, &at), INVAL);
  CHECK_ERRNO(fd_seek(fd, INT64_MIN, kCur, &at), INVAL);
  CHECK_ERRNO(fd_seek(fd, INT64_MAX, kCur, &at), INVAL);
  CHECK_ERRNO(fd_seek(fd, INT64_MAX, kEnd, &at), INVAL);
  CHECK_ERRNO(fd_seek(fd, 0, 3, &at), INVAL);
  CHECK_ERRNO(fd_seek(fd, 0, 256, &at), INVAL);
  CHECK_EQ(position(fd), 9);

  char text[16];
  CHECK_OK(read_bytes(fd, text, sizeof text, &n));
  CHECK_EQ(n, 1);
  CHECK_EQ(text[0], '9');
  CHECK_OK(read_bytes(fd, text, sizeof text, &n));
  CHECK_EQ(n, 0);

  // Past the end is a place like any other: reading gives nothing, writing leaves a hole.
  CHECK_OK(fd_seek(fd, 100, kSet, &at));
  CHECK_OK(read_bytes(fd, text, sizeof text, &n));
  CHECK_EQ(n, 0);
  CHECK_OK(write_text(fd, "x", &n));
  Filestat stat;
  CHECK_OK(fd_filestat_get(fd, &stat));
  CHECK_EQ(stat.size, 101);
  CHECK_OK(fd_seek(fd, 50, kSet, &at));
  CHECK_OK(read_bytes(fd, text, 1, &n));
  CHECK_EQ(text[0], 0);

  // Each opening has its own position.
  const i32 other = OPEN(kRoot, "ten", 0, READ_RIGHTS);
  CHECK_EQ(position(other), 0);
  CHECK_EQ(position(fd), 51);
  CHECK_OK(fd_close(other));
  CHECK_OK(fd_close(fd));
}

static void leaves_the_position(void) {
  const i32 fd = OPEN(kRoot, "p", kCreat | kTrunc, FILE_RIGHTS);
  char text[8] = {0};
  const Iovec into[] = {{(uint8_t*)text, 2}, {NULL, 0}, {(uint8_t*)text + 4, 2}};
  const Ciovec from[] = {{(const uint8_t*)"ab", 2}, {(const uint8_t*)"cd", 2}};
  CHECK_OK(fd_pwrite(fd, from, 2, 4, &n));
  CHECK_EQ(n, 4);
  CHECK_OK(fd_pread(fd, into, 3, 4, &n));
  CHECK_EQ(n, 4);
  CHECK(memcmp(text, "ab\0\0cd", 6) == 0);
  CHECK_OK(fd_pread(fd, into, 3, 8, &n));
  CHECK_EQ(n, 0);
  CHECK_OK(fd_pread(fd, into, 3, INT64_MAX - 100, &n));
  CHECK_EQ(n, 0);
  CHECK_OK(fd_pread(fd, NULL, 0, 0, &n));
  CHECK_EQ(n, 0);
  CHECK_ERRNO(fd_pread(fd, into, 3, (u64)1 << 63, &n), INVAL);
  CHECK_ERRNO(fd_pwrite(fd, from, 2, UINT64_MAX, &n), INVAL);
  CHECK_EQ(position(fd), 0);
  CHECK_OK(fd_close(fd));
}

static void appends(void) {
  make_file(kRoot, "log", "one");
  const i32 fd = OPEN_FLAGS(kRoot, "log", 0, FILE_RIGHTS, kAppend);
  CHECK_EQ(position(fd), 0);
  CHECK_OK(write_text(fd, "two", &n));
  CHECK_EQ(position(fd), 6);
  CHECK_OK(fd_seek(fd, 0, kSet, &at));
  CHECK_OK(write_text(fd, "three", &n));
  CHECK_EQ(position(fd), 11);
  CHECK(has_text(kRoot, "log", "onetwothree"));

  // Another writer made it longer meanwhile.
  const i32 other = OPEN_FLAGS(kRoot, "log", 0, FILE_RIGHTS, kAppend);
  CHECK_OK(write_text(other, "++", &n));
  CHECK_OK(write_text(fd, "!", &n));
  CHECK_EQ(position(fd), 14);
  CHECK(has_text(kRoot, "log", "onetwothree++!"));
  CHECK_OK(fd_close(other));

  // Reading goes by the position, as on any other file.
  CHECK_OK(fd_seek(fd, 3, kSet, &at));
  char text[3];
  CHECK_OK(read_bytes(fd, text, 3, &n));
  CHECK(memcmp(text, "two", 3) == 0);

  CHECK_OK(fd_fdstat_set_flags(fd, 0));
  CHECK_OK(fd_seek(fd, 0, kSet, &at));
  CHECK_OK(write_text(fd, "ONE", &n));
  CHECK(has_text(kRoot, "log", "ONEtwothree++!"));
  CHECK_OK(fd_fdstat_set_flags(fd, kAppend));
  CHECK_OK(write_text(fd, ".", &n));
  CHECK(has_text(kRoot, "log", "ONEtwothree++!."));
  CHECK_OK(fd_close(fd));
}

enum { kMany = 1500, kIovMax = 1024 };
static char bytes[kMany];
static Iovec iovs[kMany];

static void takes_at_most_1024_parts(void) {
  for (int i = 0; i < kMany; i++) {
    bytes[i] = (char)('a' + i % 26);
    iovs[i] = (Iovec){(uint8_t*)bytes + i, 1};
  }
  const i32 fd = OPEN(kRoot, "many", kCreat | kTrunc, FILE_RIGHTS);
  CHECK_OK(fd_write(fd, iovs, kMany, &n));
  CHECK_EQ(n, kIovMax);
  CHECK_OK(fd_pwrite(fd, iovs, kMany, 0, &n));
  CHECK_EQ(n, kIovMax);
  memset(bytes, 0, sizeof bytes);
  CHECK_OK(fd_pread(fd, iovs, kMany, 0, &n));
  CHECK_EQ(n, kIovMax);
  CHECK_EQ(bytes[kIovMax - 1], 'a' + (kIovMax - 1) % 26);
  CHECK_EQ(bytes[kIovMax], 0);

  // Empty ones do not count, wherever they are.
  for (int i = 0; i < kMany; i += 2) iovs[i].buf_len = 0;
  CHECK_OK(fd_pread(fd, iovs, kMany, 0, &n));
  CHECK_EQ(n, kMany / 2);
  CHECK_EQ(bytes[1], 'a');
  CHECK_EQ(bytes[kMany - 1], 'a' + (kMany / 2 - 1) % 26);
  for (int i = 0; i < kMany; i++) iovs[i].buf_len = 0;
  CHECK_OK(fd_write(fd, iovs, kMany, &n));
  CHECK_EQ(n, 0);

  // Also the parts that are not used must be memory.
  for (int i = 0; i < kMany; i++) iovs[i] = (Iovec){(uint8_t*)bytes + i, 1};
  iovs[kMany - 1].buf = (uint8_t*)0xfffffff0u;
  CHECK_ERRNO(fd_pwrite(fd, iovs, kMany, 0, &n), FAULT);
  CHECK_OK(fd_close(fd));
}

enum { kMegabytes4 = 4 << 20 };
static uint8_t large[kMegabytes4];

static void takes_a_sum_beyond_32_bits(void) {
  make_file(kRoot, "small", "small");
  const i32 fd = OPEN(kRoot, "small", 0, READ_RIGHTS);
  // 1024 times 4 MiB: the sum is 0 in 32 bits.
  for (int i = 0; i < kIovMax; i++) iovs[i] = (Iovec){large, kMegabytes4};
  CHECK_OK(fd_read(fd, iovs, kIovMax, &n));
  CHECK_EQ(n, 5);
  CHECK_OK(fd_pread(fd, iovs, kIovMax, 0, &n));
  CHECK_EQ(n, 5);
  CHECK(memcmp(large, "small", 5) == 0);
  CHECK_OK(fd_close(fd));
}

static void moves_a_lot(void) {
  const i32 fd = OPEN(kRoot, "large", kCreat | kTrunc, FILE_RIGHTS);
  for (int i = 0; i < kMegabytes4; i++) large[i] = (uint8_t)(i * 2654435761u >> 24);
  u64 done = 0;
  while (done < kMegabytes4) {
    const Ciovec part = {large + done, (u32)(kMegabytes4 - done)};
    if (!CHECK_OK(fd_write(fd, &part, 1, &n)) || !CHECK(n > 0)) break;
    done += n;
  }
  memset(large, 0, sizeof large);
  CHECK_OK(fd_seek(fd, 0, kSet, &at));
  done = 0;
  while (done < kMegabytes4) {
    if (!CHECK_OK(read_bytes(fd, large + done, (u32)(kMegabytes4 - done), &n)) || !CHECK(n > 0))
      break;
    done += n;
  }
  bool same = true;
  for (int i = 0; i < kMegabytes4; i++) same &= large[i] == (uint8_t)(i * 2654435761u >> 24);
  CHECK(same);
  CHECK_OK(fd_close(fd));
}

static void refuses(void) {
  char text[4];
  const Iovec into = {(uint8_t*)text, 4};
  const i32 reader = OPEN(kRoot, "ten", 0, READ_RIGHTS);
  CHECK_ERRNO(write_text(reader, "x", &n), NOTCAPABLE);
  CHECK_ERRNO(fd_pwrite(reader, &into, 1, 0, &n), NOTCAPABLE);
  CHECK_ERRNO(fd_write(reader, NULL, 0, &n), NOTCAPABLE);
  CHECK_OK(fd_close(reader));
  const i32 writer = OPEN(kRoot, "ten", 0, FILE_RIGHTS & ~RIGHT(FD_READ));
  CHECK_ERRNO(read_bytes(writer, text, 4, &n), NOTCAPABLE);
  CHECK_ERRNO(fd_pread(writer, &into, 1, 0, &n), NOTCAPABLE);
  CHECK_OK(fd_close(writer));

  CHECK_ERRNO(fd_read(kRoot, &into, 1, &n), ISDIR);
  CHECK_ERRNO(fd_pread(kRoot, &into, 1, 0, &n), ISDIR);
  CHECK_ERRNO(fd_write(kRoot, &into, 1, &n), BADF);
  CHECK_ERRNO(fd_pwrite(kRoot, &into, 1, 0, &n), BADF);
  CHECK_ERRNO(fd_seek(kRoot, 0, kSet, &at), BADF);
  CHECK_ERRNO(fd_tell(kRoot, &at), BADF);

  CHECK_ERRNO(fd_read(99, &into, 1, &n), BADF);
  CHECK_ERRNO(fd_read(99, NULL, 0, &n), BADF);
  CHECK_ERRNO(fd_write(99, &into, 1, &n), BADF);
  CHECK_ERRNO(fd_pread(99, &into, 1, 0, &n), BADF);
  CHECK_ERRNO(fd_pwrite(99, &into, 1, 0, &n), BADF);
  CHECK_ERRNO(fd_seek(99, 0, kSet, &at), BADF);
  CHECK_ERRNO(fd_seek(99, 0, 7, &at), INVAL);
  CHECK_ERRNO(fd_tell(99, &at), BADF);
}

static void works_through_libc(void) {
  const int fd = open("/libc", O_RDWR | O_CREAT | O_TRUNC, 0666);
  CHECK(fd > 2);
  struct iovec out[] = {{"hello, ", 7}, {"world\n", 6}};
  CHECK(writev(fd, out, 2) == 13);
  CHECK(lseek(fd, -6, SEEK_END) == 7);
  char text[16] = {0};
  CHECK(read(fd, text, sizeof text) == 6);
  CHECK(strcmp(text, "world\n") == 0);
  CHECK(pwrite(fd, "W", 1, 7) == 1);
  CHECK(pread(fd, text, 5, 7) == 5);
  CHECK(memcmp(text, "World", 5) == 0);
  CHECK((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR);
  CHECK(fcntl(fd, F_SETFL, O_APPEND) == 0);
  CHECK(fcntl(fd, F_GETFL) & O_APPEND);
  CHECK(ftruncate(fd, 5) == 0);
  CHECK(fsync(fd) == 0);
  CHECK(close(fd) == 0);

  FILE* file = fopen("/lines", "w+");
  if (!CHECK(file != NULL)) return;
  for (int i = 0; i < 1000; i++) fprintf(file, "line %d\n", i);
  rewind(file);
  int count = 0;
  char line[32];
  while (fgets(line, sizeof line, file)) count++;
  CHECK_EQ(count, 1000);
  CHECK(strcmp(line, "line 999\n") == 0);
  CHECK(fclose(file) == 0);
}

int main(void) {
  moves_the_position();
  leaves_the_position();
  appends();
  takes_at_most_1024_parts();
  takes_a_sum_beyond_32_bits();
  moves_a_lot();
  refuses();
  works_through_libc();
  return check_done();
}

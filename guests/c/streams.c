// own-test:
//
// streams - waiting on pipes. streams_test.cpp plays the other end:
//   input     waits with NONBLOCK and poll for what the test writes, then for its hang-up
//   blocking  the same with plain reads
//   output    fills stdout until AGAIN, waits until there is room, then until nobody reads
#include "check.h"

static u32 n;

static Event poll_one(i32 fd, u32 tag, u64 timeout) {
  Subscription in[2] = {{.userdata = 1, .u = {.tag = (uint8_t)tag}},
                        {.userdata = 2, .u = {.tag = kClock}}};
  in[0].u.u.fd_read.file_descriptor = fd;
  in[1].u.u.clock.id = kMonotonic;
  in[1].u.u.clock.timeout = timeout;
  Event out[2];
  memset(out, 0, sizeof out);
  CHECK_OK(poll_oneoff(in, out, 2, &n));
  return out[0];
}

static const u64 kLong = 20000000000, kShort = 20000000;

// The sign for the test that the next step is due.
static void say(const char* line) {
  const Ciovec iov = {(const uint8_t*)line, strlen(line)};
  CHECK_OK(fd_write(2, &iov, 1, &n));
}

static void input(void) {
  char text[16];
  const Iovec into = {(uint8_t*)text, sizeof text};
  CHECK_OK(fd_fdstat_set_flags(0, kNonblock));
  CHECK_ERRNO(fd_read(0, &into, 1, &n), AGAIN);
  CHECK_EQ(poll_one(0, kFdRead, kShort).userdata, 2);
  say("waiting\n");
  Event event = poll_one(0, kFdRead, kLong);
  CHECK_EQ(event.userdata, 1);
  CHECK_EQ(event.error, 0);
  CHECK_EQ(event.fd_readwrite.nbytes, 5);
  CHECK_EQ(event.fd_readwrite.flags, 0);
  CHECK_OK(fd_read(0, &into, 1, &n));
  CHECK_EQ(n, 5);
  CHECK(memcmp(text, "hello", 5) == 0);
  CHECK_ERRNO(fd_read(0, &into, 1, &n), AGAIN);
  say("done\n");
  event = poll_one(0, kFdRead, kLong);
  CHECK_EQ(event.userdata, 1);
  CHECK_EQ(event.error, 0);
  CHECK_EQ(event.fd_readwrite.nbytes, 0);
  CHECK_EQ(event.fd_readwrite.flags, kHangup);
  CHECK_OK(fd_read(0, &into, 1, &n));
  CHECK_EQ(n, 0);
}

static void blocking(void) {
  char text[16];
  const Iovec into = {(uint8_t*)text, sizeof text};
  say("waiting\n");
  CHECK_OK(fd_read(0, &into, 1, &n));
  CHECK_EQ(n, 5);
  say("done\n");
  CHECK_OK(fd_read(0, &into, 1, &n));
  CHECK_EQ(n, 0);
}

static uint8_t block[65536];

static void output(void) {
  const Ciovec from = {block, sizeof block};
  CHECK_OK(fd_fdstat_set_flags(1, kNonblock));
  u64 total = 0;
  i32 error;
  while ((error = fd_write(1, &from, 1, &n)) == 0 && total < (64u << 20)) total += n;
  check_errno(error, ERRNO(AGAIN), __FILE__, __LINE__, "fd_write on a full pipe");
  CHECK_EQ(poll_one(1, kFdWrite, kShort).userdata, 2);
  say("waiting\n");  // the test reads some
  Event event = poll_one(1, kFdWrite, kLong);
  CHECK_EQ(event.userdata, 1);
  CHECK_EQ(event.error, 0);
  CHECK(event.fd_readwrite.nbytes >= 1);
  CHECK_OK(fd_write(1, &from, 1, &n));
  CHECK(n > 0);
  say("done\n");  // the test closes its end
  do {
    event = poll_one(1, kFdWrite, kLong);
    if (event.error == 0) error = fd_write(1, &from, 1, &n);
  } while (event.error == 0 && error == 0);
  if (event.error == 0) event = poll_one(1, kFdWrite, kLong);  // closed after the last poll
  check_errno(event.error, ERRNO(PIPE), __FILE__, __LINE__, "event of a pipe without reader");
  CHECK_ERRNO(fd_write(1, &from, 1, &n), PIPE);
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  if (strcmp(argv[1], "input") == 0) input();
  if (strcmp(argv[1], "blocking") == 0) blocking();
  if (strcmp(argv[1], "output") == 0) output();
  return check_done();
}

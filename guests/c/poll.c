// run: --dir {scratch}::/
//
// poll - poll_oneoff on clocks and files: which events, in which order, and never too early.
// Streams and sockets have guests of their own (stdin.c, sockets.c).
#include <errno.h>
#include <poll.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include "files.h"

static const u64 kMs = 1000000;
static u32 n;

static Subscription clock_(u64 userdata, u32 id, u64 timeout, u32 flags) {
  Subscription in = {.userdata = userdata, .u = {.tag = kClock}};
  in.u.u.clock.id = id;
  in.u.u.clock.timeout = timeout;
  in.u.u.clock.flags = (uint16_t)flags;
  return in;
}
static Subscription on_fd(u64 userdata, u32 tag, i32 fd) {
  Subscription in = {.userdata = userdata, .u = {.tag = (uint8_t)tag}};
  in.u.u.fd_read.file_descriptor = fd;
  return in;
}

static Event events[16];
// Polls; what is behind the last event must stay untouched.
static u32 poll_(const Subscription* in, u32 count) {
  memset(events, 0xaa, sizeof events);
  n = 99;
  CHECK_OK(poll_oneoff(in, events, count, &n));
  if (!CHECK(n >= 1 && n <= count)) return 0;
  const uint8_t* rest = (const uint8_t*)(events + n);
  for (const uint8_t* p = rest; p < (const uint8_t*)(events + 16); p++)
    if (!CHECK(*p == 0xaa)) break;
  return n;
}
static bool is_clock(const Event* event, u64 userdata) {
  return event->userdata == userdata && event->error == 0 && event->type == kClock &&
         event->fd_readwrite.nbytes == 0 && event->fd_readwrite.flags == 0;
}

static void sleeps(void) {
  for (u32 id = kRealtime; id <= kMonotonic; id++) {
    const Subscription in = clock_(0x1122334455667788, id, 30 * kMs, 0);
    const u64 start = now(kMonotonic);
    CHECK_EQ(poll_(&in, 1), 1);
    const u64 took = now(kMonotonic) - start;
    CHECK(took >= 30 * kMs && took < 2000 * kMs);
    CHECK(is_clock(&events[0], 0x1122334455667788));
  }
  for (u32 id = kRealtime; id <= kMonotonic; id++) {
    const u64 start = now(id);
    const Subscription in = clock_(1, id, start + 30 * kMs, kAbstime);
    CHECK_EQ(poll_(&in, 1), 1);
    CHECK(now(id) >= start + 30 * kMs);
    CHECK(now(id) < start + 2000 * kMs);
    // Already past.
    const Subscription past = clock_(2, id, start, kAbstime);
    CHECK_EQ(poll_(&past, 1), 1);
    CHECK(is_clock(&events[0], 2));
    const Subscription zero = clock_(3, id, 0, 0);
    CHECK_EQ(poll_(&zero, 1), 1);
    CHECK(is_clock(&events[0], 3));
  }
  // Many short ones: each at least as long as asked for.
  for (u64 timeout = 1; timeout < 5 * kMs; timeout *= 3) {
    const u64 start = now(kMonotonic);
    const Subscription in = clock_(1, kMonotonic, timeout, 0);
    CHECK_EQ(poll_(&in, 1), 1);
    CHECK(now(kMonotonic) - start >= timeout);
  }
}

static void wakes_for_the_earliest(void) {
  const u64 start = now(kMonotonic);
  const Subscription in[] = {
      clock_(1, kMonotonic, UINT64_MAX, 0),        clock_(2, kMonotonic, 40 * kMs, 0),
      clock_(3, kRealtime, 5000 * kMs, 0),         clock_(4, kMonotonic, 5000 * kMs, 0),
      clock_(5, kMonotonic, UINT64_MAX, kAbstime), clock_(6, kRealtime, UINT64_MAX, kAbstime),
  };
  CHECK_EQ(poll_(in, 6), 1);
  CHECK(is_clock(&events[0], 2));
  CHECK(now(kMonotonic) - start >= 40 * kMs && now(kMonotonic) - start < 2000 * kMs);

  // All that are over, in the order of the subscriptions.
  const Subscription mixed[] = {clock_(10, kMonotonic, 1, kAbstime),
                                clock_(11, kMonotonic, 9000 * kMs, 0), clock_(12, kRealtime, 0, 0),
                                clock_(12, kRealtime, 0, 0)};
  CHECK_EQ(poll_(mixed, 4), 3);
  CHECK(is_clock(&events[0], 10) && is_clock(&events[1], 12) && is_clock(&events[2], 12));
}

static void finds_files_ready(void) {
  const i32 fd = OPEN(kRoot, "ten", kCreat, FILE_RIGHTS);
  u64 at;
  CHECK_OK(write_text(fd, "0123456789", &n));
  CHECK_OK(fd_seek(fd, 4, kSet, &at));
  const Subscription in[] = {clock_(1, kMonotonic, 60000 * kMs, 0), on_fd(2, kFdRead, fd),
                             on_fd(3, kFdWrite, fd), on_fd(2, kFdRead, fd)};
  CHECK_EQ(poll_(in, 4), 3);
  CHECK_EQ(events[0].userdata, 2);
  CHECK_EQ(events[0].type, kFdRead);
  CHECK_EQ(events[0].error, 0);
  CHECK_EQ(events[0].fd_readwrite.nbytes, 6);
  CHECK_EQ(events[0].fd_readwrite.flags, 0);
  CHECK_EQ(events[1].userdata, 3);
  CHECK_EQ(events[1].type, kFdWrite);
  CHECK_EQ(events[1].error, 0);
  CHECK_EQ(events[2].userdata, 2);
  CHECK_OK(fd_seek(fd, 0, kEnd, &at));
  CHECK_EQ(poll_(in, 4), 3);
  CHECK_EQ(events[0].fd_readwrite.nbytes, 0);
  CHECK_EQ(events[0].fd_readwrite.flags, 0);
  CHECK_OK(fd_seek(fd, 100, kSet, &at));
  CHECK_EQ(poll_(in, 4), 3);
  CHECK_EQ(events[0].fd_readwrite.nbytes, 0);
  CHECK_OK(fd_close(fd));
}

static void reports_errors_as_events(void) {
  const Subscription in[] = {
      on_fd(1, kFdRead, 99),
      on_fd(2, kFdWrite, -31337),
      on_fd(3, kFdRead, kRoot),
      on_fd(4, kFdWrite, kRoot),
      clock_(5, 4, 1, 0),
      clock_(6, kProcessCpu, 1, 0),
      clock_(7, kThreadCpu, 1, kAbstime),
      clock_(8, kMonotonic, 60000 * kMs, 0),
      on_fd(9, kFdWrite, 0),
      on_fd(10, kFdRead, 1),
  };
  static const i32 kErrors[] = {ERRNO(BADF),       ERRNO(BADF),       ERRNO(NOTCAPABLE),
                                ERRNO(NOTCAPABLE), ERRNO(INVAL),      ERRNO(NOTSUP),
                                ERRNO(NOTSUP),     ERRNO(NOTCAPABLE), ERRNO(NOTCAPABLE)};
  static const u64 kUserdata[] = {1, 2, 3, 4, 5, 6, 7, 9, 10};
  CHECK_EQ(poll_(in, 10), 9);
  for (u32 i = 0; i < n && i < 9; i++) {
    CHECK_EQ(events[i].userdata, kUserdata[i]);
    check_errno(events[i].error, kErrors[i], __FILE__, __LINE__, "event");
    CHECK_EQ(events[i].fd_readwrite.nbytes, 0);
    CHECK_EQ(events[i].fd_readwrite.flags, 0);
  }

  CHECK_ERRNO(poll_oneoff(in, events, 0, &n), INVAL);
  Subscription bad = clock_(1, kMonotonic, 0, 2);
  CHECK_ERRNO(poll_oneoff(&bad, events, 1, &n), INVAL);
  bad = on_fd(1, 3, 0);
  CHECK_ERRNO(poll_oneoff(&bad, events, 1, &n), INVAL);
  bad = on_fd(1, 255, 0);
  CHECK_ERRNO(poll_oneoff(&bad, events, 1, &n), INVAL);
  CHECK_ERRNO(poll_oneoff((void*)0xffffff00u, events, 10, &n), FAULT);
  CHECK_ERRNO(poll_oneoff(in, (void*)0xffffff00u, 10, &n), FAULT);
  CHECK_ERRNO(poll_oneoff(in, events, 10, (void*)0xffffffffu), FAULT);
  // 48 times this is a small number in 32 bits.
  CHECK_ERRNO(poll_oneoff(in, events, 0x05555556u, &n), FAULT);
}

enum { kThousands = 5000 };
static Subscription many[kThousands];
static Event answers[kThousands];

static void takes_thousands(void) {
  const i32 fd = OPEN(kRoot, "ten", 0, FILE_RIGHTS);
  for (u32 i = 0; i < kThousands; i++)
    many[i] = i % 3 == 0   ? on_fd(i, kFdRead, fd)
              : i % 3 == 1 ? clock_(i, kMonotonic, 3600000 * kMs, 0)
                           : on_fd(i, kFdWrite, 1000 + (i32)i);
  CHECK_OK(poll_oneoff(many, answers, kThousands, &n));
  CHECK_EQ(n, 3333);
  u32 at = 0;
  for (u32 i = 0; i < kThousands; i++) {
    if (i % 3 == 1) continue;
    if (!CHECK_EQ(answers[at].userdata, i)) break;
    CHECK_EQ(answers[at].error, i % 3 == 0 ? 0 : ERRNO(BADF));
    at++;
  }
  // Only clocks, the last one first.
  for (u32 i = 0; i < kThousands; i++)
    many[i] = clock_(i, kMonotonic, i + 1 == kThousands ? kMs : 3600000 * kMs + i, 0);
  CHECK_OK(poll_oneoff(many, answers, kThousands, &n));
  CHECK_EQ(n, 1);
  CHECK_EQ(answers[0].userdata, kThousands - 1);
  CHECK_OK(fd_close(fd));
}

static void works_through_libc(void) {
  const u64 start = now(kMonotonic);
  CHECK(usleep(10000) == 0);
  const struct timespec short_time = {0, 10000000};
  CHECK(nanosleep(&short_time, NULL) == 0);
  CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &short_time, NULL) == 0);
  CHECK(now(kMonotonic) - start >= 30 * kMs);
  struct timespec deadline;
  CHECK(clock_gettime(CLOCK_REALTIME, &deadline) == 0);
  deadline.tv_nsec += 1000000;
  if (deadline.tv_nsec >= 1000000000) {
    deadline.tv_sec++;
    deadline.tv_nsec -= 1000000000;
  }
  CHECK(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &deadline, NULL) == 0);

  FILE* file = fopen("/ten", "r+");
  if (!CHECK(file != NULL)) return;
  struct pollfd fds[] = {{fileno(file), POLLIN | POLLOUT, 0}, {98, POLLIN, 0}};
  CHECK(poll(fds, 2, 1000) == 2);
  CHECK(fds[0].revents == (POLLIN | POLLOUT));
  CHECK(fds[1].revents == POLLNVAL);
  fd_set reads;
  FD_ZERO(&reads);
  FD_SET(fileno(file), &reads);
  struct timeval wait = {1, 0};
  CHECK(select(fileno(file) + 1, &reads, NULL, NULL, &wait) == 1);
  CHECK(fclose(file) == 0);
  CHECK(poll(NULL, 0, 1) == 0);
}

int main(void) {
  sleeps();
  wakes_for_the_earliest();
  finds_files_ready();
  reports_errors_as_events();
  takes_thousands();
  works_through_libc();
  return check_done();
}

// own-test:
//
// sockets - a granted listener and what it accepts. streams_test.cpp is the client; the argument
// is the listener's number. The guest says on stdout when the client's next step is due.
#include <sys/socket.h>

#include "check.h"

static u32 n;
static u64 at;
static uint16_t flags;
static i32 fd;
static Fdstat stat_;
static char text[64];
static const Iovec kInto = {(uint8_t*)text, sizeof text};
static const u64 kSocketRights = 0x1820004a, kListenerRights = 0x2820000a;

static void say(const char* line) {
  const Ciovec iov = {(const uint8_t*)line, strlen(line)};
  CHECK_OK(fd_write(1, &iov, 1, &n));
}

static Event wait_for(i32 fd, u32 tag) {
  Subscription in = {.userdata = 1, .u = {.tag = (uint8_t)tag}};
  in.u.u.fd_read.file_descriptor = fd;
  Event out = {0};
  CHECK_OK(poll_oneoff(&in, &out, 1, &n));
  CHECK_EQ(out.error, 0);
  return out;
}

static void listens(i32 listener) {
  CHECK_OK(fd_fdstat_get(listener, &stat_));
  CHECK_EQ(stat_.fs_filetype, __WASI_FILETYPE_SOCKET_STREAM);
  CHECK_EQ(stat_.fs_rights_base, kListenerRights);
  CHECK_EQ(stat_.fs_rights_inheriting, kSocketRights);
  CHECK_ERRNO(sock_accept(listener, kAppend, &fd), INVAL);
  CHECK_ERRNO(sock_accept(listener, 32, &fd), INVAL);
  CHECK_ERRNO(sock_accept(99, 0, &fd), BADF);
  CHECK_ERRNO(sock_accept(0, 0, &fd), NOTSOCK);
  CHECK_ERRNO(sock_recv(0, &kInto, 1, 0, &n, &flags), NOTSOCK);
  CHECK_ERRNO(sock_send(1, &kInto, 1, 0, &n), NOTSOCK);
  CHECK_ERRNO(sock_shutdown(1, 2), NOTSOCK);
  CHECK_ERRNO(sock_send(listener, &kInto, 1, 0, &n), NOTCAPABLE);
  CHECK_ERRNO(sock_shutdown(listener, 2), NOTCAPABLE);
  // TCP and Unix sockets differ in what the kernel says.
  CHECK_EITHER(sock_recv(listener, &kInto, 1, 0, &n, &flags), NOTCONN, INVAL);
  CHECK_ERRNO(fd_seek(listener, 0, kSet, &at), SPIPE);
  Prestat prestat;
  CHECK_ERRNO(fd_prestat_get(listener, &prestat), BADF);

  CHECK_OK(fd_fdstat_set_flags(listener, kNonblock));
  CHECK_ERRNO(sock_accept(listener, 0, &fd), AGAIN);
  say("connect\n");
  const Event event = wait_for(listener, kFdRead);
  CHECK(event.fd_readwrite.nbytes >= 1);
  CHECK_EQ(event.fd_readwrite.flags, 0);
}

// The client sends "hello world".
static void receives(i32 peer) {
  CHECK_OK(fd_fdstat_get(peer, &stat_));
  CHECK_EQ(stat_.fs_filetype, __WASI_FILETYPE_SOCKET_STREAM);
  CHECK_EQ(stat_.fs_flags, 0);
  CHECK_EQ(stat_.fs_rights_base, kSocketRights);
  CHECK_ERRNO(fd_seek(peer, 0, kCur, &at), SPIPE);
  CHECK_ERRNO(fd_pread(peer, &kInto, 1, 0, &n), SPIPE);
  CHECK_EITHER(sock_accept(peer, 0, &fd), INVAL, NOTCAPABLE);

  char all[11];
  const Iovec eleven = {(uint8_t*)all, 11};
  flags = 0xaaaa;
  CHECK_OK(sock_recv(peer, &eleven, 1, 2 | 1, &n, &flags));  // WAITALL | PEEK
  CHECK_EQ(n, 11);
  CHECK_EQ(flags, 0);
  CHECK_EQ(wait_for(peer, kFdRead).fd_readwrite.nbytes, 11);
  char a[3], b[20];
  const Iovec two[] = {{(uint8_t*)a, 3}, {NULL, 0}, {(uint8_t*)b, 20}};
  CHECK_OK(sock_recv(peer, two, 3, 1, &n, &flags));  // PEEK
  CHECK_EQ(n, 11);
  CHECK(memcmp(a, "hel", 3) == 0 && memcmp(b, "lo world", 8) == 0);
  CHECK_OK(sock_recv(peer, two, 1, 0, &n, &flags));
  CHECK_EQ(n, 3);
  const Iovec rest = {(uint8_t*)text, 2};
  CHECK_OK(fd_read(peer, &rest, 1, &n));
  CHECK_EQ(n, 2);
  CHECK(memcmp(text, "lo", 2) == 0);
  CHECK_ERRNO(sock_recv(peer, &kInto, 1, 4, &n, &flags), INVAL);
  CHECK_ERRNO(sock_recv(peer, &kInto, 1, 0x10000, &n, &flags), INVAL);
  CHECK_OK(sock_recv(peer, &kInto, 1, 0, &n, &flags));
  CHECK_EQ(n, 6);

  // Two halves with a pause between them: WAITALL waits for both.
  say("halves\n");
  CHECK_OK(sock_recv(peer, &eleven, 1, 2, &n, &flags));
  CHECK_EQ(n, 11);
  CHECK(memcmp(all, "first+later", 11) == 0);

  CHECK_OK(fd_fdstat_set_flags(peer, kNonblock));
  CHECK_ERRNO(sock_recv(peer, &kInto, 1, 0, &n, &flags), AGAIN);
  CHECK_ERRNO(fd_read(peer, &kInto, 1, &n), AGAIN);
  CHECK_OK(fd_fdstat_set_flags(peer, 0));
}

static void sends(i32 peer) {
  CHECK_EQ(wait_for(peer, kFdWrite).fd_readwrite.flags, 0);
  const Ciovec parts[] = {{(const uint8_t*)"from ", 5}, {(const uint8_t*)"the guest\n", 10}};
  CHECK_OK(sock_send(peer, parts, 2, 0, &n));
  CHECK_EQ(n, 15);
  CHECK_OK(fd_write(peer, parts + 1, 1, &n));
  CHECK_EQ(n, 10);
  CHECK_ERRNO(sock_send(peer, parts, 2, 1, &n), INVAL);
  CHECK(send((int)peer, "libc\n", 5, 0) == 5);
}

// The client reads to the end, sends "bye" and closes.
static void shuts_down(i32 peer) {
  const Ciovec from = {(const uint8_t*)"x", 1};
  CHECK_ERRNO(sock_shutdown(peer, 0), INVAL);
  CHECK_ERRNO(sock_shutdown(peer, 4), INVAL);
  CHECK_ERRNO(sock_shutdown(99, 2), BADF);
  CHECK_OK(sock_shutdown(peer, 2));
  CHECK_OK(sock_shutdown(peer, 2));
  CHECK_ERRNO(sock_send(peer, &from, 1, 0, &n), PIPE);
  CHECK_ERRNO(fd_write(peer, &from, 1, &n), PIPE);
  CHECK_OK(sock_recv(peer, &kInto, 1, 2, &n, &flags));
  CHECK_EQ(n, 3);
  CHECK(memcmp(text, "bye", 3) == 0);
  CHECK_OK(sock_recv(peer, &kInto, 1, 0, &n, &flags));
  CHECK_EQ(n, 0);
  const Event event = wait_for(peer, kFdRead);
  CHECK_EQ(event.fd_readwrite.nbytes, 0);
  CHECK_EQ(event.fd_readwrite.flags, kHangup);
  CHECK_OK(fd_close(peer));
  CHECK_ERRNO(fd_close(peer), BADF);
}

// A second client; the guest stops reading, the client closes without a word.
static void loses_its_peer(i32 listener) {
  CHECK_OK(fd_fdstat_set_flags(listener, 0));
  say("again\n");
  i32 peer = -1;
  CHECK_OK(sock_accept(listener, kNonblock, &peer));
  CHECK_OK(fd_fdstat_get(peer, &stat_));
  CHECK_EQ(stat_.fs_flags, kNonblock);
  CHECK_OK(sock_shutdown(peer, 1));
  CHECK_OK(sock_recv(peer, &kInto, 1, 0, &n, &flags));
  CHECK_EQ(n, 0);
  say("close\n");
  // Writing goes on until the other side's answer arrives.
  static uint8_t block[4096];
  const Ciovec from = {block, sizeof block};
  i32 error;
  do {
    (void)wait_for(peer, kFdWrite);
    error = sock_send(peer, &from, 1, 0, &n);
  } while (error == 0 || error == ERRNO(AGAIN));
  CHECK_EITHER(error, PIPE, CONNRESET);
  CHECK_ERRNO(sock_send(peer, &from, 1, 0, &n), PIPE);
  CHECK_OK(fd_close(peer));
}

int main(int argc, char** argv) {
  const i32 listener = argc > 1 ? atoi(argv[1]) : 3;
  listens(listener);
  i32 peer = -1;
  if (!CHECK_OK(sock_accept(listener, 0, &peer))) return check_done();
  receives(peer);
  sends(peer);
  shuts_down(peer);
  loses_its_peer(listener);
  CHECK_OK(fd_close(listener));
  CHECK_ERRNO(sock_accept(listener, 0, &fd), BADF);
  return check_done();
}

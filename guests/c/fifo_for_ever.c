// setup: fifo fifo
// case: read
// run: --dir {scratch}::/ --timeout 300ms
// arg: read
// exit: 124
// within: 5s
// case: poll
// run: --dir {scratch}::/ --timeout 300ms
// arg: poll
// exit: 124
// within: 5s
//
// fifo_for_ever - a FIFO to which nobody ever writes: opening it does not hang, waiting for it can be
// stopped.
#include "files.h"

int main(int argc, char** argv) {
  const i32 fd = OPEN(kRoot, "fifo", 0, RIGHT(FD_READ));
  u32 n;
  if (argc > 1 && strcmp(argv[1], "poll") == 0) {
    Subscription in = {.userdata = 1, .u = {.tag = kFdRead}};
    in.u.u.fd_read.file_descriptor = fd;
    Event out;
    (void)poll_oneoff(&in, &out, 1, &n);
  } else {
    char text[8];
    (void)read_bytes(fd, text, 8, &n);
  }
  return 1;  // not reached
}

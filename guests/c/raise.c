// case: returns
// arg: returns
// exit: 0
// case: hup
// arg: 1
// exit: 129
// case: int
// arg: 2
// exit: 130
// case: abrt
// arg: 6
// exit: 134
// case: kill
// arg: 9
// exit: 137
// case: segv
// arg: 11
// exit: 139
// case: pipe
// arg: 13
// exit: 141
// case: term
// arg: 15
// exit: 143
// case: xcpu
// arg: 23
// exit: 152
// case: prof
// arg: 26
// exit: 155
// case: poll
// arg: 28
// exit: 157
// case: pwr
// arg: 29
// exit: 158
// case: sys
// arg: 30
// exit: 159
//
// raise - proc_raise does what the signal's default action would do, and the status is 128 plus
// the number that Linux gives the signal. Nothing is raised in the host.
#include "check.h"

int main(int argc, char** argv) {
  if (argc > 1 && strcmp(argv[1], "returns") != 0) {
    CHECK_OK(proc_raise((u32)atoi(argv[1])));
    return 1;  // not reached
  }
  CHECK_OK(proc_raise(0));
  static const u32 kIgnored[] = {16, 17, 22, 27};  // CHLD, CONT, URG, WINCH
  static const u32 kStops[] = {18, 19, 20, 21};    // STOP, TSTP, TTIN, TTOU
  for (u32 i = 0; i < 4; i++) CHECK_OK(proc_raise(kIgnored[i]));
  for (u32 i = 0; i < 4; i++) CHECK_ERRNO(proc_raise(kStops[i]), NOTSUP);
  CHECK_ERRNO(proc_raise(31), INVAL);
  CHECK_ERRNO(proc_raise(256), INVAL);
  CHECK_ERRNO(proc_raise(UINT32_MAX), INVAL);
  return check_done();
}

// case: return0
// arg: return
// arg: 0
// exit: 0
// case: return7
// arg: return
// arg: 7
// exit: 7
// case: exit3
// arg: exit
// arg: 3
// stdout: flushed
// exit: 3
// case: proc_exit0
// arg: proc_exit
// arg: 0
// exit: 0
// case: proc_exit125
// arg: proc_exit
// arg: 125
// exit: 125
// case: proc_exit134
// arg: proc_exit
// arg: 134
// exit: 134
// case: proc_exit255
// arg: proc_exit
// arg: 255
// exit: 255
// case: proc_exit256
// arg: proc_exit
// arg: 256
// exit: 255
// case: proc_exit_all_bits
// arg: proc_exit
// arg: 4294967295
// exit: 255
// case: abort
// arg: abort
// exit: 134
// stderr: unreachable
//
// exit_code - every way to end: returning, exit, proc_exit, abort. A code above 255 never shows
// as success.
#include <unistd.h>

#include "check.h"

int main(int argc, char** argv) {
  const char* how = argc > 1 ? argv[1] : "";
  const u32 code = argc > 2 ? (u32)strtoul(argv[2], NULL, 10) : 0;
  if (strcmp(how, "return") == 0) return (int)code;
  if (strcmp(how, "abort") == 0) abort();
  if (strcmp(how, "exit") == 0) {
    printf("flushed");
    exit((int)code);
  }
  proc_exit(code);
}

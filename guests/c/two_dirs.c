// run: --dir {scratch}::/work --dir {outside}::/locked::ro --dir {outside}/open::/open
// setup: outside secret locked text
// setup: outside open/mine open text
//
// two_dirs - several grants: no rename or link leads from one into another, and none gets a file
// out of a read-only one.
#include <unistd.h>

#include "files.h"

enum { kWork = 3, kLocked = 4, kOpen = 5 };

int main(void) {
  make_file(kWork, "f", "f");
  CHECK(has_text(kLocked, "secret", "locked text"));
  CHECK(has_text(kOpen, "mine", "open text"));

  CHECK_ERRNO(path_rename(kWork, PATH("f"), kOpen, PATH("f")), XDEV);
  CHECK_ERRNO(path_link(kWork, 0, PATH("f"), kOpen, PATH("f")), XDEV);
  CHECK_EITHER(path_rename(kLocked, PATH("secret"), kWork, PATH("taken")), XDEV, ROFS);
  CHECK_EITHER(path_link(kLocked, 0, PATH("secret"), kWork, PATH("taken")), XDEV, ROFS);
  CHECK_EITHER(path_link(kLocked, kFollow, PATH("secret"), kWork, PATH("taken")), XDEV, ROFS);
  CHECK_EITHER(path_rename(kWork, PATH("f"), kLocked, PATH("f")), XDEV, ROFS);
  CHECK_EITHER(path_link(kWork, 0, PATH("f"), kLocked, PATH("f")), XDEV, ROFS);
  // Both descriptors read-only in two names of one grant.
  const i32 again = OPEN_DIR(kLocked, ".");
  CHECK_ERRNO(path_rename(kLocked, PATH("secret"), again, PATH("moved")), ROFS);
  CHECK_OK(fd_close(again));

  CHECK(exists(kWork, "f") && !exists(kWork, "taken") && !exists(kLocked, "f"));
  CHECK(!exists(kOpen, "f") && has_text(kLocked, "secret", "locked text"));

  // The way down through the read-only grant stays read-only, whatever else was granted.
  CHECK_ERRNO(try_open(kLocked, 0, "open/mine", 0, FILE_RIGHTS), ROFS);
  CHECK_OK(try_open(kOpen, 0, "mine", 0, FILE_RIGHTS));

  // libc picks the grant by the longest name that fits.
  CHECK(access("/work/f", R_OK) == 0);
  CHECK(access("/open/mine", R_OK) == 0);
  CHECK(access("/openmine", R_OK) == -1);
  CHECK(access("/elsewhere", R_OK) == -1);
  FILE* file = fopen("/open/made", "w");
  CHECK(file != NULL && fclose(file) == 0);
  CHECK(exists(kLocked, "open/made"));
  return check_done();
}

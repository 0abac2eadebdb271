// case: none
// case: one
// arg: one
// arg: --looks-like-an-option
// arg:
// arg: spaces and \xc3\xbc
// run: --env A=1 --env LONGER=two=2 -e EMPTY=
// case: many
// arg: many
// run: --env A=1 --env B=2 --env C=3
// case: arg0
// arg: arg0
// run: --argv0 another-name
//
// args_environ - args_sizes_get, args_get, environ_sizes_get, environ_get: exact sizes, packed
// strings, and not one byte more than they say.
#include <unistd.h>

#include "check.h"

extern char** environ;

typedef i32 (*Sizes)(void*, void*);
typedef i32 (*Get)(void*, void*);

static uint8_t pointers[256], text[1024];

// Fetches and compares with `expected`; what lies around must stay as it was.
static void same(const char* const* expected, u32 count, Sizes sizes, Get get) {
  u32 n = 99, size = 99, wanted = 0;
  CHECK_OK(sizes(&n, &size));
  for (u32 i = 0; i < count; i++) wanted += (u32)strlen(expected[i]) + 1;
  CHECK_EQ(size, wanted);
  if (!CHECK_EQ(n, count)) return;
  memset(pointers, 0xaa, sizeof pointers);
  memset(text, 0xaa, sizeof text);
  CHECK_OK(get(pointers + 8, text + 8));
  u32 at = (u32)(uintptr_t)(text + 8);
  for (u32 i = 0; i < count; i++) {
    u32 pointer;
    memcpy(&pointer, pointers + 8 + 4 * i, 4);
    CHECK_EQ(pointer, at);
    CHECK(strcmp((const char*)(uintptr_t)at, expected[i]) == 0);
    at += (u32)strlen(expected[i]) + 1;
  }
  CHECK_EQ(pointers[7], 0xaa);
  CHECK_EQ(pointers[8 + 4 * count], 0xaa);
  CHECK_EQ(text[7], 0xaa);
  CHECK_EQ(text[8 + size], 0xaa);
}

static const char* without_folder(const char* path) {
  const char* slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

int main(int argc, char** argv) {
  const char* kind = argc > 1 ? argv[1] : "none";
  if (strcmp(kind, "one") == 0) {
    same((const char* const[]){argv[0], "one", "--looks-like-an-option", "", "spaces and \xc3\xbc"},
         5, args_sizes_get, args_get);
    same((const char* const[]){"A=1", "LONGER=two=2", "EMPTY="}, 3, environ_sizes_get, environ_get);
    CHECK(strcmp(getenv("LONGER"), "two=2") == 0);
    CHECK(strcmp(getenv("EMPTY"), "") == 0);
    CHECK(argv[argc] == NULL);
  } else if (strcmp(kind, "many") == 0) {
    same((const char* const[]){"A=1", "B=2", "C=3"}, 3, environ_sizes_get, environ_get);
  } else if (strcmp(kind, "arg0") == 0) {
    same((const char* const[]){"another-name", "arg0"}, 2, args_sizes_get, args_get);
  } else {
    // Also without any argument there is the name.
    CHECK_EQ(argc, 1);
    CHECK(strcmp(without_folder(argv[0]), "args_environ.wasm") == 0);
    // Nothing is inherited.
    same(NULL, 0, environ_sizes_get, environ_get);
    CHECK(environ == NULL || environ[0] == NULL);
  }
  return check_done();
}

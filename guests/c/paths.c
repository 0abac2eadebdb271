// run: --dir {scratch}::/
// setup: outside secret hidden
//
// paths - what counts as a path, and that none of them leads outside: the same table for every
// call that takes one.
#include "files.h"

static Filestat stat_;
static i32 fd;
static u32 used;
static char buffer[16];

// Every call that takes a path, on `dir`; the ones with two paths once for each of them.
typedef i32 (*Call)(i32 dir, const char* path, u32 len);

static i32 call_open(i32 dir, const char* path, u32 len) {
  const i32 error = path_open(dir, kFollow, path, len, 0, READ_RIGHTS, 0, 0, &fd);
  if (error == 0) (void)fd_close(fd);
  return error;
}
static i32 call_creat(i32 dir, const char* path, u32 len) {
  const i32 error = path_open(dir, 0, path, len, kCreat | kExcl, FILE_RIGHTS, 0, 0, &fd);
  if (error == 0) (void)fd_close(fd);
  return error;
}
static i32 call_stat(i32 dir, const char* path, u32 len) {
  return path_filestat_get(dir, 0, path, len, &stat_);
}
static i32 call_times(i32 dir, const char* path, u32 len) {
  return path_filestat_set_times(dir, 0, path, len, 1, 1, kMtim);
}
static i32 call_mkdir(i32 dir, const char* path, u32 len) {
  return path_create_directory(dir, path, len);
}
static i32 call_rmdir(i32 dir, const char* path, u32 len) {
  return path_remove_directory(dir, path, len);
}
static i32 call_unlink(i32 dir, const char* path, u32 len) {
  return path_unlink_file(dir, path, len);
}
static i32 call_readlink(i32 dir, const char* path, u32 len) {
  return path_readlink(dir, path, len, buffer, sizeof buffer, &used);
}
static i32 call_symlink(i32 dir, const char* path, u32 len) {
  return path_symlink(PATH("x"), dir, path, len);
}
static i32 call_link_old(i32 dir, const char* path, u32 len) {
  return path_link(dir, 0, path, len, kRoot, PATH("linked"));
}
static i32 call_link_new(i32 dir, const char* path, u32 len) {
  return path_link(kRoot, 0, PATH("file"), dir, path, len);
}
static i32 call_rename_old(i32 dir, const char* path, u32 len) {
  return path_rename(dir, path, len, kRoot, PATH("renamed"));
}
static i32 call_rename_new(i32 dir, const char* path, u32 len) {
  return path_rename(kRoot, PATH("file"), dir, path, len);
}

static const struct {
  const char* name;
  Call call;
} kCalls[] = {
    {"open", call_open},
    {"creat", call_creat},
    {"stat", call_stat},
    {"times", call_times},
    {"mkdir", call_mkdir},
    {"rmdir", call_rmdir},
    {"unlink", call_unlink},
    {"readlink", call_readlink},
    {"symlink", call_symlink},
    {"link old", call_link_old},
    {"link new", call_link_new},
    {"rename old", call_rename_old},
    {"rename new", call_rename_new},
};
enum { kCallCount = sizeof kCalls / sizeof kCalls[0] };

static char long_path[5000], long_name[300];

// One text that every call refuses alike.
typedef struct Refusal {
  const char* rule;
  const char* path;
  u32 len;
  i32 error;
} Refusal;
#define TEXT(literal) (literal), sizeof(literal) - 1

static void refuses_the_same_everywhere(void) {
  memset(long_name, 'n', 299);
  for (int i = 0; i < 4999; i++) long_path[i] = i % 2 ? '/' : '.';
  const Refusal refusals[] = {
      {"stray byte", TEXT("a\xff"), ERRNO(ILSEQ)},
      {"continuation alone", TEXT("\x80"), ERRNO(ILSEQ)},
      {"cut sequence", TEXT("a\xc3"), ERRNO(ILSEQ)},
      {"cut sequence of four", TEXT("\xf0\x9f\x98"), ERRNO(ILSEQ)},
      {"overlong slash", TEXT("\xc0\xaf"), ERRNO(ILSEQ)},
      {"overlong nul", TEXT("\xc0\x80"), ERRNO(ILSEQ)},
      {"overlong of three", TEXT("\xe0\x80\xaf"), ERRNO(ILSEQ)},
      {"overlong of four", TEXT("\xf0\x80\x80\xaf"), ERRNO(ILSEQ)},
      {"surrogate", TEXT("\xed\xa0\x80"), ERRNO(ILSEQ)},
      {"above U+10FFFF", TEXT("\xf4\x90\x80\x80"), ERRNO(ILSEQ)},
      {"bad UTF-8 before slash", TEXT("/\xff"), ERRNO(ILSEQ)},
      {"bad UTF-8 after nul", TEXT("\0\xff"), ERRNO(ILSEQ)},
      {"nul at the end", TEXT("file\0"), ERRNO(INVAL)},
      {"nul inside", TEXT("a\0b"), ERRNO(INVAL)},
      {"nul before slash", TEXT("/a\0"), ERRNO(INVAL)},
      {"empty", TEXT(""), ERRNO(NOENT)},
      {"absolute", TEXT("/file"), ERRNO(PERM)},
      {"only a slash", TEXT("/"), ERRNO(PERM)},
      {"absolute before long", NULL, 0, 0},  // filled in below
      {"long path", long_path, 4096, ERRNO(NAMETOOLONG)},
      {"long name", long_name, 256, ERRNO(NAMETOOLONG)},
      {"up", TEXT(".."), ERRNO(PERM)},
      {"up and back", TEXT("../work/file"), ERRNO(PERM)},
      {"up outside", TEXT("../outside/secret"), ERRNO(PERM)},
      {"up through a directory", TEXT("sub/../../outside/secret"), ERRNO(PERM)},
      {"up with dots and slashes", TEXT("./sub/.././/../outside/secret"), ERRNO(PERM)},
      {"up at the end", TEXT("sub/../.."), ERRNO(PERM)},
      {"missing is not skipped", TEXT("none/../file"), ERRNO(NOENT)},
      {"a file is no directory", TEXT("file/../file"), ERRNO(NOTDIR)},
      {"below a file", TEXT("file/x"), ERRNO(NOTDIR)},
      {"below nothing", TEXT("none/x"), ERRNO(NOENT)},
      {"through a link that leaves", TEXT("leaves/secret"), ERRNO(PERM)},
  };
  static char absolute_long[4500];
  memset(absolute_long, '/', sizeof absolute_long);
  for (u32 i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
    Refusal refusal = refusals[i];
    if (!refusal.path) {
      refusal.path = absolute_long;
      refusal.len = sizeof absolute_long;
      refusal.error = ERRNO(PERM);
    }
    for (u32 c = 0; c < kCallCount; c++) {
      char label[96];
      snprintf(label, sizeof label, "%s: %s", kCalls[c].name, refusal.rule);
      check_case = label;
      const i32 error = kCalls[c].call(kRoot, refusal.path, refusal.len);
      check_errno(error, refusal.error, __FILE__, __LINE__, "path");
    }
  }
  check_case = NULL;
}

static void minds_the_descriptor(void) {
  const i32 file = OPEN(kRoot, "file", 0, READ_RIGHTS);
  const i32 sub = OPEN_DIR(kRoot, "sub");
  for (u32 c = 0; c < kCallCount; c++) {
    check_case = kCalls[c].name;
    CHECK_ERRNO(kCalls[c].call(99, PATH("x")), BADF);
    CHECK_ERRNO(kCalls[c].call(-31337, PATH("x")), BADF);
    // The descriptor comes before the memory, the memory before the text.
    CHECK_ERRNO(kCalls[c].call(99, (const char*)0xfffffff0u, 32), BADF);
    CHECK_ERRNO(kCalls[c].call(kRoot, (const char*)0xfffffff0u, 32), FAULT);
    CHECK_ERRNO(kCalls[c].call(kRoot, (const char*)0xfffffff0u, 0), NOENT);
    CHECK_ERRNO(kCalls[c].call(file, PATH("x")), NOTDIR);
    CHECK_ERRNO(kCalls[c].call(file, (const char*)0xfffffff0u, 32), NOTDIR);
    for (i32 stdio = 0; stdio < 3; stdio++) CHECK_ERRNO(kCalls[c].call(stdio, PATH("x")), NOTDIR);
    // A directory's descriptor reaches what is below it and nothing else.
    CHECK_ERRNO(kCalls[c].call(sub, PATH("..")), PERM);
    CHECK_ERRNO(kCalls[c].call(sub, PATH("../file")), PERM);
    CHECK_ERRNO(kCalls[c].call(sub, PATH("deep/../../file")), PERM);
  }
  check_case = NULL;
  CHECK_OK(fd_close(file));
  CHECK_OK(fd_close(sub));
}

static void finds_its_way_inside(void) {
  static const char* const kWays[] = {
      "file",
      "./file",
      "sub/../file",
      ".//file",
      "././file",
      "sub/./../file",
      "sub//deep/../../file",
      "sub/deep/.././../file",
      "in/../file",
      "in/deep/../../file",
      "sub/up/file",
      "up-and-down/file",
  };
  for (u32 i = 0; i < sizeof kWays / sizeof kWays[0]; i++) {
    check_case = kWays[i];
    CHECK_OK(call_open(kRoot, PATH(kWays[i])));
    CHECK_OK(call_stat(kRoot, PATH(kWays[i])));
    CHECK_OK(call_times(kRoot, PATH(kWays[i])));
  }
  check_case = NULL;
  for (const char* const* way =
           (const char* const[]){".", "./", "sub/..", "sub/../", "sub/deep/../..", NULL};
       *way; way++) {
    check_case = *way;
    i32 dir = -1;
    if (!CHECK_OK(path_open(kRoot, 0, PATH(*way), 0, DIRECTORY_RIGHTS, ALL_RIGHTS, 0, &dir)))
      continue;
    CHECK(dir > kRoot);
    CHECK_OK(call_open(dir, PATH("file")));
    CHECK_ERRNO(call_open(dir, PATH("..")), PERM);
    Prestat prestat;
    CHECK_ERRNO(fd_prestat_get(dir, &prestat), BADF);
    CHECK_OK(fd_close(dir));
  }
  check_case = NULL;

  // Just short enough.
  CHECK_OK(call_creat(kRoot, long_name, 255));
  CHECK_OK(call_stat(kRoot, long_name, 255));
  CHECK_OK(call_unlink(kRoot, long_name, 255));
  CHECK_OK(call_stat(kRoot, long_path, 4095));

  // Names are bytes of UTF-8, with nothing normalised.
  static const char* const kNames[] = {"\xc3\xbc",
                                       "u\xcc\x88",
                                       "\xf0\x9f\x98\x80",
                                       "\xef\xbf\xbf",
                                       "\xf4\x8f\xbf\xbf",
                                       "a b",
                                       "a\\b",
                                       "...",
                                       "\x01",
                                       "..a",
                                       "-"};
  for (u32 i = 0; i < sizeof kNames / sizeof kNames[0]; i++) {
    check_case = kNames[i];
    CHECK_OK(call_creat(kRoot, PATH(kNames[i])));
    CHECK_OK(call_open(kRoot, PATH(kNames[i])));
    CHECK_OK(call_unlink(kRoot, PATH(kNames[i])));
  }
  check_case = NULL;
}

static void opens_as_asked(void) {
  CHECK_ERRNO(try_open(kRoot, 0, "sub", kDirectory | kCreat, READ_RIGHTS), INVAL);
  CHECK_ERRNO(try_open(kRoot, 0, "sub", kDirectory | kExcl, READ_RIGHTS), INVAL);
  CHECK_ERRNO(try_open(kRoot, 0, "sub", kDirectory | kTrunc, READ_RIGHTS), INVAL);
  CHECK_ERRNO(try_open(kRoot, 0, "file", 16, READ_RIGHTS), INVAL);
  CHECK_ERRNO(try_open(kRoot, 2, "file", 0, READ_RIGHTS), INVAL);
  CHECK_ERRNO(path_open(kRoot, 0, PATH("file"), 0, READ_RIGHTS, 0, 32, &fd), INVAL);
  CHECK_ERRNO(path_open(99, 0, PATH("file"), 0x10000, READ_RIGHTS, 0, 0, &fd), INVAL);
  CHECK_ERRNO(try_open(kRoot, 0, "file", kDirectory, READ_RIGHTS), NOTDIR);
  CHECK_ERRNO(try_open(kRoot, 0, "sub", kCreat, READ_RIGHTS), ISDIR);
  CHECK_ERRNO(try_open(kRoot, 0, "sub", kTrunc, READ_RIGHTS), ISDIR);
  CHECK_ERRNO(try_open(kRoot, 0, "sub", 0, RIGHT(FD_READ) | RIGHT(FD_WRITE)), ISDIR);
  CHECK_ERRNO(try_open(kRoot, 0, "sub", 0, FILE_RIGHTS), ISDIR);
  CHECK_ERRNO(try_open(kRoot, 0, "file", kCreat | kExcl, FILE_RIGHTS), EXIST);
  CHECK_OK(try_open(kRoot, 0, "file", kExcl, FILE_RIGHTS));
  CHECK_OK(try_open(kRoot, 0, "sub", 0, RIGHT(FD_READ)));
  CHECK_OK(try_open(kRoot, 0, "sub", 0, 0));
  CHECK_OK(try_open(kRoot, 0, "file", kCreat, READ_RIGHTS));
  CHECK(has_text(kRoot, "file", "file"));
  CHECK_OK(try_open(kRoot, 0, "file", kTrunc, 0));
  CHECK(has_text(kRoot, "file", ""));
  CHECK_ERRNO(try_open(kRoot, 0, "none", 0, FILE_RIGHTS), NOENT);
  CHECK_OK(try_open(kRoot, 0, "none", kCreat, 0));
  CHECK(has_text(kRoot, "none", ""));
}

int main(void) {
  make_file(kRoot, "file", "file");
  make_dir(kRoot, "sub");
  make_dir(kRoot, "sub/deep");
  make_link(kRoot, "sub", "in");
  make_link(kRoot, "../outside", "leaves");
  make_link(kRoot, "..", "sub/up");
  make_link(kRoot, "sub/deep/../..", "up-and-down");
  refuses_the_same_everywhere();
  minds_the_descriptor();
  finds_its_way_inside();
  opens_as_asked();
  return check_done();
}

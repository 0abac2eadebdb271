// check.h - what a self-checking guest needs: CHECK(…) while it runs, check_done() at its end.
//
// A failed check prints "file:line: what" on stderr and the program goes on; check_done() is the
// exit status of main: 0 when everything held, otherwise 1.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "preview1.h"

static int checks_failed;
// What a table of cases works on at the moment; printed with a failure when it is set.
static const char* check_case;

static inline const char* errno_name(i32 error) {
  static const char* const kNames[] = {
      "SUCCESS",     "2BIG",           "ACCES",       "ADDRINUSE",   "ADDRNOTAVAIL",
      "AFNOSUPPORT", "AGAIN",          "ALREADY",     "BADF",        "BADMSG",
      "BUSY",        "CANCELED",       "CHILD",       "CONNABORTED", "CONNREFUSED",
      "CONNRESET",   "DEADLK",         "DESTADDRREQ", "DOM",         "DQUOT",
      "EXIST",       "FAULT",          "FBIG",        "HOSTUNREACH", "IDRM",
      "ILSEQ",       "INPROGRESS",     "INTR",        "INVAL",       "IO",
      "ISCONN",      "ISDIR",          "LOOP",        "MFILE",       "MLINK",
      "MSGSIZE",     "MULTIHOP",       "NAMETOOLONG", "NETDOWN",     "NETRESET",
      "NETUNREACH",  "NFILE",          "NOBUFS",      "NODEV",       "NOENT",
      "NOEXEC",      "NOLCK",          "NOLINK",      "NOMEM",       "NOMSG",
      "NOPROTOOPT",  "NOSPC",          "NOSYS",       "NOTCONN",     "NOTDIR",
      "NOTEMPTY",    "NOTRECOVERABLE", "NOTSOCK",     "NOTSUP",      "NOTTY",
      "NXIO",        "OVERFLOW",       "OWNERDEAD",   "PERM",        "PIPE",
      "PROTO",       "PROTONOSUPPORT", "PROTOTYPE",   "RANGE",       "ROFS",
      "SPIPE",       "SRCH",           "STALE",       "TIMEDOUT",    "TXTBSY",
      "XDEV",        "NOTCAPABLE"};
  const bool known = error >= 0 && (size_t)error < sizeof kNames / sizeof kNames[0];
  return known ? kNames[error] : "?";
}

__attribute__((format(printf, 3, 4))) static inline void check_failed(const char* file, int line,
                                                                      const char* format, ...) {
  checks_failed++;
  const char* slash = strrchr(file, '/');
  fprintf(stderr, "%s:%d: ", slash ? slash + 1 : file, line);
  if (check_case) fprintf(stderr, "[%s] ", check_case);
  va_list list;
  va_start(list, format);
  vfprintf(stderr, format, list);
  va_end(list);
  fputc('\n', stderr);
}

static inline bool check_true(bool holds, const char* file, int line, const char* text) {
  if (!holds) check_failed(file, line, "%s", text);
  return holds;
}

static inline bool check_u64(u64 actual, u64 expected, const char* file, int line,
                             const char* text) {
  if (actual != expected)
    check_failed(file, line, "%s is %llu (0x%llx), expected %llu (0x%llx)", text, actual, actual,
                 expected, expected);
  return actual == expected;
}

static inline bool check_errno(i32 actual, i32 expected, const char* file, int line,
                               const char* text) {
  if (actual != expected)
    check_failed(file, line, "%s -> %s (%d), expected %s", text, errno_name(actual), (int)actual,
                 errno_name(expected));
  return actual == expected;
}

static inline bool check_errno2(i32 actual, i32 one, i32 other, const char* file, int line,
                                const char* text) {
  const bool holds = actual == one || actual == other;
  if (!holds)
    check_failed(file, line, "%s -> %s (%d), expected %s or %s", text, errno_name(actual),
                 (int)actual, errno_name(one), errno_name(other));
  return holds;
}

// Each gives whether it held, so that what follows can depend on it.
#define CHECK(expression) check_true((expression), __FILE__, __LINE__, #expression)
#define CHECK_EQ(actual, expected) \
  check_u64((u64)(actual), (u64)(expected), __FILE__, __LINE__, #actual)
#define CHECK_ERRNO(call, expected) check_errno((call), ERRNO(expected), __FILE__, __LINE__, #call)
#define CHECK_OK(call) check_errno((call), 0, __FILE__, __LINE__, #call)
// For what the contract leaves to the file system.
#define CHECK_EITHER(call, one, other) \
  check_errno2((call), ERRNO(one), ERRNO(other), __FILE__, __LINE__, #call)

static inline int check_done(void) { return checks_failed == 0 ? 0 : 1; }

// errno_test.cpp - the kernel's numbers, against the list in preview1.md §10.
#include "fs/host/errno.hpp"

#include <gtest/gtest.h>

#include <set>

namespace limen::test {
namespace {

using host::from_linux;

TEST(HostErrno, NamesTranslate) {
  struct Row {
    int linux_number;
    std::string_view expected;
  };
  constexpr Row rows[] = {
      {0, "success"},
      {E2BIG, "2big"},
      {EACCES, "acces"},
      {ENOKEY, "acces"},
      {EAGAIN, "again"},
      {EWOULDBLOCK, "again"},
      {ECANCELED, "canceled"},
      {EDEADLOCK, "deadlk"},
      {EHOSTDOWN, "hostunreach"},
      {EINTR, "intr"},
      {ENOTBLK, "inval"},
      {EREMOTEIO, "io"},
      {ETOOMANYREFS, "mlink"},
      {ERFKILL, "netdown"},
      {ENODATA, "nodev"},
      {EUSERS, "nomem"},
      {ENOSTR, "nosys"},
      {EOPNOTSUPP, "notsup"},
      {ENOTSUP, "notsup"},
      {ESOCKTNOSUPPORT, "notsup"},
      {EPERM, "perm"},
      {EPIPE, "pipe"},
      {ESHUTDOWN, "pipe"},
      {ETIME, "timedout"},
      {ETXTBSY, "txtbsy"},
      {EXDEV, "xdev"},
      {EUCLEAN, "io"},
  };
  for (const Row& row : rows) EXPECT_EQ(name(from_linux(row.linux_number)), row.expected);
}

TEST(HostErrno, WhatHasNoNameIsIo) {
  EXPECT_EQ(from_linux(ENOTUNIQ), Errno::io);
  EXPECT_EQ(from_linux(-1), Errno::io);
  EXPECT_EQ(from_linux(4096), Errno::io);
}

// Only the host gives notcapable; every other error can come from a system call.
TEST(HostErrno, EveryErrorHasASource) {
  std::set<Errno> seen;
  for (int number = 0; number < 200; ++number) seen.insert(from_linux(number));
  EXPECT_EQ(seen.size(), errno_count - 1);
  EXPECT_FALSE(seen.contains(Errno::notcapable));
}

}  // namespace
}  // namespace limen::test

// native.hpp - the same work as bench/guest/calls.c, as a native program does it.
#pragma once

#include "bench/scene.hpp"
#include "limen/types.hpp"

namespace limen::bench::native {

/// Each does its work `times` times with the system calls that a native program would make, and
/// answers false when one of them fails.
using Work = bool(const Scene& scene, u64 times);

Work empty;
Work clock_time_get;
Work random_get;
Work fd_write;
Work fd_pread;
Work fd_fdstat_get;
Work fd_seek;
Work read_4k;
Work read_64k;
Work open;
Work stat;
Work readdir;

}  // namespace limen::bench::native

// fs/host/grant.hpp - what every descriptor of one granted directory shares.
#pragma once

#include <sys/types.h>

#include "fs/host/resolve.hpp"

namespace limen::host {

/// Fixed when the directory is granted.
struct Grant {
  bool read_only = false;
  Resolve resolve = Resolve::openat2;
  dev_t dev = 0;  ///< the granted directory itself: what is above it is not shown
  ino_t ino = 0;
};

}  // namespace limen::host

// core/random.hpp - random bytes for a guest.
#pragma once

#include <cstddef>
#include <span>

#include "limen/abi/call.hpp"
#include "limen/errno.hpp"

namespace limen {

/// The kernel's random bytes. Small requests, which guests make most (hash seeds), are served from a
/// page that is filled ahead: a system call each would cost six times as much. Bytes are handed out
/// once and wiped, and the page reads as empty in a child of fork() (MADV_WIPEONFORK).
class Random {
 public:
  Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  ~Random();

  /// Fills `out` completely. Errors: intr when the run is being stopped; io when the kernel refuses.
  Result<void> fill(std::span<std::byte> out, const RunState& run) noexcept;

 private:
  struct Page;
  Page* page_ = nullptr;
};

}  // namespace limen

// limen/hook.hpp - watching every call of a guest: what a trace sees.
//
// Everything here is derived from the rows of the call table (limen/abi/row.hpp); nothing is
// written per call. A run without a hook pays one predicted branch per call.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <span>
#include <string_view>

#include "limen/abi/memory.hpp"
#include "limen/errno.hpp"
#include "limen/types.hpp"

namespace limen {

struct CallSpec;

/// One call in progress. Valid only inside before() and after().
struct CallView {
  const CallSpec& spec;
  std::span<const u64> slots;  ///< the raw wasm arguments; an i32 is zero-extended
  const GuestMemory& memory;

  /// Appends "name=value, …" for the arguments, decoded by their kinds: flags and choices by name,
  /// paths quoted and escaped.
  void print_arguments(fmt::memory_buffer& out) const;
  /// Appends "name=value, …" for the results of a call that succeeded.
  void print_results(fmt::memory_buffer& out) const;
};

/// How a call came back.
struct CallResult {
  bool ended = false;  ///< the run is over; the call did not return to the guest
  Errno error = Errno::success;
  /// What the function returned where that is no error number (thread-spawn).
  std::optional<i32> value = {};
};

/// Watches calls. One object serves one run; with threads it is called from all of them.
class Hook {
 public:
  virtual ~Hook() = default;
  virtual void before(const CallView& call) = 0;
  virtual void after(const CallView& call, const CallResult& result) = 0;
};

}  // namespace limen

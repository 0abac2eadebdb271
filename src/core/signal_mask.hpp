// core/signal_mask.hpp - the calling thread's signal mask for the length of a stay in a guest.
#pragma once

#include <signal.h>

namespace limen {

/// Blocks SIGPIPE, so that a pipe without a reader is an errno to the guest and nothing to the
/// embedder, and lets the stop signal through when the run can be stopped. The destructor takes back
/// a SIGPIPE that the guest caused and leaves the mask as it was.
class SignalMask {
 public:
  explicit SignalMask(bool stoppable) noexcept;
  ~SignalMask();
  SignalMask(const SignalMask&) = delete;
  SignalMask& operator=(const SignalMask&) = delete;

 private:
  sigset_t before_{};
  bool pipe_pending_before_ = false;
};

}  // namespace limen

// signal_mask.cpp - see the header.
#include "core/signal_mask.hpp"

#include <pthread.h>

#include <ctime>

#include "core/stop_scope.hpp"

namespace limen {
namespace {

sigset_t set_of(int signal_number) noexcept {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal_number);
  return set;
}

bool pipe_is_pending() noexcept {
  sigset_t pending;
  return sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

}  // namespace

SignalMask::SignalMask(bool stoppable) noexcept {
  const sigset_t pipe = set_of(SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before_);
  // Only a thread that had it blocked already can have one pending that is not the guest's.
  pipe_pending_before_ = sigismember(&before_, SIGPIPE) == 1 && pipe_is_pending();
  if (stoppable && sigismember(&before_, detail::stop_signal()) == 1) {
    const sigset_t stop = set_of(detail::stop_signal());
    pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);
  }
}

SignalMask::~SignalMask() {
  if (!pipe_pending_before_ && pipe_is_pending()) {
    const sigset_t pipe = set_of(SIGPIPE);
    const timespec now{};
    sigtimedwait(&pipe, nullptr, &now);
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace limen

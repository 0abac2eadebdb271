// stop.cpp - one signal, one timer per stoppable run, no thread.
#include "limen/stop.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "core/stop_scope.hpp"

namespace limen {
namespace {

constexpr i64 kNanosecond = 1'000'000'000;
constexpr i64 kRepeat = 2'000'000;  // ns between two signals to a thread that is being stopped
constexpr int kDefaultOffset = 6;   // from SIGRTMIN; the first few are taken by libraries

// Written by its own thread only, read by the signal handler on the same thread.
thread_local StopScope* innermost_scope = nullptr;

// The process-wide part: which signal, and whether its handler is there. One handler serves all.
std::atomic<int> chosen_signal{-1};  // -1: the default, which is no constant of the C library
std::atomic<bool> handler_installed{false};
std::mutex install_mutex;

void on_stop_signal(int) {
  const int saved = errno;
  for (StopScope* scope = innermost_scope; scope != nullptr; scope = scope->outer())
    scope->signalled();
  errno = saved;
}

Expected<void> install_handler() {
  if (handler_installed.load()) return {};
  const std::lock_guard lock(install_mutex);
  if (handler_installed.load()) return {};
  const int number = detail::stop_signal();
  if (number == 0)
    return failure(Error::Code::unsupported,
                   "runs with a time limit or a stop token need the stop signal, which "
                   "use_stop_signal(0) turned off");
  struct sigaction old{};
  sigaction(number, nullptr, &old);
  if (old.sa_handler != SIG_DFL)
    return failure(Error::Code::unsupported,
                   fmt::format("signal {} already has a handler in this program; choose another "
                               "with use_stop_signal()",
                               number));
  struct sigaction action{};
  action.sa_handler = on_stop_signal;
  action.sa_flags = SA_ONSTACK;  // no SA_RESTART: interrupting system calls is what it is for
  sigfillset(&action.sa_mask);
  if (sigaction(number, &action, nullptr) != 0)
    return failure(Error::Code::host, fmt::format("sigaction of signal {} failed", number));
  handler_installed.store(true);
  return {};
}

timespec to_timespec(i64 ns) noexcept {
  return {.tv_sec = ns / kNanosecond, .tv_nsec = ns % kNanosecond};
}

i64 monotonic_now() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kNanosecond + now.tv_nsec;
}

// First after `delay` ns, then every 2 ms.
void arm(timer_t timer, i64 delay) noexcept {
  const itimerspec when{.it_interval = to_timespec(kRepeat),
                        .it_value = to_timespec(std::max<i64>(delay, 1))};
  timer_settime(timer, 0, &when, nullptr);
}

std::optional<timer_t> timer_for_this_thread() noexcept {
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = detail::stop_signal();
  event._sigev_un._tid = static_cast<pid_t>(::syscall(SYS_gettid));
  timer_t timer{};
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) return std::nullopt;
  return timer;
}

}  // namespace

int detail::stop_signal() noexcept {
  const int chosen = chosen_signal.load();
  return chosen < 0 ? SIGRTMIN + kDefaultOffset : chosen;
}

StopScope* StopScope::innermost() noexcept { return innermost_scope; }

Expected<void> StopScope::enter(RunState& run, const StopPlan& plan, Poke poke) {
  if (const auto installed = install_handler(); !installed) return installed;
  const auto timer = timer_for_this_thread();
  if (!timer) return failure(Error::Code::host, "no timer left for a stoppable run (ulimit -i)");
  timer_ = *timer;
  run_ = &run;
  poke_ = poke;
  outer_ = innermost_scope;
  if (plan.deadline) {
    // steady_clock is CLOCK_MONOTONIC in libstdc++.
    deadline_ns_ =
        std::max<i64>(1, std::chrono::nanoseconds(plan.deadline->time_since_epoch()).count());
  }
  std::atomic_signal_fence(std::memory_order_seq_cst);
  innermost_scope = this;
  if (run.stopping()) {
    arm(timer_, 0);  // stopped during an earlier stay, and it stays so
  } else if (deadline_ns_ != 0) {
    arm(timer_, deadline_ns_ - monotonic_now());
  }

  shared_ = plan.token.shared();
  if (shared_ != nullptr) {
    const std::lock_guard lock(shared_->mutex);
    shared_->scopes.push_back(this);
    if (shared_->requested.load()) request(StopReason::requested);
  }
  return {};
}

void StopScope::leave() noexcept {
  if (run_ == nullptr) return;
  if (shared_ != nullptr) {
    const std::lock_guard lock(shared_->mutex);
    std::erase(shared_->scopes, this);
  }
  // A signal that is already on its way is delivered before timer_delete() returns, or finds a
  // chain of scopes that no longer holds this one.
  timer_delete(timer_);
  innermost_scope = outer_;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  run_ = nullptr;
}

void StopScope::request(StopReason reason) noexcept {
  StopReason expected = StopReason::none;
  if (!run_->stop.compare_exchange_strong(expected, reason)) return;
  if (poke_.function != nullptr) poke_.function(poke_.argument);
  arm(timer_, 0);
}

void StopScope::signalled() noexcept {
  if (run_->stopping()) {
    if (poke_.function != nullptr) poke_.function(poke_.argument);
  } else if (deadline_ns_ != 0 && monotonic_now() >= deadline_ns_) {
    request(StopReason::timed_out);
  }
}

bool StopToken::requested() const noexcept {
  return shared_ != nullptr && shared_->requested.load();
}

StopSource::StopSource() : shared_(std::make_shared<detail::StopShared>()) {}

void StopSource::stop() noexcept {
  const std::lock_guard lock(shared_->mutex);
  shared_->requested.store(true);
  for (StopScope* scope : shared_->scopes) scope->request(StopReason::requested);
}

bool stop_this_thread() noexcept {
  bool found = false;
  for (StopScope* scope = innermost_scope; scope != nullptr; scope = scope->outer()) {
    scope->request(StopReason::requested);
    found = true;
  }
  return found;
}

Expected<void> use_stop_signal(int signal_number) {
  if (signal_number != 0 && (signal_number < SIGRTMIN || signal_number > SIGRTMAX))
    return failure(Error::Code::bad_spec,
                   fmt::format("{} is no real-time signal ({} to {}) and not 0", signal_number,
                               SIGRTMIN, SIGRTMAX));
  const std::lock_guard lock(install_mutex);
  if (handler_installed.load() && signal_number != detail::stop_signal())
    return failure(Error::Code::unsupported,
                   "a stoppable run already used the stop signal; choose it before the first one");
  chosen_signal.store(signal_number);
  return {};
}

}  // namespace limen

// testing/alarm.hpp - a signal again and again, as stopping a run sends it.
#pragma once

#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <chrono>

namespace limen::test {

/// Sends the calling thread a signal whose handler does nothing, every `interval`, so that blocking
/// system calls end with EINTR.
class Alarm {
 public:
  explicit Alarm(std::chrono::milliseconds interval) {
    struct sigaction action{};
    action.sa_handler = [](int) {};  // without SA_RESTART
    ::sigaction(SIGUSR2, &action, &old_);
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGUSR2;
    event._sigev_un._tid = static_cast<pid_t>(::syscall(SYS_gettid));
    ::timer_create(CLOCK_MONOTONIC, &event, &timer_);
    const timespec period{.tv_sec = 0, .tv_nsec = interval.count() * 1'000'000};
    const itimerspec both{.it_interval = period, .it_value = period};
    ::timer_settime(timer_, 0, &both, nullptr);
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() {
    ::timer_delete(timer_);
    ::sigaction(SIGUSR2, &old_, nullptr);
  }

 private:
  struct sigaction old_{};
  timer_t timer_{};
};

}  // namespace limen::test

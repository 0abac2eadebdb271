// interrupts.cpp - see the header.
#include "cli/interrupts.hpp"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>

#include "cli/outcome.hpp"
#include "limen/stop.hpp"

namespace limen::cli {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kRepeat = 2'000'000;
constexpr std::array kSignals{SIGINT, SIGTERM};

// What the handlers touch: there is one Interrupts in the process.
std::atomic<int> caught_signal{0};
timer_t repeat_timer{};

timespec to_timespec(std::int64_t ns) noexcept {
  return {.tv_sec = ns / kSecond, .tv_nsec = ns % kSecond};
}

// First after `delay` ns, then every 2 ms.
void arm(std::int64_t delay) noexcept {
  const itimerspec when{.it_interval = to_timespec(kRepeat),
                        .it_value = to_timespec(std::max<std::int64_t>(delay, 1))};
  timer_settime(repeat_timer, 0, &when, nullptr);
}

void on_signal(int number) {
  if (caught_signal.exchange(number) != 0) _exit(status::signalled + number);
  const int saved = errno;
  stop_this_thread();
  arm(kRepeat);
  errno = saved;
}

void on_alarm(int) {
  const int saved = errno;
  if (caught_signal.load() != 0) stop_this_thread();
  errno = saved;
}

void handle(int number, void (*handler)(int)) noexcept {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_ONSTACK;  // no SA_RESTART: blocked system calls are to end
  sigfillset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

bool is_ignored(int number) noexcept {
  struct sigaction old{};
  return sigaction(number, nullptr, &old) == 0 && old.sa_handler == SIG_IGN;
}

}  // namespace

Interrupts::Interrupts(Deadline deadline) : deadline_(deadline) {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGALRM;
  handle(SIGALRM, on_alarm);
  sigset_t alarm;
  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  // Whoever started the command may have had it blocked.
  pthread_sigmask(SIG_UNBLOCK, &alarm, nullptr);
  timer_create(CLOCK_MONOTONIC, &event, &repeat_timer);
  handle(SIGPIPE, SIG_IGN);
  for (const int number : kSignals) {
    if (!is_ignored(number)) handle(number, on_signal);
  }
  if (!deadline_) return;
  const std::chrono::nanoseconds left = *deadline_ - std::chrono::steady_clock::now();
  arm(left.count());
}

Interrupts::~Interrupts() { timer_delete(repeat_timer); }

int Interrupts::caught() const noexcept { return caught_signal.load(); }

bool Interrupts::due() const noexcept {
  return caught() != 0 || (deadline_ && std::chrono::steady_clock::now() >= *deadline_);
}

void Interrupts::leave_deadline() noexcept {
  if (!deadline_) return;
  const itimerspec never{};
  timer_settime(repeat_timer, 0, &never, nullptr);
  // The handler of a signal that came meanwhile had armed it.
  if (caught() != 0) arm(kRepeat);
}

void ignore_interrupts() noexcept {
  for (const int number : kSignals) handle(number, SIG_IGN);
}

}  // namespace limen::cli

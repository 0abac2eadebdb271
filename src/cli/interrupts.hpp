// cli/interrupts.hpp - SIGINT, SIGTERM and the time limit, from the start of the command to its end.
//
// While the command itself works (opens files, waits for the compiler), a signal or the deadline
// interrupts what it is blocked in: a system call then fails with EINTR, and due() says why. While
// the guest runs, a signal stops it through limen::stop_this_thread() and the deadline is the
// library's. A timer repeats the interruption every 2 ms, so that none falls between a check and
// the call after it. A second signal ends the command at once.
#pragma once

#include <chrono>
#include <optional>

namespace limen::cli {

class Interrupts {
 public:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;

  /// Installs the handlers and ignores SIGPIPE; a signal that was ignored before stays so. There can
  /// be one in a process, on its only thread.
  explicit Interrupts(Deadline deadline);
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  /// The signal that came, or 0.
  [[nodiscard]] int caught() const noexcept;
  /// True when the command should stop what it does.
  [[nodiscard]] bool due() const noexcept;
  [[nodiscard]] const Deadline& deadline() const noexcept { return deadline_; }

  /// The guest begins: from here on the deadline is the library's.
  void leave_deadline() noexcept;

 private:
  Deadline deadline_;
};

/// For a child process that was just forked: signals at the terminal are the parent's to handle.
void ignore_interrupts() noexcept;

}  // namespace limen::cli

// cli/command_runner.hpp - for tests: the built command as a child process.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limen/unique_fd.hpp"

namespace limen::test {

/// How a command ended and what it wrote.
struct Ran {
  int status = 0;  ///< the exit status, or minus the signal that killed it
  std::string out;
  std::string err;
};

/// `limen` with `args`; stdin is a pipe that stays open until close_stdin() or finish(). A command
/// that is still there after a minute, or when this object goes, is killed.
class Command {
 public:
  struct Around {
    std::vector<std::string> env = {};  ///< "NAME=value", added to what the test has
    std::string directory = {};         ///< where it runs; empty: where the test does
    int in = -1;                        ///< its stdin instead of a pipe; stays the caller's
    int out = -1;                       ///< its stdout, likewise
    std::vector<int> closed = {};       ///< of 0, 1 and 2, those that it does not get
    std::optional<int> inherited = {};  ///< becomes its descriptor 5
  };
  explicit Command(std::vector<std::string> args);
  Command(std::vector<std::string> args, const Around& around);
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  ~Command();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  void write_stdin(std::string_view text);
  void close_stdin() { in_.reset(); }
  void send(int signal_number) const;

  /// Reads on until `text` has come on stdout (or stderr); false when it ended before.
  bool wait_for_out(std::string_view text) { return wait_for(ran_.out, text); }
  bool wait_for_err(std::string_view text) { return wait_for(ran_.err, text); }
  /// The command's own child, the compiler; 0 when there is none for a minute.
  [[nodiscard]] pid_t wait_for_child() const;

  /// What has come on stderr so far.
  [[nodiscard]] const std::string& err() const noexcept { return ran_.err; }

  /// Reads to the end and waits; stdin stays open, so that its end is nothing that ends the guest.
  Ran wait();
  /// Closes stdin, then the same.
  Ran finish();

 private:
  using Clock = std::chrono::steady_clock;
  bool wait_for(const std::string& stream, std::string_view text);
  bool read_some();

  pid_t pid_ = -1;
  Clock::time_point patience_ = Clock::now() + std::chrono::minutes(1);
  UniqueFd in_;
  UniqueFd out_;
  UniqueFd err_;
  Ran ran_;
};

/// Runs to the end with `input` on stdin.
[[nodiscard]] Ran run_limen(std::vector<std::string> args, std::string_view input = {});
[[nodiscard]] Ran run_limen(std::vector<std::string> args, const Command::Around& around,
                            std::string_view input = {});

}  // namespace limen::test

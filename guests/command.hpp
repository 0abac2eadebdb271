// command.hpp - the command limen as a child process whose three streams the test holds.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "limen/unique_fd.hpp"

namespace limen::test {

/// What a stream of the child is on the test's side.
enum class Stream {
  pipe,    ///< the other end is here
  null,    ///< /dev/null
  closed,  ///< not open at all
};

struct CommandSpec {
  std::vector<std::string> words;  ///< after "limen"
  Stream in = Stream::null;
  Stream out = Stream::pipe;
  Stream err = Stream::pipe;
  std::vector<std::pair<int, int>> inherited = {};  ///< descriptor here, its number there
};

/// A running limen. Whatever happens, it does not outlive the test: the destructor kills it.
class Command {
 public:
  explicit Command(const CommandSpec& spec);
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  ~Command();

  /// Writes to its standard input, all of it.
  void write(std::string_view text);
  void close_input() { in_.reset(); }
  void close_output() { out_.reset(); }

  /// Reads its standard output or error until `text` was in it; false when the stream ended or
  /// `patience` ran out before.
  [[nodiscard]] bool wait_output(std::string_view text) { return wait_for(text, false); }
  [[nodiscard]] bool wait_error(std::string_view text) { return wait_for(text, true); }

  /// Reads this many bytes of standard output and forgets them.
  void skip_output(std::size_t bytes);

  /// Reads both streams to their ends and waits for the status; a status of -1 means that it had
  /// to be killed. `read_output` off leaves a full pipe full until the process is gone.
  int finish(std::chrono::milliseconds patience = std::chrono::seconds(120),
             bool read_output = true);

  void signal(int number) const;
  [[nodiscard]] pid_t pid() const { return pid_; }

  [[nodiscard]] const std::string& output() const { return output_; }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  bool wait_for(std::string_view text, bool in_error);
  // Reads what is there; false when neither stream has anything to come.
  bool read_some(int timeout_ms, bool read_output);

  pid_t pid_ = -1;
  UniqueFd in_, out_, err_;
  std::string output_, error_;
};

}  // namespace limen::test

// core/process.hpp - what one run of a guest owns.
#pragma once

#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "core/stop_scope.hpp"
#include "limen/abi/call.hpp"
#include "limen/abi/fd_table.hpp"

namespace limen {

/// Strings for args_get and environ_get, and what they take up in guest memory.
class StringList {
 public:
  StringList() = default;
  explicit StringList(std::vector<std::string> strings) : strings_(std::move(strings)) {
    for (const std::string& s : strings_) bytes_ += s.size() + 1;
  }
  [[nodiscard]] const std::vector<std::string>& strings() const noexcept { return strings_; }
  [[nodiscard]] u64 count() const noexcept { return strings_.size(); }
  /// Every byte plus one NUL each.
  [[nodiscard]] u64 bytes() const noexcept { return bytes_; }

 private:
  std::vector<std::string> strings_;
  u64 bytes_ = 0;
};

/// A run's resources, opened from a RunSpec by open_process() (run/sandbox.hpp). Not movable: calls
/// hold references to its members.
struct Process {
  StringList args;
  StringList env;
  FdTable fds;
  Clock clock;
  Random random;
  RunState run;
  /// What may end the run from outside; the deadline is fixed when the process is opened.
  StopPlan stop;

  Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
};

}  // namespace limen

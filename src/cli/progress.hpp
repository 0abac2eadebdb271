// cli/progress.hpp - a line on the terminal while something takes longer than a second.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace limen::cli {

/// "limen: compiling big.wasm, 3 s", updated each second and erased at the end. Nothing at all when
/// stderr is no terminal.
class Progress {
 public:
  explicit Progress(std::string_view what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Shows the time when another second is over; returns how long the next one takes, or -1 ms when
  /// there is nobody to show it to.
  std::chrono::milliseconds tick();

 private:
  using Clock = std::chrono::steady_clock;
  std::string what_;
  Clock::time_point start_ = Clock::now();
  bool possible_ = false;
  std::chrono::seconds shown_{0};
};

}  // namespace limen::cli

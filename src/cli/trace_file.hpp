// cli/trace_file.hpp - where --trace writes.
#pragma once

#include <memory>
#include <string_view>

#include "limen/hook.hpp"

namespace limen::cli {

/// Writes each line of a trace with one system call, so that it is there whatever happens next and
/// stands in order with what the guest prints.
class TraceFile {
 public:
  explicit TraceFile(int fd) : fd_(fd) {}
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

  /// The hook for the run; it refers to this object.
  [[nodiscard]] std::unique_ptr<Hook> hook();
  /// errno of the first line that could not be written, or 0.
  [[nodiscard]] int error() const noexcept { return error_; }

 private:
  void write(std::string_view line) noexcept;

  int fd_;
  int error_ = 0;
};

}  // namespace limen::cli

// report.hpp - what ./dev bench prints: one line per case, native beside Limen, and the mark.
#pragma once

#include <benchmark/benchmark.h>

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "limen/types.hpp"

namespace limen::bench {

/// What a case has to reach.
struct Mark {
  enum class Kind : u8 {
    ns,           ///< at most so many nanoseconds
    times,        ///< at most so many times native
    native_plus,  ///< at most so many nanoseconds more than native
  };
  Kind kind = Kind::ns;
  double limit = 0;

  [[nodiscard]] bool met(double native_ns, double limen_ns) const noexcept;
  [[nodiscard]] std::string text() const;
};

/// A line of the report. Its two benchmarks are called "<name>/native" and "<name>/limen".
struct Line {
  std::string_view name;
  Mark mark;
};

/// Prints the table when everything was measured.
///
/// Of several repetitions the fastest counts: other programs and the machine's host only ever add
/// to the time of work that is the same each time, so the smallest is the closest to the truth.
class TableReporter final : public benchmark::BenchmarkReporter {
 public:
  explicit TableReporter(std::span<const Line> lines) : lines_(lines) {}

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

  [[nodiscard]] bool failed() const noexcept { return failed_; }

 private:
  std::span<const Line> lines_;
  std::map<std::string, double, std::less<>> fastest_ns_;
  bool failed_ = false;
};

}  // namespace limen::bench

// trace_text.cpp - see limen/trace.hpp.
#include "limen/trace.hpp"

#include <chrono>
#include <iterator>
#include <utility>

#include "limen/abi/row.hpp"

namespace limen {
namespace {

using Clock = std::chrono::steady_clock;

void append_duration(fmt::memory_buffer& out, std::chrono::nanoseconds took) {
  const auto ns = took.count();
  const auto to = std::back_inserter(out);
  if (ns < 1'000) {
    fmt::format_to(to, " [{}ns]\n", ns);
  } else if (ns < 1'000'000) {
    fmt::format_to(to, " [{:.1f}us]\n", static_cast<double>(ns) / 1e3);
  } else if (ns < 1'000'000'000) {
    fmt::format_to(to, " [{:.1f}ms]\n", static_cast<double>(ns) / 1e6);
  } else {
    fmt::format_to(to, " [{:.2f}s]\n", static_cast<double>(ns) / 1e9);
  }
}

class TraceText final : public Hook {
 public:
  explicit TraceText(std::move_only_function<void(std::string_view)> sink)
      : sink_(std::move(sink)) {}

  // Arguments are printed before the call: it may overwrite the memory that they point at.
  void before(const CallView& call) override {
    line_.clear();
    fmt::format_to(std::back_inserter(line_), "{}(", call.spec.name);
    call.print_arguments(line_);
    line_.push_back(')');
    started_ = Clock::now();
  }

  void after(const CallView& call, const CallResult& result) override {
    const auto took = Clock::now() - started_;
    if (result.ended) {
      line_.append(std::string_view(" = ended"));
    } else if (result.value) {
      fmt::format_to(std::back_inserter(line_), " = {}", *result.value);
    } else if (result.error != Errno::success) {
      fmt::format_to(std::back_inserter(line_), " = {}", name(result.error));
    } else {
      append_results(call);
    }
    append_duration(line_, took);
    sink_({line_.data(), line_.size()});
  }

 private:
  void append_results(const CallView& call) {
    const std::size_t before = line_.size();
    line_.append(std::string_view(" -> "));
    const std::size_t arrow = line_.size();
    call.print_results(line_);
    if (line_.size() > arrow) return;
    line_.resize(before);
    line_.append(std::string_view(" = success"));
  }

  std::move_only_function<void(std::string_view)> sink_;
  fmt::memory_buffer line_;
  Clock::time_point started_;
};

}  // namespace

std::unique_ptr<Hook> trace_text(std::move_only_function<void(std::string_view)> sink) {
  return std::make_unique<TraceText>(std::move(sink));
}

}  // namespace limen

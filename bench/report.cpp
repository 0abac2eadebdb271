// report.cpp - the table of ./dev bench.
#include "bench/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace limen::bench {
namespace {

// Three digits are more than a measurement has.
std::string time_text(double ns) {
  if (ns < 10) return fmt::format("{:.1f} ns", ns);
  if (ns < 1e4) return fmt::format("{:.0f} ns", ns);
  if (ns < 1e6) return fmt::format("{:.1f} µs", ns / 1e3);
  return fmt::format("{:.2f} ms", ns / 1e6);
}

// Pads to columns, not to bytes: "µ" is two of them.
std::string right(std::string text, std::size_t width) {
  const auto columns = static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<u8>(c) & 0xc0) != 0x80; }));
  if (columns < width) text.insert(0, width - columns, ' ');
  return text;
}

}  // namespace

bool Mark::met(double native_ns, double limen_ns) const noexcept {
  switch (kind) {
    case Kind::ns:
      return limen_ns <= limit;
    case Kind::times:
      return limen_ns <= native_ns * limit;
    case Kind::native_plus:
      break;
  }
  return limen_ns <= native_ns + limit;
}

std::string Mark::text() const {
  switch (kind) {
    case Kind::ns:
      return fmt::format("≤ {:g} ns", limit);
    case Kind::times:
      return fmt::format("≤ {:g} ×", limit);
    case Kind::native_plus:
      break;
  }
  return fmt::format("≤ native + {:g} ns", limit);
}

bool TableReporter::ReportContext(const Context& context) {
  fmt::print("{} cores at {:.0f} MHz; nanoseconds of CPU time, the fastest repetition counts\n\n",
             context.cpu_info.num_cpus, context.cpu_info.cycles_per_second / 1e6);
  return true;
}

void TableReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.run_type != Run::RT_Iteration) continue;
    const std::string& name = run.run_name.function_name;
    if (run.error_occurred) {
      fmt::print(stderr, "{}: {}\n", name, run.error_message);
      failed_ = true;
      continue;
    }
    const double ns = run.GetAdjustedCPUTime();
    const auto [at, fresh] = fastest_ns_.emplace(name, ns);
    if (!fresh) at->second = std::min(at->second, ns);
  }
}

void TableReporter::Finalize() {
  fmt::print("{:<28}{:>10}{:>11}{:>10}   {:<20}{}\n", "what", "native", "limen", "× native", "mark",
             "met");
  const auto find = [&](std::string_view name, std::string_view side) -> std::optional<double> {
    const auto at = fastest_ns_.find(fmt::format("{}/{}", name, side));
    return at == fastest_ns_.end() ? std::nullopt : std::optional(at->second);
  };
  for (const Line& line : lines_) {
    const auto native = find(line.name, "native");
    const auto limen = find(line.name, "limen");
    if (!native && !limen) continue;  // left out by --benchmark_filter
    fmt::print("{:<28}{}{}", line.name, right(native ? time_text(*native) : "", 10),
               right(limen ? time_text(*limen) : "", 11));
    if (native && limen)
      fmt::print("{:>10.2f}   {:<20}{}", *limen / *native, line.mark.text(),
                 line.mark.met(*native, *limen) ? "yes" : "NO");
    fmt::print("\n");
  }
}

}  // namespace limen::bench

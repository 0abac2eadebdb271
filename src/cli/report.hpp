// cli/report.hpp - --report: how a run ended, as JSON.
#pragma once

#include <string>

#include "limen/outcome.hpp"

namespace limen::cli {

/// What was measured, from the start of the command, the compiler's share included.
struct Usage {
  u64 wall_ns = 0;
  u64 cpu_ns = 0;
};

/// One object in the shape that cli.md gives, and a newline. What is not measured is left out.
[[nodiscard]] std::string report_json(const Outcome& outcome, const std::string& message,
                                      const Usage& usage);

}  // namespace limen::cli

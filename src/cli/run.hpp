// cli/run.hpp - `limen run`: from options to an exit status.
#pragma once

#include <chrono>

#include "cli/options.hpp"

namespace limen::cli {

/// Runs FILE. `start` is when the command began: the time limit counts from there.
[[nodiscard]] int run(const RunOptions& options, std::chrono::steady_clock::time_point start);

}  // namespace limen::cli

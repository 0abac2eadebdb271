// cli/outcome.hpp - from how a run ended to what the shell and the person see.
#pragma once

#include <string>
#include <string_view>

#include "limen/outcome.hpp"

namespace limen::cli {

/// Exit statuses that have one meaning; the guest's own codes are 0 to 255.
namespace status {
inline constexpr int timed_out = 124;
inline constexpr int failed = 125;  ///< Limen itself, or wrong usage
inline constexpr int cannot_run = 126;
inline constexpr int not_found = 127;
inline constexpr int signalled = 128;  ///< plus the signal's number
inline constexpr int trapped = 134;
inline constexpr int limit = 137;
}  // namespace status

/// `caught` is the signal that stopped the run, for Stopped. A Failed with not_found is about FILE.
[[nodiscard]] int exit_status(const Outcome& outcome, int caught);

/// The one line about FILE that stderr shows. Empty when there is nothing to say: the guest exited,
/// or somebody stopped it with a signal.
[[nodiscard]] std::string message(const Outcome& outcome, std::string_view file);

/// The lines below it: where a guest trapped, innermost function first.
[[nodiscard]] std::string backtrace(const Outcome& outcome);

}  // namespace limen::cli

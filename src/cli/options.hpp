// cli/options.hpp - the options of `limen run`, from one table: what is accepted, what --help shows,
// and what a mistyped word is compared with.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limen/error.hpp"
#include "limen/spec.hpp"

namespace limen::cli {

/// What the command line of a run says, as a value. Nothing has been opened.
struct RunOptions {
  bool help = false;  ///< nothing else counts then
  std::string file = {};
  std::vector<std::string> words = {};  ///< what follows FILE

  std::optional<std::string> invoke = {};
  std::optional<std::string> argv0 = {};
  std::vector<std::string> args = {};
  std::vector<std::string> env = {};
  bool inherit_env = false;

  std::vector<Mount> mounts = {};
  Stream in{Stream::Inherit{}};
  Stream out{Stream::Inherit{}};
  Stream err{Stream::Inherit{}};

  std::optional<std::chrono::nanoseconds> timeout = {};
  std::vector<Listener> listeners = {};
  std::optional<std::string> report = {};
  bool trace = false;
  std::string trace_file = {};  ///< empty: stderr
};

/// Reads what follows `run`. Errors: bad_spec, `where` naming the option as it was written.
[[nodiscard]] Expected<RunOptions> parse_run(std::span<const std::string_view> words);

/// Reads FILE and the guest's words alone, for the shorthand without options.
[[nodiscard]] RunOptions parse_file(std::span<const std::string_view> words);

/// True when `word` is an option of `run`, as in "--dir" or "--dir=x".
[[nodiscard]] bool is_run_option(std::string_view word);

/// What to do about an option that is not known.
[[nodiscard]] Error unknown_option(std::string_view word, std::span<const std::string_view> known,
                                   std::string_view page);

/// The options by group, at most 100 columns wide.
[[nodiscard]] std::string options_help();

}  // namespace limen::cli

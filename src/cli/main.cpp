// main.cpp - which command it is.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <span>
#include <string_view>
#include <vector>

#include "cli/calls_page.hpp"
#include "cli/help.hpp"
#include "cli/messages.hpp"
#include "cli/options.hpp"
#include "cli/outcome.hpp"
#include "cli/run.hpp"

namespace limen::cli {
namespace {

using Words = std::span<const std::string_view>;
using Time = std::chrono::steady_clock::time_point;

constexpr std::array<std::string_view, 2> kPages{"--help", "--version"};

// A descriptor 0, 1 or 2 that the command was started without is filled with one that answers EBADF
// to everything. Otherwise the next file opened here would become the guest's stdin.
void fill_closed_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0) ::open("/dev/null", O_PATH | O_CLOEXEC);
  }
}

int refuse(const Error& error) {
  say(error.text());
  return status::failed;
}

int run_command(Words words, Time start) {
  const auto options = parse_run(words);
  if (!options) return refuse(options.error());
  if (options->help) return print_page(run_help());
  return run(*options, start);
}

int calls_command(Words words) {
  static constexpr std::array<std::string_view, 2> known{"--markdown", "--help"};
  bool markdown = false;
  for (const std::string_view word : words) {
    if (word == "--help" || word == "-h") return print_page(calls_help());
    if (word != "--markdown") {
      if (word.starts_with('-')) return refuse(unknown_option(word, known, "limen calls --help"));
      return refuse({Error::Code::bad_spec, fmt::format("calls takes no argument: {}", word), {}});
    }
    markdown = true;
  }
  return print_page(calls_page(markdown));
}

// An option before any command.
int global_option(std::string_view word) {
  if (word == "--help" || word == "-h") return print_page(main_help());
  if (word == "--version") return print_page(version_text());
  if (is_run_option(word))
    return refuse({Error::Code::bad_spec,
                   fmt::format("{} is an option of run; write: limen run {} ...", word, word),
                   {}});
  return refuse(unknown_option(word, kPages, "limen --help"));
}

int dispatch(Words words, Time start) {
  if (words.empty())
    return refuse({Error::Code::bad_spec, "nothing to run; limen --help shows what to write", {}});
  const std::string_view first = words.front();
  if (first == "run") return run_command(words.subspan(1), start);
  if (first == "calls") return calls_command(words.subspan(1));
  if (first.starts_with('-') && first != "-") return global_option(first);
  return run(parse_file(words), start);
}

}  // namespace
}  // namespace limen::cli

int main(int argc, char** argv) {
  const auto start = std::chrono::steady_clock::now();
  limen::cli::fill_closed_streams();
  const std::vector<std::string_view> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return limen::cli::dispatch(words, start);
}

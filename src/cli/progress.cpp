// progress.cpp - see the header.
#include "cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "cli/messages.hpp"

namespace limen::cli {
namespace {

constexpr std::size_t kMostText = 60;  // a line that wraps can't be erased

bool is_terminal() {
  const char* type = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): there is one thread
  return type != nullptr && std::string_view(type) != "dumb" && ::isatty(STDERR_FILENO) == 1;
}

}  // namespace

Progress::Progress(std::string_view what)
    : what_(printable(what.substr(0, kMostText))), possible_(is_terminal()) {}

Progress::~Progress() {
  if (shown_.count() > 0) write_all(STDERR_FILENO, "\r\x1b[K");
}

std::chrono::milliseconds Progress::tick() {
  using namespace std::chrono;
  if (!possible_) return milliseconds(-1);
  const auto passed = Clock::now() - start_;
  const auto whole = floor<seconds>(passed);
  if (whole > shown_) {
    shown_ = whole;
    write_all(STDERR_FILENO, fmt::format("\r\x1b[Klimen: {}, {} s", what_, whole.count()));
  }
  return ceil<milliseconds>(whole + seconds(1) - passed);
}

}  // namespace limen::cli

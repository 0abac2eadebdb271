// outcome.cpp - see the header.
#include "cli/outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "limen/abi/text.hpp"

namespace limen::cli {
namespace {

constexpr u32 kMostCode = 255;
constexpr std::size_t kMostFrames = 50;

int status_of(Error::Code code) {
  switch (code) {
    case Error::Code::not_found:
      return status::not_found;
    case Error::Code::bad_module:
    case Error::Code::unknown_import:
    case Error::Code::no_entry_point:
    case Error::Code::unsupported:
      return status::cannot_run;
    case Error::Code::bad_spec:
    case Error::Code::host:
    case Error::Code::stopped:
      break;
  }
  return status::failed;
}

struct ToStatus {
  int caught;
  int operator()(const Exited& o) const { return static_cast<int>(std::min(o.code, kMostCode)); }
  int operator()(const Raised& o) const { return status::signalled + linux_number(o.signal); }
  int operator()(const Trapped&) const { return status::trapped; }
  int operator()(const TimedOut&) const { return status::timed_out; }
  int operator()(const LimitReached&) const { return status::limit; }
  int operator()(const Stopped&) const { return status::signalled + caught; }
  int operator()(const Failed& o) const { return status_of(o.error.code); }
};

}  // namespace

int exit_status(const Outcome& outcome, int caught) {
  return std::visit(ToStatus{caught}, outcome);
}

std::string message(const Outcome& outcome, std::string_view file) {
  if (std::holds_alternative<Exited>(outcome) || std::holds_alternative<Stopped>(outcome))
    return {};
  if (const auto* failed = std::get_if<Failed>(&outcome)) return failed->error.text();
  return fmt::format("{}: {}", file, describe(outcome));
}

std::string backtrace(const Outcome& outcome) {
  const auto* trap = std::get_if<Trapped>(&outcome);
  if (trap == nullptr) return {};
  std::string out;
  const auto to = std::back_inserter(out);
  const std::size_t shown = std::min(trap->backtrace.size(), kMostFrames);
  for (std::size_t i = 0; i < shown; ++i) {
    const Frame& frame = trap->backtrace[i];
    const std::string name = frame.function.empty()
                                 ? fmt::format("function {}", frame.function_index)
                                 : escaped(frame.function);
    fmt::format_to(to, "{:3}: {} @ {:#x}\n", i, name, frame.module_offset);
  }
  if (shown < trap->backtrace.size())
    fmt::format_to(to, "     and {} more\n", trap->backtrace.size() - shown);
  return out;
}

}  // namespace limen::cli

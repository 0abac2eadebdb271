// report.cpp - see the header.
#include "cli/report.hpp"

#include <fmt/format.h>

#include <iterator>

#include "limen/abi/text.hpp"

namespace limen::cli {
namespace {

// JSON is UTF-8: a text that isn't, such as a path, is shown escaped instead.
std::string json_string(const std::string& text) {
  const std::string shown = is_utf8(text) ? text : escaped(text);
  std::string out = "\"";
  for (const char c : shown) {
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
  return out;
}

std::string limit_of(const Outcome& outcome) {
  if (std::holds_alternative<TimedOut>(outcome)) return "\"timeout\"";
  if (std::holds_alternative<LimitReached>(outcome)) return "\"memory\"";
  return "null";
}

std::string exit_code_of(const Outcome& outcome) {
  const auto* exited = std::get_if<Exited>(&outcome);
  return exited == nullptr ? "null" : fmt::format("{}", exited->code);
}

}  // namespace

std::string report_json(const Outcome& outcome, const std::string& message, const Usage& usage) {
  return fmt::format(
      "{{\"outcome\":\"{}\",\"exit_code\":{},\"limit\":{},\"limits_hit\":[],\"message\":{},"
      "\"usage\":{{\"wall_ns\":{},\"cpu_ns\":{}}}}}\n",
      kind_name(outcome), exit_code_of(outcome), limit_of(outcome),
      message.empty() ? "null" : json_string(message), usage.wall_ns, usage.cpu_ns);
}

}  // namespace limen::cli

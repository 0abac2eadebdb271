// report.cpp - see the header.
#include "cli/report.hpp"

#include <nlohmann/json.hpp>

#include "limen/abi/text.hpp"

namespace limen::cli {
namespace {

using Json = nlohmann::ordered_json;  // fields in the order of cli.md

Json limit_of(const Outcome& outcome) {
  if (std::holds_alternative<TimedOut>(outcome)) return "timeout";
  if (std::holds_alternative<LimitReached>(outcome)) return "memory";
  return nullptr;
}

Json exit_code_of(const Outcome& outcome) {
  const auto* exited = std::get_if<Exited>(&outcome);
  return exited == nullptr ? Json(nullptr) : Json(exited->code);
}

// JSON is UTF-8: a text that isn't, such as a path, is shown escaped instead.
Json message_of(const std::string& text) {
  if (text.empty()) return nullptr;
  return is_utf8(text) ? text : escaped(text);
}

}  // namespace

std::string report_json(const Outcome& outcome, const std::string& message, const Usage& usage) {
  Json report;
  report["outcome"] = kind_name(outcome);
  report["exit_code"] = exit_code_of(outcome);
  report["limit"] = limit_of(outcome);
  report["limits_hit"] = Json::array();
  report["message"] = message_of(message);
  report["usage"]["wall_ns"] = usage.wall_ns;
  report["usage"]["cpu_ns"] = usage.cpu_ns;
  return report.dump() + '\n';
}

}  // namespace limen::cli

// calls_page.cpp - see the header.
#include "cli/calls_page.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <vector>

#include "calls/modules.hpp"
#include "limen/descriptor.hpp"
#include "limen/engine.hpp"

namespace limen::cli {
namespace {

std::string signature(const CallSpec& call) {
  FunctionType type{.params = {call.params.begin(), call.params.end()}, .results = {}};
  if (call.returns_i32) type.results.push_back(ValType::int32);
  return to_string(type);
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  return fmt::format("{}", fmt::join(parts, between));
}

std::string rights_text(Rights rights) {
  std::vector<std::string> parts;
  for (std::size_t bit = 0; bit < names<Rights>.size(); ++bit) {
    if (has(rights, static_cast<Rights>(u64{1} << bit))) parts.emplace_back(names<Rights>[bit]);
  }
  return joined(parts, " and ");
}

std::string rights_needed(const Needs& needs) {
  std::string text = rights_text(needs.fd);
  if (needs.alternative != Rights::none) text += " or " + rights_text(needs.alternative);
  if (needs.second != Rights::none)
    text += fmt::format("; on the second descriptor {}", rights_text(needs.second));
  return text;
}

// A call that needs a right that only directories can have takes a directory.
bool takes_directory(const Needs& needs) {
  constexpr Rights only_directories = rights::directory & ~(rights::regular_file | rights::device);
  return has_any(needs.fd, only_directories);
}

// What the call answers to a descriptor of the wrong type.
std::string wrong_types(const Needs& needs) {
  std::vector<std::string> parts;
  if (needs.directory != Errno::success)
    parts.push_back(fmt::format("{} for a directory", name(needs.directory)));
  if (needs.stream != Errno::success)
    parts.push_back(fmt::format("{} for a stream or socket", name(needs.stream)));
  if (takes_directory(needs))
    parts.push_back(fmt::format("{} for anything but a directory", name(needs.not_directory)));
  return joined(parts, ", ");
}

std::string row_in_markdown(const CallSpec& call) {
  return fmt::format("| `{}` | `{}` | {} | {} |\n", call.text, signature(call),
                     rights_needed(call.needs), wrong_types(call.needs));
}

std::string row_in_text(const CallSpec& call) {
  std::string out = fmt::format("  {}\n      wasm    {}\n", call.text, signature(call));
  const auto line = [&](std::string_view title, const std::string& text) {
    if (!text.empty()) fmt::format_to(std::back_inserter(out), "      {:7} {}\n", title, text);
  };
  line("rights", rights_needed(call.needs));
  line("answers", wrong_types(call.needs));
  return out;
}

std::string module_heading(const HostModule& module, bool markdown) {
  const std::string count =
      fmt::format("{} {}", module.calls.size(), module.calls.size() == 1 ? "call" : "calls");
  if (!markdown) return fmt::format("{} ({})\n\n", module.name, count);
  return fmt::format(
      "## `{}` ({})\n\n| call | wasm | rights needed | wrong type of descriptor |\n"
      "|---|---|---|---|\n",
      module.name, count);
}

}  // namespace

std::string calls_page(bool markdown) {
  std::string out;
  if (markdown)
    out =
        "# What guests can import\n\n"
        "Printed by `limen calls --markdown` from the call table; rights that depend on the "
        "values\n"
        "of arguments are not listed.\n";
  for (const HostModule& module : host_modules()) {
    if (!out.empty()) out.push_back('\n');
    out += module_heading(module, markdown);
    for (const CallSpec& call : module.calls)
      out += markdown ? row_in_markdown(call) : row_in_text(call);
  }
  return out;
}

}  // namespace limen::cli

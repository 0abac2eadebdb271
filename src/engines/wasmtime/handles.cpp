// handles.cpp - see the header.
#include "engines/wasmtime/handles.hpp"

#include <fmt/format.h>

namespace limen::wasmtime {
namespace {

// wasmtime lists causes below a "Caused by:" line, indented and, when several, numbered.
std::string_view without_indent(std::string_view line) {
  const auto start = line.find_first_not_of(' ');
  if (start == std::string_view::npos) return {};
  line.remove_prefix(start);
  const auto digits = line.find_first_not_of("0123456789");
  if (digits != std::string_view::npos && digits > 0 && line.substr(digits).starts_with(": "))
    line.remove_prefix(digits + 2);
  return line;
}

// The text format's parser shows the place as "--> <anon>:LINE:COLUMN" and the source below it.
std::string place_of(std::string_view line) {
  const auto column = line.rfind(':');
  const auto number = line.rfind(':', column - 1);
  if (column == std::string_view::npos || number == std::string_view::npos) return {};
  return fmt::format(" (line {}, column {})", line.substr(number + 1, column - number - 1),
                     line.substr(column + 1));
}

}  // namespace

std::string message_of(const wasmtime_error_t& error) {
  ByteVec bytes;
  wasmtime_error_message(&error, bytes.out());
  std::string out;
  std::string_view rest = bytes.text();
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const std::string_view line = without_indent(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (line.empty() || line == "Caused by:") continue;
    if (line.starts_with("-->")) return out + place_of(line);
    if (!out.empty()) out += ": ";
    out += line;
  }
  return out;
}

}  // namespace limen::wasmtime

// messages.cpp - see the header.
#include "cli/messages.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <iterator>

#include "cli/outcome.hpp"

namespace limen::cli {
namespace {

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7F; }

// U+0080..U+009F; in UTF-8 they are C2 80..C2 9F.
bool is_high_control(std::string_view text, std::size_t at) {
  return text[at] == '\xC2' && at + 1 < text.size() &&
         static_cast<unsigned char>(text[at + 1]) >= 0x80 &&
         static_cast<unsigned char>(text[at + 1]) < 0xA0;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto hex = [&](unsigned char c) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", c);
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (is_control(c)) {
      hex(c);
    } else if (is_high_control(text, at)) {
      hex(c);
      hex(static_cast<unsigned char>(text[++at]));
    } else {
      out.push_back(text[at]);
    }
  }
  return out;
}

void say(std::string_view message) {
  // One write, so that lines of several commands on one terminal stay whole.
  write_all(STDERR_FILENO, fmt::format("limen: {}\n", printable(message)));
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string reason(int error) {
  const char* known = ::strerrordesc_np(error);
  std::string text = known == nullptr ? fmt::format("error {}", error) : known;
  // "Input/output error" reads "input/output error"; "RFS specific error" stays.
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0)
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

int print_page(std::string_view text) {
  if (write_all(STDOUT_FILENO, text)) return 0;
  say(fmt::format("stdout: {}", reason(errno)));
  return status::failed;
}

}  // namespace limen::cli

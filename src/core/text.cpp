// text.cpp - UTF-8, paths and escaping.
#include "limen/abi/text.hpp"

#include <cstdint>
#include <cstring>
#include <iterator>

namespace limen {
namespace {

constexpr std::size_t kMaxPath = 4095;
constexpr std::size_t kMaxComponent = 255;

// The length of the well-formed character that starts at `at`; 0 when there is none (RFC 3629 §4).
std::size_t character_length(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return continues(1) ? 2 : 0;
  if (first < 0xF0) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) >= 0xA0;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  const bool overlong = first == 0xF0 && byte(1) < 0x90;
  const bool too_large = first > 0xF4 || (first == 0xF4 && byte(1) >= 0x90);
  return continues(1) && continues(2) && continues(3) && !overlong && !too_large ? 4 : 0;
}

bool component_too_long(std::string_view text) noexcept {
  std::size_t length = 0;
  for (const char c : text) {
    length = c == '/' ? 0 : length + 1;
    if (length > kMaxComponent) return true;
  }
  return false;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    // Most names are ASCII: take eight bytes at a time while no top bit is set.
    std::uint64_t word = 0;
    while (at + sizeof word <= text.size()) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((word & 0x8080808080808080U) != 0) break;
      at += sizeof word;
    }
    if (at == text.size()) return true;
    const std::size_t length = character_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

Errno check_path_text(std::string_view text, bool components) noexcept {
  if (!is_utf8(text)) return Errno::ilseq;
  if (!text.empty() && std::memchr(text.data(), 0, text.size()) != nullptr) return Errno::inval;
  if (text.empty()) return Errno::noent;
  if (text.front() == '/') return Errno::perm;
  if (text.size() > kMaxPath) return Errno::nametoolong;
  if (components && text.size() > kMaxComponent && component_too_long(text))
    return Errno::nametoolong;
  return Errno::success;
}

void append_escaped(fmt::memory_buffer& out, std::string_view text) {
  const auto hex = [&](char c) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
  };
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const std::size_t length = character_length(text, at);
    // U+0080..U+009F are control characters too; in UTF-8 they are C2 80..C2 9F.
    const bool high_control =
        length == 2 && c == '\xC2' && static_cast<unsigned char>(text[at + 1]) < 0xA0;
    if (c == '\n') {
      out.append(std::string_view("\\n"));
    } else if (c == '\t') {
      out.append(std::string_view("\\t"));
    } else if (c == '\r') {
      out.append(std::string_view("\\r"));
    } else if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (length == 0 || static_cast<unsigned char>(c) < 0x20 || c == 0x7F || high_control) {
      for (std::size_t i = 0; i < (length == 0 ? 1 : length); ++i) hex(text[at + i]);
    } else {
      out.append(text.substr(at, length));
    }
    at += length == 0 ? 1 : length;
  }
}

std::string escaped(std::string_view text) {
  fmt::memory_buffer out;
  append_escaped(out, text);
  return fmt::to_string(out);
}

}  // namespace limen

#include "guest.hpp"

#include <fmt/core.h>
#include <fmt/std.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace limen::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

int number(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw std::runtime_error(fmt::format("'{}' is no number", text));
  return value;
}

std::chrono::milliseconds duration(const std::string& text) {
  if (text.ends_with("ms"))
    return std::chrono::milliseconds(number(text.substr(0, text.size() - 2)));
  if (text.ends_with("s")) return std::chrono::seconds(number(text.substr(0, text.size() - 1)));
  throw std::runtime_error(fmt::format("'{}' is no duration", text));
}

// One header line, into the case that it belongs to.
void apply(const std::string& key, const std::string& value, Case& to) {
  if (key == "run") {
    for (auto& word : words(value)) to.options.push_back(std::move(word));
  } else if (key == "arg") {
    to.args.push_back(unescaped(value));
  } else if (key == "setup") {
    const auto space = value.find(' ');
    if (space == std::string::npos) throw std::runtime_error("setup needs a kind and a name");
    to.setup.emplace_back(value.substr(0, space), unescaped(value.substr(space + 1)));
  } else if (key == "stdin") {
    to.stdin_is = Input::text;
    to.input += unescaped(value);
  } else if (key == "stdin-silent") {
    to.stdin_is = Input::silent;
  } else if (key == "stdout-unread") {
    to.stdout_unread = true;
  } else if (key == "exit") {
    to.exit = number(value);
  } else if (key == "stdout") {
    to.output = to.output.value_or("") + unescaped(value);
  } else if (key == "stderr") {
    to.errors.push_back(unescaped(value));
  } else if (key == "no-stderr") {
    to.never_in_error.push_back(unescaped(value));
  } else if (key == "within") {
    to.within = duration(value);
  } else {
    throw std::runtime_error(fmt::format("unknown key '{}'", key));
  }
}

std::vector<Guest> read_manifest() {
  std::ifstream manifest(LIMEN_GUEST_MANIFEST);
  if (!manifest) throw std::runtime_error("can't read " LIMEN_GUEST_MANIFEST);
  std::vector<Guest> guests;
  for (std::string line; std::getline(manifest, line);) {
    const auto first = line.find('\t');
    const auto second = line.find('\t', first + 1);
    Guest guest = read_header(line.substr(first + 1, second - first - 1));
    guest.name = line.substr(0, first);
    guest.module = line.substr(second + 1);
    guests.push_back(std::move(guest));
  }
  return guests;
}

}  // namespace

Guest read_header(const fs::path& source) {
  static const std::regex kLine(R"(^(?://|;;) ([a-z-]+):(?: (.*))?$)");
  std::ifstream in(source);
  if (!in) throw std::runtime_error(fmt::format("can't read {}", source));

  Guest guest{.name = {}, .source = source, .module = {}, .own_test = false, .cases = {}};
  Case common;  // what is said before the first case holds for all of them
  int at = 0;
  std::smatch match;
  for (std::string line; std::getline(in, line) && std::regex_match(line, match, kLine);) {
    ++at;
    const std::string key = match[1];
    const std::string value = match[2];
    try {
      if (key == "own-test") {
        guest.own_test = true;
      } else if (key == "case") {
        guest.cases.push_back(common);
        guest.cases.back().name = value;
      } else {
        apply(key, value, guest.cases.empty() ? common : guest.cases.back());
      }
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(fmt::format("{}:{}: {}", source, at, error.what()));
    }
  }
  if (at == 0) throw std::runtime_error(fmt::format("{} does not say how it is run", source));
  if (guest.cases.empty()) guest.cases.push_back(std::move(common));
  return guest;
}

std::string read_hex(const fs::path& source) {
  std::ifstream in(source);
  std::string bytes;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(";;")) continue;
    for (const std::string& word : words(line))
      bytes.push_back(static_cast<char>(std::stoi(word, nullptr, 16)));
  }
  return bytes;
}

std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result.push_back(text[i]);
      continue;
    }
    const char kind = i + 1 < text.size() ? text[++i] : '\0';
    if (kind == 'n') {
      result.push_back('\n');
    } else if (kind == 't') {
      result.push_back('\t');
    } else if (kind == '\\') {
      result.push_back('\\');
    } else if (kind == 'x' && i + 2 < text.size()) {
      result.push_back(
          static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
      i += 2;
    } else {
      throw std::runtime_error(fmt::format("unknown escape in '{}'", text));
    }
  }
  return result;
}

const std::vector<Guest>& all_guests() {
  static const std::vector<Guest> kGuests = read_manifest();
  return kGuests;
}

const Guest* find_guest(std::string_view name) {
  const auto& guests = all_guests();
  const auto found = std::ranges::find(guests, name, &Guest::name);
  return found == guests.end() ? nullptr : &*found;
}

}  // namespace limen::test

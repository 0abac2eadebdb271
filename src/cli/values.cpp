// values.cpp - see the header.
#include "cli/values.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <optional>
#include <span>

namespace limen::cli {
namespace {

using Code = Error::Code;
// Products of two 64-bit numbers, before they are checked.
__extension__ using Wide = unsigned __int128;

std::unexpected<Error> bad(std::string message) {
  return failure(Code::bad_spec, std::move(message));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A number of one or more digits, perhaps with a fraction, in units of 10^-9.
struct Decimal {
  Wide billionths = 0;
};

// Takes a number off the front of `text`. Digits beyond the ninth of a fraction are below what any
// unit here can hold, and are left out.
std::optional<Decimal> take_decimal(std::string_view& text) {
  constexpr std::size_t most_digits = 16;  // times the biggest unit it still fits in 128 bits
  constexpr std::size_t fraction_digits = 9;
  std::size_t at = 0;
  Wide value = 0;
  for (; at < text.size() && is_digit(text[at]); ++at)
    value = value * 10 + static_cast<unsigned>(text[at] - '0');
  if (at == 0 || at > most_digits) return std::nullopt;
  std::size_t places = 0;
  if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
    for (++at; at < text.size() && is_digit(text[at]); ++at) {
      if (places == fraction_digits) continue;
      value = value * 10 + static_cast<unsigned>(text[at] - '0');
      ++places;
    }
  }
  for (; places < fraction_digits; ++places) value *= 10;
  text.remove_prefix(at);
  return Decimal{value};
}

struct Unit {
  std::string_view name;
  u64 factor;
};

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
  const auto found = std::ranges::find(units, name, &Unit::name);
  return found == units.end() ? nullptr : &*found;
}

constexpr u64 kBillion = 1'000'000'000;

}  // namespace

// ---- numbers ---------------------------------------------------------------------------------

Expected<u64> parse_size(std::string_view text) {
  static constexpr std::array units{
      Unit{"", 1},
      Unit{"B", 1},
      Unit{"k", u64{1} << 10},
      Unit{"K", u64{1} << 10},
      Unit{"KiB", u64{1} << 10},
      Unit{"M", u64{1} << 20},
      Unit{"MiB", u64{1} << 20},
      Unit{"G", u64{1} << 30},
      Unit{"GiB", u64{1} << 30},
      Unit{"T", u64{1} << 40},
      Unit{"TiB", u64{1} << 40},
      Unit{"kB", 1'000},
      Unit{"KB", 1'000},
      Unit{"MB", 1'000'000},
      Unit{"GB", 1'000'000'000},
      Unit{"TB", 1'000'000'000'000},
  };
  const auto number = take_decimal(text);
  if (text.starts_with(' ')) text.remove_prefix(1);
  const Unit* unit = find_unit(units, text);
  if (!number || unit == nullptr) return bad("not a size; write 64, 4k, 64KiB, 2MB or 4GiB");
  const Wide bytes = number->billionths * unit->factor / kBillion;
  if (bytes > std::numeric_limits<u64>::max()) return bad("a size that no computer has");
  return static_cast<u64>(bytes);
}

Expected<std::chrono::nanoseconds> parse_time(std::string_view text) {
  static constexpr std::array units{
      Unit{"ms", 1'000'000},
      Unit{"s", kBillion},
      Unit{"m", 60 * kBillion},
      Unit{"h", 3600 * kBillion},
  };
  constexpr std::string_view why = "not a time; write 250ms, 2s, 1m30s or a number of seconds";
  constexpr auto most = static_cast<Wide>(std::chrono::nanoseconds::max().count()) / 2;
  Wide total = 0;
  const bool bare = std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; });
  do {
    const auto number = take_decimal(text);
    const std::size_t letters =
        static_cast<std::size_t>(std::ranges::find_if(text, is_digit) - text.begin());
    const Unit* unit = find_unit(units, bare ? "s" : text.substr(0, letters));
    if (!number || unit == nullptr || (bare && !text.empty())) return bad(std::string(why));
    text.remove_prefix(letters);
    total += number->billionths * unit->factor / kBillion;
    if (total > most) return bad("longer than a hundred years; leave it out for no limit");
  } while (!text.empty());
  if (total == 0) return bad("no time at all; leave it out for no limit");
  return std::chrono::nanoseconds(static_cast<i64>(total));
}

// ---- directories -----------------------------------------------------------------------------

bool is_directory(const std::string& path) {
  struct stat stat{};
  return ::stat(path.c_str(), &stat) == 0 && S_ISDIR(stat.st_mode);
}

namespace {

Access access_of(bool read_only) { return read_only ? Access::read_only : Access::read_write; }

bool drop_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

Expected<Mount> make_mount(std::string_view host, std::string_view guest, bool read_only) {
  if (host.empty()) return bad("the directory of the host is not named");
  if (guest.empty()) return bad("the guest's name for the directory is empty");
  return Mount{
      .guest = std::string(guest), .host = std::string(host), .access = access_of(read_only)};
}

}  // namespace

// The last separator counts: a colon is likelier in a name of the host than in one of the guest.
Expected<Mount> parse_dir_given(std::string_view text, IsDirectory exists) {
  const bool read_only = drop_suffix(text, "::ro");
  if (const std::size_t at = text.rfind("::"); at != std::string_view::npos)
    return make_mount(text.substr(0, at), text.substr(at + 2), read_only);
  const std::size_t at = text.rfind(':');
  if (at == std::string_view::npos || exists(std::string(text)))
    return make_mount(text, text, read_only);
  // What the person most likely meant to grant is less than what this would say.
  if (text.substr(at + 1) == "ro")
    return bad(fmt::format("read-only is written with two colons: {}::ro", text.substr(0, at)));
  return make_mount(text.substr(0, at), text.substr(at + 1), read_only);
}

Expected<Mount> parse_dir(std::string_view text) { return parse_dir_given(text, is_directory); }

Expected<Mount> parse_volume(std::string_view text) {
  const bool read_only = drop_suffix(text, ":ro");
  const std::size_t at = text.rfind(':');
  if (at == std::string_view::npos) return bad("the guest's name is missing: HOST:GUEST[:ro]");
  return make_mount(text.substr(0, at), text.substr(at + 1), read_only);
}

Expected<Mount> parse_mount(std::string_view text) {
  std::optional<std::string_view> type;
  std::optional<std::string_view> host;
  std::optional<std::string_view> guest;
  bool read_only = false;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view key = part.substr(0, equals);
    const std::string_view value = part.substr(std::min(equals + 1, part.size()));
    if (part == "ro") {
      read_only = true;
      continue;
    }
    auto* const field = key == "type"  ? &type
                        : key == "src" ? &host
                        : key == "dst" ? &guest
                                       : nullptr;
    if (field == nullptr)
      return bad(fmt::format("unknown part {}; there are type, src, dst, ro", part));
    if (*field) return bad(fmt::format("{} is given twice", key));
    *field = value;
  }
  if (!type) return bad("type is missing: type=dir,src=HOST,dst=GUEST[,ro]");
  if (*type != "dir") return bad(fmt::format("unknown type {}; there is type=dir", *type));
  if (!host || !guest)
    return bad(
        fmt::format("{} is missing: type=dir,src=HOST,dst=GUEST[,ro]", host ? "dst" : "src"));
  return make_mount(*host, *guest, read_only);
}

// ---- streams and sockets ---------------------------------------------------------------------

Expected<Stream> parse_stream(std::string_view text) {
  if (text == "inherit") return Stream{Stream::Inherit{}};
  if (text == "null") return Stream{Stream::Null{}};
  if (text.empty()) return bad("name a file, or write inherit or null");
  return Stream{Stream::File{std::string(text)}};
}

Expected<Listener> parse_tcplisten(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  int port = 0;
  const std::string_view digits =
      colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  if (colon == 0 || !whole || port < 0 || port > 65535)
    return bad("not ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:0");
  return Listener{Listener::Tcp{std::string(text)}};
}

Expected<Listener> parse_listen(std::string_view text) {
  if (text.starts_with("tcp:")) return parse_tcplisten(text.substr(4));
  if (text.starts_with("unix:") && text.size() > 5)
    return Listener{Listener::Unix{std::string(text.substr(5))}};
  if (text.starts_with("fd:")) {
    const std::string_view digits = text.substr(3);
    int fd = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), fd);
    if (error == std::errc() && end == digits.data() + digits.size() && fd >= 0)
      return Listener{LentFd{fd}};
  }
  return bad("write tcp:ADDRESS:PORT, unix:PATH or fd:NUMBER");
}

// ---- environment -----------------------------------------------------------------------------

void set_variable(std::vector<std::string>& env, std::string variable) {
  const std::string name = variable.substr(0, variable.find('=') + 1);
  const auto old =
      std::ranges::find_if(env, [&](const std::string& other) { return other.starts_with(name); });
  if (old == env.end()) {
    env.push_back(std::move(variable));
  } else {
    *old = std::move(variable);
  }
}

Expected<void> apply_env(std::vector<std::string>& env, std::string_view text) {
  if (text.empty() || text.front() == '=') return bad("a variable reads NAME=value");
  if (text.contains('=')) {
    set_variable(env, std::string(text));
    // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread
  } else if (const char* value = std::getenv(std::string(text).c_str())) {
    set_variable(env, fmt::format("{}={}", text, value));
  }
  return {};
}

}  // namespace limen::cli

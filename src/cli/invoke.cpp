// invoke.cpp - see the header.
#include "cli/invoke.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <type_traits>

#include "cli/nearest.hpp"
#include "limen/abi/text.hpp"

namespace limen::cli {
namespace {

using Code = Error::Code;

template <class T>
std::optional<T> whole(std::string_view text, auto... how) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, how...);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

// Both -1 and 4294967295 are the i32 with all bits set.
template <class Signed>
std::optional<Value> parse_integer(std::string_view word) {
  using Unsigned = std::make_unsigned_t<Signed>;
  if (word.starts_with('-')) return whole<Signed>(word);
  const bool hex = word.starts_with("0x") || word.starts_with("0X");
  const auto value = hex ? whole<Unsigned>(word.substr(2), 16) : whole<Unsigned>(word, 10);
  if (!value) return std::nullopt;
  return static_cast<Signed>(*value);
}

std::optional<Value> parse_any(ValType type, std::string_view word) {
  switch (type) {
    case ValType::int32:
      return parse_integer<i32>(word);
    case ValType::int64:
      return parse_integer<i64>(word);
    case ValType::float32:
      return whole<float>(word);
    case ValType::float64:
      return whole<double>(word);
    case ValType::other:
      break;
  }
  return std::nullopt;
}

std::string type_name(ValType type) {
  const std::string text = to_string(FunctionType{.params = {type}, .results = {}});
  return text.substr(1, text.find(')') - 1);
}

Error no_such_export(const Module& module, const std::string& name) {
  std::vector<std::string_view> known;
  for (const Extern& exported : module.exports()) {
    if (exported.kind == Extern::Kind::function) known.push_back(exported.name);
  }
  std::string message = fmt::format("the module exports no function {}", escaped(name));
  if (const auto meant = nearest(name, known))
    message += fmt::format("; did you mean {}?", escaped(*meant));
  return Error{Code::no_entry_point, std::move(message), {}};
}

std::unexpected<Error> wrong(const std::string& name, std::string message) {
  return failure(Code::bad_spec, std::move(message), "--invoke " + escaped(name));
}

}  // namespace

Expected<Value> parse_value(ValType type, std::string_view word) {
  if (const auto value = parse_any(type, word)) return *value;
  return failure(Code::bad_spec, fmt::format("{} is no {}", word, type_name(type)));
}

Expected<Invocation> read_invocation(const Module& module, const std::string& name,
                                     std::span<const std::string> words) {
  const auto found = std::ranges::find_if(module.exports(), [&](const Extern& exported) {
    return exported.kind == Extern::Kind::function && exported.name == name;
  });
  if (found == module.exports().end()) return std::unexpected(no_such_export(module, name));
  const FunctionType& type = found->function;
  if (words.size() != type.params.size())
    return wrong(name,
                 fmt::format("its signature is {}, but {} {} given", to_string(type), words.size(),
                             words.size() == 1 ? "argument is" : "arguments are"));
  Invocation out{.name = name, .args = {}};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto value = parse_value(type.params[i], words[i]);
    if (!value) return wrong(name, fmt::format("argument {}: {}", i + 1, value.error().message));
    out.args.push_back(*value);
  }
  return out;
}

std::string to_text(const Value& value) {
  return std::visit([](auto number) { return fmt::format("{}", number); }, value);
}

}  // namespace limen::cli

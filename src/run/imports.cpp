// imports.cpp - every import of Preview 1 links; everything else is named before the start.
#include "run/imports.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "calls/modules.hpp"
#include "limen/abi/text.hpp"

namespace limen {
namespace {

struct Hint {
  std::string_view module_prefix;
  std::string_view what;
};

// What would provide imports of well-known other interfaces.
constexpr std::array kHints{
    Hint{"wasi:",
         "it belongs to the component model (WASI 0.2), which is another interface; "
         "compile for wasm32-wasip1"},
    Hint{"wasix", "it belongs to WASIX, which Limen does not provide; compile for wasm32-wasip1"},
    Hint{"wasi_snapshot_preview1",
         "it is no function of Preview 1 but an extension of another "
         "host"},
    Hint{"wasi_unstable", "it is no function of snapshot 0 but an extension of another host"},
    Hint{"wasi_ephemeral", "it belongs to a WASI proposal that is not part of Preview 1"},
    Hint{"wasi", "it belongs to a WASI proposal that is not part of Preview 1"},
    Hint{"gojs", "it was compiled for JavaScript; use GOOS=wasip1"},
    Hint{"go", "it was compiled for JavaScript; use GOOS=wasip1"},
    Hint{"__wbindgen", "it was made by wasm-bindgen for JavaScript; compile for wasm32-wasip1"},
    Hint{"", "it would have to be a host function of the embedder's own, and none is registered"},
};

std::string_view hint_for(std::string_view module) {
  return std::ranges::find_if(
             kHints, [&](const Hint& hint) { return module.starts_with(hint.module_prefix); })
      ->what;
}

std::string_view kind_text(Extern::Kind kind) {
  switch (kind) {
    case Extern::Kind::memory:
      return "memory";
    case Extern::Kind::table:
      return "table";
    case Extern::Kind::global:
      return "global";
    case Extern::Kind::tag:
      return "tag";
    case Extern::Kind::function:
      break;
  }
  return "function";
}

std::unexpected<Error> unknown(const Extern& import, std::string_view why) {
  const bool function = import.kind == Extern::Kind::function;
  return failure(
      Error::Code::unknown_import,
      fmt::format("unknown import {}.{}{}{}: {}", escaped(import.module), escaped(import.name),
                  function ? " " : ", a ",
                  function ? to_string(import.function) : std::string(kind_text(import.kind)),
                  why));
}

Expected<void> check(const Extern& import) {
  if (import.kind == Extern::Kind::memory && import.shared)
    return failure(Error::Code::unsupported,
                   fmt::format("it imports the shared memory {}.{}: it was compiled for threads "
                               "(wasi-threads), which are not supported; compile for wasm32-wasip1",
                               escaped(import.module), escaped(import.name)));
  if (import.kind != Extern::Kind::function) return unknown(import, "only functions are provided");
  const CallSpec* spec = find_call(import.module, import.name);
  if (spec == nullptr) return unknown(import, hint_for(import.module));
  const FunctionType expected = function_type(*spec);
  if (import.function == expected) return {};
  return unknown(import, fmt::format("that function has the signature {}", to_string(expected)));
}

}  // namespace

FunctionType function_type(const CallSpec& spec) {
  FunctionType type{.params = {spec.params.begin(), spec.params.end()}, .results = {}};
  if (spec.returns_i32) type.results.push_back(ValType::int32);
  return type;
}

Expected<void> check_imports(std::span<const Extern> imports) {
  for (const Extern& import : imports) {
    if (auto checked = check(import); !checked) return checked;
  }
  return {};
}

std::string to_string(const FunctionType& type) {
  const auto list = [](const std::vector<ValType>& types) {
    constexpr std::array<std::string_view, 5> spelling{"i32", "i64", "f32", "f64", "reference"};
    std::string text;
    for (const ValType t : types)
      text += fmt::format("{}{}", text.empty() ? "" : ", ", spelling.at(static_cast<u8>(t)));
    return text;
  };
  const std::string results = list(type.results);
  return fmt::format("({}) -> {}", list(type.params),
                     type.results.size() == 1 ? results : fmt::format("({})", results));
}

}  // namespace limen

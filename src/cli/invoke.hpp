// cli/invoke.hpp - --invoke: from words to the arguments of an export, and its results as text.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "limen/engine.hpp"

namespace limen::cli {

/// An export and what to call it with.
struct Invocation {
  std::string name;
  std::vector<Value> args;
};

/// Reads `words` by the signature of the function that `module` exports as `name`: integers in
/// decimal, signed or not, or as 0x and hexadecimal digits; floats as C writes them.
/// Errors: no_entry_point when there is no such function, bad_spec for the wrong number of words or
/// one that doesn't fit.
[[nodiscard]] Expected<Invocation> read_invocation(const Module& module, const std::string& name,
                                                   std::span<const std::string> words);

/// One value as one line. Integers are signed; floats are the shortest text that reads back.
[[nodiscard]] Expected<Value> parse_value(ValType type, std::string_view word);
[[nodiscard]] std::string to_text(const Value& value);

}  // namespace limen::cli

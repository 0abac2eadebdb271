// run/imports.hpp - are all imports of a module provided?
#pragma once

#include <span>

#include "limen/engine.hpp"

namespace limen {

/// Errors: unknown_import naming the import, its signature and what would provide it; unsupported
/// for imported shared memories.
Expected<void> check_imports(std::span<const Extern> imports);

/// The wasm signature of a call.
struct CallSpec;
[[nodiscard]] FunctionType function_type(const CallSpec& spec);

}  // namespace limen

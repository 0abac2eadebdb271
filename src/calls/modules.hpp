// calls/modules.hpp - the import modules that Limen provides, as data for engines and tools.
#pragma once

#include <span>
#include <string_view>

#include "limen/abi/row.hpp"

namespace limen {

/// An import module: what an engine links under `name`.
struct HostModule {
  std::string_view name;
  std::span<const CallSpec> calls;
};

/// wasi_snapshot_preview1 (46 calls), wasi_unstable (45) and wasi (thread-spawn).
[[nodiscard]] std::span<const HostModule> host_modules() noexcept;

/// The 46 calls in the specification's order.
[[nodiscard]] std::span<const CallSpec> preview1_calls() noexcept;

/// The call of that name in that module, otherwise null.
[[nodiscard]] const CallSpec* find_call(std::string_view module, std::string_view name) noexcept;

}  // namespace limen

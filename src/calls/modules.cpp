// modules.cpp - instantiates the table, once, and derives snapshot 0 from it.
#include "calls/modules.hpp"

#include <algorithm>

#include "calls/preview1.hpp"

namespace limen {
namespace {

constexpr auto kPreview1 = Preview1::specs;

constexpr auto kPreview0 = [] {
  std::array<CallSpec, kPreview1.size() - 1> specs{};
  std::size_t at = 0;
  for (const CallSpec& spec : kPreview1) {
    if (spec.name == "sock_accept") continue;
    const auto& differing = Preview0Differences::specs;
    const auto* other = std::ranges::find(differing, spec.name, &CallSpec::name);
    specs[at++] = other != differing.end() ? *other : spec;
  }
  return specs;
}();

constexpr auto kThreads = WasiThreads::specs;

constexpr std::array kModules{
    HostModule{"wasi_snapshot_preview1", kPreview1},
    HostModule{"wasi_unstable", kPreview0},
    HostModule{"wasi", kThreads},
};

static_assert(kPreview1.size() == 46);

}  // namespace

std::span<const HostModule> host_modules() noexcept { return kModules; }

std::span<const CallSpec> preview1_calls() noexcept { return kPreview1; }

const CallSpec* find_call(std::string_view module, std::string_view name) noexcept {
  for (const HostModule& candidate : kModules) {
    if (candidate.name != module) continue;
    const auto found = std::ranges::find(candidate.calls, name, &CallSpec::name);
    if (found != candidate.calls.end()) return &*found;
  }
  return nullptr;
}

}  // namespace limen

// run/backend.hpp - what an engine gives: the only things that cross between it and the core.
//
// A new engine implements these four classes, links every CallSpec of host_modules() by its data
// (name, params, invoke), sets Call::memory before each call, unwinds the guest on Verdict::ended,
// and offers a factory that returns limen::Engine. It is named in engines/engine_test.cpp.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/stop_scope.hpp"
#include "limen/abi/call.hpp"
#include "limen/engine.hpp"

namespace limen::backend {

/// How a guest ended instead of returning.
template <class T>
using OrOutcome = std::expected<T, Outcome>;

class Instance {
 public:
  virtual ~Instance() = default;
  /// The signature of an exported function.
  [[nodiscard]] virtual std::optional<FunctionType> function(std::string_view name) = 0;
  /// Calls an exported function that exists; the arguments fit its signature.
  virtual OrOutcome<std::vector<Value>> call(std::string_view name,
                                             std::span<const Value> args) = 0;
};

class Program {
 public:
  virtual ~Program() = default;
  /// Makes an instance whose host calls use `call`, which outlives it; runs the start function.
  virtual OrOutcome<std::unique_ptr<Instance>> instantiate(Call& call) = 0;
};

class Module {
 public:
  virtual ~Module() = default;
  [[nodiscard]] virtual std::vector<Extern> imports() const = 0;
  [[nodiscard]] virtual std::vector<Extern> exports() const = 0;
  /// Every import is known to be a call of host_modules() with the right signature.
  virtual Expected<std::unique_ptr<Program>> link() = 0;
  virtual Expected<std::vector<std::byte>> serialize() = 0;
};

/// Settings that are part of compiled code.
struct Settings {
  bool stoppable = false;  ///< the code looks for interruptions; see poke()
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual Expected<std::unique_ptr<Module>> compile(std::span<const std::byte> wasm,
                                                    Settings settings) = 0;
  virtual Expected<std::unique_ptr<Module>> load(int fd, Settings settings) = 0;
  /// Interrupts guests that compute in stoppable code; they look at RunState::stop.
  [[nodiscard]] virtual Poke poke() = 0;
};

/// The outcome that an ending is.
[[nodiscard]] inline Outcome to_outcome(const Ending& ending) {
  return std::visit([](const auto& kind) -> Outcome { return kind; }, ending);
}

}  // namespace limen::backend

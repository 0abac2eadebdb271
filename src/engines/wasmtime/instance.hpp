// instance.hpp - a guest in a wasmtime store.
#pragma once

#include "engines/wasmtime/module.hpp"
#include "run/backend.hpp"

namespace limen::wasmtime {

/// What the store's data pointer leads to: how a host call finds its guest.
struct Guest {
  Call& call;
  wasmtime_context_t* context = nullptr;
  wasmtime_memory_t memory{};
  bool has_memory = false;

  /// Sets Call::memory. The export is looked up at the first call that needs it, because a start
  /// function runs before exports can be had in any other way; without one the memory stays empty,
  /// and each call that needs it answers fault.
  [[gnu::cold]] void find_memory(wasmtime_caller_t* caller);
};

class Instance final : public backend::Instance {
 public:
  Instance(const EngineConfig& config, Call& call);

  /// Instantiates; the store is kept alive by this object.
  backend::OrOutcome<void> start(const wasmtime_instance_pre_t* pre);

  [[nodiscard]] std::optional<FunctionType> function(std::string_view name) override;
  backend::OrOutcome<std::vector<Value>> call(std::string_view name,
                                              std::span<const Value> args) override;

 private:
  [[nodiscard]] wasmtime_context_t* context() const { return wasmtime_store_context(store_.get()); }
  [[nodiscard]] std::optional<wasmtime_func_t> find(std::string_view name);

  std::shared_ptr<wasm_engine_t> engine_;
  Guest guest_;
  StoreHandle store_;
  wasmtime_instance_t instance_{};
};

/// How a guest ended that came back with a trap or an error.
[[nodiscard]] Outcome outcome_of(const RunState& run, const wasm_trap_t* trap,
                                 const wasmtime_error_t* error);

}  // namespace limen::wasmtime

// instance.cpp - instantiating a module and calling its exports.
#include "engines/wasmtime/instance.hpp"

#include <fmt/format.h>

namespace limen::wasmtime {
namespace {

constexpr std::string_view kMemory = "memory";

// Runs in the guest's thread when the engine's epoch moved: another run's stop moves it as well, so
// a guest that nobody wants to stop goes on until the next tick.
wasmtime_error_t* on_epoch(wasmtime_context_t*, void* data, uint64_t* delta,
                           wasmtime_update_deadline_kind_t* kind) {
  if (static_cast<const Guest*>(data)->call.run.stopping())
    return wasmtime_error_new("the run was stopped");
  *delta = 1;
  *kind = WASMTIME_UPDATE_DEADLINE_CONTINUE;
  return nullptr;
}

struct ToRaw {
  wasmtime_val_raw_t operator()(i32 v) const { return {.i32 = v}; }
  wasmtime_val_raw_t operator()(i64 v) const { return {.i64 = v}; }
  wasmtime_val_raw_t operator()(float v) const { return {.f32 = v}; }
  wasmtime_val_raw_t operator()(double v) const { return {.f64 = v}; }
};

std::optional<Value> from_raw(ValType type, const wasmtime_val_raw_t& raw) {
  switch (type) {
    case ValType::int32:
      return raw.i32;
    case ValType::int64:
      return raw.i64;
    case ValType::float32:
      return raw.f32;
    case ValType::float64:
      return raw.f64;
    case ValType::other:
      break;
  }
  return std::nullopt;
}

Outcome unsupported_type(std::string_view name, const FunctionType& type) {
  return Failed{
      Error{Error::Code::unsupported,
            fmt::format("{} {} returns a type that can't be shown", name, to_string(type)),
            {}}};
}

// A GuestMemory's way to see that the memory has grown.
u64 size_of_memory(void* data) noexcept {
  const auto& guest = *static_cast<const Guest*>(data);
  return wasmtime_memory_data_size(guest.context, &guest.memory);
}

}  // namespace

void Guest::find_memory(wasmtime_caller_t* caller) {
  wasmtime_extern_t found;
  if (!wasmtime_caller_export_get(caller, kMemory.data(), kMemory.size(), &found)) return;
  if (found.kind == WASMTIME_EXTERN_MEMORY) {
    has_memory = true;
    context = wasmtime_caller_context(caller);
    memory = found.of.memory;
    call.memory = GuestMemory(reinterpret_cast<std::byte*>(wasmtime_memory_data(context, &memory)),
                              size_of_memory(this), size_of_memory, this);
  }
  wasmtime_extern_delete(&found);
}

Instance::Instance(const EngineConfig& config, Call& call)
    : engine_(config.engine),
      guest_{call},
      store_(wasmtime_store_new(engine_.get(), &guest_, nullptr)) {
  if (!config.stoppable) return;
  wasmtime_store_epoch_deadline_callback(store_.get(), on_epoch, &guest_, nullptr);
  wasmtime_context_set_epoch_deadline(context(), 1);
}

backend::OrOutcome<void> Instance::start(const wasmtime_instance_pre_t* pre) {
  wasm_trap_t* trap = nullptr;
  const ErrorHandle error{wasmtime_instance_pre_instantiate(pre, context(), &instance_, &trap)};
  const TrapHandle owned{trap};
  if (error || owned) return std::unexpected(outcome_of(guest_.call.run, owned.get(), error.get()));
  return {};
}

std::optional<wasmtime_func_t> Instance::find(std::string_view name) {
  wasmtime_extern_t found;
  if (!wasmtime_instance_export_get(context(), &instance_, name.data(), name.size(), &found))
    return std::nullopt;
  std::optional<wasmtime_func_t> function;
  if (found.kind == WASMTIME_EXTERN_FUNC) function = found.of.func;
  wasmtime_extern_delete(&found);
  return function;
}

std::optional<FunctionType> Instance::function(std::string_view name) {
  const auto found = find(name);
  if (!found) return std::nullopt;
  const FuncTypeHandle type{wasmtime_func_type(context(), &*found)};
  return to_function_type(type.get());
}

backend::OrOutcome<std::vector<Value>> Instance::call(std::string_view name,
                                                      std::span<const Value> args) {
  const auto function = find(name);
  const FuncTypeHandle c_type{wasmtime_func_type(context(), &*function)};
  const FunctionType type = to_function_type(c_type.get());
  std::vector<wasmtime_val_raw_t> raw(std::max(type.params.size(), type.results.size()));
  for (std::size_t i = 0; i < args.size(); ++i) raw[i] = std::visit(ToRaw{}, args[i]);

  wasm_trap_t* trap = nullptr;
  const ErrorHandle error{
      wasmtime_func_call_unchecked(context(), &*function, raw.data(), raw.size(), &trap)};
  const TrapHandle owned{trap};
  if (error || owned) return std::unexpected(outcome_of(guest_.call.run, owned.get(), error.get()));

  std::vector<Value> results;
  for (std::size_t i = 0; i < type.results.size(); ++i) {
    const auto value = from_raw(type.results[i], raw[i]);
    if (!value) return std::unexpected(unsupported_type(name, type));
    results.push_back(*value);
  }
  return results;
}

}  // namespace limen::wasmtime

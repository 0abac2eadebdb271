// link.cpp - every call of the table becomes an import, without code per call.
#include "calls/modules.hpp"
#include "engines/wasmtime/instance.hpp"
#include "engines/wasmtime/module.hpp"
#include "limen/abi/row.hpp"

namespace limen::wasmtime {
namespace {

// The unchecked form: wasmtime hands over its argument slots as they are. It costs a tenth of the
// checked one, and the linker has compared the types.
wasm_trap_t* on_host_call(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* slots,
                          std::size_t) {
  const auto& spec = *static_cast<const CallSpec*>(env);
  auto& guest = *static_cast<Guest*>(wasmtime_context_get_data(wasmtime_caller_context(caller)));
  if (spec.uses_memory && !guest.has_memory) [[unlikely]]
    guest.find_memory(caller);
  if (spec.invoke(guest.call, Slots(slots, sizeof *slots)) == Verdict::returned) [[likely]]
    return nullptr;
  constexpr std::string_view why = "the run ended in a host call";
  return wasmtime_trap_new(why.data(), why.size());
}

FuncTypeHandle to_wasm(const CallSpec& spec) {
  wasm_valtype_vec_t params;
  wasm_valtype_vec_new_uninitialized(&params, spec.params.size());
  for (std::size_t i = 0; i < spec.params.size(); ++i)
    params.data[i] = wasm_valtype_new(spec.params[i] == ValType::int32 ? WASM_I32 : WASM_I64);
  wasm_valtype_vec_t results;
  wasm_valtype_vec_new_uninitialized(&results, spec.returns_i32 ? 1 : 0);
  if (spec.returns_i32) results.data[0] = wasm_valtype_new(WASM_I32);
  return FuncTypeHandle(wasm_functype_new(&params, &results));
}

class Program final : public backend::Program {
 public:
  Program(EngineConfig config, PreHandle pre) : config_(std::move(config)), pre_(std::move(pre)) {}

  backend::OrOutcome<std::unique_ptr<backend::Instance>> instantiate(Call& call) override {
    auto instance = std::make_unique<Instance>(config_, call);
    if (auto started = instance->start(pre_.get()); !started)
      return std::unexpected(std::move(started.error()));
    return instance;
  }

 private:
  EngineConfig config_;
  PreHandle pre_;
};

}  // namespace

Expected<std::unique_ptr<backend::Program>> Module::link() {
  const LinkerHandle linker{wasmtime_linker_new(config_.engine.get())};
  // A module may import one function several times; the later definition is the same.
  wasmtime_linker_allow_shadowing(linker.get(), true);
  for (const Extern& import : imports()) {
    const CallSpec* spec = find_call(import.module, import.name);
    if (spec == nullptr) continue;
    const FuncTypeHandle type = to_wasm(*spec);
    const ErrorHandle error{wasmtime_linker_define_func_unchecked(
        linker.get(), import.module.data(), import.module.size(), import.name.data(),
        import.name.size(), type.get(), on_host_call, const_cast<CallSpec*>(spec), nullptr)};
    if (error) return failure(Error::Code::host, message_of(*error));
  }
  wasmtime_instance_pre_t* pre = nullptr;
  if (const ErrorHandle error{wasmtime_linker_instantiate_pre(linker.get(), module_.get(), &pre)})
    return failure(Error::Code::unknown_import, message_of(*error));
  return std::make_unique<Program>(config_, PreHandle(pre));
}

}  // namespace limen::wasmtime

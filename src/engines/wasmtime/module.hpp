// module.hpp - a compiled module and its linked form.
#pragma once

#include "engines/wasmtime/handles.hpp"
#include "run/backend.hpp"

namespace limen::wasmtime {

/// What a module and what comes of it need to know of their engine.
struct EngineConfig {
  std::shared_ptr<wasm_engine_t> engine;
  bool stoppable = false;
};

class Module final : public backend::Module {
 public:
  Module(EngineConfig config, ModuleHandle module)
      : config_(std::move(config)), module_(std::move(module)) {}

  [[nodiscard]] std::vector<Extern> imports() const override;
  [[nodiscard]] std::vector<Extern> exports() const override;
  Expected<std::unique_ptr<backend::Program>> link() override;
  Expected<std::vector<std::byte>> serialize() override;

 private:
  EngineConfig config_;
  ModuleHandle module_;
};

/// The signature of a wasm function type.
[[nodiscard]] FunctionType to_function_type(const wasm_functype_t* type);

}  // namespace limen::wasmtime

// engine.cpp - wasmtime engines, one per combination of settings, made when first asked for.
#include <fmt/format.h>

#include <array>
#include <mutex>

#include "engines/wasmtime/module.hpp"
#include "limen/wasmtime.hpp"

namespace limen::wasmtime {
namespace {

using backend::Settings;

class WasmtimeEngine final : public backend::Engine {
 public:
  explicit WasmtimeEngine(Options options) : options_(options) {}

  Expected<std::unique_ptr<backend::Module>> compile(std::span<const std::byte> wasm,
                                                     Settings settings) override {
    if (!wasm.empty() && wasm.front() != std::byte{0}) return compile_text(wasm, settings);
    const EngineConfig config = config_for(settings);
    wasmtime_module_t* module = nullptr;
    const ErrorHandle error{
        wasmtime_module_new(config.engine.get(), bytes_of(wasm), wasm.size(), &module)};
    if (error) return failure(Error::Code::bad_module, message_of(*error));
    return std::make_unique<Module>(config, ModuleHandle(module));
  }

  // The kernel maps the file through the descriptor that the caller checked, not through its name.
  Expected<std::unique_ptr<backend::Module>> load(int fd, Settings settings) override {
    const EngineConfig config = config_for(settings);
    wasmtime_module_t* module = nullptr;
    const ErrorHandle error{wasmtime_module_deserialize_file(
        config.engine.get(), fmt::format("/proc/self/fd/{}", fd).c_str(), &module)};
    if (error) return failure(Error::Code::bad_module, message_of(*error));
    return std::make_unique<Module>(config, ModuleHandle(module));
  }

  [[nodiscard]] Poke poke() override {
    return {.function =
                [](void* engine) noexcept {
                  wasmtime_engine_increment_epoch(static_cast<wasm_engine_t*>(engine));
                },
            .argument = config_for({.stoppable = true}).engine.get()};
  }

 private:
  static const u8* bytes_of(std::span<const std::byte> bytes) {
    return reinterpret_cast<const u8*>(bytes.data());
  }

  Expected<std::unique_ptr<backend::Module>> compile_text(std::span<const std::byte> text,
                                                          Settings settings) {
    ByteVec wasm;
    const ErrorHandle error{
        wasmtime_wat2wasm(reinterpret_cast<const char*>(text.data()), text.size(), wasm.out())};
    if (error) return failure(Error::Code::bad_module, message_of(*error));
    return compile(std::as_bytes(std::span(wasm.text())), settings);
  }

  EngineConfig config_for(Settings settings) {
    const std::lock_guard lock(mutex_);
    auto& engine = engines_[settings.stoppable ? 1 : 0];
    if (!engine) engine = make_engine(settings);
    return {.engine = engine, .stoppable = settings.stoppable};
  }

  [[nodiscard]] std::shared_ptr<wasm_engine_t> make_engine(Settings settings) const {
    wasm_config_t* config = wasm_config_new();
    const bool winch = options_.compiler == Compiler::winch;
    wasmtime_config_strategy_set(config,
                                 winch ? WASMTIME_STRATEGY_WINCH : WASMTIME_STRATEGY_CRANELIFT);
    wasmtime_config_epoch_interruption_set(config, settings.stoppable);
    wasmtime_config_max_wasm_stack_set(config, options_.max_stack);
    wasmtime_config_parallel_compilation_set(config, options_.parallel_compilation);
    // GuestMemory relies on it. Memories of 32 bits have all their addresses reserved, so they can
    // grow where they are.
    wasmtime_config_memory_may_move_set(config, false);
    // Unwind tables are for native debuggers and profilers; leaving them out makes artifacts
    // smaller and loading faster. Wasm backtraces do not need them.
    wasmtime_config_native_unwind_info_set(config, false);
    return {wasm_engine_new_with_config(config), wasm_engine_delete};
  }

  Options options_;
  std::mutex mutex_;
  std::array<std::shared_ptr<wasm_engine_t>, 2> engines_;
};

}  // namespace

Expected<Engine> engine(Options options) {
  return Engine(std::make_shared<WasmtimeEngine>(options));
}

std::string_view version() noexcept { return WASMTIME_VERSION; }

}  // namespace limen::wasmtime

// engine.cpp - the public handles over an engine's implementation.
#include "limen/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "core/process.hpp"
#include "core/signal_mask.hpp"
#include "core/stop_scope.hpp"
#include "limen/abi/text.hpp"
#include "limen/run.hpp"
#include "run/backend.hpp"
#include "run/imports.hpp"
#include "run/sandbox.hpp"

namespace limen {

using backend::OrOutcome;
using backend::Settings;

namespace {

/// At most two of something: for code that can be stopped and for code that can't.
template <class T>
struct Variants {
  std::array<std::shared_ptr<T>, 2> made;
  [[nodiscard]] std::shared_ptr<T>& of(bool stoppable) { return made[stoppable ? 1 : 0]; }
};

}  // namespace

/// A module, compiled once or, when both kinds of runs are wanted, twice.
struct detail::ModuleState {
  std::shared_ptr<backend::Engine> engine;
  std::string name;
  std::vector<std::byte> wasm;  ///< empty for loaded artifacts: they can't be compiled again
  std::vector<Extern> imports;
  std::vector<Extern> exports;
  std::mutex mutex;
  Variants<backend::Module> compiled;

  Expected<std::shared_ptr<backend::Module>> variant(bool stoppable);
  [[nodiscard]] Error located(Error error) const {
    if (error.where.empty()) error.where = name;
    return error;
  }
};

struct detail::ProgramState {
  std::shared_ptr<ModuleState> module;
  std::mutex mutex;
  Variants<backend::Program> linked;

  Expected<std::shared_ptr<backend::Program>> variant(bool stoppable);
};

/// Declared in this order so that the engine's instance goes first and the descriptors last.
struct detail::InstanceState {
  std::shared_ptr<ProgramState> program;
  Process process;
  Call call{process, process.fds, process.run, {}};
  Poke poke;
  std::unique_ptr<backend::Instance> instance;
  bool initialized = false;

  /// Runs `inside` as a stay of this thread in the guest. A guest that was stopped on the way out
  /// still counts as stopped only if it did not end by itself first.
  template <class F>
  auto enter(F inside) -> decltype(inside());
};

Expected<std::shared_ptr<backend::Module>> detail::ModuleState::variant(bool stoppable) {
  const std::lock_guard lock(mutex);
  if (compiled.of(stoppable)) return compiled.of(stoppable);
  // Stoppable code serves every run; the other kind only those that nobody can stop.
  if (!stoppable && compiled.of(true)) return compiled.of(true);
  if (wasm.empty())
    return failure(Error::Code::unsupported,
                   "this code was compiled for runs that can't be stopped; compile it again as "
                   "stoppable, or run it without a time limit",
                   name);
  auto made = engine->compile(wasm, Settings{.stoppable = stoppable});
  if (!made) return std::unexpected(located(made.error()));
  compiled.of(stoppable) = std::move(*made);
  return compiled.of(stoppable);
}

Expected<std::shared_ptr<backend::Program>> detail::ProgramState::variant(bool stoppable) {
  const auto code = module->variant(stoppable);
  if (!code) return std::unexpected(code.error());
  const std::lock_guard lock(mutex);
  auto& program = linked.of(stoppable);
  if (!program) {
    auto made = (*code)->link();
    if (!made) return std::unexpected(module->located(made.error()));
    program = std::move(*made);
  }
  return program;
}

template <class F>
auto detail::InstanceState::enter(F inside) -> decltype(inside()) {
  const StopPlan& plan = process.stop;
  const SignalMask mask(plan.possible());
  StopScope scope;
  if (plan.possible()) {
    if (const auto entered = scope.enter(process.run, plan, poke); !entered)
      return std::unexpected(Outcome(Failed{entered.error()}));
    if (process.run.stopping())
      return std::unexpected(backend::to_outcome(process.run.stop_ending()));
  }
  return inside();
}

// ---- Engine ----------------------------------------------------------------------------------

namespace {

constexpr std::array<u8, 4> kMagic{0x00, 'a', 's', 'm'};
constexpr u8 kComponentLayer = 1;

u8 byte_at(std::span<const std::byte> bytes, std::size_t at) {
  return at < bytes.size() ? std::to_integer<u8>(bytes[at]) : u8{0};
}

bool looks_like_text(std::span<const std::byte> bytes) {
  const auto is_space = [](std::byte b) {
    return b == std::byte{' '} || b == std::byte{'\n'} || b == std::byte{'\t'} ||
           b == std::byte{'\r'};
  };
  const auto first = std::ranges::find_if_not(bytes, is_space);
  return first != bytes.end() && (*first == std::byte{'('} || *first == std::byte{';'});
}

// What an engine would say of these is true but does not help.
Expected<void> check_format(std::span<const std::byte> wasm) {
  const bool binary = wasm.size() >= kMagic.size() &&
                      std::equal(kMagic.begin(), kMagic.end(), wasm.begin(),
                                 [](u8 a, std::byte b) { return std::byte{a} == b; });
  if (!binary) {
    if (looks_like_text(wasm)) return {};
    return failure(Error::Code::bad_module,
                   wasm.empty() ? "the file is empty, not WebAssembly"
                                : "not WebAssembly (neither the binary nor the text format)");
  }
  if (byte_at(wasm, 6) == kComponentLayer)
    return failure(Error::Code::bad_module,
                   "a WebAssembly component, not a module; Limen runs Preview 1 modules: compile "
                   "for wasm32-wasip1");
  return {};
}

Expected<std::shared_ptr<detail::ModuleState>> describe_module(
    std::shared_ptr<backend::Engine> engine, std::unique_ptr<backend::Module> code,
    const CompileOptions& options) {
  auto state = std::make_shared<detail::ModuleState>();
  state->engine = std::move(engine);
  state->name = options.name;
  state->imports = code->imports();
  state->exports = code->exports();
  state->compiled.of(options.stoppable) = std::move(code);
  return state;
}

Error located(Error error, const std::string& name) {
  if (error.where.empty()) error.where = name;
  return error;
}

}  // namespace

Engine::Engine(std::shared_ptr<backend::Engine> implementation)
    : implementation_(std::move(implementation)) {}

Expected<Module> Engine::compile(std::span<const std::byte> wasm, CompileOptions options) const {
  if (const auto checked = check_format(wasm); !checked)
    return std::unexpected(located(checked.error(), options.name));
  auto code = implementation_->compile(wasm, Settings{.stoppable = options.stoppable});
  if (!code) return std::unexpected(located(code.error(), options.name));
  auto state = describe_module(implementation_, std::move(*code), options);
  if (!state) return std::unexpected(state.error());
  (*state)->wasm.assign(wasm.begin(), wasm.end());
  return Module(std::move(*state));
}

Expected<Module> Engine::load(int fd, CompileOptions options) const {
  auto code = implementation_->load(fd, Settings{.stoppable = options.stoppable});
  if (!code) return std::unexpected(located(code.error(), options.name));
  auto state = describe_module(implementation_, std::move(*code), options);
  if (!state) return std::unexpected(state.error());
  return Module(std::move(*state));
}

// ---- Module ----------------------------------------------------------------------------------

Module::Module(std::shared_ptr<detail::ModuleState> state) : state_(std::move(state)) {}

const std::vector<Extern>& Module::imports() const { return state_->imports; }
const std::vector<Extern>& Module::exports() const { return state_->exports; }

Expected<Program> Module::link() const {
  if (const auto checked = check_imports(state_->imports); !checked)
    return std::unexpected(state_->located(checked.error()));
  auto program = std::make_shared<detail::ProgramState>();
  program->module = state_;
  return Program(std::move(program));
}

Expected<std::vector<std::byte>> Module::serialize() const {
  const bool stoppable = state_->compiled.of(true) != nullptr;
  const auto code = state_->variant(stoppable);
  if (!code) return std::unexpected(code.error());
  return (*code)->serialize();
}

// ---- Program ---------------------------------------------------------------------------------

Program::Program(std::shared_ptr<detail::ProgramState> state) : state_(std::move(state)) {}

std::expected<Instance, Outcome> Program::instantiate(const RunSpec& spec) const {
  auto state = std::make_unique<detail::InstanceState>();
  state->program = state_;
  if (const auto opened = open_process(spec, state_->module->name, state->process); !opened)
    return std::unexpected(Outcome(Failed{opened.error()}));
  const auto program = state_->variant(state->process.stop.possible());
  if (!program) return std::unexpected(Outcome(Failed{program.error()}));
  state->poke = state_->module->engine->poke();

  auto made = state->enter([&] { return (*program)->instantiate(state->call); });
  if (!made) return std::unexpected(std::move(made.error()));
  state->instance = std::move(*made);
  return Instance(std::move(state));
}

Outcome Program::run(const RunSpec& spec) const {
  auto instance = instantiate(spec);
  return instance ? instance->run() : std::move(instance.error());
}

Outcome run(const Module& module, const RunSpec& spec) {
  const auto program = module.link();
  return program ? program->run(spec) : Outcome(Failed{program.error()});
}

// ---- Instance --------------------------------------------------------------------------------

Instance::Instance(std::unique_ptr<detail::InstanceState> state) : state_(std::move(state)) {}
Instance::Instance(Instance&&) noexcept = default;
Instance& Instance::operator=(Instance&&) noexcept = default;
Instance::~Instance() = default;

namespace {

constexpr std::string_view kStart = "_start";
constexpr std::string_view kInitialize = "_initialize";

Outcome no_entry(const std::string& module, std::string message) {
  return Failed{Error{Error::Code::no_entry_point, std::move(message), module}};
}

bool fits(const FunctionType& type, std::span<const Value> args) {
  // Value's alternatives are in the order of ValType.
  return std::ranges::equal(type.params, args, [](ValType param, const Value& arg) {
    return static_cast<std::size_t>(param) == arg.index();
  });
}

}  // namespace

Outcome Instance::run() {
  const std::string& module = state_->program->module->name;
  const auto type = state_->instance->function(kStart);
  if (!type) {
    const bool reactor = state_->instance->function(kInitialize).has_value();
    return no_entry(module, reactor ? "a reactor without _start: call one of its exports instead "
                                      "(--invoke NAME)"
                                    : "no entry point: the module exports no function _start");
  }
  if (*type != FunctionType{})
    return no_entry(module, fmt::format("its _start is {}, not () -> ()", to_string(*type)));
  const auto returned = state_->enter([&] { return state_->instance->call(kStart, {}); });
  return returned ? Outcome(Exited{0}) : returned.error();
}

std::expected<std::vector<Value>, Outcome> Instance::call(std::string_view name,
                                                          std::span<const Value> args) {
  const std::string& module = state_->program->module->name;
  const auto type = state_->instance->function(name);
  if (!type)
    return std::unexpected(
        no_entry(module, fmt::format("the module exports no function {}", escaped(name))));
  if (!fits(*type, args))
    return std::unexpected(Outcome(
        Failed{Error{Error::Code::bad_spec,
                     fmt::format("{} takes {}", escaped(name), to_string(*type)), module}}));
  return state_->enter([&]() -> OrOutcome<std::vector<Value>> {
    if (!std::exchange(state_->initialized, true) && name != kInitialize &&
        state_->instance->function(kInitialize) == FunctionType{}) {
      if (auto ready = state_->instance->call(kInitialize, {}); !ready) return ready;
    }
    return state_->instance->call(name, args);
  });
}

}  // namespace limen

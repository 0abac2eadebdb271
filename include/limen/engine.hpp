// limen/engine.hpp - from WebAssembly to a running guest: Engine → Module → Program → Instance.
//
//   auto engine  = limen::wasmtime::engine();              // once per process
//   auto module  = engine->compile(bytes);                 // once per program
//   auto program = module->link();                         // imports checked and bound
//   auto outcome = program->run({.args = {"wc", "-l"}});   // as often as you like
//
// Handles are cheap to copy and safe to use from several threads, but for Instance, which is owned
// by one holder and used by one thread at a time.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "limen/abi/wire.hpp"
#include "limen/error.hpp"
#include "limen/outcome.hpp"
#include "limen/spec.hpp"

namespace limen {

namespace backend {
class Engine;
}
namespace detail {
struct ModuleState;
struct ProgramState;
struct InstanceState;
}  // namespace detail

/// A wasm value that an export takes or returns.
using Value = std::variant<i32, i64, float, double>;

struct FunctionType {
  std::vector<ValType> params;
  std::vector<ValType> results;
  friend bool operator==(const FunctionType&, const FunctionType&) = default;
};

/// "(i32, i64) -> i32".
[[nodiscard]] std::string to_string(const FunctionType& type);

/// An import or an export of a module.
struct Extern {
  enum class Kind { function, memory, table, global, tag };
  std::string module;  ///< imports only
  std::string name;
  Kind kind = Kind::function;
  FunctionType function = {};  ///< for functions
  bool shared = false;         ///< for memories
};

/// A guest in memory, ready to be called. Move-only; destroying it closes what the run had opened.
class Instance {
 public:
  Instance(Instance&&) noexcept;
  Instance& operator=(Instance&&) noexcept;
  ~Instance();

  /// Runs a command: calls `_start` and returns how the guest ended. Call it once.
  /// Failed with no_entry_point when there is no such export.
  Outcome run();

  /// Calls an export. A reactor's `_initialize` is called before the first one.
  /// The unexpected value says how the guest ended instead of returning; after one the instance
  /// must not be called again. Failed with bad_spec: the arguments do not fit the signature.
  std::expected<std::vector<Value>, Outcome> call(std::string_view name,
                                                  std::span<const Value> args = {});

 private:
  friend class Program;
  explicit Instance(std::unique_ptr<detail::InstanceState>);
  std::unique_ptr<detail::InstanceState> state_;
};

/// A module whose imports are bound; makes instances.
class Program {
 public:
  /// Opens what `spec` names and instantiates the module; its start function runs here.
  /// The unexpected value is Failed, or how the start function ended the guest.
  [[nodiscard]] std::expected<Instance, Outcome> instantiate(const RunSpec& spec) const;

  /// instantiate() and Instance::run() in one.
  [[nodiscard]] Outcome run(const RunSpec& spec) const;

 private:
  friend class Module;
  explicit Program(std::shared_ptr<detail::ProgramState>);
  std::shared_ptr<detail::ProgramState> state_;
};

/// Compiled WebAssembly.
class Module {
 public:
  [[nodiscard]] const std::vector<Extern>& imports() const;
  [[nodiscard]] const std::vector<Extern>& exports() const;

  /// Checks that every import is provided with the right signature, and binds them.
  /// Errors: unknown_import, naming module, function, signature and what would provide it;
  /// unsupported for a shared memory.
  [[nodiscard]] Expected<Program> link() const;

  /// The compiled code, for Engine::load() in the same version with the same options.
  [[nodiscard]] Expected<std::vector<std::byte>> serialize() const;

 private:
  friend class Engine;
  explicit Module(std::shared_ptr<detail::ModuleState>);
  std::shared_ptr<detail::ModuleState> state_;
};

struct CompileOptions {
  /// For messages: the file that the bytes come from.
  std::string name = {};
  /// Compile at once for runs that can be stopped while they compute (a time limit or a StopToken).
  /// Such code checks for it in each loop and function. When left false, the first stoppable run
  /// compiles the module a second time.
  bool stoppable = false;
};

/// Compiles WebAssembly. Made by the factory of an engine, such as limen::wasmtime::engine().
class Engine {
 public:
  explicit Engine(std::shared_ptr<backend::Engine> implementation);

  /// Compiles a binary module or its text form. The bytes are copied.
  /// Errors: bad_module (also for components, which are another thing), host.
  [[nodiscard]] Expected<Module> compile(std::span<const std::byte> wasm,
                                         CompileOptions options = {}) const;

  /// Maps what Module::serialize() wrote from an open file. The file holds native code that is
  /// trusted as it is: load only what you wrote yourself. The descriptor stays the caller's.
  /// Errors: bad_module when it is not of this engine, version and options.
  [[nodiscard]] Expected<Module> load(int fd, CompileOptions options = {}) const;

 private:
  std::shared_ptr<backend::Engine> implementation_;
};

}  // namespace limen

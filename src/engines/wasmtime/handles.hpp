// handles.hpp - ownership and error texts of wasmtime's C handles.
#pragma once

#include <wasmtime.h>

#include <memory>
#include <string>

#include "limen/error.hpp"

namespace limen::wasmtime {

template <auto Delete>
struct Deleter {
  template <class T>
  void operator()(T* handle) const noexcept {
    Delete(handle);
  }
};

using ConfigHandle = std::unique_ptr<wasm_config_t, Deleter<wasm_config_delete>>;
using EngineHandle = std::unique_ptr<wasm_engine_t, Deleter<wasm_engine_delete>>;
using ModuleHandle = std::unique_ptr<wasmtime_module_t, Deleter<wasmtime_module_delete>>;
using LinkerHandle = std::unique_ptr<wasmtime_linker_t, Deleter<wasmtime_linker_delete>>;
using PreHandle = std::unique_ptr<wasmtime_instance_pre_t, Deleter<wasmtime_instance_pre_delete>>;
using StoreHandle = std::unique_ptr<wasmtime_store_t, Deleter<wasmtime_store_delete>>;
using TrapHandle = std::unique_ptr<wasm_trap_t, Deleter<wasm_trap_delete>>;
using ErrorHandle = std::unique_ptr<wasmtime_error_t, Deleter<wasmtime_error_delete>>;
using FuncTypeHandle = std::unique_ptr<wasm_functype_t, Deleter<wasm_functype_delete>>;

/// A byte vector that the engine allocated.
class ByteVec {
 public:
  ByteVec() { wasm_byte_vec_new_empty(&vec_); }
  ByteVec(const ByteVec&) = delete;
  ByteVec& operator=(const ByteVec&) = delete;
  ~ByteVec() { wasm_byte_vec_delete(&vec_); }
  [[nodiscard]] wasm_byte_vec_t* out() noexcept { return &vec_; }
  [[nodiscard]] std::string_view text() const noexcept { return {vec_.data, vec_.size}; }
  [[nodiscard]] const wasm_byte_vec_t& get() const noexcept { return vec_; }

 private:
  wasm_byte_vec_t vec_{};
};

/// The error's text on one line: causes follow after a colon instead of on lines of their own.
[[nodiscard]] std::string message_of(const wasmtime_error_t& error);

}  // namespace limen::wasmtime

// module.cpp - describing a module, and its compiled form as bytes.
#include "engines/wasmtime/module.hpp"

namespace limen::wasmtime {
namespace {

ValType to_val_type(const wasm_valtype_t* type) {
  switch (wasm_valtype_kind(type)) {
    case WASM_I32:
      return ValType::int32;
    case WASM_I64:
      return ValType::int64;
    case WASM_F32:
      return ValType::float32;
    case WASM_F64:
      return ValType::float64;
    default:
      return ValType::other;
  }
}

std::vector<ValType> to_val_types(const wasm_valtype_vec_t* types) {
  std::vector<ValType> out;
  for (std::size_t i = 0; i < types->size; ++i) out.push_back(to_val_type(types->data[i]));
  return out;
}

std::string to_text(const wasm_name_t* name) { return {name->data, name->size}; }

Extern describe(std::string module, std::string name, const wasm_externtype_t* type) {
  Extern out{.module = std::move(module), .name = std::move(name)};
  switch (wasm_externtype_kind(type)) {
    case WASM_EXTERN_FUNC:
      out.function = to_function_type(wasm_externtype_as_functype_const(type));
      break;
    case WASM_EXTERN_MEMORY:
      out.kind = Extern::Kind::memory;
      out.shared = wasmtime_memorytype_isshared(wasm_externtype_as_memorytype_const(type));
      break;
    case WASM_EXTERN_TABLE:
      out.kind = Extern::Kind::table;
      break;
    case WASM_EXTERN_GLOBAL:
      out.kind = Extern::Kind::global;
      break;
    default:
      out.kind = Extern::Kind::tag;
      break;
  }
  return out;
}

}  // namespace

FunctionType to_function_type(const wasm_functype_t* type) {
  return {.params = to_val_types(wasm_functype_params(type)),
          .results = to_val_types(wasm_functype_results(type))};
}

std::vector<Extern> Module::imports() const {
  wasm_importtype_vec_t types;
  wasmtime_module_imports(module_.get(), &types);
  std::vector<Extern> out;
  for (std::size_t i = 0; i < types.size; ++i) {
    const wasm_importtype_t* import = types.data[i];
    out.push_back(describe(to_text(wasm_importtype_module(import)),
                           to_text(wasm_importtype_name(import)), wasm_importtype_type(import)));
  }
  wasm_importtype_vec_delete(&types);
  return out;
}

std::vector<Extern> Module::exports() const {
  wasm_exporttype_vec_t types;
  wasmtime_module_exports(module_.get(), &types);
  std::vector<Extern> out;
  for (std::size_t i = 0; i < types.size; ++i) {
    const wasm_exporttype_t* exported = types.data[i];
    out.push_back(
        describe({}, to_text(wasm_exporttype_name(exported)), wasm_exporttype_type(exported)));
  }
  wasm_exporttype_vec_delete(&types);
  return out;
}

Expected<std::vector<std::byte>> Module::serialize() {
  ByteVec bytes;
  if (const ErrorHandle error{wasmtime_module_serialize(module_.get(), bytes.out())})
    return failure(Error::Code::host, message_of(*error));
  const auto view = std::as_bytes(std::span(bytes.text()));
  return std::vector<std::byte>(view.begin(), view.end());
}

}  // namespace limen::wasmtime

// trap.cpp - from wasmtime's traps and errors to outcomes.
#include <algorithm>
#include <array>

#include "engines/wasmtime/instance.hpp"

namespace limen::wasmtime {
namespace {

struct TrapText {
  wasmtime_trap_code_t code;
  TrapKind kind;
  std::string_view message;
};

constexpr std::array kTraps{
    TrapText{WASMTIME_TRAP_CODE_STACK_OVERFLOW, TrapKind::stack_overflow,
             "stack overflow: the guest's calls go deeper than its stack"},
    TrapText{WASMTIME_TRAP_CODE_MEMORY_OUT_OF_BOUNDS, TrapKind::memory_out_of_bounds,
             "memory access out of bounds"},
    TrapText{WASMTIME_TRAP_CODE_HEAP_MISALIGNED, TrapKind::misaligned_atomic,
             "misaligned atomic access"},
    TrapText{WASMTIME_TRAP_CODE_TABLE_OUT_OF_BOUNDS, TrapKind::table_out_of_bounds,
             "table access out of bounds"},
    TrapText{WASMTIME_TRAP_CODE_INDIRECT_CALL_TO_NULL, TrapKind::indirect_call_to_null,
             "call of a null function reference"},
    TrapText{WASMTIME_TRAP_CODE_BAD_SIGNATURE, TrapKind::bad_signature,
             "indirect call of a function with another signature"},
    TrapText{WASMTIME_TRAP_CODE_INTEGER_OVERFLOW, TrapKind::integer_overflow, "integer overflow"},
    TrapText{WASMTIME_TRAP_CODE_INTEGER_DIVISION_BY_ZERO, TrapKind::division_by_zero,
             "integer division by zero"},
    TrapText{WASMTIME_TRAP_CODE_BAD_CONVERSION_TO_INTEGER, TrapKind::bad_conversion,
             "conversion of a float that is no integer in range"},
    TrapText{WASMTIME_TRAP_CODE_UNREACHABLE_CODE_REACHED, TrapKind::unreachable,
             "unreachable executed"},
};

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

std::vector<Frame> backtrace_of(const wasm_trap_t* trap) {
  wasm_frame_vec_t frames;
  wasm_trap_trace(trap, &frames);
  std::vector<Frame> out;
  for (std::size_t i = 0; i < frames.size; ++i) {
    const wasm_frame_t* frame = frames.data[i];
    const wasm_name_t* name = wasmtime_frame_func_name(frame);
    out.push_back(
        {.function = name == nullptr ? std::string() : std::string(name->data, name->size),
         .function_index = wasm_frame_func_index(frame),
         .module_offset = wasm_frame_module_offset(frame)});
  }
  wasm_frame_vec_delete(&frames);
  return out;
}

Outcome trapped(const wasm_trap_t* trap) {
  Trapped out{.kind = TrapKind::other, .message = {}, .backtrace = backtrace_of(trap)};
  wasmtime_trap_code_t code = 0;
  const auto known = wasmtime_trap_code(trap, &code)
                         ? std::ranges::find(kTraps, code, &TrapText::code)
                         : kTraps.end();
  if (known != kTraps.end()) {
    out.kind = known->kind;
    out.message = known->message;
  } else {
    ByteVec message;
    wasm_trap_message(trap, message.out());
    std::string_view text = message.text();
    if (text.ends_with('\0')) text.remove_suffix(1);
    out.message = first_line(text);
  }
  return out;
}

}  // namespace

// A host call that ended the run, and a stop, unwind the guest through a trap of their own; what
// they left in RunState is the truth, whatever the trap says.
Outcome outcome_of(const RunState& run, const wasm_trap_t* trap, const wasmtime_error_t* error) {
  if (run.ending) return backend::to_outcome(*run.ending);
  wasmtime_trap_code_t code = 0;
  const bool genuine = trap != nullptr && wasmtime_trap_code(trap, &code);
  if (run.stopping() && !genuine) return backend::to_outcome(run.stop_ending());
  if (trap != nullptr) return trapped(trap);
  return Failed{Error{Error::Code::host, message_of(*error), {}}};
}

}  // namespace limen::wasmtime

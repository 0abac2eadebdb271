// hook.cpp - the cold side of a call: what happens when somebody watches, and when a run ends.
#include "limen/hook.hpp"

#include <new>

#include "limen/abi/row.hpp"

namespace limen {
namespace {

constexpr std::size_t kMaxSlots = 16;

// Names and prints the fields that are arguments, or those that are results.
void print_fields(fmt::memory_buffer& out, const CallView& call, bool results) {
  // A CallView is read-only; Slots is the type through which engines also store.
  const Slots slots(const_cast<u64*>(call.slots.data()), sizeof(u64));  // NOLINT(*-const-cast)
  bool first = true;
  for (const Field& field : call.spec.fields) {
    if (field.result != results) continue;
    wire::print(out, "{}{}=", first ? "" : ", ", field.name);
    field.print(out, call.memory, slots.from(field.slot));
    first = false;
  }
}

}  // namespace

void CallView::print_arguments(fmt::memory_buffer& out) const { print_fields(out, *this, false); }
void CallView::print_results(fmt::memory_buffer& out) const { print_fields(out, *this, true); }

namespace row {

Verdict invoke_hooked(const CallSpec& spec, Call& call, Slots slots,
                      Verdict (*unhooked)(Call&, Slots) noexcept) noexcept try {
  std::array<u64, kMaxSlots> raw{};  // a copy: the result overwrites the first argument
  for (std::size_t i = 0; i < spec.params.size(); ++i)
    raw[i] = spec.params[i] == ValType::int32 ? slots.u32(i) : slots.u64(i);
  const CallView view{spec, std::span(raw).first(spec.params.size()), call.memory};

  call.run.hook->before(view);
  const Verdict verdict = unhooked(call, slots);
  CallResult result{.ended = verdict == Verdict::ended};
  if (!result.ended && spec.returns_i32) {
    const u32 value = slots.u32(0);
    if (spec.name == "thread-spawn") {
      result.value = static_cast<i32>(value);
    } else {
      result.error = static_cast<Errno>(value);
    }
  }
  call.run.hook->after(view, result);
  return verdict;
} catch (const std::bad_alloc&) {
  return out_of_memory(slots);
}

Verdict out_of_memory(Slots slots) noexcept {
  slots.put_result(static_cast<u32>(Errno::nomem));
  return Verdict::returned;
}

Verdict end(Call& call, Ending ending) {
  if (!call.run.ending) call.run.ending = ending;
  return Verdict::ended;
}

}  // namespace row
}  // namespace limen

// args_environ.cpp - args_get, args_sizes_get, environ_get, environ_sizes_get.
//
// Exactly `count` pointers are written and no null after them: wasi-libc makes room for count + 1
// and adds it, so one byte more would corrupt the guest.
#include <limits>

#include "calls/calls.hpp"
#include "core/process.hpp"

namespace limen::calls {
namespace {

constexpr u64 kMax = std::numeric_limits<u32>::max();

Result<std::pair<Size, Size>> sizes(const StringList& list) {
  if (list.count() > kMax || list.bytes() > kMax) return fail(Errno::overflow);
  return std::pair{Size{static_cast<u32>(list.count())}, Size{static_cast<u32>(list.bytes())}};
}

Result<void> store(const GuestMemory& memory, const StringList& list, const OutStrings& to) {
  if (list.count() > kMax || list.bytes() > kMax) return fail(Errno::overflow);
  if (!memory.contains(to.pointers, list.count() * sizeof(u32)) ||
      !memory.contains(to.bytes, list.bytes()))
    return fail(Errno::fault);
  u32 pointer = to.pointers;
  u32 at = to.bytes;
  for (const std::string& s : list.strings()) {
    memory.store(pointer, at);
    pointer += sizeof(u32);
    std::memcpy(memory.at(at), s.c_str(), s.size() + 1);
    at += static_cast<u32>(s.size()) + 1;
  }
  return {};
}

}  // namespace

Result<void> args_get(Call& call, const OutStrings& to) {
  return store(call.memory, call.process.args, to);
}
Result<std::pair<Size, Size>> args_sizes_get(Call& call) { return sizes(call.process.args); }
Result<void> environ_get(Call& call, const OutStrings& to) {
  return store(call.memory, call.process.env, to);
}
Result<std::pair<Size, Size>> environ_sizes_get(Call& call) { return sizes(call.process.env); }

}  // namespace limen::calls

// random.cpp - random_get.
#include "calls/calls.hpp"
#include "core/process.hpp"

namespace limen::calls {

// Never a short fill, whatever the length.
Result<void> random_get(Call& call, const OutBytes& buf) {
  if (buf.bytes.empty()) return {};
  return call.process.random.fill(buf.bytes, call.run);
}

}  // namespace limen::calls

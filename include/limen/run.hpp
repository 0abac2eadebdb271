// limen/run.hpp - the five-line program.
//
//   auto engine = limen::wasmtime::engine();
//   auto module = engine->compile(bytes);
//   auto outcome = limen::run(*module, {.args = {"hello"}, .out = {limen::Stream::Inherit{}}});
#pragma once

#include "limen/engine.hpp"
#include "limen/outcome.hpp"
#include "limen/spec.hpp"

namespace limen {

/// Links `module`, runs its `_start` with what `spec` grants, and tells how it ended. Everything
/// that was opened is closed again; the calling thread's signal mask is as before.
[[nodiscard]] Outcome run(const Module& module, const RunSpec& spec);

}  // namespace limen

// run/sandbox.hpp - from a spec to opened resources; the only place where Error meets Errno.
#pragma once

#include <string>

#include "core/process.hpp"
#include "limen/error.hpp"
#include "limen/spec.hpp"

namespace limen {

/// Opens everything that `spec` names into a fresh process: stdio at 0, 1, 2, directories from 3,
/// listeners after them. `program` is argv[0] where the spec has no arguments at all.
///
/// Errors: bad_spec (a guest name that is empty, repeated, or holds NUL; a variable without `=`;
/// NUL in an argument), not_found (a host directory or file that is not there), host.
Expected<void> open_process(const RunSpec& spec, const std::string& program, Process& process);

}  // namespace limen

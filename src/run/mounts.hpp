// run/mounts.hpp - from a spec's mounts to the guest's preopened directories.
#pragma once

#include <memory>
#include <vector>

#include "limen/descriptor.hpp"
#include "limen/error.hpp"
#include "limen/spec.hpp"

namespace limen {

/// Opens each mount's host directory; where one mount lies below another in the guest's names, the
/// upper one becomes a view of the guest's tree. The result is in the mounts' order.
///
/// Errors: bad_spec (a guest name that is empty, no UTF-8, holds NUL, or names the same
/// place as another), not_found, host; `where` is the host path.
Expected<std::vector<std::unique_ptr<Directory>>> open_mounts(const std::vector<Mount>& mounts);

}  // namespace limen

// fs/host/open.hpp - path_open's rules on a host directory.
#pragma once

#include <memory>
#include <string_view>

#include "fs/host/grant.hpp"
#include "limen/descriptor.hpp"

namespace limen::host {

/// Opens `path` beneath `dir` as preview1.md §6 says, and makes what fits its type: a HostFile, a
/// HostStream or a HostDirectory.
Result<std::unique_ptr<Descriptor>> open_path(int dir, std::string_view path, const OpenHow& how,
                                              const std::shared_ptr<const Grant>& grant);

}  // namespace limen::host

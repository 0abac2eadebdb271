// limen/trace.hpp - one line per call.
//
//   fd_seek(fd=4, offset=4, whence=set) -> newoffset=4 [310ns]
//   path_open(fd=3, dirflags=symlink_follow, path="a.txt", …) = noent [2.1us]
//   proc_exit(rval=3) = ended
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "limen/hook.hpp"

namespace limen {

/// A hook that writes each call as a line of text, decoded by the call table. `sink` gets whole
/// lines with their newline, in the order in which calls end; it runs on the guest's thread.
[[nodiscard]] std::unique_ptr<Hook> trace_text(
    std::move_only_function<void(std::string_view line)> sink);

}  // namespace limen

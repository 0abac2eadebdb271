// fs/host/resolve.hpp - "this path, beneath that directory": the one place where names of a guest
// meet the host's file system.
//
// Nothing is resolved twice and nothing by looking at text: a path is either opened whole by the
// kernel (openat2, RESOLVE_BENEATH) or component by component with a descriptor held for each
// directory (walk.hpp). Calls that name an entry get its parent held open and hand the last
// component to a *at call that follows nothing.
//
// Paths are as limen/descriptor.hpp describes them: NUL-terminated, not empty, relative.
#pragma once

#include <fcntl.h>

#include <string>
#include <string_view>

#include "limen/errno.hpp"
#include "limen/types.hpp"
#include "limen/unique_fd.hpp"

namespace limen {

/// Who keeps a path inside its directory. Chosen once when a directory is granted.
enum class Resolve : u8 {
  openat2,  ///< the kernel, in one system call (Linux 5.6)
  walk,     ///< Limen, one component at a time
};

/// What this kernel, and a filter that the process may run under, can do.
[[nodiscard]] Resolve probe_resolve() noexcept;

namespace host {

/// Opens `path` beneath `dir` with the flags of open(2); O_CLOEXEC is added, and so are O_NOCTTY
/// and O_NONBLOCK unless O_PATH is given. A last link is followed unless O_NOFOLLOW is given, and
/// also then when the path ends in a slash. `mode` counts for O_CREAT only.
///
/// Errors: perm for a path that leaves `dir` at any moment, loop for links of /proc that are no
/// text, again when other processes kept renaming directories; otherwise open(2)'s.
[[nodiscard]] Result<UniqueFd> open_beneath(int dir, std::string_view path, int flags, mode_t mode,
                                            Resolve how);

/// The directory that holds a path's last component, and that component.
struct Parent {
  enum class Last : u8 { name, dot, dotdot };

  UniqueFd opened;             ///< none when `fd` is the directory itself
  int fd = -1;                 ///< lives as long as `opened` and the directory do
  const char* name = nullptr;  ///< in the caller's path; trailing slashes are kept
  Last last = Last::name;
  bool slash = false;  ///< there are trailing slashes

  /// The last component without slashes.
  [[nodiscard]] std::string bare_name() const;
};

/// Opens the parent of `path`'s last component. A last `..` is refused with perm when it leaves
/// `dir`, although no *at call does anything to such a name.
[[nodiscard]] Result<Parent> open_parent(int dir, std::string_view path, Resolve how);

/// True for a single component that is not `..`: a *at call that does not follow links needs no
/// resolution for it.
[[nodiscard]] inline bool is_plain_name(std::string_view path) noexcept {
  return path.find('/') == std::string_view::npos && path != "..";
}

}  // namespace host
}  // namespace limen

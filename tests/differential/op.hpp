// differential/op.hpp - one operation of a random sequence: what it is, how it is made and printed.
#pragma once

#include <rapidcheck.h>
#include <array>
#include <iosfwd>
#include <string>
#include <vector>

#include "limen/descriptor.hpp"

namespace limen::differential {

/// Files, and directories besides the root, that a sequence can have open.
inline constexpr u8 kSlots = 3;

struct Op {
  enum class Do : u8 {
    open,
    close,
    list,
    stat,
    readlink,
    mkdir,
    rmdir,
    unlink,
    rename,
    link,
    symlink,
    times,
    // On the file in `slot`.
    read,
    write,
    append,
    resize,
    allocate,
    fd_stat,
    fd_times,
  };  // clang-format off

  Do what = Do::open;
  u8 base = 0;       ///< where `path` starts: the root, or the directory in slot base - 1; root when none is
  std::string path = {};
  u8 new_base = 0;
  std::string new_path = {};  ///< of rename and link
  std::string target = {};    ///< of symlink
  u8 slot = 0;
  bool follow = false;
  bool reads = false;
  bool writes = false;
  OFlags oflags = OFlags::none;
  FdFlags fdflags = FdFlags::none;
  u32 offset = 0;
  u32 length = 0;
  u8 times = 0;  ///< bits: 1 set atim, 2 set mtim, 4 to now, else to `offset` seconds and 7 ns
};
// clang-format on

/// The times that a `times` stands for.
[[nodiscard]] std::array<TimeChange, 2> time_changes(const Op& op);

/// What `write` and `append` write.
[[nodiscard]] std::string text_of(const Op& op);

/// As in `rename 0:"a/b" -> 1:"c"`.
[[nodiscard]] std::string to_string(const Op& op);
std::ostream& operator<<(std::ostream& out, const Op& op);

[[nodiscard]] rc::Gen<std::vector<Op>> sequences();

}  // namespace limen::differential

// differential/side.hpp - the two that are compared: Limen's directories and the kernel.
//
// Both run the same operations and say in words what came out, so that comparing is comparing text
// and a difference can be read.
#pragma once

#include <memory>
#include <string>

#include "limen/descriptor.hpp"
#include "limen/unique_fd.hpp"
#include "tests/differential/op.hpp"

namespace limen::differential {

class Side {
 public:
  Side() = default;
  Side(const Side&) = delete;
  Side& operator=(const Side&) = delete;
  virtual ~Side() = default;

  /// What the operation answered: `ok` and what it gave, an error's name, or `-` for an operation
  /// on a slot that can't do it.
  virtual std::string run(const Op& op) = 0;
};

/// What both say of a file. Times that the sequence did not set are "now".
struct Shown {
  Filetype type = Filetype::unknown;
  u64 size = 0;
  u64 nlink = 0;
  u64 mtim = 0;
};
[[nodiscard]] std::string to_string(const Shown& shown);

/// Operations on a Directory of Limen's. Names that begin with `mount` are not shown in listings.
[[nodiscard]] std::unique_ptr<Side> limen_side(std::unique_ptr<Directory> root);

/// The same as plain system calls below a directory. A path that would leave it is not given to the
/// kernel: a model of the names says so first.
[[nodiscard]] std::unique_ptr<Side> kernel_side(UniqueFd root);

/// Everything below a directory of the host, one line a name.
[[nodiscard]] std::string snapshot(const std::string& path);

}  // namespace limen::differential

// limen/spec.hpp - what a guest gets and what it may use up, as plain values.
//
// A RunSpec is data: build it with designated initializers, copy it, change the copy. Nothing is
// opened and nothing can fail until a run starts with it. What it does not name is not granted.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "limen/stop.hpp"
#include "limen/types.hpp"

namespace limen {

class Hook;

/// A host descriptor that stays the caller's. A run duplicates it when it starts and closes only
/// the duplicate; the position and the status flags of a file are shared, as with dup(2).
struct LentFd {
  int fd = -1;
};

/// What the guest may do below a mounted directory. Read-only holds against every function, however
/// the guest's rights look: changes answer rofs.
enum class Access : u8 { read_only, read_write };

/// A host directory that the guest finds under `guest`. Directories get the descriptors 3, 4, … in
/// the order listed. One mount may lie below another in the guest's names; paths then lead where
/// the guest's names say.
struct Mount {
  std::string guest = {};                       ///< "/", "/data", "."; UTF-8, no NUL, unique
  std::variant<std::string, LentFd> host = {};  ///< a path on the host, or an open directory
  Access access = Access::read_only;
};

/// Where one of the guest's standard streams leads.
struct Stream {
  struct Null {};     ///< reads the end, swallows what is written
  struct Inherit {};  ///< the process's own descriptor 0, 1 or 2
  struct File {
    std::string path;  ///< read, or created and truncated, on start
  };
  std::variant<Null, Inherit, File, LentFd> to = Null{};
};

/// A listening socket that the guest may accept from; it comes after the directories.
struct Listener {
  struct Tcp {
    std::string address;  ///< "127.0.0.1:8080", "[::1]:0", "0.0.0.0:80"
  };
  struct Unix {
    std::string path;  ///< created on start; the file stays
  };
  std::variant<Tcp, Unix, LentFd> at = LentFd{};
};

/// What a run may use up. Nothing set means no limit.
struct Limits {
  /// Wall-clock time from the start of the run, also while the guest is blocked in a call.
  std::optional<std::chrono::nanoseconds> wall_time = {};
};

/// The whole input of a run.
struct RunSpec {
  std::vector<std::string> args = {};  ///< argv, [0] included; no NUL inside
  std::vector<std::string> env = {};   ///< "KEY=value"; order and duplicates are kept
  std::vector<Mount> mounts = {};
  std::vector<Listener> listeners = {};
  Stream in = {};
  Stream out = {};
  Stream err = {};
  Limits limits = {};
  StopToken stop = {};   ///< default: nobody can stop the run
  Hook* hook = nullptr;  ///< watches every call; must outlive the run
};

}  // namespace limen

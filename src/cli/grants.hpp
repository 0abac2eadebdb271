// cli/grants.hpp - what the command opens itself: FILE, streams, listeners whose port it prints, and
// its own outputs. Directories and the other sockets are opened by the library when the guest starts.
//
// Each open can block (a FIFO without a peer), and ends with Error::Code::stopped when it is due.
#pragma once

#include <string>
#include <vector>

#include "cli/interrupts.hpp"
#include "cli/options.hpp"
#include "limen/error.hpp"
#include "limen/unique_fd.hpp"

namespace limen::cli {

/// Opens FILE, or stdin for "-". Errors, with `where` FILE: not_found, bad_module for what can't be
/// a module (a directory, a file that may not be read), bad_spec for an address.
[[nodiscard]] Expected<UniqueFd> open_module(const std::string& file, const Interrupts& interrupts);

/// Opens a file for the command's own output, new or emptied. `option` is for the message.
[[nodiscard]] Expected<UniqueFd> open_output(const std::string& option, const std::string& path,
                                             const Interrupts& interrupts);

/// The guest's streams and sockets, as a RunSpec wants them. The descriptors are kept here.
class Grants {
 public:
  /// Opens what has no effect on the host but to listen: the FILE of --stdin, and TCP listeners
  /// with port 0, whose addresses it prints. The rest is taken over as it is.
  Expected<void> open_inputs(const RunOptions& options, const Interrupts& interrupts);
  /// Opens and empties the FILEs of --stdout and --stderr; one that is named twice is opened once.
  Expected<void> open_outputs(const RunOptions& options, const Interrupts& interrupts);
  /// Puts all of it into `spec`, which must not outlive this object.
  void put_into(RunSpec& spec) const;

 private:
  [[nodiscard]] Stream keep(UniqueFd fd);

  std::vector<UniqueFd> kept_;
  Stream in_;
  Stream out_;
  Stream err_;
  std::vector<Listener> listeners_;
};

}  // namespace limen::cli

// net/socket.hpp - listeners that were granted, and the connections that they accept.
#pragma once

#include <memory>

#include "limen/descriptor.hpp"
#include "limen/unique_fd.hpp"

namespace limen {

/// Whether other processes hold the same open file description of a listener.
enum class ListenerOrigin : u8 {
  made,  ///< by Limen: O_NONBLOCK is set and cleared as the guest asks
  lent,  ///< inherited: its flags are left alone, a non-blocking accept asks poll first
};

/// A listening socket (net/listen.hpp) as a descriptor.
[[nodiscard]] std::unique_ptr<Descriptor> host_listener(UniqueFd fd, ListenerOrigin origin);

/// A connected socket as a descriptor. Its open file description must be Limen's alone.
[[nodiscard]] std::unique_ptr<Descriptor> host_socket(UniqueFd fd);

}  // namespace limen

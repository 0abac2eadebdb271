// net/listen.hpp - makes the listeners that are granted to a guest.
#pragma once

#include <string>
#include <string_view>

#include "limen/error.hpp"
#include "limen/unique_fd.hpp"

namespace limen {

/// Listens on "host:port": a name, an IPv4 address, or an IPv6 address in brackets; port 0 lets the
/// system choose. Errors: bad_spec for another shape, not_found for a name nobody knows, host.
[[nodiscard]] Expected<UniqueFd> listen_tcp(std::string_view address);

/// Listens on a Unix socket at `path`. A socket file that nobody listens on any more is replaced;
/// one that is in use, and any other file, is an error. The file stays when the listener is gone.
[[nodiscard]] Expected<UniqueFd> listen_unix(const std::string& path);

/// A duplicate of a listening socket that this process inherited; `fd` itself stays as it is.
/// Errors: bad_spec when it is not open or not a listening socket.
[[nodiscard]] Expected<UniqueFd> adopt_listener(int fd);

/// Where a socket listens: "127.0.0.1:8080", "[::1]:8080", "unix:/run/x.sock"; "" when the system
/// doesn't say.
[[nodiscard]] std::string bound_address(int fd);

}  // namespace limen

// listen.cpp - sockets are made close-on-exec, bound and listening, or an Error says why not.
#include "net/listen.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <system_error>

namespace limen {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

std::unexpected<Error> host_failure(std::string_view what, int error, std::string_view where) {
  return failure(Error::Code::host, fmt::format("{}: {}", what, reason(error)), std::string(where));
}

struct HostPort {
  std::string host;
  std::string port;
};

bool is_port(std::string_view text) {
  unsigned value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end && value <= 0xFFFF;
}

// "[::1]:80" or "localhost:80"; an IPv6 address without brackets has colons in the host.
Expected<HostPort> split(std::string_view address) {
  const auto bad = [&](std::string_view why) {
    return failure(Error::Code::bad_spec, fmt::format("{}; write HOST:PORT or [IPV6]:PORT", why),
                   std::string(address));
  };
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return bad("the port is missing");
  if (!is_port(address.substr(colon + 1))) return bad("the port is no number from 0 to 65535");
  std::string_view host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return bad("an IPv6 address needs brackets");
  }
  if (host.empty()) return bad("the host is missing");
  return HostPort{.host = std::string(host), .port = std::string(address.substr(colon + 1))};
}

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Expected<Addresses> look_up(const HostPort& from, std::string_view where) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(from.host.c_str(), from.port.c_str(), &hints, &found);
  if (error == 0) return Addresses(found);
  return failure(Error::Code::not_found, fmt::format("no such host: {}", ::gai_strerror(error)),
                 std::string(where));
}

// A listening socket at one address; none and errno when that is not possible.
UniqueFd listen_at(const sockaddr* address, socklen_t size, bool reuse) {
  UniqueFd fd(::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return {};
  // Connections of a former run that linger must not keep the port.
  const int on = 1;
  if (reuse) ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd.get(), address, size) == 0 && ::listen(fd.get(), SOMAXCONN) == 0) return fd;
  const int error = errno;
  fd.reset();
  errno = error;
  return {};
}

// True when somebody accepts connections there. A full queue is somebody, too.
bool is_live(const sockaddr_un& address) {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return true;
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
  return ::connect(fd.get(), generic, sizeof address) == 0 || errno != ECONNREFUSED;
}

// Makes room where a socket file of a former run is.
Expected<void> remove_stale(const sockaddr_un& address, const std::string& path) {
  struct stat stat{};
  if (::lstat(path.c_str(), &stat) < 0) return {};  // gone meanwhile
  if (!S_ISSOCK(stat.st_mode))
    return failure(Error::Code::host, "the file exists and is no socket", path);
  if (is_live(address))
    return failure(Error::Code::host, "another process listens on this socket", path);
  if (::unlink(path.c_str()) < 0 && errno != ENOENT)
    return host_failure("can't replace the old socket file", errno, path);
  return {};
}

std::string numeric_address(const sockaddr* address, socklen_t size) {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (::getnameinfo(address, size, host.data(), host.size(), port.data(), port.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return {};
  const bool brackets = address->sa_family == AF_INET6;
  return fmt::format("{}{}{}:{}", brackets ? "[" : "", host.data(), brackets ? "]" : "",
                     port.data());
}

}  // namespace

Expected<UniqueFd> listen_tcp(std::string_view address) {
  const auto parts = split(address);
  if (!parts) return std::unexpected(parts.error());
  const auto found = look_up(*parts, address);
  if (!found) return std::unexpected(found.error());
  int error = 0;
  for (const addrinfo* at = found->get(); at != nullptr; at = at->ai_next) {
    UniqueFd fd = listen_at(at->ai_addr, at->ai_addrlen, true);
    if (fd) return fd;
    error = errno;
  }
  return host_failure("can't listen", error, address);
}

Expected<UniqueFd> listen_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path || path.contains('\0'))
    return failure(Error::Code::bad_spec,
                   fmt::format("the path of a socket has 1 to {} bytes, none of them NUL",
                               sizeof address.sun_path - 1),
                   path);
  path.copy(address.sun_path, path.size());
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
  UniqueFd fd = listen_at(generic, sizeof address, false);
  if (!fd && errno == EADDRINUSE) {
    if (const auto removed = remove_stale(address, path); !removed)
      return std::unexpected(removed.error());
    fd = listen_at(generic, sizeof address, false);
  }
  if (!fd) return host_failure("can't listen", errno, path);
  return fd;
}

Expected<UniqueFd> adopt_listener(int fd) {
  const std::string where = fmt::format("fd {}", fd);
  int listening = 0;
  socklen_t size = sizeof listening;
  if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) < 0)
    return failure(Error::Code::bad_spec,
                   errno == EBADF ? "this descriptor is not open" : "this descriptor is no socket",
                   where);
  if (listening == 0) return failure(Error::Code::bad_spec, "this socket does not listen", where);
  UniqueFd own(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!own) return host_failure("can't duplicate the descriptor", errno, where);
  return own;
}

std::string bound_address(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* const address = reinterpret_cast<sockaddr*>(&storage);
  if (::getsockname(fd, address, &size) < 0) return {};
  if (address->sa_family != AF_UNIX) return numeric_address(address, size);
  const auto& unix_address = reinterpret_cast<const sockaddr_un&>(storage);
  const std::size_t most = size - std::min<std::size_t>(size, offsetof(sockaddr_un, sun_path));
  return "unix:" + std::string(unix_address.sun_path, ::strnlen(unix_address.sun_path, most));
}

}  // namespace limen

// sandbox.cpp - opens what a spec names, in the order of the guest's descriptor numbers.
#include "run/sandbox.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "fs/stream/host_stream.hpp"
#include "limen/abi/text.hpp"
#include "limen/unique_fd.hpp"
#include "net/listen.hpp"
#include "net/socket.hpp"
#include "run/mounts.hpp"

namespace limen {
namespace {

using Code = Error::Code;

constexpr mode_t kNewFile = 0666;  // the umask applies
constexpr int kAboveStdio = 3;     // duplicates never land on 0, 1 or 2 of the host

bool holds_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

Expected<void> check_strings(const RunSpec& spec) {
  for (const std::string& arg : spec.args) {
    if (holds_nul(arg))
      return failure(Code::bad_spec, "holds a NUL byte, which no program could read",
                     "an argument");
  }
  for (const std::string& variable : spec.env) {
    if (holds_nul(variable))
      return failure(Code::bad_spec, "holds a NUL byte, which no program could read",
                     "an environment variable");
    if (variable.find('=') == std::string::npos || variable.starts_with('='))
      return failure(Code::bad_spec, "an environment variable reads NAME=value", escaped(variable));
  }
  return {};
}

Expected<UniqueFd> duplicate(LentFd lent, const std::string& what) {
  UniqueFd copy(::fcntl(lent.fd, F_DUPFD_CLOEXEC, kAboveStdio));
  if (!copy)
    return failure(Code::bad_spec, fmt::format("descriptor {} is not open", lent.fd), what);
  return copy;
}

Expected<UniqueFd> open_stream_file(const std::string& path, bool reading) {
  const int flags = reading ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC;
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, kNewFile));
  if (fd) return fd;
  const bool missing = errno == ENOENT;
  return failure(missing ? Code::not_found : Code::host, std::strerror(errno), path);
}

/// One of the three standard streams.
struct Standard {
  int number;
  std::string_view name;
  [[nodiscard]] bool reading() const noexcept { return number == 0; }
  [[nodiscard]] StreamUse use() const noexcept {
    return reading() ? StreamUse::input : StreamUse::output;
  }
};

using OpenedStream = Expected<std::unique_ptr<Descriptor>>;

/// Opens what a Stream names; null for a descriptor that the host itself has closed.
struct OpenStream {
  const Standard& standard;

  OpenedStream operator()(Stream::Null) const { return null_stream(standard.use()); }
  OpenedStream operator()(Stream::Inherit) const {
    UniqueFd copy(::fcntl(standard.number, F_DUPFD_CLOEXEC, kAboveStdio));
    if (!copy) return nullptr;
    return as_stream(std::move(copy));
  }
  OpenedStream operator()(const Stream::File& file) const {
    return as_stream(open_stream_file(file.path, standard.reading()));
  }
  OpenedStream operator()(LentFd lent) const {
    return as_stream(duplicate(lent, std::string(standard.name)));
  }

 private:
  [[nodiscard]] OpenedStream as_stream(Expected<UniqueFd> fd) const {
    if (!fd) return std::unexpected(std::move(fd.error()));
    auto stream = host_stream(std::move(*fd), standard.use());
    if (!stream)
      return failure(Code::host, fmt::format("can't be used: {}", name(stream.error())),
                     std::string(standard.name));
    return std::move(*stream);
  }
};

Expected<void> place_stdio(const RunSpec& spec, FdTable& fds) {
  const std::array<std::pair<const Stream*, Standard>, 3> streams{{
      {&spec.in, {0, "stdin"}},
      {&spec.out, {1, "stdout"}},
      {&spec.err, {2, "stderr"}},
  }};
  for (const auto& [stream, standard] : streams) {
    auto opened = std::visit(OpenStream{standard}, stream->to);
    if (!opened) return std::unexpected(std::move(opened.error()));
    if (*opened == nullptr) continue;  // the guest gets badf, as the host's own programs do
    fds.place(static_cast<u32>(standard.number),
              make_entry(std::move(*opened), rights::stream, Rights::none, FdFlags::none));
  }
  return {};
}

Expected<void> place_mounts(const RunSpec& spec, FdTable& fds) {
  auto directories = open_mounts(spec.mounts);
  if (!directories) return std::unexpected(std::move(directories.error()));
  u32 fd = FdTable::first_free;
  for (std::size_t i = 0; i < directories->size(); ++i) {
    Entry entry = make_entry(std::move((*directories)[i]), rights::directory,
                             rights::directory_inheriting, FdFlags::none);
    entry.preopen = std::make_unique<std::string>(spec.mounts[i].guest);
    fds.place(fd++, std::move(entry));
  }
  return {};
}

struct OpenListener {
  Expected<std::unique_ptr<Descriptor>> operator()(const Listener::Tcp& tcp) const {
    return as_listener(listen_tcp(tcp.address), ListenerOrigin::made);
  }
  Expected<std::unique_ptr<Descriptor>> operator()(const Listener::Unix& unix_socket) const {
    return as_listener(listen_unix(unix_socket.path), ListenerOrigin::made);
  }
  Expected<std::unique_ptr<Descriptor>> operator()(LentFd lent) const {
    return as_listener(adopt_listener(lent.fd), ListenerOrigin::lent);
  }

 private:
  static Expected<std::unique_ptr<Descriptor>> as_listener(Expected<UniqueFd> fd,
                                                           ListenerOrigin origin) {
    if (!fd) return std::unexpected(std::move(fd.error()));
    return host_listener(std::move(*fd), origin);
  }
};

Expected<void> place_listeners(const RunSpec& spec, FdTable& fds) {
  u32 fd = FdTable::first_free + static_cast<u32>(spec.mounts.size());
  for (const Listener& listener : spec.listeners) {
    auto opened = std::visit(OpenListener{}, listener.at);
    if (!opened) return std::unexpected(std::move(opened.error()));
    fds.place(fd++,
              make_entry(std::move(*opened), rights::listener, rights::socket, FdFlags::none));
  }
  return {};
}

}  // namespace

Expected<void> open_process(const RunSpec& spec, const std::string& program, Process& process) {
  if (auto checked = check_strings(spec); !checked) return checked;
  process.args = StringList(spec.args.empty() ? std::vector{program} : spec.args);
  process.env = StringList(spec.env);
  process.run.hook = spec.hook;
  process.stop.token = spec.stop;
  if (spec.limits.wall_time)
    process.stop.deadline = std::chrono::steady_clock::now() + *spec.limits.wall_time;
  if (auto placed = place_stdio(spec, process.fds); !placed) return placed;
  if (auto placed = place_mounts(spec, process.fds); !placed) return placed;
  return place_listeners(spec, process.fds);
}

}  // namespace limen

// grants.cpp - see the header.
#include "cli/grants.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

#include "cli/messages.hpp"
#include "net/listen.hpp"

namespace limen::cli {
namespace {

using Code = Error::Code;

constexpr mode_t kNewFile = 0666;  // the umask applies
constexpr int kNewOutput = O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY;

// A descriptor, or none and errno; EINTR only when the command should stop.
UniqueFd open_patiently(const std::string& path, int flags, const Interrupts& interrupts) {
  for (;;) {
    UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC, kNewFile));
    if (fd || errno != EINTR || interrupts.due()) return fd;
  }
}

Code code_of(int error, Code otherwise) { return error == EINTR ? Code::stopped : otherwise; }

Expected<UniqueFd> open_stream(std::string option, const std::string& path, int flags,
                               const Interrupts& interrupts) {
  UniqueFd fd = open_patiently(path, flags, interrupts);
  if (fd) return fd;
  return failure(code_of(errno, Code::bad_spec), reason(errno), fmt::format("{} {}", option, path));
}

Expected<void> check_kind(int fd) {
  struct stat stat{};
  if (::fstat(fd, &stat) != 0) return failure(Code::host, reason(errno));
  if (S_ISDIR(stat.st_mode)) return failure(Code::bad_module, "is a directory, not WebAssembly");
  if (S_ISREG(stat.st_mode) || S_ISFIFO(stat.st_mode)) return {};
  return failure(Code::bad_module, "is neither a file nor a pipe");
}

bool is_address(std::string_view file) {
  return file.starts_with("http://") || file.starts_with("https://");
}

Error not_opened(int error) {
  if (error == EINTR) return {Code::stopped, reason(error), {}};
  if (error == ENOENT || error == ENOTDIR) return {Code::not_found, "no such file", {}};
  return {Code::bad_module, reason(error), {}};
}

Expected<UniqueFd> open_module_file(const std::string& file, const Interrupts& interrupts) {
  if (is_address(file))
    return failure(Code::bad_spec, "limen runs no addresses yet; download the file first");
  if (file == "-") {
    UniqueFd copy(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!copy) return failure(Code::host, reason(errno));
    return copy;
  }
  UniqueFd fd = open_patiently(file, O_RDONLY | O_NOCTTY, interrupts);
  if (!fd) return std::unexpected(not_opened(errno));
  if (auto checked = check_kind(fd.get()); !checked)
    return std::unexpected(std::move(checked.error()));
  return fd;
}

// The port that the system picks is only known once somebody listens on it.
bool picks_port(const Listener& listener) {
  const auto* tcp = std::get_if<Listener::Tcp>(&listener.at);
  if (tcp == nullptr) return false;
  const std::string_view port = std::string_view(tcp->address).substr(tcp->address.rfind(':') + 1);
  return port.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

Expected<UniqueFd> open_module(const std::string& file, const Interrupts& interrupts) {
  auto fd = open_module_file(file, interrupts);
  if (!fd) fd.error().where = file;
  return fd;
}

Expected<UniqueFd> open_output(const std::string& option, const std::string& path,
                               const Interrupts& interrupts) {
  return open_stream(option, path, kNewOutput, interrupts);
}

Stream Grants::keep(UniqueFd fd) {
  kept_.push_back(std::move(fd));
  return Stream{LentFd{kept_.back().get()}};
}

Expected<void> Grants::open_inputs(const RunOptions& options, const Interrupts& interrupts) {
  in_ = options.in;
  if (const auto* file = std::get_if<Stream::File>(&options.in.to)) {
    auto fd = open_stream("--stdin", file->path, O_RDONLY | O_NOCTTY, interrupts);
    if (!fd) return std::unexpected(std::move(fd.error()));
    in_ = keep(std::move(*fd));
  }
  for (const Listener& listener : options.listeners) {
    listeners_.push_back(listener);
    if (!picks_port(listener)) continue;
    auto fd = listen_tcp(std::get<Listener::Tcp>(listener.at).address);
    if (!fd) return std::unexpected(std::move(fd.error()));
    say(fmt::format("listening on {}", bound_address(fd->get())));
    listeners_.back().at = LentFd{fd->get()};
    kept_.push_back(std::move(*fd));
  }
  return {};
}

Expected<void> Grants::open_outputs(const RunOptions& options, const Interrupts& interrupts) {
  out_ = options.out;
  err_ = options.err;
  const auto* out = std::get_if<Stream::File>(&options.out.to);
  const auto* err = std::get_if<Stream::File>(&options.err.to);
  if (out != nullptr) {
    auto fd = open_output("--stdout", out->path, interrupts);
    if (!fd) return std::unexpected(std::move(fd.error()));
    out_ = keep(std::move(*fd));
  }
  if (err != nullptr && out != nullptr && err->path == out->path) {
    err_ = out_;
  } else if (err != nullptr) {
    auto fd = open_output("--stderr", err->path, interrupts);
    if (!fd) return std::unexpected(std::move(fd.error()));
    err_ = keep(std::move(*fd));
  }
  return {};
}

void Grants::put_into(RunSpec& spec) const {
  spec.in = in_;
  spec.out = out_;
  spec.err = err_;
  spec.listeners = listeners_;
}

}  // namespace limen::cli

// compile.cpp - the command's side: forks the compiler, waits for it, kills it when it must.
#include "cli/compile.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "cli/compile_child.hpp"
#include "cli/messages.hpp"
#include "cli/progress.hpp"

namespace limen::cli {
namespace {

using Code = Error::Code;

constexpr std::size_t kMostReport = std::size_t{64} << 10;

std::unexpected<Error> host(std::string_view what) {
  return failure(Code::host, fmt::format("{}: {}", what, reason(errno)));
}

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

Expected<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return host("can't make a pipe");
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// The child; killed and waited for when it is still there at the end.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }

  /// The status for WIFSIGNALED and its like.
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_;
};

// In the child, before anything else: it must not outlive the command, and what its libraries print
// when they give up goes into the report.
void settle(pid_t parent, int pipe) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) _exit(1);
  ignore_interrupts();
  ::dup2(pipe, STDERR_FILENO);
}

/// Reads to the end of the pipe. Errors: stopped.
Expected<std::string> collect(int pipe, const std::string& name, const Interrupts& interrupts) {
  Progress progress("compiling " + name);
  std::string text;
  std::array<char, 4096> chunk;
  for (;;) {
    if (interrupts.due()) return failure(Code::stopped, "stopped while it was compiled");
    pollfd ready{.fd = pipe, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, static_cast<int>(progress.tick().count())) <= 0) continue;
    const ssize_t got = ::read(pipe, chunk.data(), chunk.size());
    if (got < 0) continue;
    if (got == 0) return text;
    const std::size_t room = kMostReport - std::min(kMostReport, text.size());
    text.append(chunk.data(), std::min(static_cast<std::size_t>(got), room));
  }
}

Error died(int status, const std::string& noise) {
  std::string message = "the compiler died";
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    message = number == SIGKILL ? "the compiler was killed, often a sign of too little memory"
                                : fmt::format("the compiler was ended by signal {}", number);
  }
  if (!noise.empty()) message += ": " + noise;
  return Error{Code::host, std::move(message), {}};
}

}  // namespace

Expected<UniqueFd> compile_apart(int file, const std::string& name, const Interrupts& interrupts) {
  UniqueFd code(::memfd_create("limen-code", MFD_CLOEXEC));
  if (!code) return host("can't make a memory file");
  auto pipe = make_pipe();
  if (!pipe) return std::unexpected(std::move(pipe.error()));

  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return host("can't start the compiler");
  if (pid == 0) {
    settle(parent, pipe->write_end.get());
    compile_in_child(file, name, code.get(), pipe->write_end.get());
  }
  Child child(pid);
  pipe->write_end.reset();
  auto text = collect(pipe->read_end.get(), name, interrupts);
  if (!text) return std::unexpected(std::move(text.error()));
  const ChildReport report = read_report(std::move(*text));
  const int status = child.wait();
  if (!report.finished) return std::unexpected(died(status, report.noise));
  if (!report.compiled) return std::unexpected(report.error);
  return code;
}

}  // namespace limen::cli

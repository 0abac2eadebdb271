// command_runner.cpp - see the header.
#include "cli/command_runner.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace limen::test {
namespace {

constexpr int kInherited = 5;

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// In the forked child: everything is arranged, then the command takes over.
[[noreturn]] void become(const std::vector<char*>& argv, const Command::Around& around,
                         const std::array<int, 3>& streams) {
  // Out of the way first: a descriptor may be where another one goes.
  std::array<int, 3> high{};
  for (std::size_t i = 0; i < high.size(); ++i) high.at(i) = ::fcntl(streams.at(i), F_DUPFD, 20);
  const int inherited = around.inherited ? ::fcntl(*around.inherited, F_DUPFD_CLOEXEC, 20) : -1;
  for (int i = 0; i < 3; ++i) {
    ::dup2(high.at(static_cast<std::size_t>(i)), i);
    ::close(high.at(static_cast<std::size_t>(i)));
  }
  if (inherited >= 0) ::dup2(inherited, kInherited);
  for (const int fd : around.closed) ::close(fd);
  for (const std::string& variable : around.env) ::putenv(const_cast<char*>(variable.c_str()));
  if (!around.directory.empty() && ::chdir(around.directory.c_str()) != 0) _exit(99);
  ::execv(argv.front(), argv.data());
  _exit(98);
}

}  // namespace

Command::Command(std::vector<std::string> args) : Command(std::move(args), Around{}) {}

Command::Command(std::vector<std::string> args, const Around& around) {
  args.insert(args.begin(), LIMEN_COMMAND);
  std::vector<char*> argv;
  for (std::string& arg : args) argv.push_back(arg.data());
  argv.push_back(nullptr);
  Pipe in = make_pipe();
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  const std::array<int, 3> streams{around.in >= 0 ? around.in : in.read_end.get(),
                                   around.out >= 0 ? around.out : out.write_end.get(),
                                   err.write_end.get()};
  pid_ = ::fork();
  if (pid_ == 0) become(argv, around, streams);
  if (pid_ < 0) throw std::runtime_error("can't fork");
  in_ = std::move(in.write_end);
  out_ = std::move(out.read_end);
  err_ = std::move(err.read_end);
}

Command::~Command() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Command::write_stdin(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(in_.get(), text.data(), text.size());
    if (written < 0) throw std::runtime_error("can't write to the command's stdin");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void Command::send(int signal_number) const { ::kill(pid_, signal_number); }

// False when both streams are at their end, or it takes too long.
bool Command::read_some() {
  std::array<pollfd, 2> ready{{{.fd = out_.get(), .events = POLLIN, .revents = 0},
                               {.fd = err_.get(), .events = POLLIN, .revents = 0}}};
  if (!out_ && !err_) return false;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(patience_ - Clock::now());
  if (left.count() <= 0 || ::poll(ready.data(), ready.size(), static_cast<int>(left.count())) <= 0)
    return false;
  const std::array<std::pair<UniqueFd*, std::string*>, 2> streams{
      {{&out_, &ran_.out}, {&err_, &ran_.err}}};
  for (std::size_t i = 0; i < ready.size(); ++i) {
    if (ready.at(i).revents == 0) continue;
    std::array<char, 4096> chunk{};
    const ssize_t got = ::read(ready.at(i).fd, chunk.data(), chunk.size());
    if (got <= 0) {
      streams.at(i).first->reset();
    } else {
      streams.at(i).second->append(chunk.data(), static_cast<std::size_t>(got));
    }
  }
  return true;
}

bool Command::wait_for(const std::string& stream, std::string_view text) {
  while (!stream.contains(text)) {
    if (!read_some()) return false;
  }
  return true;
}

pid_t Command::wait_for_child() const {
  while (Clock::now() < patience_) {
    std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", pid_));
    pid_t child = 0;
    if (children >> child) return child;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return 0;
}

Ran Command::finish() {
  close_stdin();
  return wait();
}

Ran Command::wait() {
  while (read_some()) {
  }
  if (Clock::now() >= patience_) ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  ran_.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return ran_;
}

Ran run_limen(std::vector<std::string> args, std::string_view input) {
  return run_limen(std::move(args), Command::Around{}, input);
}

Ran run_limen(std::vector<std::string> args, const Command::Around& around,
              std::string_view input) {
  Command command(std::move(args), around);
  if (!input.empty()) command.write_stdin(input);
  return command.finish();
}

}  // namespace limen::test

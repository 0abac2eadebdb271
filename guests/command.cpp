#include "command.hpp"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <system_error>

namespace limen::test {
namespace {

using Clock = std::chrono::steady_clock;

std::pair<UniqueFd, UniqueFd> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) throw std::system_error(errno, std::generic_category());
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// What posix_spawn does with the child's descriptors, freed at the end.
struct Actions {
  posix_spawn_file_actions_t list{};
  Actions() { ::posix_spawn_file_actions_init(&list); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  ~Actions() { ::posix_spawn_file_actions_destroy(&list); }

  // Gives the child `stream` as `number`; returns this side's end of a pipe.
  UniqueFd add(Stream stream, int number, UniqueFd& theirs) {
    UniqueFd ours;
    if (stream == Stream::pipe) {
      auto [reader, writer] = make_pipe();
      ours = std::move(number == 0 ? writer : reader);
      theirs = std::move(number == 0 ? reader : writer);
      ::posix_spawn_file_actions_adddup2(&list, theirs.get(), number);
    } else if (stream == Stream::null) {
      ::posix_spawn_file_actions_addopen(&list, number, "/dev/null",
                                         number == 0 ? O_RDONLY : O_WRONLY, 0);
    } else {
      ::posix_spawn_file_actions_addclose(&list, number);
    }
    return ours;
  }
};

// Appends what is there; false at the end of the stream.
bool take(const UniqueFd& fd, std::string& into) {
  std::array<char, 65536> buffer;
  const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
  if (n <= 0) return n < 0 && errno == EINTR;
  into.append(buffer.data(), static_cast<std::size_t>(n));
  return true;
}

int left_ms(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

}  // namespace

Command::Command(const CommandSpec& spec) {
  // A guest that does not read must not end the test.
  ::signal(SIGPIPE, SIG_IGN);
  Actions actions;
  std::array<UniqueFd, 3> theirs;
  // Inherited ones first: a stream's own number may be among their sources.
  for (const auto& [here, there] : spec.inherited)
    ::posix_spawn_file_actions_adddup2(&actions.list, here, there);
  const auto is_inherited = [&spec](int number) {
    return std::ranges::any_of(spec.inherited,
                               [number](const auto& pair) { return pair.second == number; });
  };
  if (!is_inherited(0)) in_ = actions.add(spec.in, 0, theirs[0]);
  if (!is_inherited(1)) out_ = actions.add(spec.out, 1, theirs[1]);
  if (!is_inherited(2)) err_ = actions.add(spec.err, 2, theirs[2]);

  std::vector<std::string> words = spec.words;
  words.insert(words.begin(), LIMEN_COMMAND);
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  // The child starts with the usual answer to SIGPIPE, as from a shell.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int error =
      ::posix_spawn(&pid_, LIMEN_COMMAND, &actions.list, &attributes, argv.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) throw std::system_error(error, std::generic_category(), LIMEN_COMMAND);
}

Command::~Command() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Command::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(in_.get(), text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;  // the guest did not want it
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

bool Command::read_some(int timeout_ms, bool read_output) {
  std::array<pollfd, 2> fds = {
      {{read_output ? out_.get() : -1, POLLIN, 0}, {err_.get(), POLLIN, 0}}};
  if (fds[0].fd < 0 && fds[1].fd < 0) return false;
  if (::poll(fds.data(), fds.size(), timeout_ms) <= 0) return true;
  if (fds[0].revents != 0 && !take(out_, output_)) out_.reset();
  if (fds[1].revents != 0 && !take(err_, error_)) err_.reset();
  return true;
}

bool Command::wait_for(std::string_view text, bool in_error) {
  const auto deadline = Clock::now() + std::chrono::seconds(120);
  const std::string& where = in_error ? error_ : output_;
  while (!where.contains(text)) {
    const bool open = static_cast<bool>(in_error ? err_ : out_);
    // Standard output is left alone while waiting for a word on standard error: a test may want
    // it full.
    if (!open || left_ms(deadline) == 0 || !read_some(left_ms(deadline), !in_error)) return false;
  }
  return true;
}

void Command::skip_output(std::size_t bytes) {
  std::array<char, 4096> buffer;
  while (bytes > 0) {
    const ssize_t n = ::read(out_.get(), buffer.data(), std::min(bytes, buffer.size()));
    if (n <= 0) return;
    bytes -= static_cast<std::size_t>(n);
  }
}

int Command::finish(std::chrono::milliseconds patience, bool read_output) {
  const auto deadline = Clock::now() + patience;
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  bool ended = false;
  while (!ended && left_ms(deadline) > 0) {
    std::array<pollfd, 3> fds = {{{process.get(), POLLIN, 0},
                                  {read_output ? out_.get() : -1, POLLIN, 0},
                                  {err_.get(), POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), left_ms(deadline));
    ended = fds[0].revents != 0;
    if (fds[1].revents != 0 || fds[2].revents != 0) (void)read_some(0, read_output);
  }
  if (!ended) ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  // What it left in the pipes. Nobody else should hold them; if so, this does not wait for them.
  for (auto last = Clock::now() + std::chrono::seconds(2); left_ms(last) > 0 && (out_ || err_);)
    if (!read_some(left_ms(last), true)) break;
  if (!ended) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

void Command::signal(int number) const { ::kill(pid_, number); }

}  // namespace limen::test

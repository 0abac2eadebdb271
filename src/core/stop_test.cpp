// stop_test.cpp - a run is stopped wherever its thread is, and nothing of it stays behind.
//
// Each case blocks in a call of the guest for ever, or computes, and is ended by a deadline or from
// another thread. The largest delay is printed; a busy machine is allowed a second.
#include "limen/stop.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "core/signal_mask.hpp"
#include "core/stop_scope.hpp"
#include "fs/host/host.hpp"
#include "fs/stream/host_stream.hpp"
#include "net/socket.hpp"
#include "testing/fake_guest.hpp"
#include "testing/temp_dir.hpp"

namespace limen::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kAllowed{1000};
constexpr u64 kForever = ~u64{0};

/// A guest and the thread that it is on, as an engine sets them up.
class GuestRun {
 public:
  FakeGuest guest{{.pages = 1100}};

  /// Calls `body` inside a scope that `plan` can end; gives how long after `stopped_at` (or the
  /// deadline) it came back.
  void enter(const StopPlan& plan, const std::function<void()>& body, Poke poke = {}) {
    const SignalMask mask(true);
    StopScope scope;
    const auto entered = scope.enter(guest.process().run, plan, poke);
    ASSERT_TRUE(entered) << entered.error().message;
    body();
    returned = steady_clock::now();
  }
  steady_clock::time_point returned;
};

/// What a guest can be blocked in.
struct Blocked {
  const char* name;
  std::function<Answer(GuestRun&)> call;
};

Answer read_of(GuestRun& run, UniqueFd fd) {
  run.guest.set_stdio(0, host_stream(std::move(fd), StreamUse::input).value());
  return run.guest.call("fd_read", 0, run.guest.into(8));
}

std::array<UniqueFd, 2> pipe_pair() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Answer write_to_full_pipe(GuestRun& run) {
  auto pipe = pipe_pair();
  run.guest.set_stdio(1, host_stream(std::move(pipe[1]), StreamUse::output).value());
  const Region iovecs = run.guest.from(std::string(100'000, 'x'));
  Answer answer = run.guest.call("fd_write", 1, iovecs);
  while (!answer.ended()) answer = run.guest.call("fd_write", 1, iovecs);
  return answer;
}

Answer poll_of(GuestRun& run, std::initializer_list<std::pair<u8, u32>> subscriptions, u64 timeout,
               u16 flags = 0) {
  FakeGuest& guest = run.guest;
  const auto count = static_cast<u32>(subscriptions.size());
  const Region in = guest.alloc(48 * count);
  u32 at = in.at;
  for (const auto& [tag, value] : subscriptions) {
    guest.store(at + 8, tag);
    guest.store(at + 16, value);
    guest.store(at + 24, timeout);
    guest.store(at + 40, flags);
    at += 48;
  }
  return guest.call("poll_oneoff", in.at, guest.alloc(32 * count).at, count);
}

Answer poll_pipe(GuestRun& run) {
  auto pipe = pipe_pair();
  run.guest.set_stdio(0, host_stream(std::move(pipe[0]), StreamUse::input).value());
  return poll_of(run, {{1, 0}, {0, 1}}, kForever);
}

UniqueFd unix_listener(const TempDir& temp) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  temp.at("listener").copy(address.sun_path, sizeof address.sun_path - 1);
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(fd.get(), 4), 0);
  return fd;
}

Answer accept_of(GuestRun& run) {
  const TempDir temp;
  const u32 fd = run.guest.add(host_listener(unix_listener(temp), ListenerOrigin::made));
  return run.guest.call("sock_accept", fd, 0);
}

Answer receive_of(GuestRun& run) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd peer(ends[1]);
  const u32 fd = run.guest.add(host_socket(UniqueFd(ends[0])));
  return run.guest.call("sock_recv", fd, run.guest.into(8), RiFlags::recv_waitall);
}

Answer read_fifo(GuestRun& run) {
  const TempDir temp;
  temp.fifo("fifo");
  const u32 dir =
      run.guest.preopen("/", host_directory(temp.open(), false, Resolve::openat2).value());
  const u32 fd = run.guest.open(dir, "fifo", OFlags::none, Rights::fd_read);
  return run.guest.call("fd_read", fd, run.guest.into(8));  // nobody ever writes
}

Answer random_again_and_again(GuestRun& run) {
  Answer answer;
  while (!answer.ended()) answer = run.guest.call("random_get", Region{65536, u32{64} << 20});
  return answer;
}

const Blocked kBlocked[] = {
    {"sleeping, monotonic", [](GuestRun& run) { return poll_of(run, {{0, 1}}, kForever); }},
    {"sleeping, realtime", [](GuestRun& run) { return poll_of(run, {{0, 0}}, kForever); }},
    {"sleeping until a far moment of the wall clock",
     [](GuestRun& run) { return poll_of(run, {{0, 0}}, kForever - 1, 1); }},
    {"several clocks", [](GuestRun& run) { return poll_of(run, {{0, 0}, {0, 1}}, kForever); }},
    {"polling a pipe", poll_pipe},
    {"reading a pipe",
     [](GuestRun& run) {
       auto pipe = pipe_pair();
       return read_of(run, std::move(pipe[0]));
     }},
    {"writing to a full pipe", write_to_full_pipe},
    {"accepting", accept_of},
    {"receiving", receive_of},
    {"reading a FIFO without a writer", read_fifo},
    {"filling a lot with random bytes", random_again_and_again},
};

std::string test_name(const testing::TestParamInfo<Blocked>& blocked) {
  std::string name;
  bool upper = true;
  for (const char c : std::string_view(blocked.param.name)) {
    if (std::isalpha(c) == 0) {
      upper = true;
      continue;
    }
    name.push_back(upper ? static_cast<char>(std::toupper(c)) : c);
    upper = false;
  }
  return name;
}

class StopBlocked : public testing::TestWithParam<Blocked> {
 protected:
  static void TearDownTestSuite() {
    std::printf("stopping took at most %.1f ms\n", static_cast<double>(worst_.count()) / 1e6);
  }
  void expect_soon(steady_clock::duration took) {
    worst_ = std::max<std::chrono::nanoseconds>(worst_, took);
    EXPECT_LT(took, kAllowed);
    EXPECT_GE(took, steady_clock::duration::zero()) << "not before the time";
  }
  /// The write end of the pipe that is read stays open here, so that reading blocks.
  static inline std::chrono::nanoseconds worst_{0};
  GuestRun run;
};

TEST_P(StopBlocked, ByADeadline) {
  const auto deadline = steady_clock::now() + milliseconds(60);
  run.enter({.deadline = deadline, .token = {}},
            [&] { EXPECT_TRUE(GetParam().call(run).ended()); });
  EXPECT_TRUE(std::holds_alternative<TimedOut>(run.guest.ending().value()));
  expect_soon(run.returned - deadline);
}

TEST_P(StopBlocked, ByADeadlineThatIsPastAlready) {
  const auto start = steady_clock::now();
  run.enter({.deadline = start - milliseconds(5), .token = {}},
            [&] { EXPECT_TRUE(GetParam().call(run).ended()); });
  EXPECT_TRUE(std::holds_alternative<TimedOut>(run.guest.ending().value()));
  expect_soon(run.returned - start);
}

TEST_P(StopBlocked, FromAnotherThread) {
  StopSource source;
  steady_clock::time_point stopped;
  std::thread other([&] {
    std::this_thread::sleep_for(milliseconds(60));
    stopped = steady_clock::now();
    source.stop();
  });
  run.enter({.deadline = {}, .token = source.token()},
            [&] { EXPECT_TRUE(GetParam().call(run).ended()); });
  other.join();
  EXPECT_TRUE(std::holds_alternative<Stopped>(run.guest.ending().value()));
  expect_soon(run.returned - stopped);
}

TEST_P(StopBlocked, BeforeItEvenStarted) {
  StopSource source;
  source.stop();
  const auto start = steady_clock::now();
  run.enter({.deadline = {}, .token = source.token()},
            [&] { EXPECT_TRUE(GetParam().call(run).ended()); });
  EXPECT_TRUE(std::holds_alternative<Stopped>(run.guest.ending().value()));
  expect_soon(run.returned - start);
}

INSTANTIATE_TEST_SUITE_P(Everywhere, StopBlocked, testing::ValuesIn(kBlocked), test_name);

// ---- the scope ---------------------------------------------------------------------------------

TEST(StopScopeTest, AComputingGuestIsPokedUntilItIsLeft) {
  GuestRun run;
  std::atomic<int> pokes{0};
  StopSource source;
  std::thread other([&] {
    std::this_thread::sleep_for(milliseconds(20));
    source.stop();
  });
  const Poke poke{
      .function = [](void* count) noexcept { static_cast<std::atomic<int>*>(count)->fetch_add(1); },
      .argument = &pokes};
  run.enter(
      {.deadline = {}, .token = source.token()},
      [&] {
        while (!run.guest.process().run.stopping() || pokes < 5) {
        }
      },
      poke);
  const int after = pokes;
  other.join();
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(pokes, after) << "not after it was left";
}

TEST(StopScopeTest, TheFirstReasonStays) {
  GuestRun run;
  StopSource source;
  run.enter({.deadline = steady_clock::now() + milliseconds(20), .token = source.token()}, [&] {
    source.stop();
    std::this_thread::sleep_for(milliseconds(60));
    EXPECT_EQ(run.guest.process().run.stop, StopReason::requested);
  });
}

TEST(StopScopeTest, OneSourceStopsManyRuns) {
  StopSource source;
  std::vector<std::thread> threads;
  std::atomic<int> ended{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      GuestRun run;
      run.enter({.deadline = {}, .token = source.token()}, [&] {
        if (poll_of(run, {{0, 1}}, kForever).ended()) ++ended;
      });
    });
  }
  std::this_thread::sleep_for(milliseconds(30));
  source.stop();
  source.stop();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ended, 8);
}

TEST(StopScopeTest, ATokenOutlivesItsSource) {
  StopToken token;
  EXPECT_FALSE(token.possible());
  EXPECT_FALSE(token.requested());
  {
    StopSource source;
    token = source.token();
    source.stop();
  }
  EXPECT_TRUE(token.possible());
  EXPECT_TRUE(token.requested());
}

TEST(StopScopeTest, AnInnerDeadlineDoesNotEndTheOuterRun) {
  GuestRun outer;
  GuestRun inner;
  outer.enter({.deadline = steady_clock::now() + std::chrono::hours(1), .token = {}}, [&] {
    inner.enter({.deadline = steady_clock::now() + milliseconds(20), .token = {}},
                [&] { EXPECT_TRUE(poll_of(inner, {{0, 1}}, kForever).ended()); });
    EXPECT_FALSE(outer.guest.process().run.stopping());
    const Answer answer = poll_of(outer, {{0, 1}}, 1'000'000);
    EXPECT_EQ(answer.err, Errno::success) << "still a guest";
    EXPECT_FALSE(answer.ended());
  });
}

TEST(StopScopeTest, AnOuterDeadlineIsSeenAfterTheInnerRun) {
  GuestRun outer;
  GuestRun inner;
  const auto deadline = steady_clock::now() + milliseconds(20);
  outer.enter({.deadline = deadline, .token = {}}, [&] {
    inner.enter({.deadline = steady_clock::now() + std::chrono::hours(1), .token = {}}, [&] {
      const Answer answer = poll_of(inner, {{0, 1}}, 60'000'000);
      EXPECT_FALSE(answer.ended());
    });
    EXPECT_TRUE(outer.guest.process().run.stopping());
    EXPECT_TRUE(poll_of(outer, {{0, 1}}, kForever).ended());
  });
}

TEST(StopScopeTest, AStoppedRunThatIsEnteredAgainStaysStopped) {
  GuestRun run;
  StopSource source;
  const StopPlan plan{.deadline = {}, .token = source.token()};
  run.enter(plan, [&] { source.stop(); });
  auto pipe = pipe_pair();
  run.enter(plan, [&] { EXPECT_TRUE(read_of(run, std::move(pipe[0])).ended()); });
}

TEST(StopScopeTest, ThisThreadIsStoppedFromItsOwnSignalHandler) {
  EXPECT_FALSE(stop_this_thread()) << "in no run";
  struct sigaction action{};
  struct sigaction before{};
  action.sa_handler = [](int) { stop_this_thread(); };
  ASSERT_EQ(::sigaction(SIGUSR1, &action, &before), 0);
  GuestRun run;
  const pthread_t self = ::pthread_self();
  std::thread other([self] {
    std::this_thread::sleep_for(milliseconds(30));
    ::pthread_kill(self, SIGUSR1);
  });
  run.enter({.deadline = steady_clock::now() + std::chrono::hours(1), .token = {}},
            [&] { EXPECT_TRUE(poll_of(run, {{0, 1}}, kForever).ended()); });
  other.join();
  ::sigaction(SIGUSR1, &before, nullptr);
  EXPECT_TRUE(std::holds_alternative<Stopped>(run.guest.ending().value()));
}

TEST(StopScopeTest, ErrnoIsNotTouchedByTheHandler) {
  GuestRun run;
  StopSource source;
  run.enter({.deadline = {}, .token = source.token()}, [&] {
    source.stop();
    errno = EXDEV;
    const auto until = steady_clock::now() + milliseconds(30);
    while (steady_clock::now() < until) {
    }
    EXPECT_EQ(errno, EXDEV);
  });
}

// ---- what stays behind: nothing ----------------------------------------------------------------

/// The timers of this process (/proc/self/timers has one "ID:" line each).
std::size_t timer_count() {
  const int fd = ::open("/proc/self/timers", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  std::array<char, 65536> text{};
  const ssize_t n = ::read(fd, text.data(), text.size());
  ::close(fd);
  const std::string_view view(text.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
  std::size_t count = 0;
  for (std::size_t at = view.find("ID:"); at != std::string_view::npos;
       at = view.find("ID:", at + 1))
    ++count;
  return count;
}

sigset_t mask_now() {
  sigset_t mask;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  return mask;
}

bool same(const sigset_t& a, const sigset_t& b) {
  for (int number = 1; number < 65; ++number)
    if (::sigismember(&a, number) != ::sigismember(&b, number)) return false;
  return true;
}

TEST(StopLeavesNothing, MasksHandlersAndTimersAreAsBefore) {
  GuestRun run;
  run.enter({.deadline = steady_clock::now(), .token = {}}, [] {});  // installs the handler
  const std::size_t timers = timer_count();
  std::array<struct sigaction, 65> before{};
  for (int number = 1; number < 65; ++number)
    ::sigaction(number, nullptr, &before.at(static_cast<std::size_t>(number)));
  sigset_t odd;
  ::sigemptyset(&odd);
  ::sigaddset(&odd, SIGUSR2);
  ::sigaddset(&odd, detail::stop_signal());
  sigset_t old;
  ::pthread_sigmask(SIG_SETMASK, &odd, &old);

  GuestRun blocked_before;
  blocked_before.enter({.deadline = steady_clock::now() + milliseconds(20), .token = {}}, [&] {
    EXPECT_TRUE(poll_of(blocked_before, {{0, 1}}, kForever).ended()) << "although it was blocked";
  });
  EXPECT_TRUE(same(mask_now(), odd));
  ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
  EXPECT_EQ(timer_count(), timers);
  for (int number = 1; number < 65; ++number) {
    struct sigaction now{};
    ::sigaction(number, nullptr, &now);
    EXPECT_EQ(now.sa_handler, before.at(static_cast<std::size_t>(number)).sa_handler) << number;
    EXPECT_EQ(now.sa_flags, before.at(static_cast<std::size_t>(number)).sa_flags) << number;
  }
}

TEST(StopLeavesNothing, SignalsThatComeLateAreHarmless) {
  for (int i = 0; i < 300; ++i) {
    GuestRun run;
    StopSource source;
    std::thread other([&] { source.stop(); });
    run.enter({.deadline = steady_clock::now() + std::chrono::microseconds(i * 10),
               .token = source.token()},
              [] {});
    other.join();
  }
  std::this_thread::sleep_for(milliseconds(5));
}

TEST(SignalMaskTest, SigpipeIsTakenBackAndOthersStay) {
  const sigset_t before = mask_now();
  {
    const SignalMask mask(false);
    auto pipe = pipe_pair();
    pipe[0].reset();
    EXPECT_EQ(::write(pipe[1].get(), "x", 1), -1);
    EXPECT_EQ(errno, EPIPE);
    const sigset_t inside = mask_now();
    EXPECT_EQ(::sigismember(&inside, SIGPIPE), 1);
  }
  // With the default action this process would be gone now.
  EXPECT_TRUE(same(mask_now(), before));
  sigset_t pending;
  ::sigpending(&pending);
  EXPECT_EQ(::sigismember(&pending, SIGPIPE), 0);
}

TEST(SignalMaskTest, ASigpipeThatWasPendingBeforeStaysPending) {
  sigset_t pipe_only;
  sigset_t old;
  ::sigemptyset(&pipe_only);
  ::sigaddset(&pipe_only, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_only, &old);
  ::pthread_kill(::pthread_self(), SIGPIPE);
  {
    const SignalMask mask(false);
  }
  sigset_t pending;
  ::sigpending(&pending);
  EXPECT_EQ(::sigismember(&pending, SIGPIPE), 1);
  const timespec now{};
  EXPECT_EQ(::sigtimedwait(&pipe_only, nullptr, &now), SIGPIPE);
  ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

TEST(SignalMaskTest, AWriteWithoutReaderIsAnErrnoOfTheGuest) {
  GuestRun run;
  auto pipe = pipe_pair();
  pipe[0].reset();
  run.guest.set_stdio(1, host_stream(std::move(pipe[1]), StreamUse::output).value());
  const SignalMask mask(false);
  EXPECT_EQ(run.guest.call("fd_write", 1, run.guest.from("x")).err, Errno::pipe);
}

// ---- the choice of the signal ------------------------------------------------------------------

// It is made once per process, so each case has a process of its own, which runs nothing else.
class StopSignalDeathTest : public testing::Test {
 protected:
  StopSignalDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  static Expected<void> enter_once() {
    RunState run;
    StopScope scope;
    return scope.enter(run, {.deadline = steady_clock::now() + milliseconds(5), .token = {}}, {});
  }
  static bool has_code(const Expected<void>& result, Error::Code code) {
    return !result && result.error().code == code;
  }
  static void exit_with(bool ok) { ::_exit(ok ? 0 : 1); }
};

TEST_F(StopSignalDeathTest, OnlyRealTimeSignalsOrNone) {
  for (const int number : {-1, 1, SIGUSR1, SIGRTMIN - 1, SIGRTMAX + 1})
    EXPECT_TRUE(has_code(use_stop_signal(number), Error::Code::bad_spec)) << number;
}

TEST_F(StopSignalDeathTest, NoOtherMayBeChosenAfterTheFirstRun) {
  EXPECT_EXIT(exit_with(enter_once() && use_stop_signal(detail::stop_signal()) &&
                        has_code(use_stop_signal(SIGRTMIN), Error::Code::unsupported) &&
                        has_code(use_stop_signal(0), Error::Code::unsupported) && enter_once()),
              testing::ExitedWithCode(0), "");
}

TEST_F(StopSignalDeathTest, AnotherOneWorks) {
  EXPECT_EXIT(
      {
        GuestRun run;
        const bool chosen = use_stop_signal(SIGRTMAX - 1).has_value();
        bool ended = false;
        run.enter({.deadline = steady_clock::now() + milliseconds(20), .token = {}},
                  [&] { ended = poll_of(run, {{0, 1}}, kForever).ended(); });
        struct sigaction action{};
        ::sigaction(SIGRTMAX - 1, nullptr, &action);
        exit_with(chosen && ended && action.sa_handler != SIG_DFL);
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(StopSignalDeathTest, TurnedOffRunsWithALimitDoNotStart) {
  EXPECT_EXIT(exit_with(use_stop_signal(0) && has_code(enter_once(), Error::Code::unsupported)),
              testing::ExitedWithCode(0), "");
}

TEST_F(StopSignalDeathTest, OneThatSomebodyElseHandlesIsNotTaken) {
  EXPECT_EXIT(
      {
        struct sigaction action{};
        action.sa_handler = [](int) {};
        ::sigaction(detail::stop_signal(), &action, nullptr);
        const bool refused = has_code(enter_once(), Error::Code::unsupported);
        exit_with(refused && use_stop_signal(SIGRTMIN + 9) && enter_once());
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace limen::test

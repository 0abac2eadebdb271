// command_stop_test.cpp - time limits and signals, wherever the command and its guest are.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/command_guests.hpp"
#include "cli/command_runner.hpp"
#include "testing/temp_dir.hpp"

namespace limen::test {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

struct Place {
  const char* name;
  std::string guest;
  std::vector<std::string> options;
};
const Place kPlaces[] = {
    {"Computing", guests::spins, {}},
    {"Sleeping", guests::sleeps, {}},
    {"Reading", guests::reads, {}},
    {"Accepting", guests::accepts, {"--listen", "unix:socket"}},
};
void PrintTo(const Place& place, std::ostream* out) { *out << place.name; }

class Everywhere : public testing::TestWithParam<Place> {
 protected:
  Everywhere() { dir.file("x.wat", GetParam().guest); }
  [[nodiscard]] std::vector<std::string> args(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), "run");
    more.insert(more.end(), GetParam().options.begin(), GetParam().options.end());
    more.push_back("x.wat");
    return more;
  }
  [[nodiscard]] Command::Around here() const { return {.directory = dir.path()}; }
  TempDir dir;
};
INSTANTIATE_TEST_SUITE_P(Places, Everywhere, testing::ValuesIn(kPlaces),
                         [](const auto& which) { return std::string(which.param.name); });

TEST_P(Everywhere, TheTimeLimitEndsTheGuest) {
  const auto start = Clock::now();
  Command command(args({"--timeout", "300ms"}), here());
  ASSERT_TRUE(command.wait_for_err("\n"));
  EXPECT_GE(Clock::now() - start, 295ms);
  const Ran ran = command.wait();
  EXPECT_EQ(ran.status, 124);
  EXPECT_EQ(ran.err, "limen: x.wat: reached its time limit\n");
}

TEST_P(Everywhere, SignalsEndTheGuest) {
  for (const int number : {SIGINT, SIGTERM}) {
    Command command(args({"--report", "r.json"}), here());
    ASSERT_TRUE(command.wait_for_out("ready"));
    const auto start = Clock::now();
    command.send(number);
    const Ran ran = command.wait();
    EXPECT_LT(Clock::now() - start, 5s);
    EXPECT_EQ(ran.status, 128 + number);
    EXPECT_EQ(ran.err, "");
    std::ifstream file(dir.at("r.json"));
    EXPECT_EQ(nlohmann::json::parse(file)["outcome"], "stopped");
  }
}

/// Tests whose guest or file is their own.
class Stopping : public testing::Test {
 protected:
  [[nodiscard]] Command::Around here() const { return {.directory = dir.path()}; }
  TempDir dir;
};

TEST_F(Stopping, AGuestThatWritesToAFullPipe) {
  dir.file("x.wat", guests::writes);
  Command timed({"run", "--timeout", "300ms", "x.wat"}, here());
  ASSERT_TRUE(timed.wait_for_err("\n")) << "while nobody has read for long";
  EXPECT_EQ(timed.wait().status, 124);
}

TEST_F(Stopping, AnInvokedExport) {
  dir.file("x.wat", guests::reactor);
  EXPECT_EQ(run_limen({"run", "--timeout", "200ms", "--invoke", "spin", "x.wat"}, here()).status,
            124);
}

TEST_F(Stopping, ATraceThatNobodyReads) {
  dir.file("x.wat", guests::writes);
  ASSERT_EQ(::mkfifo(dir.at("fifo").c_str(), 0600), 0);
  const UniqueFd unread(::open(dir.at("fifo").c_str(), O_RDWR | O_CLOEXEC));
  Command command({"run", "--timeout", "300ms", "--stdout", "null", "--trace=fifo", "x.wat"},
                  here());
  EXPECT_EQ(command.wait().status, 124);
}

TEST_F(Stopping, TheSecondSignalEndsTheCommandAtOnce) {
  // A guest can't hold the first one up for long: the command is kept busy by its own report.
  ASSERT_EQ(::mkfifo(dir.at("fifo").c_str(), 0600), 0);
  dir.file("x.wat", guests::spins);
  const UniqueFd full(::open(dir.at("fifo").c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  const std::string block(4096, 'x');
  while (::write(full.get(), block.data(), block.size()) > 0) {
  }
  Command command({"run", "--report", "fifo", "x.wat"}, here());
  ASSERT_TRUE(command.wait_for_out("ready"));
  command.send(SIGTERM);
  std::this_thread::sleep_for(200ms);
  command.send(SIGINT);
  EXPECT_EQ(command.wait().status, 130);
}

TEST_F(Stopping, ASignalThatWasIgnoredStaysIgnored) {
  dir.file("x.wat", guests::reads);
  struct sigaction before{};
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGINT, &ignore, &before);
  Command command({"run", "x.wat"}, here());
  sigaction(SIGINT, &before, nullptr);
  ASSERT_TRUE(command.wait_for_out("ready"));
  command.send(SIGINT);
  EXPECT_EQ(command.finish().status, 0) << "its stdin ended";
}

// ---- before the guest --------------------------------------------------------------------------

bool is_gone(pid_t pid) { return ::kill(pid, 0) != 0 && errno == ESRCH; }

TEST_F(Stopping, WhileItCompiles) {
  dir.file("big.wat", guests::big());
  for (const int number : {SIGINT, SIGTERM}) {
    Command command({"run", "--report", "r.json", "big.wat"}, here());
    const pid_t compiler = command.wait_for_child();
    ASSERT_NE(compiler, 0);
    command.send(number);
    const Ran ran = command.wait();
    EXPECT_EQ(ran.status, 128 + number);
    EXPECT_EQ(ran.err, "");
    EXPECT_TRUE(is_gone(compiler));
    std::ifstream file(dir.at("r.json"));
    EXPECT_EQ(nlohmann::json::parse(file)["outcome"], "stopped");
  }
}

TEST_F(Stopping, CompilingCountsAgainstTheTimeLimit) {
  dir.file("big.wat", guests::big());
  const auto start = Clock::now();
  const Ran ran = run_limen({"run", "--timeout", "300ms", "big.wat"}, here());
  EXPECT_LT(Clock::now() - start, 5s);
  EXPECT_EQ(ran.status, 124);
  EXPECT_EQ(ran.err, "limen: big.wat: reached its time limit\n");
}

TEST_F(Stopping, TheCompilerDoesNotOutliveTheCommand) {
  dir.file("big.wat", guests::big());
  Command command({"run", "big.wat"}, here());
  const pid_t compiler = command.wait_for_child();
  ASSERT_NE(compiler, 0);
  command.send(SIGKILL);
  EXPECT_EQ(command.wait().status, -SIGKILL);
  const auto patience = Clock::now() + 30s;
  while (!is_gone(compiler) && Clock::now() < patience) {
    // Nobody may be there to wait for it: dead is enough.
    std::ifstream stat("/proc/" + std::to_string(compiler) + "/stat");
    std::string id;
    std::string name;
    std::string state;
    if (stat >> id >> name >> state && state == "Z") break;
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_LT(Clock::now(), patience);
}

TEST_F(Stopping, ACompilerThatDiesIsALine) {
  dir.file("big.wat", guests::big());
  Command command({"run", "big.wat"}, here());
  const pid_t compiler = command.wait_for_child();
  ASSERT_NE(compiler, 0);
  ::kill(compiler, SIGKILL);
  const Ran ran = command.wait();
  EXPECT_EQ(ran.status, 125);
  EXPECT_EQ(ran.err,
            "limen: big.wat: the compiler was killed, often a sign of too little memory\n");
}

TEST_F(Stopping, WhileItWaitsForAFifo) {
  ASSERT_EQ(::mkfifo(dir.at("fifo").c_str(), 0600), 0);
  dir.file("x.wat", guests::nothing);
  for (const std::vector<std::string>& args :
       {std::vector<std::string>{"run", "--timeout", "100ms", "fifo"},
        {"run", "--timeout", "100ms", "--stdin", "fifo", "x.wat"},
        {"run", "--timeout", "300ms", "--stdout", "fifo", "x.wat"},
        {"run", "--timeout", "100ms", "-"}}) {
    Command command(args, here());
    ASSERT_TRUE(command.wait_for_err("\n"));
    const Ran ran = command.wait();
    EXPECT_EQ(ran.status, 124) << ran.err;
    EXPECT_THAT(ran.err, testing::EndsWith("reached its time limit\n"));
  }
}

}  // namespace
}  // namespace limen::test

// outcome_test.cpp - outcomes in words, and signals in Linux's numbers.
#include "limen/outcome.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include "testing/print.hpp"

namespace limen::test {
namespace {

struct Words {
  Outcome outcome;
  const char* kind;
  const char* text;
};

TEST(Outcome, InWords) {
  const Words words[] = {
      {Exited{0}, "exited", "exited with 0"},
      {Exited{0xFFFFFFFF}, "exited", "exited with 4294967295"},
      {Raised{Signal::int_}, "raised", "ended itself with signal int"},
      {Trapped{.message = "integer\x1b[31m", .backtrace = {}}, "trapped",
       "trapped: integer\\x1b[31m"},
      {TimedOut{}, "timed_out", "reached its time limit"},
      {Stopped{}, "stopped", "was stopped"},
  };
  for (const Words& c : words) {
    EXPECT_EQ(kind_name(c.outcome), c.kind);
    EXPECT_EQ(describe(c.outcome), c.text);
  }
  EXPECT_EQ(kind_name(LimitReached{}), "limit");
  EXPECT_EQ(kind_name(Failed{}), "failed");
}

struct Number {
  Signal signal;
  int linux_number;
};
constexpr Number kNumbers[] = {
    {Signal::none, 0},         {Signal::hup, SIGHUP},       {Signal::int_, SIGINT},
    {Signal::quit, SIGQUIT},   {Signal::ill, SIGILL},       {Signal::trap, SIGTRAP},
    {Signal::abrt, SIGABRT},   {Signal::bus, SIGBUS},       {Signal::fpe, SIGFPE},
    {Signal::kill, SIGKILL},   {Signal::usr1, SIGUSR1},     {Signal::segv, SIGSEGV},
    {Signal::usr2, SIGUSR2},   {Signal::pipe, SIGPIPE},     {Signal::alrm, SIGALRM},
    {Signal::term, SIGTERM},   {Signal::chld, SIGCHLD},     {Signal::cont, SIGCONT},
    {Signal::stop, SIGSTOP},   {Signal::tstp, SIGTSTP},     {Signal::ttin, SIGTTIN},
    {Signal::ttou, SIGTTOU},   {Signal::urg, SIGURG},       {Signal::xcpu, SIGXCPU},
    {Signal::xfsz, SIGXFSZ},   {Signal::vtalrm, SIGVTALRM}, {Signal::prof, SIGPROF},
    {Signal::winch, SIGWINCH}, {Signal::poll, SIGPOLL},     {Signal::pwr, SIGPWR},
    {Signal::sys, SIGSYS},
};

TEST(Outcome, SignalsHaveTheirLinuxNumbers) {
  static_assert(std::size(kNumbers) == names<Signal>.size());
  for (const Number& c : kNumbers) EXPECT_EQ(linux_number(c.signal), c.linux_number);
}

}  // namespace
}  // namespace limen::test

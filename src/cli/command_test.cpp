// command_test.cpp - what the built command prints and how it exits, for each way of using it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/command_guests.hpp"
#include "cli/command_runner.hpp"
#include "testing/temp_dir.hpp"

namespace limen::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::StartsWith;
using Words = std::vector<std::string>;

/// Runs the command in a directory of its own that holds the guests a test wrote there.
class TheCommand : public testing::Test {
 protected:
  void guest(const std::string& name, const std::string& text) const { dir.file(name, text); }
  [[nodiscard]] Ran limen(const Words& args, std::string_view input = {}) const {
    return run_limen(args, {.directory = dir.path()}, input);
  }
  [[nodiscard]] std::string text_of(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(dir.at(name), std::ios::binary).rdbuf();
    return text.str();
  }
  TempDir dir;
};

// ---- exit statuses -----------------------------------------------------------------------------

struct End {
  const char* rule;
  std::string guest;
  int status;
  const char* err;  ///< a regular expression
};

const End kEnds[] = {
    {"returning is success", guests::nothing, 0, ""},
    {"a code is the status", guests::exits("3"), 3, ""},
    {"255 is a code", guests::exits("255"), 255, ""},
    {"256 is no success", guests::exits("256"), 255, ""},
    {"2^32 - 1 neither", guests::exits("-1"), 255, ""},
    {"abrt is 6 on Linux", guests::raises("6"), 134,
     "limen: x\\.wat: ended itself with signal abrt\n"},
    {"stop is 19 on Linux, 18 in Preview 1", guests::raises("18"), 0, ""},
    {"a trap has a backtrace", guests::traps, 134,
     "limen: x\\.wat: trapped: unreachable executed\n"
     "  0: inner @ 0x[0-9a-f]+\n  1: outer @ 0x[0-9a-f]+\n  2: function 2 @ 0x[0-9a-f]+\n"},
    {"endless recursion is a trap", R"((module (func (export "_start") (call 0))))", 134,
     "limen: x\\.wat: trapped: stack overflow.*"},
    {"a trap of the start function", "(module (func $f unreachable) (start $f))", 134,
     "limen: x\\.wat: trapped: unreachable executed\n.*"},
    {"no entry point", "(module)", 126, "limen: x\\.wat: no entry point.*"},
    {"a reactor has none", guests::reactor, 126, "limen: x\\.wat: a reactor.*--invoke NAME.*"},
    {"an unknown function", R"((module (import "env" "f" (func (param i32) (result i64)))))", 126,
     "limen: x\\.wat: unknown import env\\.f \\(i32\\) -> i64.*"},
    {"invalid code", R"((module (func (export "_start") (i32.const 1))))", 126,
     "limen: x\\.wat: [^\n]+\n"},
    {"a syntax error", "(module", 126, "limen: x\\.wat: [^\n]+\n"},
    {"neither binary nor text", "hello", 126, "limen: x\\.wat: not WebAssembly[^\n]+\n"},
    {"nothing at all", "", 126, "limen: x\\.wat: the file is empty, not WebAssembly\n"},
    {"native code",
     "\x7F"
     "ELF and so on",
     126, "limen: x\\.wat: compiled native code[^\n]+\n"},
    {"a shared memory", R"((module (memory (export "memory") 1 1 shared) (func (export "_start"))
       (import "env" "memory" (memory 1 1 shared))))",
     126, "limen: x\\.wat: [^\n]+\n"},
};

TEST_F(TheCommand, ExitsAsTheRunEnded) {
  for (const End& end : kEnds) {
    guest("x.wat", end.guest);
    const Ran ran = limen({"x.wat"});
    EXPECT_EQ(ran.status, end.status) << end.rule << ": " << ran.err;
    EXPECT_THAT(ran.err, MatchesRegex(end.err)) << end.rule;
    EXPECT_THAT(ran.out, IsEmpty()) << end.rule;
  }
}

TEST_F(TheCommand, SaysWhyFileDoesNotRun) {
  dir.directory("folder");
  dir.file("plain.wat", guests::nothing);
  const struct {
    const char* file;
    int status;
    const char* err;
  } cases[] = {
      {"gone.wasm", 127, "limen: gone.wasm: no such file\n"},
      {"gone/x.wasm", 127, "limen: gone/x.wasm: no such file\n"},
      {"plain.wat/x", 127, "limen: plain.wat/x: no such file\n"},
      {"folder", 126, "limen: folder: is a directory, not WebAssembly\n"},
      {"/dev/null", 126, "limen: /dev/null: is neither a file nor a pipe\n"},
      {"https://example.com/x.wasm", 125,
       "limen: https://example.com/x.wasm: limen runs no addresses yet; download the file first\n"},
      {"compile", 127, "limen: compile: no such file\n"},
  };
  for (const auto& c : cases) {
    const Ran ran = limen({c.file});
    EXPECT_EQ(ran.status, c.status) << c.file;
    EXPECT_EQ(ran.err, c.err);
  }
}

TEST_F(TheCommand, ShowsControlCharactersEscaped) {
  const Ran ran = limen({"\x1b[31m\n"});
  EXPECT_EQ(ran.err, "limen: \\x1b[31m\\x0a: no such file\n");
}

// ---- wrong usage -------------------------------------------------------------------------------

TEST_F(TheCommand, RefusesWrongUseInOneLine) {
  dir.file("x.wat", guests::nothing);
  const struct {
    Words args;
    const char* err;
  } cases[] = {
      {{}, "limen: nothing to run; limen --help shows what to write\n"},
      {{"run"}, "limen: no FILE to run; write: limen run [OPTIONS] FILE [ARGS...]\n"},
      {{"run", "--"}, "limen: no FILE to run; write: limen run [OPTIONS] FILE [ARGS...]\n"},
      {{"run", "--dri", ".", "x.wat"}, "limen: unknown option --dri; did you mean --dir?\n"},
      {{"run", "--dri=.", "x.wat"}, "limen: unknown option --dri; did you mean --dir?\n"},
      {{"run", "--max-memory", "1", "x.wat"},
       "limen: unknown option --max-memory; limen run --help lists those there are\n"},
      {{"run", "-x", "x.wat"},
       "limen: unknown option -x; limen run --help lists those there are\n"},
      {{"--versoin"}, "limen: unknown option --versoin; did you mean --version?\n"},
      {{"--dir", ".", "x.wat"}, "limen: --dir is an option of run; write: limen run --dir ...\n"},
      {{"run", "--dir"}, "limen: --dir needs a value: --dir HOST[::GUEST][::ro]\n"},
      {{"run", "--inherit-env=1", "x.wat"}, "limen: --inherit-env takes no value\n"},
      {{"run", "--dir", "gone", "x.wat"}, "limen: --dir gone: no such directory\n"},
      {{"run", "--dir", "x.wat::/x", "x.wat"}, "limen: --dir x.wat::/x: not a directory\n"},
      {{"run", "-v", "gone:/x", "x.wat"}, "limen: --volume gone:/x: no such directory\n"},
      {{"run", "--mount", "type=mem,dst=/x", "x.wat"},
       "limen: --mount type=mem,dst=/x: unknown type mem; there is type=dir\n"},
      {{"run", "--dir", ".::", "x.wat"},
       "limen: --dir .::: the guest's name for the directory is empty\n"},
      {{"run", "--timeout", "5x", "x.wat"},
       "limen: --timeout 5x: not a time; write 250ms, 2s, 1m30s or a number of seconds\n"},
      {{"run", "--timeout=0", "x.wat"},
       "limen: --timeout 0: no time at all; leave it out for no limit\n"},
      {{"run", "--env", "=x", "x.wat"}, "limen: --env =x: a variable reads NAME=value\n"},
      {{"run", "--stdin", "gone", "x.wat"}, "limen: --stdin gone: no such file or directory\n"},
      {{"run", "--stdout", "gone/x", "x.wat"},
       "limen: --stdout gone/x: no such file or directory\n"},
      {{"run", "--report", "gone/x", "x.wat"},
       "limen: --report gone/x: no such file or directory\n"},
      {{"run", "--trace=gone/x", "x.wat"}, "limen: --trace gone/x: no such file or directory\n"},
      {{"run", "--listen", "8080", "x.wat"},
       "limen: --listen 8080: write tcp:ADDRESS:PORT, unix:PATH or fd:NUMBER\n"},
      {{"run", "--listen", "fd:77", "x.wat"}, "limen: --listen fd:77: limen did not inherit it\n"},
      {{"run", "--tcplisten", "8080", "x.wat"},
       "limen: --tcplisten 8080: not ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:0\n"},
      {{"calls", "--html"},
       "limen: unknown option --html; limen calls --help lists those there are\n"},
      {{"calls", "fd_read"}, "limen: calls takes no argument: fd_read\n"},
  };
  for (const auto& c : cases) {
    const Ran ran = limen(c.args);
    EXPECT_EQ(ran.status, 125) << c.err;
    EXPECT_EQ(ran.err, c.err);
    EXPECT_THAT(ran.out, IsEmpty());
  }
}

TEST_F(TheCommand, RefusesGuestNamesThatContradictEachOther) {
  guest("x.wat", guests::nothing);
  const Ran ran = limen({"run", "--dir", ".::/a", "--dir", "/::/a", "x.wat"});
  EXPECT_EQ(ran.status, 125);
  EXPECT_THAT(ran.err, MatchesRegex("limen: [^\n]+\n"));
}

TEST_F(TheCommand, PrintsItsPages) {
  const Ran version = limen({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_THAT(version.out, MatchesRegex("limen [0-9.]+ \\(wasmtime [0-9.]+\\)\n"));
  for (const Words& args : {Words{"--help"},
                            {"-h"},
                            {"run", "--help"},
                            {"calls", "--help"},
                            {"run", "--arg", "x", "-h", "rest"}}) {
    const Ran ran = limen(args);
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, HasSubstr("limen"));
    EXPECT_THAT(ran.err, IsEmpty());
  }
}

TEST_F(TheCommand, ListsTheCallsOfTheTable) {
  const Ran text = limen({"calls"});
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.out, StartsWith("wasi_snapshot_preview1 (46 calls)\n"));
  EXPECT_THAT(text.out, HasSubstr("  fd_read(fd, iovs) -> nread\n"
                                  "      wasm    (i32, i32, i32, i32) -> i32\n"
                                  "      rights  fd_read\n"
                                  "      answers isdir for a directory\n"));
  EXPECT_THAT(text.out, HasSubstr("      rights  path_rename_source; on the second descriptor "
                                  "path_rename_target\n"));
  const Ran page = limen({"calls", "--markdown"});
  EXPECT_EQ(page.status, 0);
  EXPECT_THAT(page.out, HasSubstr("| `fd_read(fd, iovs) -> nread` | `(i32, i32, i32, i32) -> i32` "
                                  "| fd_read | isdir for a directory |\n"));
  EXPECT_THAT(page.out, HasSubstr("## `wasi_unstable` (45 calls)\n"));
}

TEST_F(TheCommand, FailsWhenItsPageCanNotBeWritten) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const Ran ran = run_limen({"--help"}, {.out = full.get()});
  EXPECT_EQ(ran.status, 125);
  EXPECT_EQ(ran.err, "limen: stdout: no space left on device\n");
}

// ---- program -----------------------------------------------------------------------------------

std::string lines(std::string text) {
  std::ranges::replace(text, '\0', '\n');
  return text;
}

TEST_F(TheCommand, HandsTheWordsAfterFileToTheGuest) {
  guest("x.wat", guests::prints_args);
  EXPECT_EQ(lines(limen({"x.wat", "--dir", "y", "-h"}).out), "x.wat\n--dir\ny\n-h\n");
  EXPECT_EQ(lines(limen({"run", "x.wat", "--", "--dir"}).out), "x.wat\n--dir\n");
  EXPECT_EQ(lines(limen({"run", "--argv0", "me", "--arg", "a", "--arg=", "x.wat", "b"}).out),
            "me\na\n\nb\n");
  EXPECT_EQ(lines(limen({"run", "./x.wat"}).out), "./x.wat\n");
}

TEST_F(TheCommand, GivesTheVariablesThatAreNamed) {
  guest("x.wat", guests::prints_env);
  const Command::Around around{.env = {"LIMEN_TEST=here"}, .directory = dir.path()};
  EXPECT_EQ(run_limen({"x.wat"}, around).out, "");
  EXPECT_EQ(lines(run_limen({"run", "-e", "A=1", "--env", "LIMEN_TEST", "-eB=2", "--env", "A=3",
                             "-e", "LIMEN_NOT_SET", "x.wat"},
                            around)
                      .out),
            "A=3\nLIMEN_TEST=here\nB=2\n");
  const std::string all =
      lines(run_limen({"run", "-e", "LIMEN_TEST=mine", "--inherit-env", "x.wat"}, around).out);
  EXPECT_THAT(all, HasSubstr("LIMEN_TEST=mine\n"));
  EXPECT_THAT(all, HasSubstr("PATH="));
  EXPECT_EQ(all.find("LIMEN_TEST"), all.rfind("LIMEN_TEST"));
}

TEST_F(TheCommand, ReadsAProgramFromStdin) {
  const Ran ran = limen({"-"}, guests::hello);
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "ready\n");
  EXPECT_EQ(limen({"run", "-", "a"}, guests::cat).out, "") << "the guest's stdin is at its end";
}

TEST_F(TheCommand, InvokesAnExport) {
  guest("x.wat", guests::reactor);
  const struct {
    Words words;
    const char* out;
  } cases[] = {
      {{"add", "2", "-3"}, "-1\n"},
      {{"add", "4294967295", "0x0"}, "-1\n"},
      {{"add", "0xffffffff", "-2147483648"}, "2147483647\n"},
      {{"add64", "0xffffffffffffffff", "1"}, "0\n"},
      {{"add64", "-9223372036854775808", "0"}, "-9223372036854775808\n"},
      {{"swap", "0.1", "-1e300"}, "-1e+300\n0.1\n"},
      {{"swap", "inf", "nan"}, "nan\ninf\n"},
      {{"nothing"}, ""},
      {{"is_ready"}, "1\n"},
  };
  for (const auto& c : cases) {
    Words args{"run", "--invoke", c.words.front(), "x.wat"};
    args.insert(args.end(), c.words.begin() + 1, c.words.end());
    const Ran ran = limen(args);
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.out, c.out);
  }
}

TEST_F(TheCommand, RefusesArgumentsThatDoNotFitTheExport) {
  guest("x.wat", guests::reactor);
  const struct {
    Words words;
    int status;
    const char* err;
  } cases[] = {
      {{"add", "1"},
       125,
       "limen: --invoke add: its signature is (i32, i32) -> i32, but 1 argument is given\n"},
      {{"nothing", "1", "2"},
       125,
       "limen: --invoke nothing: its signature is () -> (), but 2 arguments are given\n"},
      {{"add", "1", "x"}, 125, "limen: --invoke add: argument 2: x is no i32\n"},
      {{"add", "1", "4294967296"}, 125, "limen: --invoke add: argument 2: 4294967296 is no i32\n"},
      {{"add", "1", "1.5"}, 125, "limen: --invoke add: argument 2: 1.5 is no i32\n"},
      {{"add", "1", ""}, 125, "limen: --invoke add: argument 2:  is no i32\n"},
      {{"ad", "1"}, 126, "limen: x.wat: the module exports no function ad; did you mean add?\n"},
      {{"other"}, 126, "limen: x.wat: the module exports no function other\n"},
  };
  for (const auto& c : cases) {
    Words args{"run", "--invoke", c.words.front(), "x.wat"};
    args.insert(args.end(), c.words.begin() + 1, c.words.end());
    const Ran ran = limen(args);
    EXPECT_EQ(ran.status, c.status);
    EXPECT_EQ(ran.err, c.err);
    EXPECT_THAT(ran.out, IsEmpty());
  }
  EXPECT_EQ(limen({"run", "--invoke", "trap", "x.wat"}).status, 134);
}

// ---- files -------------------------------------------------------------------------------------

TEST_F(TheCommand, MountsDirectoriesInTheOrderGiven) {
  guest("x.wat", guests::prints_preopens);
  dir.directory("a");
  dir.directory("b:c");
  const Ran ran = limen({"run", "--mount", "type=dir,src=a,dst=/m", "--dir", "a", "-v", "a:/v:ro",
                         "--dir", "b:c", "--dir", "a:/short", "--dir", ".::/dot::ro", "x.wat"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out, "/m\na\n/v\nb:c\n/short\n/dot\n");
}

TEST_F(TheCommand, GrantsWritingUnlessItIsReadOnly) {
  guest("x.wat", guests::makes_directory);
  dir.directory("d");
  for (const Words& grant : {Words{"--dir", "d::ro"},
                             {"--dir", "d::/x::ro"},
                             {"-v", "d:/x:ro"},
                             {"--mount", "type=dir,src=d,dst=/x,ro"}}) {
    const Ran ran = limen({"run", grant[0], grant[1], "x.wat"});
    EXPECT_EQ(ran.status, 69) << "rofs; " << grant[1] << ran.err;
    EXPECT_FALSE(std::filesystem::exists(dir.at("d/new")));
  }
  EXPECT_EQ(limen({"run", "--dir", "d", "x.wat"}).status, 0);
  EXPECT_TRUE(std::filesystem::exists(dir.at("d/new")));
}

// ---- streams -----------------------------------------------------------------------------------

TEST_F(TheCommand, ConnectsStreamsAsAsked) {
  guest("cat.wat", guests::cat);
  guest("both.wat", guests::prints_both);
  dir.file("in", "from a file");
  dir.file("out", "what was there before is longer");

  EXPECT_EQ(limen({"cat.wat"}, "piped").out, "piped");
  EXPECT_EQ(limen({"run", "--stdin", "in", "cat.wat"}, "piped").out, "from a file");
  EXPECT_EQ(limen({"run", "--stdin", "null", "cat.wat"}, "piped").out, "");
  EXPECT_EQ(limen({"run", "--stdout", "out", "both.wat"}).out, "");
  EXPECT_EQ(text_of("out"), "ready\n");
  const Ran null = limen({"run", "--stdout", "null", "--stderr", "err", "both.wat"});
  EXPECT_EQ(null.out + null.err, "");
  EXPECT_EQ(text_of("err"), "new");
  EXPECT_EQ(limen({"run", "--stdout", "out", "--stderr", "out", "both.wat"}).status, 0);
  EXPECT_EQ(text_of("out"), "ready\nnew");
}

TEST_F(TheCommand, LeavesOutputsAloneWhenFileDoesNotRun) {
  guest("bad.wat", "(module");
  dir.file("out", "kept");
  EXPECT_EQ(limen({"run", "--stdout", "out", "bad.wat"}).status, 126);
  EXPECT_EQ(text_of("out"), "kept");
}

TEST_F(TheCommand, DoesNotPassAFileOfItsOwnForAStreamThatWasClosed) {
  guest("cat.wat", guests::cat);
  const Ran ran = run_limen({"cat.wat"}, {.directory = dir.path(), .closed = {0}});
  EXPECT_EQ(ran.status, 8) << "badf; " << ran.err;
  EXPECT_EQ(ran.out, "");
}

TEST_F(TheCommand, GivesAnErrnoForAPipeThatNobodyReads) {
  guest("x.wat", guests::writes);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  ::close(ends[0]);
  const UniqueFd writing(ends[1]);
  const Ran ran = run_limen({"x.wat"}, {.directory = dir.path(), .out = writing.get()});
  EXPECT_EQ(ran.status, 99) << "the guest's own answer to a failed write";
}

// ---- network -----------------------------------------------------------------------------------

UniqueFd connect_to(int port) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fd.reset();
  return fd;
}

TEST_F(TheCommand, PrintsThePortThatWasPicked) {
  guest("x.wat", guests::accepts);
  for (const Words& listen :
       {Words{"--listen", "tcp:127.0.0.1:0"}, {"--tcplisten", "127.0.0.1:0"}}) {
    Command command({"run", listen[0], listen[1], "x.wat"}, {.directory = dir.path()});
    ASSERT_TRUE(command.wait_for_out("ready"));
    ASSERT_TRUE(command.wait_for_err("\n"));
    // The line is on stderr before anything runs, so that a script can wait for it.
    const std::string err = command.err();
    ASSERT_THAT(err, MatchesRegex("limen: listening on 127\\.0\\.0\\.1:[0-9]+\n"));
    int port = 0;
    const std::size_t at = err.rfind(':') + 1;
    std::from_chars(err.data() + at, err.data() + err.size(), port);
    EXPECT_TRUE(connect_to(port));
    EXPECT_EQ(command.finish().status, 0);
  }
}

TEST_F(TheCommand, ListensOnAUnixSocket) {
  guest("x.wat", guests::accepts);
  const std::string path = dir.at("socket");
  Command command({"run", "--listen", "unix:socket", "x.wat"}, {.directory = dir.path()});
  ASSERT_TRUE(command.wait_for_out("ready"));
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(command.finish().status, 0);
}

TEST_F(TheCommand, PassesAListenerThatItInherited) {
  guest("x.wat", guests::accepts);
  const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listener.get(), generic, sizeof address), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  ASSERT_EQ(::getsockname(listener.get(), generic, &size), 0);
  Command command({"run", "--listen", "fd:5", "x.wat"},
                  {.directory = dir.path(), .inherited = listener.get()});
  EXPECT_TRUE(connect_to(ntohs(address.sin_port)));
  const Ran ran = command.finish();
  EXPECT_EQ(ran.status, 0) << ran.err;
}

// ---- seeing ------------------------------------------------------------------------------------

TEST_F(TheCommand, TracesEachCallOnALine) {
  guest("x.wat", guests::start("(call $ready) (call $proc_exit (i32.const 3))"));
  const char* const expected =
      "fd_write\\(fd=1, iovs=\"ready\\\\n\" [^\n]*\\) -> nwritten=6 \\[[^\n]*\\]\n"
      "proc_exit\\(rval=3\\) = ended \\[[^\n]*\\]\n";
  const Ran ran = limen({"run", "--trace", "x.wat"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_EQ(ran.out, "ready\n");
  EXPECT_THAT(ran.err, MatchesRegex(expected));
  const Ran quiet = limen({"run", "--trace=t", "x.wat"});
  EXPECT_EQ(quiet.err, "");
  EXPECT_THAT(text_of("t"), MatchesRegex(expected));
}

TEST_F(TheCommand, SaysWhenATraceIsNotComplete) {
  guest("x.wat", guests::hello);
  const Ran ran = limen({"run", "--trace=/dev/full", "x.wat"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.err,
            "limen: --trace /dev/full: no space left on device; the trace is not complete\n");
}

TEST_F(TheCommand, ReportsTheOutcomeAsJson) {
  const struct {
    std::string guest;
    const char* timeout;
    const char* outcome;
    nlohmann::json exit_code;
    nlohmann::json limit;
    const char* message;  ///< null: there is none
  } cases[] = {
      {guests::nothing, "1h", "exited", 0, nullptr, nullptr},
      {guests::exits("-1"), "1h", "exited", 4294967295, nullptr, nullptr},
      {guests::raises("6"), "1h", "raised", nullptr, nullptr, "signal abrt"},
      {guests::traps, "1h", "trapped", nullptr, nullptr, "unreachable executed"},
      {guests::spins, "50ms", "timed_out", nullptr, "timeout", "time limit"},
      {"(module)", "1h", "failed", nullptr, nullptr, "no entry point"},
      {"\x80\xff", "1h", "failed", nullptr, nullptr, "not WebAssembly"},
  };
  for (const auto& c : cases) {
    guest("x.wat", c.guest);
    (void)limen({"run", "--report", "r.json", "--timeout", c.timeout, "x.wat"});
    const auto report = nlohmann::json::parse(text_of("r.json"));
    EXPECT_EQ(report["outcome"], c.outcome);
    EXPECT_EQ(report["exit_code"], c.exit_code) << c.outcome;
    EXPECT_EQ(report["limit"], c.limit) << c.outcome;
    EXPECT_EQ(report["limits_hit"], nlohmann::json::array());
    EXPECT_EQ(report["message"].is_null(), c.message == nullptr);
    const std::string message = report["message"].is_null() ? "" : report["message"];
    EXPECT_THAT(message, HasSubstr(c.message == nullptr ? "" : c.message));
    EXPECT_GT(report["usage"]["wall_ns"], 0);
    EXPECT_GT(report["usage"]["cpu_ns"], 0);
  }
}

TEST_F(TheCommand, ReportsThatFileIsNotThere) {
  EXPECT_EQ(limen({"run", "--report", "r.json", "gone\xff"}).status, 127);
  const auto report = nlohmann::json::parse(text_of("r.json"));
  EXPECT_EQ(report["outcome"], "failed");
  EXPECT_EQ(report["message"], "gone\\xff: no such file");
}

}  // namespace
}  // namespace limen::test

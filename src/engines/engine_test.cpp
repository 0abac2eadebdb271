// engine_test.cpp - what every engine must do. One suite, run for each engine that is built.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <ostream>
#include <string>
#include <thread>

#include "limen/run.hpp"
#include "limen/unique_fd.hpp"
#include "limen/wasmtime.hpp"
#include "testing/temp_dir.hpp"

namespace limen::test {
namespace {

using namespace std::chrono_literals;

struct EngineCase {
  const char* name;
  Expected<Engine> (*make)();
};
void PrintTo(const EngineCase& c, std::ostream* out) { *out << c.name; }

const EngineCase kEngines[] = {
    {"cranelift", [] { return wasmtime::engine({.parallel_compilation = false}); }},
    {"winch",
     [] {
       return wasmtime::engine(
           {.compiler = wasmtime::Compiler::winch, .parallel_compilation = false});
     }},
};

class EveryEngine : public testing::TestWithParam<EngineCase> {
 protected:
  Expected<Module> compile(std::string_view text, bool stoppable = false) {
    return engine.compile(std::as_bytes(std::span(text)),
                          {.name = "test.wat", .stoppable = stoppable});
  }
  Outcome run(std::string_view text, const RunSpec& spec = {}) {
    const auto module = compile(text);
    return module ? limen::run(*module, spec) : Outcome(Failed{module.error()});
  }
  /// The bytes that the program wrote to stdout.
  std::string output(std::string_view text, RunSpec spec = {}) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const UniqueFd reading(ends[0]);
    UniqueFd writing(ends[1]);
    spec.out = {LentFd{writing.get()}};
    EXPECT_EQ(describe(run(text, spec)), "exited with 0");
    writing.reset();
    std::string bytes(4096, '\0');
    bytes.resize(static_cast<std::size_t>(::read(reading.get(), bytes.data(), bytes.size())));
    return bytes;
  }

  Engine engine = *GetParam().make();
};
INSTANTIATE_TEST_SUITE_P(Engines, EveryEngine, testing::ValuesIn(kEngines),
                         [](const auto& which) { return std::string(which.param.name); });

// ---- how a guest ends ------------------------------------------------------------------------

struct End {
  const char* rule;
  const char* text;
  const char* outcome;
};
const End kEnds[] = {
    {"returning from _start is exit code 0", R"((module (func (export "_start"))))",
     "exited with 0"},
    {"an exit code keeps its 32 bits", R"((module
       (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
       (func (export "_start") (call $exit (i32.const 0xdeadbeef)))))",
     "exited with 3735928559"},
    {"exit in the start function counts", R"((module
       (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
       (func $init (call $exit (i32.const 7))) (start $init)
       (func (export "_start") unreachable)))",
     "exited with 7"},
    {"proc_raise ends the guest and not the host", R"((module
       (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
       (func (export "_start") (drop (call $raise (i32.const 9))))))",
     "ended itself with signal kill"},
    {"unreachable traps", R"((module (func (export "_start") unreachable)))",
     "trapped: unreachable executed"},
    {"division by zero traps", R"((module
       (func (export "_start") (drop (i32.div_s (i32.const 1) (i32.const 0))))))",
     "trapped: integer division by zero"},
    {"a load out of bounds traps", R"((module (memory 1)
       (func (export "_start") (drop (i32.load (i32.const 0x7fffffff))))))",
     "trapped: memory access out of bounds"},
    {"endless recursion traps", R"((module (func $f (export "_start") (call $f))))",
     "trapped: stack overflow: the guest's calls go deeper than its stack"},
    {"no entry point", R"((module (func (export "main"))))",
     "test.wat: no entry point: the module exports no function _start"},
    {"a reactor has no entry point", R"((module (func (export "_initialize"))))",
     "test.wat: a reactor without _start: call one of its exports instead (--invoke NAME)"},
    {"_start of another type", R"((module (func (export "_start") (param i32))))",
     "test.wat: its _start is (i32) -> (), not () -> ()"},
};

TEST_P(EveryEngine, Ends) {
  for (const End& c : kEnds) {
    SCOPED_TRACE(c.rule);
    EXPECT_EQ(describe(run(c.text)), c.outcome);
  }
}

TEST_P(EveryEngine, TrapsTellTheFunctionsOnTheWay) {
  const Outcome outcome = run(R"((module
    (func $deep unreachable) (func $middle (call $deep))
    (func $outer (export "_start") (call $middle))))");
  const auto* trap = std::get_if<Trapped>(&outcome);
  ASSERT_NE(trap, nullptr);
  EXPECT_EQ(trap->kind, TrapKind::unreachable);
  ASSERT_EQ(trap->backtrace.size(), 3U);
  EXPECT_EQ(trap->backtrace[0].function, "deep");
  EXPECT_EQ(trap->backtrace[1].function, "middle");
  EXPECT_EQ(trap->backtrace[2].function, "outer");
  EXPECT_GT(trap->backtrace[0].module_offset, 0U);
}

// ---- modules that can't run ------------------------------------------------------------------

struct Refusal {
  const char* rule;
  std::string bytes;
  const char* message;
};
const Refusal kRefusals[] = {
    {"empty", "", "test.wat: the file is empty, not WebAssembly"},
    {"no WebAssembly", "#!/bin/sh\n",
     "test.wat: not WebAssembly (neither the binary nor the text format)"},
    {"a component", std::string("\0asm\x0d\0\1\0", 8),
     "test.wat: a WebAssembly component, not a module; Limen runs Preview 1 modules: compile for "
     "wasm32-wasip1"},
    {"unknown function of WASI",
     R"((module (import "wasi_snapshot_preview1" "sock_open" (func (param i32) (result i32)))))",
     "test.wat: unknown import wasi_snapshot_preview1.sock_open (i32) -> i32: it is no function "
     "of Preview 1 but an extension of another host"},
    {"a known function with another signature",
     R"((module (import "wasi_snapshot_preview1" "fd_close" (func (param i64) (result i32)))))",
     "test.wat: unknown import wasi_snapshot_preview1.fd_close (i64) -> i32: that function has "
     "the signature (i32) -> i32"},
    {"text with a mistake", "(module\n  (fun))",
     "test.wat: expected valid module field (line 2, column 4)"},
    {"a host function", R"((module (import "env" "log" (func (param i32 f64)))))",
     "test.wat: unknown import env.log (i32, f64) -> (): it would have to be a host function of "
     "the embedder's own, and none is registered"},
    {"a shared memory", R"((module (import "env" "memory" (memory 1 2 shared))))",
     "test.wat: it imports the shared memory env.memory: it was compiled for threads "
     "(wasi-threads), which are not supported; compile for wasm32-wasip1"},
    {"another kind of import", R"((module (import "env" "table" (table 1 funcref))))",
     "test.wat: unknown import env.table, a table: only functions are provided"},
};

TEST_P(EveryEngine, Refusals) {
  for (const Refusal& c : kRefusals) {
    SCOPED_TRACE(c.rule);
    EXPECT_EQ(describe(run(c.bytes)), c.message);
  }
}

TEST_P(EveryEngine, TruncatedModulesAreInvalid) {
  const auto module = engine.compile(std::as_bytes(std::span("\0asm\1\0\0\0\1", 9)));
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().code, Error::Code::bad_module);
  EXPECT_EQ(module.error().message.find('\n'), std::string::npos);
}

// ---- imports ---------------------------------------------------------------------------------

// Writes "hi\n" from `memory`, which holds an iovec at 0 and the text at 16.
constexpr std::string_view kWrites = R"(
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (data (i32.const 0) "\10\00\00\00\03\00\00\00") (data (i32.const 16) "hi\n")
  (func $hi (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))";

TEST_P(EveryEngine, CallsUseTheExportedMemory) {
  EXPECT_EQ(output(fmt::format(R"((module {} (memory (export "memory") 1)
              (func (export "_start") (call $hi))))",
                               kWrites)),
            "hi\n");
}

TEST_P(EveryEngine, AStartFunctionMayCallBeforeExportsExist) {
  EXPECT_EQ(output(fmt::format(R"((module {} (memory (export "memory") 1) (start $hi)
              (func (export "_start"))))",
                               kWrites)),
            "hi\n");
}

TEST_P(EveryEngine, WithoutAMemoryCallsThatNeedItAnswerFaultAndOthersWork) {
  EXPECT_EQ(describe(run(R"((module
      (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (func (export "_start")
        (call $exit (i32.add (i32.mul (call $random (i32.const 0) (i32.const 1)) (i32.const 100))
                             (call $yield))))))")),
            "exited with 2100");  // fault = 21, success = 0
}

TEST_P(EveryEngine, GrownMemoryIsSeen) {
  EXPECT_EQ(describe(run(R"((module
      (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (func (export "_start")
        (if (i32.ne (call $random (i32.const 65536) (i32.const 8)) (i32.const 21))
          (then unreachable))
        (drop (memory.grow (i32.const 1)))
        (call $exit (call $random (i32.const 65536) (i32.const 8))))))")),
            "exited with 0");
}

TEST_P(EveryEngine, BothSnapshotsLinkAndShareDescriptors) {
  EXPECT_EQ(describe(run(R"((module
      (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
      (import "wasi_unstable" "fd_close" (func $close0 (param i32) (result i32)))
      (import "wasi_unstable" "proc_exit" (func $exit (param i32)))
      (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "_start")
        (if (i32.ne (call $spawn (i32.const 0)) (i32.const -6)) (then unreachable))
        (if (call $close (i32.const 0)) (then unreachable))
        (call $exit (call $close0 (i32.const 0))))))")),
            "exited with 8");  // badf: it is one table
}

// ---- exports ---------------------------------------------------------------------------------

TEST_P(EveryEngine, ExportsAreCalledWithValues) {
  const auto module = compile(R"((module
    (global $ready (mut i32) (i32.const 0))
    (func (export "_initialize") (global.set $ready (i32.const 40)))
    (func (export "add") (param i32 i64) (result i64)
      (i64.add (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1))
               (i64.extend_i32_s (global.get $ready))))
    (func (export "half") (param f64) (result f32) (f32.demote_f64
      (f64.div (local.get 0) (f64.const 2))))))");
  ASSERT_TRUE(module);
  auto instance = module->link()->instantiate({});
  ASSERT_TRUE(instance);
  // _initialize runs once, before the first call.
  for (int i = 0; i < 2; ++i) {
    const auto sum = instance->call("add", std::array<Value, 2>{Value(-1), Value(i64{3})});
    ASSERT_TRUE(sum);
    EXPECT_EQ(std::get<i64>(sum->at(0)), 42);
  }
  const auto half = instance->call("half", std::array<Value, 1>{Value(3.0)});
  ASSERT_TRUE(half);
  EXPECT_EQ(std::get<float>(half->at(0)), 1.5F);

  const auto wrong = instance->call("add", std::array<Value, 1>{Value(1)});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(describe(wrong.error()), "test.wat: add takes (i32, i64) -> i64");
  const auto missing = instance->call("sub");
  ASSERT_FALSE(missing);
  EXPECT_EQ(describe(missing.error()), "test.wat: the module exports no function sub");
}

TEST_P(EveryEngine, CompiledCodeIsStoredAndLoaded) {
  constexpr std::string_view text = R"((module (func (export "_start") unreachable)))";
  const auto module = compile(text);
  ASSERT_TRUE(module);
  const auto bytes = module->serialize();
  ASSERT_TRUE(bytes);
  const TempDir dir;
  const UniqueFd file(::open((dir.path() / "code").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_EQ(::write(file.get(), bytes->data(), bytes->size()), std::ssize(*bytes));

  const auto loaded = engine.load(file.get(), {.name = "code"});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(describe(limen::run(*loaded, {})), "trapped: unreachable executed");
  // Code that does not look for interruptions can't serve a run with a time limit.
  EXPECT_EQ(describe(limen::run(*loaded, {.limits = {.wall_time = 1s}})),
            "code: this code was compiled for runs that can't be stopped; compile it again as "
            "stoppable, or run it without a time limit");
  const auto mismatch = engine.load(file.get(), {.name = "code", .stoppable = true});
  ASSERT_FALSE(mismatch);
  EXPECT_EQ(mismatch.error().code, Error::Code::bad_module);
}

// ---- stopping --------------------------------------------------------------------------------

constexpr std::string_view kSpins = R"((module (func (export "_start") (loop (br 0)))))";
constexpr std::string_view kStartSpins = R"((module (func $f (loop (br 0))) (start $f)
                                              (func (export "_start"))))";
// poll_oneoff of one clock, an hour from now.
constexpr std::string_view kSleeps = R"((module
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
  (func (export "_start")
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const 3600000000000))
    (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
    unreachable)))";
// fd_read of stdin for ever.
constexpr std::string_view kReads = R"((module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $read (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
  (func (export "_start")
    (i32.store (i32.const 4) (i32.const 16))
    (loop (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 64))) (br 0)))))";

const std::pair<const char*, std::string_view> kEndless[] = {
    {"computing", kSpins},
    {"computing in the start function", kStartSpins},
    {"asleep", kSleeps},
    {"blocked in a read", kReads},
};

/// A pipe that nobody writes to, as stdin.
class QuietPipe {
 public:
  QuietPipe() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~QuietPipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  QuietPipe(const QuietPipe&) = delete;
  QuietPipe& operator=(const QuietPipe&) = delete;
  [[nodiscard]] Stream stream() const { return {LentFd{ends_[0]}}; }

 private:
  std::array<int, 2> ends_{};
};

TEST_P(EveryEngine, TheTimeLimitEndsAnything) {
  for (const auto& [what, text] : kEndless) {
    SCOPED_TRACE(what);
    const QuietPipe quiet;
    EXPECT_EQ(describe(run(text, {.in = quiet.stream(), .limits = {.wall_time = 30ms}})),
              "reached its time limit");
  }
}

TEST_P(EveryEngine, StopFromAnotherThreadEndsAnything) {
  for (const auto& [what, text] : kEndless) {
    SCOPED_TRACE(what);
    const QuietPipe quiet;
    StopSource source;
    std::jthread stopper([&] {
      std::this_thread::sleep_for(30ms);
      source.stop();
    });
    EXPECT_EQ(describe(run(text, {.in = quiet.stream(), .stop = source.token()})), "was stopped");
  }
}

TEST_P(EveryEngine, AStoppedSourceStopsRunsBeforeTheyStart) {
  StopSource source;
  source.stop();
  EXPECT_EQ(
      describe(run(R"((module (func (export "_start") unreachable)))", {.stop = source.token()})),
      "was stopped");
}

TEST_P(EveryEngine, StoppingOneRunLeavesOthersAlone) {
  const auto module = compile(kSpins, true);
  ASSERT_TRUE(module);
  StopSource first;
  StopSource second;
  std::atomic<bool> second_is_over = false;
  std::jthread a([&] { (void)limen::run(*module, {.stop = first.token()}); });
  std::jthread b([&] {
    (void)limen::run(*module, {.stop = second.token()});
    second_is_over = true;
  });
  std::this_thread::sleep_for(30ms);
  first.stop();
  a.join();
  EXPECT_FALSE(second_is_over);
  second.stop();
}

TEST_P(EveryEngine, OneModuleServesRunsThatCanAndCannotBeStopped) {
  const auto module = compile(R"((module (func (export "_start"))))");
  ASSERT_TRUE(module);
  EXPECT_EQ(describe(limen::run(*module, {})), "exited with 0");
  EXPECT_EQ(describe(limen::run(*module, {.limits = {.wall_time = 10s}})), "exited with 0");
  EXPECT_EQ(describe(limen::run(*module, {})), "exited with 0");
}

}  // namespace
}  // namespace limen::test

// calls_bench.cpp - host calls of a guest beside the same work in native code, in one process.
//
//   bench_calls [--benchmark_filter=REGEX] [options of Google Benchmark]
//
// One thread throughout: a second one in the process makes each system call on a descriptor 30 to
// 50 ns slower, because the kernel then has to share the table of descriptors.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/native.hpp"
#include "bench/report.hpp"
#include "bench/scene.hpp"
#include "limen/engine.hpp"
#include "limen/wasmtime.hpp"

namespace limen::bench {
namespace {

/// One kind of work, on both sides.
struct Case {
  std::string_view name;
  Mark mark;
  native::Work* native;
  std::string_view guest;  ///< the export of guest/calls.c
  /// How much of it is done in one go: enough that entering the guest (two microseconds with the
  /// look-up of the export) is not seen.
  i32 batch;
  bool lists_many = false;
};

using enum Mark::Kind;

// The marks are the project's speed goals. Three of them are shares of what wasmtime's own command
// takes; they stand here as multiples of native, because both were measured on one machine in
// November 2026: clock_time_get 82 and 20 ns, fd_write 573 and 139 ns, fd_pread 920 and 303 ns.
constexpr std::array kCases{
    // A call without work: thread-spawn, which refuses, against a native function that is not
    // inlined. What is left is the way from the guest into a handler and back.
    Case{"empty call", {ns, 8}, native::empty, "bench_empty", 20'000},
    // The monotonic clock; native code asks the vDSO, without a system call. 0.35 × wasmtime.
    Case{"clock_time_get", {times, 1.43}, native::clock_time_get, "bench_clock_time_get", 20'000},
    // Limen reads the kernel's randomness ahead; native code makes the system call.
    Case{"random_get 16 B", {ns, 45}, native::random_get, "bench_random_get", 10'000},
    // One byte to a stream that swallows it: a system call that does nothing. 0.40 × wasmtime.
    Case{"fd_write 1 B to /dev/null", {times, 1.65}, native::fd_write, "bench_fd_write", 10'000},
    // One byte of a file from the page cache. 0.45 × wasmtime.
    Case{"fd_pread 1 B", {times, 1.37}, native::fd_pread, "bench_fd_pread", 10'000},
    // Flags and rights of a descriptor, against fcntl(F_GETFL).
    Case{"fd_fdstat_get", {ns, 15}, native::fd_fdstat_get, "bench_fd_fdstat_get", 20'000},
    // Between byte 0 and byte 1.
    Case{"fd_seek", {native_plus, 75}, native::fd_seek, "bench_fd_seek", 20'000},
    // A file of 64 MiB in the page cache, from start to end.
    Case{"read 64 MiB by 4 KiB", {times, 1.15}, native::read_4k, "bench_read_4k", 1},
    Case{"read 64 MiB by 64 KiB", {times, 1.05}, native::read_64k, "bench_read_64k", 1},
    // Opens a file by name, asks for its size and times, closes it.
    Case{"open + fstat + close", {times, 1.6}, native::open, "bench_open", 1'000},
    // Size and times of a file by a path of six names, confined to the folder or not.
    Case{"stat 5 folders deep", {times, 2.5}, native::stat, "bench_stat", 1'000},
    // opendir, readdir to the end, closedir, through the C library on both sides.
    Case{"readdir of 100,000", {times, 3}, native::readdir, "bench_readdir", 1, true},
};

/// bench/guest/calls.c, running.
class Guest {
 public:
  explicit Guest(const Scene& scene) : instance_(make(scene)) {}

  /// True when all calls succeeded.
  bool work(std::string_view name, i32 times) {
    const std::array<Value, 1> arguments{times};
    const auto returned = instance_.call(name, arguments);
    if (!returned) throw std::runtime_error(describe(returned.error()));
    return returned->size() == 1 && std::get<i32>(returned->front()) == 0;
  }

 private:
  static Instance make(const Scene& scene) {
    // Compiling in parallel would start threads that stay.
    const auto engine = wasmtime::engine({.parallel_compilation = false});
    if (!engine) throw std::runtime_error(engine.error().text());
    const std::string wasm = read_guest();
    const auto module = engine->compile(std::as_bytes(std::span(wasm)));
    if (!module) throw std::runtime_error(module.error().text());
    const auto program = module->link();
    if (!program) throw std::runtime_error(program.error().text());
    auto instance = program->instantiate({
        .mounts = {{.guest = "/", .host = scene.path(), .access = Access::read_write}},
        .out = {LentFd{scene.null()}},
    });
    if (!instance) throw std::runtime_error(describe(instance.error()));
    return std::move(*instance);
  }

  // It is built beside this program.
  static std::string read_guest() {
    const auto path = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "calls.wasm";
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error(fmt::format("{} can't be read", path.string()));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Instance instance_;
};

/// Measures `work`, which does a batch in one go.
template <class Work>
void measure(benchmark::State& state, i32 batch, Work work) {
  while (state.KeepRunningBatch(batch)) {
    if (!work(batch)) return state.SkipWithError("a call failed");
  }
}

void add(const Case& what, Scene& scene, Guest& guest) {
  const auto prepare = [&what, &scene] {
    if (what.lists_many) scene.need_many();
  };
  benchmark::RegisterBenchmark(fmt::format("{}/native", what.name).c_str(),
                               [&what, &scene, prepare](benchmark::State& state) {
                                 prepare();
                                 measure(state, what.batch, [&](i32 times) {
                                   return what.native(scene, static_cast<u64>(times));
                                 });
                               });
  benchmark::RegisterBenchmark(fmt::format("{}/limen", what.name).c_str(),
                               [&what, &guest, prepare](benchmark::State& state) {
                                 prepare();
                                 measure(state, what.batch,
                                         [&](i32 times) { return guest.work(what.guest, times); });
                               });
}

std::size_t threads() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

/// The command line with defaults in front, which what the user says overrides. Many short
/// repetitions in mixed order: a disturbance then hits both sides alike, and few of each.
std::vector<std::string> with_defaults(std::span<char*> given) {
  std::vector<std::string> out{given.front(), "--benchmark_repetitions=15",
                               "--benchmark_min_time=0.03",
                               "--benchmark_enable_random_interleaving=true"};
  out.insert(out.end(), given.begin() + 1, given.end());
  return out;
}

int run(std::span<char*> given) {
  std::vector<std::string> words = with_defaults(given);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  auto count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;

  Scene scene;
  Guest guest(scene);
  std::vector<Line> lines;
  for (const Case& what : kCases) {
    add(what, scene, guest);
    lines.push_back({what.name, what.mark});
  }
  if (threads() != 1) throw std::runtime_error("this process has a second thread; see above");
  TableReporter reporter(lines);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  if (threads() != 1) throw std::runtime_error("a second thread was started while measuring");
  return reporter.failed() ? 1 : 0;
}

}  // namespace
}  // namespace limen::bench

int main(int argc, char** argv) {
  try {
    return limen::bench::run({argv, static_cast<std::size_t>(argc)});
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_calls: {}\n", error.what());
    return 1;
  }
}

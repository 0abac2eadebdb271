// run.cpp - the straight line of a run: open, compile, link, start, tell how it ended.
#include "cli/run.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>

#include "cli/compile.hpp"
#include "cli/grants.hpp"
#include "cli/interrupts.hpp"
#include "cli/invoke.hpp"
#include "cli/messages.hpp"
#include "cli/outcome.hpp"
#include "cli/report.hpp"
#include "cli/trace_file.hpp"
#include "cli/values.hpp"
#include "limen/engine.hpp"
#include "limen/wasmtime.hpp"

namespace limen::cli {
namespace {

using Clock = std::chrono::steady_clock;
using Code = Error::Code;

// How a run ended that did not get as far as the guest.
Outcome ended(Error error, const std::string& file, const Interrupts& interrupts) {
  if (error.where.empty()) error.where = file;
  if (error.code != Code::stopped) return Failed{std::move(error)};
  if (interrupts.caught() != 0) return Stopped{};
  return TimedOut{};
}

Expected<Module> load_module(const RunOptions& options, int file, const Interrupts& interrupts) {
  auto code = compile_apart(file, options.file, interrupts);
  if (!code) return std::unexpected(std::move(code.error()));
  auto engine = wasmtime::engine();
  if (!engine) return std::unexpected(std::move(engine.error()));
  return engine->load(code->get(), {.name = options.file, .stoppable = true});
}

std::vector<std::string> guest_args(const RunOptions& options) {
  std::vector<std::string> args{options.argv0.value_or(options.file)};
  args.insert(args.end(), options.args.begin(), options.args.end());
  // With --invoke they are the export's.
  if (!options.invoke) args.insert(args.end(), options.words.begin(), options.words.end());
  return args;
}

std::vector<std::string> guest_env(const RunOptions& options) {
  if (!options.inherit_env) return options.env;
  std::vector<std::string> env;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (text.contains('=') && !text.starts_with('=')) env.emplace_back(text);
  }
  for (const std::string& variable : options.env) set_variable(env, variable);
  return env;
}

// Calls the export and prints what it returns.
Outcome invoke(Instance& instance, const Invocation& invocation) {
  const auto results = instance.call(invocation.name, invocation.args);
  if (!results) return results.error();
  std::string text;
  for (const Value& value : *results) text += to_text(value) + '\n';
  if (!write_all(STDOUT_FILENO, text)) return Failed{Error{Code::host, reason(errno), "stdout"}};
  return Exited{0};
}

Outcome start(const Program& program, const RunSpec& spec,
              const std::optional<Invocation>& invocation) {
  auto instance = program.instantiate(spec);
  if (!instance) {
    // That something was not found is about an option here; FILE has long been read.
    auto* failed = std::get_if<Failed>(&instance.error());
    if (failed != nullptr && failed->error.code == Code::not_found)
      failed->error.code = Code::bad_spec;
    return std::move(instance.error());
  }
  return invocation ? invoke(*instance, *invocation) : instance->run();
}

Outcome execute(const RunOptions& options, Hook* hook, Interrupts& interrupts) {
  const auto failed = [&](Error& error) {
    return ended(std::move(error), options.file, interrupts);
  };
  auto file = open_module(options.file, interrupts);
  if (!file) return failed(file.error());
  Grants grants;
  if (auto opened = grants.open_inputs(options, interrupts); !opened) return failed(opened.error());

  auto module = load_module(options, file->get(), interrupts);
  if (!module) return failed(module.error());
  file->reset();
  auto program = module->link();
  if (!program) return failed(program.error());
  std::optional<Invocation> invocation;
  if (options.invoke) {
    auto read = read_invocation(*module, *options.invoke, options.words);
    if (!read) return failed(read.error());
    invocation = std::move(*read);
  }
  if (auto opened = grants.open_outputs(options, interrupts); !opened)
    return failed(opened.error());

  const StopSource stop;  // the signals' way to the guest needs a run that can be stopped
  RunSpec spec{.args = guest_args(options),
               .env = guest_env(options),
               .mounts = options.mounts,
               .stop = stop.token(),
               .hook = hook};
  grants.put_into(spec);
  if (interrupts.due()) return ended(Error{Code::stopped, {}, {}}, options.file, interrupts);
  interrupts.leave_deadline();
  if (const auto& deadline = interrupts.deadline())
    spec.limits.wall_time = std::max<Clock::duration>(*deadline - Clock::now(), Clock::duration(1));
  return start(*program, spec, invocation);
}

u64 cpu_time() {
  timespec own{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
  rusage children{};
  getrusage(RUSAGE_CHILDREN, &children);
  const auto ns = [](i64 seconds, i64 parts, i64 unit) {
    return static_cast<u64>(seconds * 1'000'000'000 + parts * unit);
  };
  return ns(own.tv_sec, own.tv_nsec, 1) +
         ns(children.ru_utime.tv_sec, children.ru_utime.tv_usec, 1000) +
         ns(children.ru_stime.tv_sec, children.ru_stime.tv_usec, 1000);
}

void write_report(const RunOptions& options, int fd, const Outcome& outcome,
                  const std::string& text, Clock::time_point start) {
  const std::chrono::nanoseconds wall = Clock::now() - start;
  const Usage usage{.wall_ns = static_cast<u64>(wall.count()), .cpu_ns = cpu_time()};
  if (!write_all(fd, report_json(outcome, text, usage)))
    say(fmt::format("--report {}: {}", *options.report, reason(errno)));
}

/// The command's own outputs, opened before anything else so that nothing runs unseen.
struct Outputs {
  UniqueFd report;
  UniqueFd trace;
  Expected<void> open(const RunOptions& options, const Interrupts& interrupts) {
    if (options.report) {
      auto fd = open_output("--report", *options.report, interrupts);
      if (!fd) return std::unexpected(std::move(fd.error()));
      report = std::move(*fd);
    }
    if (options.trace && !options.trace_file.empty()) {
      auto fd = open_output("--trace", options.trace_file, interrupts);
      if (!fd) return std::unexpected(std::move(fd.error()));
      trace = std::move(*fd);
    }
    return {};
  }
};

Outcome execute_traced(const RunOptions& options, int fd, Interrupts& interrupts) {
  if (!options.trace) return execute(options, nullptr, interrupts);
  TraceFile file(fd);
  const auto hook = file.hook();
  Outcome outcome = execute(options, hook.get(), interrupts);
  if (file.error() != 0)
    say(fmt::format("--trace {}: {}; the trace is not complete", options.trace_file,
                    reason(file.error())));
  return outcome;
}

}  // namespace

int run(const RunOptions& options, Clock::time_point start) {
  // Without it each sleep of the guest may take 50 µs longer than asked for.
  ::prctl(PR_SET_TIMERSLACK, 1);
  Interrupts interrupts(options.timeout ? Interrupts::Deadline(start + *options.timeout)
                                        : std::nullopt);
  Outputs outputs;
  Outcome outcome;
  if (auto opened = outputs.open(options, interrupts); !opened) {
    outcome = ended(std::move(opened.error()), options.file, interrupts);
  } else {
    outcome =
        execute_traced(options, outputs.trace ? outputs.trace.get() : STDERR_FILENO, interrupts);
  }
  const std::string text = message(outcome, options.file);
  if (!text.empty()) say(text);
  if (const std::string lines = backtrace(outcome); !lines.empty()) write_all(STDERR_FILENO, lines);
  if (outputs.report) write_report(options, outputs.report.get(), outcome, text, start);
  return exit_status(outcome, interrupts.caught());
}

}  // namespace limen::cli

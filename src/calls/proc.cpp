// proc.cpp - proc_exit, proc_raise, sched_yield.
#include "calls/calls.hpp"

#include <thread>

namespace limen::calls {

Ending proc_exit(Call&, ExitCode code) { return Exited{std::to_underlying(code)}; }

// Acts as the signal's default action would on a process of the guest's own; the host is never
// signalled. Stopping and continuing have no meaning here.
Result<std::optional<Ending>> proc_raise(Call&, Signal signal) {
  switch (signal) {
    case Signal::none:
    case Signal::chld:
    case Signal::cont:
    case Signal::urg:
    case Signal::winch:
      return std::nullopt;
    case Signal::stop:
    case Signal::tstp:
    case Signal::ttin:
    case Signal::ttou:
      return fail(Errno::notsup);
    default:
      return Raised{signal};
  }
}

Result<void> sched_yield(Call&) {
  std::this_thread::yield();  // sched_yield(2)
  return {};
}

}  // namespace limen::calls

// threads.cpp - thread-spawn of wasi-threads.
#include "calls/calls.hpp"

namespace limen::calls {

// Threads are off: programs that can do without (wasi-libc turns this into EAGAIN) go on with one.
ThreadId thread_spawn(Call&, ThreadArg) { return ThreadId{-static_cast<i32>(Errno::again)}; }

}  // namespace limen::calls

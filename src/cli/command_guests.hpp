// cli/command_guests.hpp - for tests of the command: small programs in WebAssembly's text form.
#pragma once

#include <string>

namespace limen::test::guests {

/// Functions for the programs below: $print writes `length` bytes at `at` to a descriptor.
inline const std::string prelude = R"((module
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get"
    (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name"
    (func $fd_prestat_dir_name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get"
    (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory"
    (func $path_create_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "proc_raise" (func $proc_raise (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_accept"
    (func $sock_accept (param i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 100) "ready\n")
  (data (i32.const 110) "new")
  (func $print (param $fd i32) (param $at i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $length))
    (if (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))
      (then (call $proc_exit (i32.const 99)))))
  (func $ready (call $print (i32.const 1) (i32.const 100) (i32.const 6)))
)";

/// A program whose _start holds `body`.
inline std::string start(const std::string& body) {
  return prelude + "(func (export \"_start\") " + body + "))";
}

inline const std::string nothing = start("");
inline const std::string hello = start("(call $ready)");
inline std::string exits(const std::string& code) {
  return start("(call $proc_exit (i32.const " + code + "))");
}
inline std::string raises(const std::string& number) {
  return start("(drop (call $proc_raise (i32.const " + number + ")))");
}

/// Each argument or variable followed by a NUL.
inline const std::string prints_args = start(R"(
  (drop (call $args_sizes_get (i32.const 16) (i32.const 20)))
  (drop (call $args_get (i32.const 1024) (i32.const 4096)))
  (call $print (i32.const 1) (i32.const 4096) (i32.load (i32.const 20))))");
inline const std::string prints_env = start(R"(
  (drop (call $environ_sizes_get (i32.const 16) (i32.const 20)))
  (drop (call $environ_get (i32.const 1024) (i32.const 65536)))
  (call $print (i32.const 1) (i32.const 65536) (i32.load (i32.const 20))))");

/// The names of the preopened directories, each with a newline.
inline const std::string prints_preopens = start(R"(
  (local $fd i32)
  (local.set $fd (i32.const 3))
  (loop $next
    (if (i32.eqz (call $fd_prestat_get (local.get $fd) (i32.const 16)))
      (then
        (drop (call $fd_prestat_dir_name (local.get $fd) (i32.const 1024)
                                         (i32.load (i32.const 20))))
        (i32.store8 (i32.add (i32.const 1024) (i32.load (i32.const 20))) (i32.const 10))
        (call $print (i32.const 1) (i32.const 1024)
                     (i32.add (i32.load (i32.const 20)) (i32.const 1)))
        (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
        (br $next)))))");

/// Makes the directory "new" in descriptor 3 and exits with the errno.
inline const std::string makes_directory = start(R"(
  (call $proc_exit (call $path_create_directory (i32.const 3) (i32.const 110) (i32.const 3))))");

/// Copies stdin to stdout; an error of a read is the exit code.
inline const std::string cat = start(R"(
  (local $errno i32)
  (loop $again
    (i32.store (i32.const 16) (i32.const 4096))
    (i32.store (i32.const 20) (i32.const 4096))
    (local.set $errno (call $fd_read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 24)))
    (if (local.get $errno) (then (call $proc_exit (local.get $errno))))
    (if (i32.load (i32.const 24))
      (then (call $print (i32.const 1) (i32.const 4096) (i32.load (i32.const 24)))
            (br $again)))))");

inline const std::string prints_both = start(R"(
  (call $print (i32.const 1) (i32.const 100) (i32.const 6))
  (call $print (i32.const 2) (i32.const 110) (i32.const 3)))");

/// Three functions deep; the names are in the name section.
inline const std::string traps = R"((module
  (func $inner unreachable) (func $outer (call $inner))
  (func (export "_start") (call $outer))))";

inline const std::string reactor = R"((module
  (global $ready (mut i32) (i32.const 0))
  (func (export "_initialize") (global.set $ready (i32.const 1)))
  (func (export "is_ready") (result i32) (global.get $ready))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "add64") (param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1)))
  (func (export "swap") (param f32 f64) (result f64 f32) (local.get 1) (local.get 0))
  (func (export "nothing"))
  (func (export "spin") (loop (br 0)))
  (func (export "trap") unreachable)))";

// ---- programs that don't end by themselves; all but the first say "ready" ------------------------

inline const std::string spins_quietly = R"((module (func (export "_start") (loop (br 0)))))";
inline const std::string spins = start("(call $ready) (loop (br 0))");
inline const std::string reads = start(R"((call $ready)
  (i32.store (i32.const 16) (i32.const 4096))
  (i32.store (i32.const 20) (i32.const 1))
  (drop (call $fd_read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 24))))");
/// A minute on the monotonic clock.
inline const std::string sleeps = start(R"((call $ready)
  (i32.store (i32.const 1040) (i32.const 1))
  (i64.store (i32.const 1048) (i64.const 60000000000))
  (drop (call $poll_oneoff (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 24))))");
inline const std::string writes = start(R"(
  (loop (call $print (i32.const 1) (i32.const 4096) (i32.const 4096)) (br 0)))");
inline const std::string accepts = start(R"((call $ready)
  (drop (call $sock_accept (i32.const 3) (i32.const 0) (i32.const 24))))");

/// Takes a compiler many seconds: functions without end, in a few bytes each.
inline std::string big() {
  std::string body = "(local i64)";
  for (int i = 0; i < 2000; ++i)
    body +=
        "(local.set 1 (i64.rotl (i64.add (local.get 1) (i64.load (local.get 0)))"
        " (i64.const " +
        std::to_string(i) + ")))";
  std::string text = "(module (memory (export \"memory\") 1)";
  for (int i = 0; i < 400; ++i)
    text += "(func (export \"f" + std::to_string(i) + "\") (param i32) (result i64) " + body +
            "(local.get 1))";
  return text + "(func (export \"_start\")))";
}

}  // namespace limen::test::guests

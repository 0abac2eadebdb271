// A program of somebody else: what it needs of Limen comes from the installed package.
#include <limen/run.hpp>
#include <limen/wasmtime.hpp>

#include <iostream>
#include <span>
#include <string_view>

// Says hello by fd_write and ends with 7.
constexpr std::string_view guest = R"((module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00")
  (data (i32.const 16) "hello\n")
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $proc_exit (i32.const 7)))))";

int main() {
  const auto engine = limen::wasmtime::engine();
  if (!engine) return 2;
  const auto module = engine->compile(std::as_bytes(std::span(guest)));
  if (!module) {
    std::cerr << module.error().text() << '\n';
    return 3;
  }
  const auto outcome = limen::run(*module, {.args = {"hello"}, .out = {limen::Stream::Inherit{}}});
  std::cout << limen::describe(outcome) << '\n';
  const auto* exited = std::get_if<limen::Exited>(&outcome);
  return exited != nullptr && exited->code == 7 ? 0 : 1;
}

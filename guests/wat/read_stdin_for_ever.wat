;; run: --timeout 200ms
;; stdin-silent:
;; exit: 124
;; within: 3s
;;
;; fd_read on a pipe to which nobody writes.
(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\20\00\00\00\0f\00\00\00")
  (func (export "_start")
    (drop (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 16)))
    unreachable))

;; stdin: 01234567
;; stdout: 0123
;;
;; Copies four bytes of standard input to standard output and leaves the rest to the next one.
(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\20\00\00\00\04\00\00\00")
  (func (export "_start")
    (if (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 16))
      (then unreachable))
    (if (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))
      (then unreachable))))

;; exit: 126
;; stderr: sock_teleport
;;
;; An import that nobody knows is an error before the start: no line of output.
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_teleport" (func (param i32 i64) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\20\00\00\00\04\00\00\00")
  (data (i32.const 32) "ran\n")
  (func $early
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 96))))
  (start $early)
  (func (export "_start")))

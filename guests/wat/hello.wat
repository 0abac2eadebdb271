;; exit: 0
;; stdout: hello from wat\n
;;
;; The smallest command: one fd_write.
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; One iovec at 8: address 32, 15 bytes.
  (data (i32.const 8) "\20\00\00\00\0f\00\00\00")
  (data (i32.const 32) "hello from wat\n")
  (func (export "_start")
    (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))
    (if (then unreachable))))

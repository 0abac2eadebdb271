;; run: --timeout 200ms
;; stdin-silent:
;; exit: 124
;; within: 3s
;;
;; poll_oneoff on a pipe to which nobody writes.
(module
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (i32.store8 (i32.const 8) (i32.const 1)) ;; fd_read, descriptor 0
    (drop (call $poll_oneoff (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
    unreachable))

;; run: --timeout 200ms
;; exit: 124
;; within: 3s
;;
;; poll_oneoff on one clock that never comes.
(module
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    ;; The subscription at 0 is a clock (tag 0): the monotonic one, for 2^64 - 1 ns.
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const -1))
    (drop (call $poll_oneoff (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
    unreachable))

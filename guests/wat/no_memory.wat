;; exit: 21
;;
;; Without an exported memory the calls that need one answer FAULT (21), the others work.
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (func (export "_start")
    (if (call $sched_yield) (then unreachable))
    ;; BADF (8): the descriptor is looked at all the same.
    (if (i32.ne (call $fd_close (i32.const 99)) (i32.const 8)) (then unreachable))
    (call $proc_exit
      (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))

;; exit: 7
;;
;; proc_exit unwinds whatever called it.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func $down (param $left i32)
    (if (local.get $left)
      (then (call $down (i32.sub (local.get $left) (i32.const 1)))))
    (call $proc_exit (i32.const 7)))
  (func (export "_start")
    (call $down (i32.const 1000))
    unreachable))

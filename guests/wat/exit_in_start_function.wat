;; exit: 5
;;
;; proc_exit out of the start function is an ordinary exit; _start never runs.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func $early (call $proc_exit (i32.const 5)))
  (start $early)
  (func (export "_start") unreachable))

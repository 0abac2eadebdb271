;; exit: 0
;;
;; Host functions are values too: exported again, put into a table, called through it.
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (type $f (func (result i32)))
  (memory (export "memory") 1)
  (table 1 funcref)
  (elem (i32.const 0) $sched_yield)
  (export "yield" (func $sched_yield))
  (func (export "_start")
    (if (call_indirect (type $f) (i32.const 0)) (then unreachable))))

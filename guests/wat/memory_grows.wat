;; exit: 0
;;
;; The host looks at the memory of the moment: what was no memory before growing is afterwards.
(module
  (import "wasi_snapshot_preview1" "random_get"
    (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (if (i32.ne (call $random_get (i32.const 65536) (i32.const 8)) (i32.const 21))
      (then unreachable))
    (drop (memory.grow (i32.const 1)))
    (if (call $random_get (i32.const 65536) (i32.const 8)) (then unreachable))
    (if (i64.eqz (i64.load (i32.const 65536))) (then unreachable))))

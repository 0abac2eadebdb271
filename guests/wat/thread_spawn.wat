;; exit: 0
;;
;; Without threads spawning links and answers -6 (AGAIN); so it does without the export.
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (if (i32.ne (call $spawn (i32.const 7)) (i32.const -6)) (then unreachable))))

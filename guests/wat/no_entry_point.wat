;; exit: 126
;; stderr: _start
;;
;; Valid, and nothing to run.
(module
  (memory (export "memory") 1)
  (func (export "main") (result i32) (i32.const 0)))

;; exit: 126
;; stderr: env
;;
;; A module name that nobody knows; the message names it.
(module
  (import "env" "emscripten_notify_memory_growth" (func (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")))

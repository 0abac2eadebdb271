;; exit: 126
;; stderr: proc_exit
;;
;; A known name, imported as a global.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (global i32))
  (memory (export "memory") 1)
  (func (export "_start")))

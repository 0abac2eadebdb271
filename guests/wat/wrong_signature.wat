;; exit: 126
;; stderr: fd_close
;;
;; A known name with another signature is not that function.
(module
  (import "wasi_snapshot_preview1" "fd_close" (func (param i64) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")))

;; exit: 126
;; stderr: sock_accept
;;
;; Snapshot 0 never had sock_accept.
(module
  (import "wasi_unstable" "sock_accept" (func (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")))

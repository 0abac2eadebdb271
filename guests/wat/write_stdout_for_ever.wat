;; run: --timeout 300ms
;; stdout-unread:
;; exit: 124
;; within: 3s
;;
;; Fills a pipe that nobody empties.
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\00\04\00\00\00\10\00\00")
  (func (export "_start")
    (loop $again
      (if (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))
        (then unreachable))
      (br $again))))

;; exit: 0
;; stdout: from the start function\nfrom _start\n
;;
;; The start function runs while the instance is made, before there are exports to look up.
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\20\00\00\00\18\00\00\00")
  (data (i32.const 16) "\40\00\00\00\0c\00\00\00")
  (data (i32.const 32) "from the start function\n")
  (data (i32.const 64) "from _start\n")
  (func $early
    (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 96))
    (if (then unreachable)))
  (start $early)
  (func (export "_start")
    (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 96))
    (if (then unreachable))))

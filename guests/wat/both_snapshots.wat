;; exit: 0
;; stdout: new\nold\n
;;
;; One instance may import both modules; they share the descriptor table.
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $new_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_unstable" "fd_write"
    (func $old_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_unstable" "fd_close" (func $old_close (param i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\20\00\00\00\04\00\00\00")
  (data (i32.const 16) "\24\00\00\00\04\00\00\00")
  (data (i32.const 32) "new\nold\n")
  (func (export "_start")
    (if (call $new_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 64))
      (then unreachable))
    (if (call $old_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 64))
      (then unreachable))
    (if (call $old_close (i32.const 1)) (then unreachable))
    ;; BADF: closed in one is closed in the other.
    (if (i32.ne
          (call $new_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 64))
          (i32.const 8))
      (then unreachable))))

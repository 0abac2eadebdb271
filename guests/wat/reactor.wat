;; case: add
;; run: --invoke add
;; arg: 40
;; arg: 2
;; stdout: 42\n
;; case: wraps
;; run: --invoke add
;; arg: -1
;; arg: -2
;; stdout: -3\n
;; case: initialized_first
;; run: --invoke initialized
;; stdout: 1\n
;; case: two_results
;; run: --invoke swap
;; arg: 1
;; arg: 9000000000
;; stdout: 9000000000\n1\n
;; case: float
;; run: --invoke half
;; arg: 5
;; stdout: 2.5\n
;; case: unknown_export
;; run: --invoke substract
;; exit: 126
;; stderr: substract
;; case: too_few_arguments
;; run: --invoke add
;; arg: 1
;; exit: 125
;; case: no_number
;; run: --invoke add
;; arg: 1
;; arg: two
;; exit: 125
;;
;; A reactor: _initialize runs once and before anything else, then the export that was named.
(module
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 0))
  (func (export "_initialize")
    (global.set $count (i32.add (global.get $count) (i32.const 1))))
  (func (export "initialized") (result i32) (global.get $count))
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (export "swap") (param i64 i64) (result i64 i64)
    (local.get 1) (local.get 0))
  (func (export "half") (param f64) (result f64)
    (f64.div (local.get 0) (f64.const 2))))

;; exit: 134
;; stderr: unreachable
;; stderr: the_innermost
;; stderr: the_one_that_calls_it
;;
;; The message says what happened, the backtrace where, with the functions' names.
(module
  (memory (export "memory") 1)
  (func $the_innermost unreachable)
  (func $the_one_that_calls_it (call $the_innermost))
  (func (export "_start") (call $the_one_that_calls_it)))

;; exit: 134
;;
;; Calls a table's empty place.
(module
  (memory (export "memory") 1)
  (table 1 funcref)
  (type $f (func))
  (func (export "_start")
    (call_indirect (type $f) (i32.const 0))))

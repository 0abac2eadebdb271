;; run: --timeout 200ms
;; exit: 124
;; within: 3s
;;
;; Computes for ever.
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (loop $again (br $again))))

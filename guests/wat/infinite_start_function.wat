;; run: --timeout 200ms
;; exit: 124
;; within: 3s
;;
;; Computes for ever before it is even an instance.
(module
  (memory (export "memory") 1)
  (func $early (loop $again (br $again)))
  (start $early)
  (func (export "_start")))

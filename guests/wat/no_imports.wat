;; exit: 0
;;
;; Nothing imported, nothing printed.
(module (func (export "_start")))

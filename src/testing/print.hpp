// testing/print.hpp - how GoogleTest shows Limen's types when an expectation fails.
#pragma once

#include <ostream>

#include "limen/errno.hpp"
#include "limen/types.hpp"

namespace limen {

inline void PrintTo(Errno error, std::ostream* out) { *out << name(error); }
inline void PrintTo(Filetype type, std::ostream* out) { *out << name(type); }
inline void PrintTo(Signal signal, std::ostream* out) { *out << name(signal); }

template <FlagType E>
void PrintTo(const E& flags, std::ostream* out) {
  bool first = true;
  for (std::size_t bit = 0; bit < names<E>.size(); ++bit) {
    if (((static_cast<u64>(flags) >> bit) & 1) == 0) continue;
    *out << (first ? "" : "|") << names<E>[bit];
    first = false;
  }
  if (first) *out << "none";
}

}  // namespace limen

// outcome.cpp - outcomes in words, and signals in Linux's numbers.
#include "limen/outcome.hpp"

#include <fmt/format.h>

#include <array>

#include "limen/abi/text.hpp"

namespace limen {
namespace {

struct Describe {
  std::string operator()(const Exited& o) const { return fmt::format("exited with {}", o.code); }
  std::string operator()(const Raised& o) const {
    return fmt::format("ended itself with signal {}", name(o.signal));
  }
  std::string operator()(const Trapped& o) const {
    return fmt::format("trapped: {}", escaped(o.message));
  }
  std::string operator()(const TimedOut&) const { return "reached its time limit"; }
  std::string operator()(const LimitReached& o) const {
    return fmt::format("reached its limit of memory: {}", escaped(o.message));
  }
  std::string operator()(const Stopped&) const { return "was stopped"; }
  std::string operator()(const Failed& o) const { return o.error.text(); }
};

}  // namespace

std::string_view kind_name(const Outcome& outcome) noexcept {
  constexpr std::array<std::string_view, std::variant_size_v<Outcome>> kinds{
      "exited", "raised", "trapped", "timed_out", "limit", "stopped", "failed"};
  return kinds.at(outcome.index());
}

std::string describe(const Outcome& outcome) { return std::visit(Describe{}, outcome); }

int linux_number(Signal signal) noexcept {
  // preview1 and Linux agree up to 15; after that they differ (Linux has SIGSTKFLT at 16).
  constexpr std::array<int, 31> numbers{0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                        11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22,
                                        23, 24, 25, 26, 27, 28, 29, 30, 31};
  return numbers.at(static_cast<std::size_t>(signal));
}

}  // namespace limen

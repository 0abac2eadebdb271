// testing/buffers.hpp - memory for one read or write, as the calls hand it to a descriptor.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "limen/descriptor.hpp"

namespace limen::test {

/// Buffers that hold the given texts; a read changes them in place.
class Buffers {
 public:
  Buffers(std::initializer_list<std::string> parts) : parts_(parts) {
    for (std::string& part : parts_) iovecs_.push_back({part.data(), part.size()});
  }
  Buffers(const Buffers&) = delete;
  Buffers& operator=(const Buffers&) = delete;

  operator IoBuffers() const { return iovecs_; }  // NOLINT(*-explicit-*)
  [[nodiscard]] const std::string& operator[](std::size_t i) const { return parts_[i]; }

 private:
  std::vector<std::string> parts_;
  std::vector<iovec> iovecs_;
};

/// What one read of at most `size` bytes gives: "ok" and the bytes, or the name of the error.
inline std::string read_text(Descriptor& from, std::size_t size = 16) {
  const Buffers buffer{std::string(size, '\0')};
  const auto n = from.read(buffer);
  return n ? "ok " + buffer[0].substr(0, *n) : std::string(name(n.error()));
}

/// "ok" and the count, or the name of the error.
inline std::string write_text(Descriptor& to, const std::string& text) {
  const auto n = to.write(Buffers{text});
  return n ? "ok " + std::to_string(*n) : std::string(name(n.error()));
}

}  // namespace limen::test

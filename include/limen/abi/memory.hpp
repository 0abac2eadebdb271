// limen/abi/memory.hpp - the only way from a guest's address to bytes of the host.
#pragma once

#include <bit>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>

#include "limen/errno.hpp"
#include "limen/types.hpp"

namespace limen {

/// The guest's linear memory. The bytes belong to the guest; with threads others may change them at
/// any time, so copy first and check the copy.
///
/// Addresses and lengths are hostile: every sum is formed in 64 bits. A region of length zero is
/// always inside, wherever it starts. An instance without a memory has size 0.
///
/// Memories grow, but they neither move nor shrink. So the size that was seen last is enough to say
/// that a region is inside, and the engine is asked again only before a region is refused: asking in
/// each call would cost 6 ns.
class GuestMemory {
 public:
  /// Tells how large the memory is now.
  using Measure = u64 (*)(void* engine) noexcept;

  GuestMemory() = default;
  GuestMemory(std::byte* base, u64 size, Measure measure = nullptr, void* engine = nullptr) noexcept
      : base_(base), size_(size), measure_(measure), engine_(engine) {}

  // Left to itself g++ calls it, two or three times a call: 2.3 ns each instead of 0.7.
  [[nodiscard, gnu::always_inline]] bool contains(u32 address, u64 length) const noexcept {
    if (within_seen(address, length)) [[likely]]
      return true;
    return within_grown(address, length);
  }

  /// The bytes from `address` on. The region must be contained (see contains()).
  [[nodiscard]] std::byte* at(u32 address) const noexcept { return base_ + address; }

  /// A checked view; fault when any byte is outside.
  [[nodiscard]] Result<std::span<std::byte>> bytes(u32 address, u64 length) const noexcept {
    if (!contains(address, length)) return fail(Errno::fault);
    if (length == 0) return std::span<std::byte>{};
    return std::span(at(address), static_cast<std::size_t>(length));
  }

  /// Reads a little-endian value that is contained; alignment does not matter.
  template <class T>
    requires std::is_trivially_copyable_v<T>
  [[nodiscard]] T load(u32 address, u32 offset = 0) const noexcept {
    T value;
    std::memcpy(&value, at(address) + offset, sizeof value);
    return value;
  }

  /// Writes a little-endian value that is contained.
  template <class T>
    requires std::is_trivially_copyable_v<T>
  void store(u32 address, T value, u32 offset = 0) const noexcept {
    std::memcpy(at(address) + offset, &value, sizeof value);
  }

 private:
  [[nodiscard]] bool within_seen(u32 address, u64 length) const noexcept {
    return length == 0 || (length <= size_ && address <= size_ - length);
  }
  [[gnu::cold, gnu::noinline]] bool within_grown(u32 address, u64 length) const noexcept {
    if (measure_ != nullptr) size_ = measure_(engine_);
    return within_seen(address, length);
  }

  std::byte* base_ = nullptr;
  mutable u64 size_ = 0;  // what measure_ said last; never more than there is
  Measure measure_ = nullptr;
  void* engine_ = nullptr;
};

static_assert(std::endian::native == std::endian::little,
              "guest memory is little-endian; a big-endian host needs byte swaps here");

}  // namespace limen

// testing/guest_pages.hpp - a linear memory whose end is the end: one byte past it faults.
#pragma once

#include <cstddef>

#include "limen/abi/memory.hpp"

namespace limen::test {

/// Zeroed pages of 64 KiB with an unreadable page behind them.
class GuestPages {
 public:
  static constexpr u64 page = 65536;

  explicit GuestPages(u32 pages);
  GuestPages(const GuestPages&) = delete;
  GuestPages& operator=(const GuestPages&) = delete;
  ~GuestPages();

  [[nodiscard]] std::byte* base() const noexcept { return base_; }
  [[nodiscard]] u64 size() const noexcept { return size_; }
  [[nodiscard]] GuestMemory memory() const noexcept { return {base_, size_}; }

 private:
  std::byte* base_ = nullptr;
  u64 size_;
};

}  // namespace limen::test

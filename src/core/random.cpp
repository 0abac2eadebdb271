// random.cpp - getrandom(2), read ahead.
#include "core/random.hpp"

#include <sys/mman.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>

namespace limen {
namespace {

constexpr std::size_t kChunk = std::size_t{32} << 20;  // what one getrandom(2) gives at the most
constexpr std::size_t kSmall = 128;                    // larger requests bypass the page

Result<void> from_kernel(std::span<std::byte> out, const RunState& run) noexcept {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), std::min(out.size(), kChunk), 0);
    if (got < 0 && errno != EINTR) return fail(Errno::io);
    // A pending signal shortens a long fill instead of failing it, so look in both cases.
    if (run.stopping()) return fail(Errno::intr);
    if (got > 0) out = out.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

}  // namespace

struct Random::Page {
  // 16 bytes of 512 cost 56 ns, of 2048 43 ns, of 4096 no less; the first fill takes 5 µs.
  static constexpr std::size_t size = 2048;
  std::size_t left;  // unused bytes, at the end; zero on a fresh page and after fork()
  std::array<std::byte, size> bytes;
};

Random::~Random() {
  if (page_ == nullptr) return;
  explicit_bzero(page_, sizeof(Page));
  ::munmap(page_, sizeof(Page));
}

Result<void> Random::fill(std::span<std::byte> out, const RunState& run) noexcept {
  if (out.size() > kSmall) return from_kernel(out, run);
  if (page_ == nullptr) {
    void* memory =
        ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return from_kernel(out, run);
    // Without the guard the page must not be used: a forked child would repeat its parent's bytes.
    if (::madvise(memory, sizeof(Page), MADV_WIPEONFORK) != 0) {
      ::munmap(memory, sizeof(Page));
      return from_kernel(out, run);
    }
    page_ = new (memory) Page;
    page_->left = 0;
  }
  if (page_->left < out.size()) {
    if (const auto filled = from_kernel(page_->bytes, run); !filled) return filled;
    page_->left = Page::size;
  }
  std::byte* next = page_->bytes.data() + (Page::size - page_->left);
  std::copy_n(next, out.size(), out.begin());
  explicit_bzero(next, out.size());
  page_->left -= out.size();
  return {};
}

}  // namespace limen

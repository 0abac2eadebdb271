// guest_pages.cpp - see the header.
#include "testing/guest_pages.hpp"

#include <sys/mman.h>

#include <cstdlib>

namespace limen::test {

GuestPages::GuestPages(u32 pages) : size_(pages * page) {
  void* at =
      ::mmap(nullptr, size_ + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) std::abort();
  base_ = static_cast<std::byte*>(at);
  if (size_ != 0 && ::mprotect(base_, size_, PROT_READ | PROT_WRITE) != 0) std::abort();
}

GuestPages::~GuestPages() { ::munmap(base_, size_ + page); }

}  // namespace limen::test

// fd_dir.cpp - fd_readdir.
//
// The directory is read once, at cookie 0, into a snapshot that belongs to the descriptor; a cookie
// is an index in it. So listing is linear, and a name that stays is seen exactly once while others
// come and go.
#include <algorithm>

#include "calls/calls.hpp"

namespace limen::calls {
namespace {

constexpr std::size_t kDirentSize = 24;

std::array<std::byte, kDirentSize> dirent(const DirEntry& entry, u64 next) {
  std::array<std::byte, kDirentSize> bytes{};
  const auto namlen = static_cast<u32>(entry.name.size());
  std::memcpy(&bytes[0], &next, 8);
  std::memcpy(&bytes[8], &entry.ino, 8);
  std::memcpy(&bytes[16], &namlen, 4);
  std::memcpy(&bytes[20], &entry.type, 1);
  return bytes;
}

// Copies what fits and moves `to` on.
void put(std::span<std::byte>& to, std::span<const std::byte> from) {
  const std::size_t n = std::min(to.size(), from.size());
  std::copy_n(from.begin(), n, to.begin());
  to = to.subspan(n);
}

}  // namespace

// The buffer is filled completely, the last entry cut wherever it ends; a buffer that is not full
// tells the reader that this was the end.
Result<Size> fd_readdir(Call&, const Dir& dir, const OutBytes& buf, DirCookie cookie) {
  if (buf.bytes.empty()) return Size{0};
  if (cookie == DirCookie{0} || dir->listing == nullptr) {
    auto listing = dir.directory().list();
    if (!listing) return fail(listing.error());
    dir->listing = std::move(*listing);
  }
  std::span<std::byte> to = buf.bytes;
  const Listing& listing = *dir->listing;
  for (u64 at = std::to_underlying(cookie); at < listing.size() && !to.empty(); ++at) {
    const DirEntry entry = listing[at];
    put(to, dirent(entry, at + 1));
    put(to, std::as_bytes(std::span(entry.name)));
  }
  return Size{static_cast<u32>(buf.bytes.size() - to.size())};
}

}  // namespace limen::calls

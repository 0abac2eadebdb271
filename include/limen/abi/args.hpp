// limen/abi/args.hpp - decoded arguments: what a handler's parameters are made of.
//
// A handler that receives one of these needs no check of its own: the descriptor is open, of the
// right type and has the rights that the row names; guest memory is inside the guest's memory; a
// path is well-formed text. Arrays are left uninitialised on purpose: clearing 16 KiB for a call
// that uses 16 bytes would cost more than the call.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "limen/abi/call.hpp"
#include "limen/descriptor.hpp"
#include "limen/errno.hpp"
#include "limen/types.hpp"

namespace limen {

/// An open descriptor of a type that the row allows.
struct File {
  u32 fd;
  Entry* entry;
  [[nodiscard]] Entry& operator*() const noexcept { return *entry; }
  [[nodiscard]] Entry* operator->() const noexcept { return entry; }
};

/// An open descriptor that is a directory.
struct Dir : File {
  [[nodiscard]] Directory& directory() const noexcept { return entry->directory(); }
};

/// A directory that the guest was started with.
struct Preopen : File {};

/// An open descriptor that is a socket, listening or connected.
struct Socket : File {};

/// Most iovecs that one system call takes (IOV_MAX), and most bytes (MAX_RW_COUNT).
inline constexpr std::size_t max_iovecs = 1024;
inline constexpr u64 max_transfer = 0x7ffff000;

/// Guest buffers to fill or to read from; both are checked and cut in the same way.
struct Buffers {
  std::array<iovec, max_iovecs> vectors;
  std::size_t count;
  u64 bytes;  ///< the sum of the lengths, at most max_transfer
  [[nodiscard]] IoBuffers spans() const noexcept { return {vectors.data(), count}; }
};
struct IoVecs : Buffers {};       ///< the host writes into them
struct ConstIoVecs : Buffers {};  ///< the host reads from them

/// A region of guest memory that the call fills.
struct OutBytes {
  u32 address;
  std::span<std::byte> bytes;
};

/// The two addresses of args_get and environ_get; how much they need is known to the handler only.
struct OutStrings {
  u32 pointers;
  u32 bytes;
};

/// Text of the guest, copied out of its memory.
struct Text {
  std::array<char, 4096> bytes;
  std::size_t length;
  Errno error;  ///< what the text rules say; a handler only sees success
  [[nodiscard]] std::string_view view() const noexcept { return {bytes.data(), length}; }
};
struct Path : Text {};        ///< a relative path: not empty, no NUL, UTF-8, lengths within bounds
struct LinkTarget : Text {};  ///< what a symbolic link is to hold: the same, but any component

/// The arrays of poll_oneoff; subscriptions are copied one by one.
template <u32 SubscriptionSize>
struct PollArrays {
  u32 subscriptions;
  u32 events;
  u32 count;
};

}  // namespace limen

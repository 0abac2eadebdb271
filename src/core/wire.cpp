// wire.cpp - the parts of Wire<T> that are too long to stand in the header.
#include "limen/abi/wire.hpp"

#include <algorithm>
#include <bit>

namespace limen::wire {
namespace {

constexpr u32 kIovecSize = 8;
constexpr std::size_t kPreview = 32;        // bytes of a write that a trace shows
constexpr u32 kPreviewedSubscriptions = 4;  // of a poll_oneoff
constexpr int kFewRights = 6;               // so few missing that naming them is shorter

}  // namespace

Errno read_many_iovecs(const GuestMemory& memory, u32 address, u32 length, Buffers& out) noexcept {
  out.count = 0;
  out.bytes = 0;
  if (!memory.contains(address, u64{length} * kIovecSize)) return Errno::fault;
  for (u32 i = 0; i < length; ++i) {
    const std::byte* element = memory.at(address) + u64{i} * kIovecSize;
    std::array<u32, 2> raw{};
    std::memcpy(raw.data(), element, kIovecSize);
    const auto [at, size] = raw;
    if (!memory.contains(at, size)) return Errno::fault;
    const u64 room = max_transfer - out.bytes;
    if (size == 0 || room == 0 || out.count == max_iovecs) continue;
    const u64 take = std::min<u64>(size, room);
    out.vectors[out.count++] = {memory.at(at), static_cast<std::size_t>(take)};
    out.bytes += take;
  }
  return Errno::success;
}

Errno read_text(const GuestMemory& memory, u32 address, u32 length, bool components,
                Text& out) noexcept {
  if (!memory.contains(address, length)) return Errno::fault;
  out.length = length;
  if (length < out.bytes.size()) {
    if (length != 0) std::memcpy(out.bytes.data(), memory.at(address), length);
    out.bytes[length] = '\0';
    out.error = check_path_text(out.view(), components);
  } else {
    // Too long for a path, so it is refused whatever it says and need not be copied; but which
    // errno it gets depends on the text, since ilseq and inval come before nametoolong.
    const std::string_view whole(reinterpret_cast<const char*>(memory.at(address)), length);
    out.error = check_path_text(whole, components);
  }
  return Errno::success;
}

// ---- structures ------------------------------------------------------------------------------

// Whole words, padding included: what is put together in a buffer from smaller pieces and copied
// then has to wait until the pieces are there: 5 ns a call.
void store_fdstat(const GuestMemory& memory, u32 at, const Fdstat& value) noexcept {
  const u64 filetype = std::to_underlying(value.filetype);
  const u64 flags = std::to_underlying(value.flags);
  memory.store(at, filetype | flags << 16);
  memory.store(at, value.base, 8);
  memory.store(at, value.inheriting, 16);
}

void store_filestat(const GuestMemory& memory, u32 at, const Filestat& value) noexcept {
  memory.store(at, value.dev);
  memory.store(at, value.ino, 8);
  memory.store(at, u64{std::to_underlying(value.filetype)}, 16);
  memory.store(at, value.nlink, 24);
  memory.store(at, value.size, 32);
  memory.store(at, value.atim, 40);
  memory.store(at, value.mtim, 48);
  memory.store(at, value.ctim, 56);
}

void store_filestat_v0(const GuestMemory& memory, u32 at, const Filestat& value) noexcept {
  std::array<std::byte, 56> bytes{};
  const auto links = static_cast<u32>(std::min<u64>(value.nlink, ~u32{0}));
  std::memcpy(&bytes[0], &value.dev, 8);
  std::memcpy(&bytes[8], &value.ino, 8);
  std::memcpy(&bytes[16], &value.filetype, 1);
  std::memcpy(&bytes[20], &links, 4);
  std::memcpy(&bytes[24], &value.size, 8);
  std::memcpy(&bytes[32], &value.atim, 8);
  std::memcpy(&bytes[40], &value.mtim, 8);
  std::memcpy(&bytes[48], &value.ctim, 8);
  memory.store(at, bytes);
}

void store_event(const GuestMemory& memory, u32 at, const Event& value) noexcept {
  std::array<std::byte, 32> bytes{};
  std::memcpy(&bytes[0], &value.userdata, 8);
  std::memcpy(&bytes[8], &value.error, 2);
  std::memcpy(&bytes[10], &value.type, 1);
  std::memcpy(&bytes[16], &value.nbytes, 8);
  std::memcpy(&bytes[24], &value.flags, 2);
  memory.store(at, bytes);
}

Subscription load_subscription(const GuestMemory& memory, u32 at, u32 size) noexcept {
  // Snapshot 0 has an identifier in front of a clock's fields; only that moves them.
  const u32 clock = size == 48 ? 16 : 24;
  Subscription out;
  out.userdata = memory.load<u64>(at);
  out.type = static_cast<EventType>(memory.load<u8>(at, 8));
  out.fd = Fd{memory.load<u32>(at, 16)};
  out.clock = memory.load<u32>(at, clock);
  out.timeout = memory.load<u64>(at, clock + 8);
  out.clock_flags = static_cast<SubclockFlags>(memory.load<u16>(at, clock + 24));
  return out;
}

// ---- printing --------------------------------------------------------------------------------

void print_rights(Output& out, Rights rights) {
  const Rights missing = rights::directory_inheriting & ~rights;
  const bool nearly_all = std::popcount(std::to_underlying(missing)) <= kFewRights &&
                          has(rights::directory_inheriting, rights);
  if (!nearly_all) return print_flags(out, rights);
  print(out, "all");
  for (std::size_t bit = 0; bit < names<Rights>.size(); ++bit) {
    if (has(missing, static_cast<Rights>(u64{1} << bit))) print(out, "-{}", names<Rights>[bit]);
  }
}

void print_iovecs(Output& out, const GuestMemory& memory, u32 address, u32 length, bool contents) {
  Buffers buffers;
  if (read_iovecs(memory, address, length, buffers) != Errno::success) {
    print(out, "{:#x}[{}]?", address, length);
    return;
  }
  if (contents && buffers.count > 0) {
    std::string start;
    for (const iovec& buffer : buffers.spans()) {
      const std::size_t take = std::min(kPreview - start.size(), buffer.iov_len);
      start.append(static_cast<const char*>(buffer.iov_base), take);
      if (start.size() == kPreview) break;
    }
    print(out, "\"");
    append_escaped(out, start);
    print(out, "\"{} ", buffers.bytes > start.size() ? "..." : "");
  }
  print(out, "[{}: {} B]", length, buffers.bytes);
}

void print_text(Output& out, const GuestMemory& memory, u32 address, u32 length) {
  constexpr u32 shown = 4096;
  if (!memory.contains(address, length)) {
    print(out, "{:#x}[{}]?", address, length);
    return;
  }
  print(out, "\"");
  if (length != 0)
    append_escaped(out,
                   {reinterpret_cast<const char*>(memory.at(address)), std::min(length, shown)});
  print(out, "\"{}", length > shown ? "..." : "");
}

void print_fdstat(Output& out, const GuestMemory& memory, u32 at) {
  print(out, "{{{}, flags=", name(static_cast<Filetype>(memory.load<u8>(at))));
  print_flags(out, memory.load<FdFlags>(at, 2));
  print(out, ", base={:#x}, inheriting={:#x}}}", memory.load<u64>(at, 8), memory.load<u64>(at, 16));
}

void print_filestat(Output& out, const GuestMemory& memory, u32 at, bool v0) {
  const u64 size = memory.load<u64>(at, v0 ? 24 : 32);
  const u64 mtim = memory.load<u64>(at, v0 ? 40 : 48);
  print(out, "{{{}, ino={}, size={}, mtim=", name(static_cast<Filetype>(memory.load<u8>(at, 16))),
        memory.load<u64>(at, 8), size);
  print_time(out, mtim);
  print(out, "}}");
}

void print_subscriptions(Output& out, const GuestMemory& memory, u32 at, u32 count,
                         u32 subscription_size) {
  if (!memory.contains(at, u64{count} * subscription_size)) {
    print(out, "{:#x}[{}]?", at, count);
    return;
  }
  print(out, "[");
  for (u32 i = 0; i < std::min(count, kPreviewedSubscriptions); ++i) {
    const Subscription s = load_subscription(memory, at + i * subscription_size, subscription_size);
    print(out, "{}{}", i == 0 ? "" : ", ", name(s.type));
    if (s.type != EventType::clock) {
      print(out, " {}", std::to_underlying(s.fd));
      continue;
    }
    print(out, " {} ", name(static_cast<ClockId>(s.clock)));
    if (s.clock_flags != SubclockFlags::none) print(out, "abstime ");
    print_time(out, s.timeout);
  }
  print(out, "{}]", count > kPreviewedSubscriptions ? fmt::format(", … {} in all", count) : "");
}

}  // namespace limen::wire

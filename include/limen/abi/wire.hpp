// limen/abi/wire.hpp - Wire<T>: how each kind of argument and result travels between wasm and C++.
//
// A kind says which wasm slots it takes and offers the checks that it has, one per phase, so that
// all calls refuse in the order of preview1.md §1 whatever the order of their parameters is:
//
//   slots                     wasm types, in order                              (always)
//   value(slots, out)         enum values and flag bits                         inval
//   descriptor(call, …)       is the number open?                               badf
//   type(needs, arg)          is it of a type that the call works on?           the row's errno
//   rights(needs, which, arg) does it have the rights that the row names?       notcapable
//   memory(memory, …)         are the guest's addresses inside its memory?      fault
//   text(arg)                 is it a well-formed path?                         preview1.md §3
//
// What a kind lacks is not checked and costs nothing. Decoders write in place: returning a kilobyte
// by value costs more than the call. Results have `stored` (bytes at the result pointer) and
// store(). print() is what a trace shows.
#pragma once

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <utility>

#include "limen/abi/args.hpp"
#include "limen/abi/text.hpp"

namespace limen {

/// The types of wasm values that cross the boundary of a host call or an export.
enum class ValType : u8 { int32, int64, float32, float64, other };

/// What a call needs of the descriptors that it is given. Each errno is the answer to a descriptor
/// of that kind; success means that the kind is fine.
struct Needs {
  Rights fd = Rights::none;           ///< all of these, on the first descriptor
  Rights alternative = Rights::none;  ///< or this one instead
  Rights second = Rights::none;       ///< all of these, on the second descriptor
  Errno directory = Errno::success;
  Errno stream = Errno::success;  ///< stdio, pipes, terminals, sockets
  Errno not_directory = Errno::notdir;
  Errno connected = Errno::success;  ///< a socket that does not listen
};

/// The raw arguments of a call as an engine holds them: slots of `step` bytes. Only the low half of
/// an i32's slot is defined.
class Slots {
 public:
  Slots(void* base, u32 step) noexcept : base_(static_cast<std::byte*>(base)), step_(step) {}
  [[nodiscard]] limen::u32 u32(std::size_t index) const noexcept { return load<limen::u32>(index); }
  [[nodiscard]] limen::u64 u64(std::size_t index) const noexcept { return load<limen::u64>(index); }
  /// The wasm result of an i32 function takes the place of the first argument.
  void put_result(limen::u32 value) const noexcept {
    const limen::u64 wide = value;
    std::memcpy(base_, &wide, sizeof wide);
  }
  [[nodiscard]] Slots from(std::size_t index) const noexcept {
    return {base_ + index * step_, step_};
  }

 private:
  template <class T>
  [[nodiscard]] T load(std::size_t index) const noexcept {
    T value;
    std::memcpy(&value, base_ + index * step_, sizeof value);
    return value;
  }
  std::byte* base_;
  limen::u32 step_;
};

using Output = fmt::memory_buffer;

template <class T>
struct Wire;

namespace wire {

template <class... Args>
void print(Output& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

/// Like print_flags, but a set that lacks little of what a directory hands on reads "all-a-b".
void print_rights(Output& out, Rights rights);

/// "a|b" for the bits that are set; "0" for none; unknown bits in hexadecimal.
template <FlagType E>
void print_bits(Output& out, u64 rest) {
  bool first = true;
  for (std::size_t bit = 0; bit < names<E>.size(); ++bit) {
    const u64 mask = u64{1} << bit;
    if ((rest & mask) == 0) continue;
    rest &= ~mask;
    print(out, "{}{}", first ? "" : "|", names<E>[bit]);
    first = false;
  }
  if (rest != 0) print(out, "{}{:#x}", first ? "" : "|", rest);
  if (rest == 0 && first) print(out, "0");
}
template <FlagType E>
void print_flags(Output& out, E flags) {
  print_bits<E>(out, static_cast<u64>(flags));
}

/// Seconds with nine decimals.
inline void print_time(Output& out, u64 ns) {
  print(out, "{}.{:09}s", ns / 1'000'000'000, ns % 1'000'000'000);
}

}  // namespace wire

// ---- plain numbers ---------------------------------------------------------------------------

template <class T>
  requires std::same_as<T, Size> || std::same_as<T, Fd> || std::same_as<T, ExitCode> ||
           std::same_as<T, ThreadArg>
struct Wire<T> {
  static constexpr std::array slots{ValType::int32};
  static constexpr u32 stored = 4;
  static Errno value(Slots s, T& out) noexcept {
    out = T{s.u32(0)};
    return Errno::success;
  }
  static void store(const GuestMemory& memory, u32 at, T value) noexcept {
    memory.store(at, std::to_underlying(value));
  }
  static void print(Output& out, const GuestMemory&, Slots s) { wire::print(out, "{}", s.u32(0)); }
  static void print_stored(Output& out, const GuestMemory& memory, u32 at) {
    wire::print(out, "{}", memory.load<u32>(at));
  }
};

template <class T>
  requires std::same_as<T, FileSize> || std::same_as<T, Timestamp> || std::same_as<T, DirCookie>
struct Wire<T> {
  static constexpr std::array slots{ValType::int64};
  static constexpr u32 stored = 8;
  static Errno value(Slots s, T& out) noexcept {
    out = T{s.u64(0)};
    return Errno::success;
  }
  static void store(const GuestMemory& memory, u32 at, T value) noexcept {
    memory.store(at, std::to_underlying(value));
  }
  static void show(Output& out, u64 value) {
    if constexpr (std::same_as<T, Timestamp>) {
      wire::print_time(out, value);
    } else {
      wire::print(out, "{}", value);
    }
  }
  static void print(Output& out, const GuestMemory&, Slots s) { show(out, s.u64(0)); }
  static void print_stored(Output& out, const GuestMemory& memory, u32 at) {
    show(out, memory.load<u64>(at));
  }
};

template <>
struct Wire<FileDelta> {
  static constexpr std::array slots{ValType::int64};
  static Errno value(Slots s, FileDelta& out) noexcept {
    out = FileDelta{static_cast<i64>(s.u64(0))};
    return Errno::success;
  }
  static void print(Output& out, const GuestMemory&, Slots s) {
    wire::print(out, "{}", static_cast<i64>(s.u64(0)));
  }
};

// ---- choices and flags -----------------------------------------------------------------------

template <ChoiceType E>
struct Wire<E> {
  static constexpr std::array slots{ValType::int32};
  static Errno value(Slots s, E& out) noexcept {
    const u32 raw = s.u32(0);
    if (raw >= names<E>.size()) return Errno::inval;
    out = static_cast<E>(raw);
    return Errno::success;
  }
  static void print(Output& out, const GuestMemory&, Slots s) {
    const u32 raw = s.u32(0);
    if (raw < names<E>.size()) {
      wire::print(out, "{}", names<E>[raw]);
    } else {
      wire::print(out, "{}", raw);
    }
  }
};

template <FlagType E>
struct Wire<E> {
  static constexpr std::array slots{ValType::int32};
  static constexpr u32 stored = sizeof(E);
  static Errno value(Slots s, E& out) noexcept {
    const u32 raw = s.u32(0);
    if ((raw & ~static_cast<u32>(all_flags<E>)) != 0) return Errno::inval;
    out = static_cast<E>(raw);
    return Errno::success;
  }
  static void store(const GuestMemory& memory, u32 at, E value) noexcept {
    memory.store(at, std::to_underlying(value));
  }
  static void print(Output& out, const GuestMemory&, Slots s) {
    wire::print_bits<E>(out, s.u32(0));
  }
  static void print_stored(Output& out, const GuestMemory& memory, u32 at) {
    wire::print_flags(out, memory.load<E>(at));
  }
};

/// Rights are the one flag type of 64 bits, and undefined bits have a meaning of their own in each
/// call that takes them (preview1.md §1), so all of them reach the handler.
template <>
struct Wire<Rights> {
  static constexpr std::array slots{ValType::int64};
  static Errno value(Slots s, Rights& out) noexcept {
    out = Rights{s.u64(0)};
    return Errno::success;
  }
  static void print(Output& out, const GuestMemory&, Slots s) {
    wire::print_rights(out, Rights{s.u64(0)});
  }
};

// ---- descriptors -----------------------------------------------------------------------------

namespace wire {

struct OpenFd {
  static constexpr std::array slots{ValType::int32};
  static Errno descriptor(const Call& call, Slots s, File& out) noexcept {
    out.fd = s.u32(0);
    out.entry = call.fds.find(out.fd);
    return out.entry != nullptr ? Errno::success : Errno::badf;
  }
  static Errno rights(const Needs& needs, std::size_t which, const File& file) noexcept {
    const Rights wanted = which == 0 ? needs.fd : needs.second;
    if (file->may(wanted)) [[likely]]
      return Errno::success;
    const bool instead =
        which == 0 && needs.alternative != Rights::none && file->may(needs.alternative);
    return instead ? Errno::success : Errno::notcapable;
  }
  static void print(Output& out, const GuestMemory&, Slots s) { wire::print(out, "{}", s.u32(0)); }
};

}  // namespace wire

template <>
struct Wire<File> : wire::OpenFd {
  static Errno type(const Needs& needs, const File& file) noexcept {
    switch (file->kind) {
      case Kind::file:
        return Errno::success;
      case Kind::directory:
        return needs.directory;
      default:
        return needs.stream;
    }
  }
};

template <>
struct Wire<Dir> : wire::OpenFd {
  static Errno type(const Needs& needs, const File& file) noexcept {
    return file->kind == Kind::directory ? Errno::success : needs.not_directory;
  }
};

template <>
struct Wire<Preopen> : wire::OpenFd {
  static Errno type(const Needs&, const File& file) noexcept {
    return file->preopen != nullptr ? Errno::success : Errno::badf;
  }
};

template <>
struct Wire<Socket> : wire::OpenFd {
  static Errno type(const Needs& needs, const File& file) noexcept {
    if (file->kind == Kind::listener) return Errno::success;
    return file->kind == Kind::socket ? needs.connected : Errno::notsock;
  }
};

// ---- guest memory ----------------------------------------------------------------------------

namespace wire {

/// Copies and checks an iovec array. Every element is checked, also those past what one system call
/// takes. A sum or a count that is too large is cut; short counts are always legal.
Errno read_iovecs(const GuestMemory& memory, u32 address, u32 length, Buffers& out) noexcept;
/// The general case of the above: more than one element.
Errno read_many_iovecs(const GuestMemory& memory, u32 address, u32 length, Buffers& out) noexcept;
/// Copies text and notes in `out.error` what the rules of preview1.md §3 say of it, for the phase in
/// which text is checked.
Errno read_text(const GuestMemory& memory, u32 address, u32 length, bool components,
                Text& out) noexcept;
void print_iovecs(Output& out, const GuestMemory& memory, u32 address, u32 length, bool contents);
void print_text(Output& out, const GuestMemory& memory, u32 address, u32 length);

inline Errno read_iovecs(const GuestMemory& memory, u32 address, u32 length,
                         Buffers& out) noexcept {
  if (length != 1) [[unlikely]]
    return read_many_iovecs(memory, address, length, out);
  // One buffer is what nearly every read and write passes.
  if (!memory.contains(address, 8)) return Errno::fault;
  const u32 at = memory.load<u32>(address);
  const u32 size = memory.load<u32>(address, 4);
  if (!memory.contains(at, size)) return Errno::fault;
  const u64 cut = std::min<u64>(size, max_transfer);
  out.count = size == 0 ? 0 : 1;
  out.bytes = cut;
  if (size != 0) out.vectors[0] = {memory.at(at), static_cast<std::size_t>(cut)};
  return Errno::success;
}

template <class T, bool Contents>
struct IoVecArray {
  static constexpr std::array slots{ValType::int32, ValType::int32};
  static Errno memory(const GuestMemory& memory, Slots s, T& out) noexcept {
    return read_iovecs(memory, s.u32(0), s.u32(1), out);
  }
  static void print(Output& out, const GuestMemory& memory, Slots s) {
    print_iovecs(out, memory, s.u32(0), s.u32(1), Contents);
  }
};

template <class T, bool Components>
struct GuestText {
  static constexpr std::array slots{ValType::int32, ValType::int32};
  static Errno memory(const GuestMemory& memory, Slots s, T& out) noexcept {
    return read_text(memory, s.u32(0), s.u32(1), Components, out);
  }
  static Errno text(const T& text) noexcept { return text.error; }
  static void print(Output& out, const GuestMemory& memory, Slots s) {
    print_text(out, memory, s.u32(0), s.u32(1));
  }
};

}  // namespace wire

template <>
struct Wire<IoVecs> : wire::IoVecArray<IoVecs, false> {};
template <>
struct Wire<ConstIoVecs> : wire::IoVecArray<ConstIoVecs, true> {};
template <>
struct Wire<Path> : wire::GuestText<Path, true> {};
template <>
struct Wire<LinkTarget> : wire::GuestText<LinkTarget, false> {};

template <>
struct Wire<OutBytes> {
  static constexpr std::array slots{ValType::int32, ValType::int32};
  static Errno memory(const GuestMemory& memory, Slots s, OutBytes& out) noexcept {
    const auto bytes = memory.bytes(s.u32(0), s.u32(1));
    if (!bytes) return bytes.error();
    out = {s.u32(0), *bytes};
    return Errno::success;
  }
  static void print(Output& out, const GuestMemory&, Slots s) {
    wire::print(out, "{:#x}[{}]", s.u32(0), s.u32(1));
  }
};

template <>
struct Wire<OutStrings> {
  static constexpr std::array slots{ValType::int32, ValType::int32};
  static Errno value(Slots s, OutStrings& out) noexcept {
    out = {s.u32(0), s.u32(1)};
    return Errno::success;
  }
  static void print(Output& out, const GuestMemory&, Slots s) {
    wire::print(out, "{:#x}, {:#x}", s.u32(0), s.u32(1));
  }
};

template <u32 SubscriptionSize>
struct Wire<PollArrays<SubscriptionSize>> {
  using Arrays = PollArrays<SubscriptionSize>;
  static constexpr u32 event_size = 32;
  static constexpr std::array slots{ValType::int32, ValType::int32, ValType::int32};
  static Errno value(Slots s, Arrays& out) noexcept {
    out = {s.u32(0), s.u32(1), s.u32(2)};
    return out.count == 0 ? Errno::inval : Errno::success;
  }
  static Errno memory(const GuestMemory& memory, Slots, Arrays& out) noexcept {
    const bool inside = memory.contains(out.subscriptions, u64{out.count} * SubscriptionSize) &&
                        memory.contains(out.events, u64{out.count} * event_size);
    return inside ? Errno::success : Errno::fault;
  }
  static void print(Output& out, const GuestMemory& memory, Slots s);
};

// ---- structures that calls store -------------------------------------------------------------

namespace wire {

/// Layouts of preview1.json `structs`; every byte is written, padding as zero.
void store_fdstat(const GuestMemory& memory, u32 at, const Fdstat& value) noexcept;
void store_filestat(const GuestMemory& memory, u32 at, const Filestat& value) noexcept;
void store_filestat_v0(const GuestMemory& memory, u32 at, const Filestat& value) noexcept;
void store_event(const GuestMemory& memory, u32 at, const Event& value) noexcept;
[[nodiscard]] Subscription load_subscription(const GuestMemory& memory, u32 at,
                                             u32 subscription_size) noexcept;
void print_fdstat(Output& out, const GuestMemory& memory, u32 at);
void print_filestat(Output& out, const GuestMemory& memory, u32 at, bool v0);
void print_subscriptions(Output& out, const GuestMemory& memory, u32 at, u32 count,
                         u32 subscription_size);

}  // namespace wire

template <u32 SubscriptionSize>
void Wire<PollArrays<SubscriptionSize>>::print(Output& out, const GuestMemory& memory, Slots s) {
  wire::print_subscriptions(out, memory, s.u32(0), s.u32(2), SubscriptionSize);
}

/// `filestat` as snapshot 0 lays it out.
struct FilestatV0 {
  Filestat stat;
};

template <>
struct Wire<Fdstat> {
  static constexpr u32 stored = 24;
  static void store(const GuestMemory& memory, u32 at, const Fdstat& value) noexcept {
    wire::store_fdstat(memory, at, value);
  }
  static void print_stored(Output& out, const GuestMemory& memory, u32 at) {
    wire::print_fdstat(out, memory, at);
  }
};

template <>
struct Wire<Filestat> {
  static constexpr u32 stored = 64;
  static void store(const GuestMemory& memory, u32 at, const Filestat& value) noexcept {
    wire::store_filestat(memory, at, value);
  }
  static void print_stored(Output& out, const GuestMemory& memory, u32 at) {
    wire::print_filestat(out, memory, at, false);
  }
};

template <>
struct Wire<FilestatV0> {
  static constexpr u32 stored = 56;
  static void store(const GuestMemory& memory, u32 at, const FilestatV0& value) noexcept {
    wire::store_filestat_v0(memory, at, value.stat);
  }
  static void print_stored(Output& out, const GuestMemory& memory, u32 at) {
    wire::print_filestat(out, memory, at, true);
  }
};

template <>
struct Wire<Prestat> {
  static constexpr u32 stored = 8;
  static void store(const GuestMemory& memory, u32 at, const Prestat& value) noexcept {
    memory.store(at, u32{0});
    memory.store(at, std::to_underlying(value.name_len), 4);
  }
  static void print_stored(Output& out, const GuestMemory& memory, u32 at) {
    wire::print(out, "{{dir, name_len={}}}", memory.load<u32>(at, 4));
  }
};

}  // namespace limen

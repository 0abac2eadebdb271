// limen/types.hpp - the vocabulary of WASI Preview 1 as C++ types.
//
// Every name and value is the specification's (preview1.witx). Plain numbers are distinct enum
// types, so that a size can't be handed over as a timestamp; read them with std::to_underlying.
//
// `names<E>` lists the spelling of an enumeration's values (by value) or of a flag type's bits (by
// bit number). It is what makes a value from a guest valid and what traces print: one list for both.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace limen {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

enum class Fd : u32 {};         ///< a guest's descriptor number
enum class Size : u32 {};       ///< a length in guest memory, bytes or elements
enum class FileSize : u64 {};   ///< a length or an offset in a file, bytes
enum class FileDelta : i64 {};  ///< a relative offset in a file, bytes
enum class Timestamp : u64 {};  ///< nanoseconds
enum class DirCookie : u64 {};  ///< a place in a directory listing; opaque to guests
enum class ExitCode : u32 {};   ///< what proc_exit was given
enum class ThreadArg : u32 {};  ///< what thread-spawn hands to the new thread, unread

enum class ClockId : u32 { realtime, monotonic, process_cputime_id, thread_cputime_id };
enum class Whence : u8 { set, cur, end };
/// `whence` as snapshot 0 numbers it.
enum class WhenceV0 : u8 { cur, end, set };
enum class Advice : u8 { normal, sequential, random, willneed, dontneed, noreuse };
enum class EventType : u8 { clock, fd_read, fd_write };

/// There is no value for a FIFO: pipes are `unknown`.
enum class Filetype : u8 {
  unknown,
  block_device,
  character_device,
  directory,
  regular_file,
  socket_dgram,
  socket_stream,
  symbolic_link,
};

enum class Signal : u8 {
  none,
  hup,
  int_,
  quit,
  ill,
  trap,
  abrt,
  bus,
  fpe,
  kill,
  usr1,
  segv,
  usr2,
  pipe,
  alrm,
  term,
  chld,
  cont,
  stop,
  tstp,
  ttin,
  ttou,
  urg,
  xcpu,
  xfsz,
  vtalrm,
  prof,
  winch,
  poll,
  pwr,
  sys,
};

enum class FdFlags : u16 { none = 0, append = 1, dsync = 2, nonblock = 4, rsync = 8, sync = 16 };
enum class OFlags : u16 { none = 0, creat = 1, directory = 2, excl = 4, trunc = 8 };
enum class LookupFlags : u32 { none = 0, symlink_follow = 1 };
enum class FstFlags : u16 { none = 0, atim = 1, atim_now = 2, mtim = 4, mtim_now = 8 };
enum class EventRwFlags : u16 { none = 0, fd_readwrite_hangup = 1 };
enum class SubclockFlags : u16 { none = 0, subscription_clock_abstime = 1 };
enum class RiFlags : u16 { none = 0, recv_peek = 1, recv_waitall = 2 };
enum class RoFlags : u16 { none = 0, recv_data_truncated = 1 };
enum class SiFlags : u16 { none = 0 };
enum class SdFlags : u8 { none = 0, rd = 1, wr = 2 };

/// What may be done with a descriptor. Bits 30 and up are undefined.
enum class Rights : u64 {
  none = 0,
  fd_datasync = 1ULL << 0,
  fd_read = 1ULL << 1,
  fd_seek = 1ULL << 2,
  fd_fdstat_set_flags = 1ULL << 3,
  fd_sync = 1ULL << 4,
  fd_tell = 1ULL << 5,
  fd_write = 1ULL << 6,
  fd_advise = 1ULL << 7,
  fd_allocate = 1ULL << 8,
  path_create_directory = 1ULL << 9,
  path_create_file = 1ULL << 10,
  path_link_source = 1ULL << 11,
  path_link_target = 1ULL << 12,
  path_open = 1ULL << 13,
  fd_readdir = 1ULL << 14,
  path_readlink = 1ULL << 15,
  path_rename_source = 1ULL << 16,
  path_rename_target = 1ULL << 17,
  path_filestat_get = 1ULL << 18,
  path_filestat_set_size = 1ULL << 19,
  path_filestat_set_times = 1ULL << 20,
  fd_filestat_get = 1ULL << 21,
  fd_filestat_set_size = 1ULL << 22,
  fd_filestat_set_times = 1ULL << 23,
  path_symlink = 1ULL << 24,
  path_remove_directory = 1ULL << 25,
  path_unlink_file = 1ULL << 26,
  poll_fd_readwrite = 1ULL << 27,
  sock_shutdown = 1ULL << 28,
  sock_accept = 1ULL << 29,
};

/// Spellings by value (enumerations) or by bit number (flags); the primary is empty: no names.
template <class E>
inline constexpr std::array<std::string_view, 0> names{};

template <>
inline constexpr std::array<std::string_view, 4> names<ClockId>{
    "realtime", "monotonic", "process_cputime_id", "thread_cputime_id"};
template <>
inline constexpr std::array<std::string_view, 3> names<Whence>{"set", "cur", "end"};
template <>
inline constexpr std::array<std::string_view, 3> names<WhenceV0>{"cur", "end", "set"};
template <>
inline constexpr std::array<std::string_view, 6> names<Advice>{"normal",   "sequential", "random",
                                                               "willneed", "dontneed",   "noreuse"};
template <>
inline constexpr std::array<std::string_view, 3> names<EventType>{"clock", "fd_read", "fd_write"};
template <>
inline constexpr std::array<std::string_view, 8> names<Filetype>{
    "unknown",      "block_device", "character_device", "directory",
    "regular_file", "socket_dgram", "socket_stream",    "symbolic_link"};
template <>
inline constexpr std::array<std::string_view, 31> names<Signal>{
    "none", "hup",  "int",  "quit",   "ill",  "trap",  "abrt", "bus",  "fpe",  "kill", "usr1",
    "segv", "usr2", "pipe", "alrm",   "term", "chld",  "cont", "stop", "tstp", "ttin", "ttou",
    "urg",  "xcpu", "xfsz", "vtalrm", "prof", "winch", "poll", "pwr",  "sys"};
template <>
inline constexpr std::array<std::string_view, 5> names<FdFlags>{"append", "dsync", "nonblock",
                                                                "rsync", "sync"};
template <>
inline constexpr std::array<std::string_view, 4> names<OFlags>{"creat", "directory", "excl",
                                                               "trunc"};
template <>
inline constexpr std::array<std::string_view, 1> names<LookupFlags>{"symlink_follow"};
template <>
inline constexpr std::array<std::string_view, 4> names<FstFlags>{"atim", "atim_now", "mtim",
                                                                 "mtim_now"};
template <>
inline constexpr std::array<std::string_view, 1> names<EventRwFlags>{"fd_readwrite_hangup"};
template <>
inline constexpr std::array<std::string_view, 1> names<SubclockFlags>{"subscription_clock_abstime"};
template <>
inline constexpr std::array<std::string_view, 2> names<RiFlags>{"recv_peek", "recv_waitall"};
template <>
inline constexpr std::array<std::string_view, 1> names<RoFlags>{"recv_data_truncated"};
template <>
inline constexpr std::array<std::string_view, 2> names<SdFlags>{"rd", "wr"};
template <>
inline constexpr std::array<std::string_view, 30> names<Rights>{"fd_datasync",
                                                                "fd_read",
                                                                "fd_seek",
                                                                "fd_fdstat_set_flags",
                                                                "fd_sync",
                                                                "fd_tell",
                                                                "fd_write",
                                                                "fd_advise",
                                                                "fd_allocate",
                                                                "path_create_directory",
                                                                "path_create_file",
                                                                "path_link_source",
                                                                "path_link_target",
                                                                "path_open",
                                                                "fd_readdir",
                                                                "path_readlink",
                                                                "path_rename_source",
                                                                "path_rename_target",
                                                                "path_filestat_get",
                                                                "path_filestat_set_size",
                                                                "path_filestat_set_times",
                                                                "fd_filestat_get",
                                                                "fd_filestat_set_size",
                                                                "fd_filestat_set_times",
                                                                "path_symlink",
                                                                "path_remove_directory",
                                                                "path_unlink_file",
                                                                "poll_fd_readwrite",
                                                                "sock_shutdown",
                                                                "sock_accept"};

/// Types whose values are sets of bits. Each has an enumerator `none`.
template <class E>
concept FlagType =
    std::same_as<E, Rights> || std::same_as<E, FdFlags> || std::same_as<E, OFlags> ||
    std::same_as<E, LookupFlags> || std::same_as<E, FstFlags> || std::same_as<E, EventRwFlags> ||
    std::same_as<E, SubclockFlags> || std::same_as<E, RiFlags> || std::same_as<E, RoFlags> ||
    std::same_as<E, SiFlags> || std::same_as<E, SdFlags>;

/// Types whose values are one of a list.
template <class E>
concept ChoiceType = std::is_enum_v<E> && !FlagType<E> && (names<E>.size() > 0);

template <FlagType E>
[[nodiscard]] constexpr E operator|(E a, E b) noexcept {
  return static_cast<E>(std::to_underlying(a) | std::to_underlying(b));
}
template <FlagType E>
[[nodiscard]] constexpr E operator&(E a, E b) noexcept {
  return static_cast<E>(std::to_underlying(a) & std::to_underlying(b));
}
template <FlagType E>
[[nodiscard]] constexpr E operator~(E a) noexcept {
  return static_cast<E>(~std::to_underlying(a));
}
template <FlagType E>
constexpr E& operator|=(E& a, E b) noexcept {
  return a = a | b;
}
template <FlagType E>
constexpr E& operator&=(E& a, E b) noexcept {
  return a = a & b;
}

/// True when every bit of `wanted` is in `set`.
template <FlagType E>
[[nodiscard]] constexpr bool has(E set, E wanted) noexcept {
  return (set & wanted) == wanted;
}

/// True when at least one bit of `wanted` is in `set`.
template <FlagType E>
[[nodiscard]] constexpr bool has_any(E set, E wanted) noexcept {
  return (set & wanted) != E::none;
}

/// Every defined bit of a flag type.
template <FlagType E>
inline constexpr E all_flags = static_cast<E>((u64{1} << names<E>.size()) - 1);

/// The spelling of a choice; "?" outside the list.
template <ChoiceType E>
[[nodiscard]] constexpr std::string_view name(E value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  return index < names<E>.size() ? names<E>[index] : "?";
}

/// `fdstat`: what fd_fdstat_get tells.
struct Fdstat {
  Filetype filetype = Filetype::unknown;
  FdFlags flags = FdFlags::none;
  Rights base = Rights::none;
  Rights inheriting = Rights::none;
  friend bool operator==(const Fdstat&, const Fdstat&) = default;
};

/// `filestat`: times in nanoseconds since 1970, size in bytes.
struct Filestat {
  u64 dev = 0;
  u64 ino = 0;
  Filetype filetype = Filetype::unknown;
  u64 nlink = 0;
  u64 size = 0;
  u64 atim = 0;
  u64 mtim = 0;
  u64 ctim = 0;
  friend bool operator==(const Filestat&, const Filestat&) = default;
};

/// `prestat` of a preopened directory, the only kind there is.
struct Prestat {
  Size name_len{};
};

/// `subscription`, either clock or descriptor.
struct Subscription {
  u64 userdata = 0;
  EventType type = EventType::clock;
  Fd fd{};          ///< for fd_read and fd_write
  u32 clock = 0;    ///< for clock: unchecked, a bad one is an event
  u64 timeout = 0;  ///< for clock: ns, relative or absolute
  SubclockFlags clock_flags = SubclockFlags::none;
};

/// `event`.
struct Event {
  u64 userdata = 0;
  u16 error = 0;
  EventType type = EventType::clock;
  u64 nbytes = 0;
  EventRwFlags flags = EventRwFlags::none;
};

}  // namespace limen

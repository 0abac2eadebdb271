// testing/fake_guest.hpp - a guest without an engine: a memory, a process, and the rows that an
// engine would link.
//
//   FakeGuest guest;
//   const u32 fd = guest.add(std::make_unique<FakeFile>("0123456789"));
//   EXPECT_EQ(guest.call("fd_seek", fd, 4, Whence::set).err, Errno::success);
//   EXPECT_EQ(guest.tell(fd), 4u);
//
// Calls go through CallSpec::invoke with slots as an engine lays them out: 16 bytes each, all that
// an engine leaves undefined filled with junk. Result pointers at the end of a call may be left out:
// they then point at a poisoned place, and Answer::get() reads what the call stored there.
//
// Every call that fails is checked to have left guest memory as it was (preview1.md, top).
#pragma once

#include <array>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "calls/modules.hpp"
#include "core/process.hpp"
#include "testing/guest_pages.hpp"
#include "testing/print.hpp"

namespace limen::test {

/// An address and a length, in bytes or elements: two arguments of a call.
struct Region {
  u32 at = 0;
  u32 length = 0;
};

/// One argument, or two (text and regions).
class Arg {
 public:
  template <class T>
    requires std::is_integral_v<T>
  Arg(T value) : value_(static_cast<u64>(value)) {}  // NOLINT(*-explicit-*)
  template <class E>
    requires std::is_enum_v<E>
  Arg(E value) : value_(static_cast<u64>(std::to_underlying(value))) {}  // NOLINT(*-explicit-*)
  Arg(Region region) : value_(region) {}                                 // NOLINT(*-explicit-*)
  Arg(std::string_view text) : value_(text) {}                           // NOLINT(*-explicit-*)
  Arg(const std::string& text) : value_(std::string_view(text)) {}       // NOLINT(*-explicit-*)
  Arg(const char* text) : value_(std::string_view(text)) {}              // NOLINT(*-explicit-*)

  using Value = std::variant<u64, Region, std::string_view>;
  [[nodiscard]] const Value& value() const noexcept { return value_; }

 private:
  Value value_;
};

/// What a call answered.
struct Answer {
  static constexpr std::size_t room = 64;  ///< bytes per result, the size of a filestat

  Errno err = Errno::success;
  Verdict verdict = Verdict::returned;
  u32 raw = 0;  ///< the wasm result
  std::array<std::array<std::byte, room>, 2> stored{};

  [[nodiscard]] bool ended() const noexcept { return verdict == Verdict::ended; }

  /// What was stored at the result pointer that was left out; 0xAA bytes when nothing was.
  template <class T>
  [[nodiscard]] T get(std::size_t result = 0, std::size_t offset = 0) const {
    T value;
    std::memcpy(&value, stored.at(result).data() + offset, sizeof value);
    return value;
  }
};

/// What fd_readdir put into a buffer, taken apart; `name` is shorter than `namlen` when it was cut.
struct Dirent {
  u64 next = 0;
  u64 ino = 0;
  u32 namlen = 0;
  Filetype type = Filetype::unknown;
  std::string name;
};

/// Every right, for descriptors whose rights are not what a test is about.
inline constexpr Rights every_right = all_flags<Rights>;

class FakeGuest {
 public:
  struct Options {
    std::vector<std::string> args = {"guest"};
    std::vector<std::string> env = {};
    u32 pages = 4;  ///< of 64 KiB; 0: an instance without a memory
    std::string_view module = "wasi_snapshot_preview1";
    bool traced = false;
  };
  FakeGuest() : FakeGuest(Options{}) {}
  explicit FakeGuest(Options options);
  FakeGuest(const FakeGuest&) = delete;
  FakeGuest& operator=(const FakeGuest&) = delete;
  ~FakeGuest();

  // ---- calls ---------------------------------------------------------------------------------

  template <class... A>
  Answer call(std::string_view name, const A&... args) {
    const std::array<Arg, sizeof...(A)> list{Arg(args)...};
    return call_list(name, list);
  }
  Answer call(std::string_view name) { return call_list(name, {}); }
  Answer call_list(std::string_view name, std::span<const Arg> args);
  /// The module whose rows call() takes; both see the same process.
  void use_module(std::string_view module) { module_ = module; }

  // ---- guest memory --------------------------------------------------------------------------

  [[nodiscard]] const GuestMemory& memory() const noexcept { return call_.memory; }
  /// The first address that is outside.
  [[nodiscard]] u32 end() const noexcept { return static_cast<u32>(pages_.size()); }
  /// Fresh bytes, poisoned with 0xAA, at an odd address: alignment must not matter.
  [[nodiscard]] Region alloc(u32 bytes);
  Region put(std::string_view bytes);
  [[nodiscard]] std::string text(Region region) const;
  /// An array of iovecs.
  Region iovecs(std::span<const Region> buffers);
  Region iovecs(std::initializer_list<Region> buffers) {
    return iovecs(std::span(buffers.begin(), buffers.size()));
  }
  /// One iovec over a fresh buffer or over given bytes.
  Region into(u32 bytes) { return iovecs({alloc(bytes)}); }
  Region from(std::string_view bytes) { return iovecs({put(bytes)}); }
  template <class T>
  [[nodiscard]] T load(u32 address) const {
    return memory().load<T>(address);
  }
  template <class T>
  void store(u32 address, T value) {
    memory().store(address, value);
  }
  /// Takes back everything that alloc() and put() gave.
  void forget() noexcept { next_ = kHeap; }

  // ---- descriptors ---------------------------------------------------------------------------

  /// Puts a descriptor at the lowest free number, with these rights as far as it can have them.
  u32 add(std::unique_ptr<Descriptor> descriptor, Rights base = every_right,
          Rights inheriting = every_right, FdFlags flags = FdFlags::none);
  /// Puts a descriptor at 0, 1 or 2 with the rights that it has there.
  void set_stdio(u32 fd, std::unique_ptr<Descriptor> descriptor);
  /// A directory with the rights of a preopened one, at the lowest free number.
  u32 preopen(std::string name, std::unique_ptr<Descriptor> directory);
  [[nodiscard]] Entry& entry(u32 fd) { return *process_.fds.find(fd); }
  [[nodiscard]] bool is_open(u32 fd) const { return process_.fds.find(fd) != nullptr; }

  // ---- calls that tests make all the time; they fail the test when the call fails ------------

  u32 open(u32 dir, std::string_view path, OFlags oflags = OFlags::none,
           Rights base = Rights::fd_read | Rights::fd_write, FdFlags fdflags = FdFlags::none);
  u32 write(u32 fd, std::string_view bytes);
  std::string read(u32 fd, u32 bytes);
  u64 tell(u32 fd);
  Fdstat fdstat(u32 fd);
  Filestat filestat(u32 fd);
  Filestat stat_at(u32 dir, std::string_view path, LookupFlags flags = LookupFlags::none);
  /// One fd_readdir; `used` is what it said.
  std::vector<Dirent> readdir(u32 fd, u32 buffer, u64 cookie, u32* used = nullptr);

  // ---- the run -------------------------------------------------------------------------------

  [[nodiscard]] Process& process() noexcept { return process_; }
  [[nodiscard]] Call& raw_call() noexcept { return call_; }
  [[nodiscard]] const std::optional<Ending>& ending() const noexcept { return process_.run.ending; }
  /// The lines that the trace hook wrote since the last time, without durations.
  std::string trace();

 private:
  static constexpr u32 kResults = 64;  // where omitted result pointers point
  static constexpr u32 kTexts = 4096;  // where text arguments are put, anew for each call
  static constexpr u32 kHeap = 65536;  // where alloc() begins

  void put_slot(std::size_t index, u64 value, ValType type);
  void check_untouched(std::string_view name);

  Process process_;
  GuestPages pages_;
  Call call_;
  std::string_view module_;
  u32 next_ = kHeap;
  std::array<std::array<std::byte, 16>, 17> slots_{};
  std::vector<std::byte> before_;
  std::unique_ptr<Hook> hook_;
  std::string trace_;
};

}  // namespace limen::test

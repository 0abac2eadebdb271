// fuzz_calls.cpp - short programs of arbitrary calls with arbitrary arguments and memory.
//
// An input is: one byte of settings, one byte that says how long the program is (in units of four
// bytes), the program, and the rest is copied to kImage in guest memory. A program is a list of
// calls: a byte that chooses the function, then for each argument a byte that says what it is (see
// Program::argument) and the bytes that this needs. make_seeds.py writes inputs from readable text.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "calls/modules.hpp"
#include "core/process.hpp"
#include "core/signal_mask.hpp"
#include "fs/host/host.hpp"
#include "fs/stream/host_stream.hpp"
#include "limen/trace.hpp"
#include "net/listen.hpp"
#include "net/socket.hpp"
#include "sandbox_dir.hpp"
#include "testing/guest_pages.hpp"

namespace limen::fuzz {
namespace {

constexpr u32 kPages = 1;
constexpr u32 kImage = 1024;    // where the rest of an input is copied
constexpr u32 kMostCalls = 24;  // per input
constexpr auto kTimeLimit = std::chrono::milliseconds(4);
constexpr rlim_t kLargestFile = 1 << 20;

/// What the first byte of an input chooses.
enum Settings : u8 { snapshot0 = 1, traced = 2, walk = 4 };

/// Files that live as long as the process: what is granted read-only and what is not granted.
struct Surroundings {
  test::TempDir temp{test::TempDir::fast_base()};
  UniqueFd listener;
  std::vector<Untouched> untouched;

  Surroundings() {
    limit_file_size(kLargestFile);
    temp.directory("ro/dir");
    temp.file("ro/file", "read-only");
    temp.link("file", "ro/link");
    temp.directory("secret");
    temp.file("secret/file", "secret");
    listener = listen_unix(temp.at("socket")).value();
    for (const char* name : {"ro", "ro/dir", "ro/file", "ro/link", "secret", "secret/file"})
      untouched.emplace_back(temp.at(name));
  }
};

Surroundings& surroundings() {
  static Surroundings only;
  return only;
}

/// A run of one input.
class Guest {
 public:
  Guest(Settings settings, std::span<const u8> image)
      : settings_(settings), call_{process_, process_.fds, process_.run, pages_.memory()} {
    const std::size_t n = std::min(image.size(), pages_.size() - kImage);
    std::copy_n(std::as_bytes(image).begin(), n, pages_.base() + kImage);
    process_.args = StringList({"guest", "argument"});
    process_.env = StringList({"NAME=value"});
    if ((settings & traced) != 0) {
      hook_ = trace_text([](std::string_view line) {
        if (!std::ranges::all_of(line.substr(0, line.size() - 1),
                                 [](char c) { return static_cast<unsigned char>(c) >= 0x20; }))
          give_up("a control character in a trace");
      });
      process_.run.hook = hook_.get();
    }
    grant();
  }
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;
  ~Guest() {
    std::error_code ignored;
    std::filesystem::remove_all(surroundings().temp.at("rw"), ignored);
  }

  [[nodiscard]] const CallSpec& spec(u8 choice) const {
    const auto calls = host_modules()[(settings_ & snapshot0) != 0 ? 1 : 0].calls;
    return calls[choice % calls.size()];
  }

  /// Calls with one slot per argument; false when the guest is over.
  bool call(const CallSpec& spec, std::span<const u64> slots) {
    std::array<u64, 2 * 17> raw;
    raw.fill(0xEEEEEEEEEEEEEEEE);
    for (std::size_t i = 0; i < slots.size(); ++i)
      std::memcpy(&raw[2 * i], &slots[i], spec.params[i] == ValType::int32 ? 4 : 8);
    std::memcpy(before_.data(), pages_.base(), before_.size());
    const Verdict verdict = spec.invoke(call_, Slots(raw.data(), 16));
    const auto answer = static_cast<u32>(raw[0]);
    if (verdict == Verdict::ended) {
      if (!process_.run.ending) give_up("{} ended the run without an ending", spec.name);
      return false;
    }
    if (answer >= errno_count || answer == static_cast<u32>(Errno::intr))
      give_up("{} answered {}", spec.name, answer);
    if (answer != 0 && std::memcmp(before_.data(), pages_.base(), before_.size()) != 0)
      give_up("{} failed with {} and changed memory", spec.name, name(static_cast<Errno>(answer)));
    return true;
  }

  [[nodiscard]] RunState& run_state() { return process_.run; }

 private:
  void grant() {
    Surroundings& around = surroundings();
    const Resolve how = (settings_ & walk) != 0 ? Resolve::walk : Resolve::openat2;
    around.temp.directory("rw/dir/deep");
    around.temp.file("rw/file", "0123456789");
    around.temp.link("../secret/file", "rw/up");
    around.temp.link("dir", "rw/link");

    std::array<int, 2> in{};
    std::array<int, 2> err{};
    std::array<int, 2> connected{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0 ||
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, connected.data()) != 0)
      give_up("out of descriptors");
    kept_ = {UniqueFd(in[1]), UniqueFd(err[0]), UniqueFd(connected[1])};
    if (::write(in[1], "input", 5) != 5 || ::write(connected[1], "hello", 5) != 5)
      give_up("can't write");

    constexpr Rights stdio = rights::stream;
    place(0, std::move(*host_stream(UniqueFd(in[0]), StreamUse::input)), stdio & ~Rights::fd_write);
    place(1, null_stream(StreamUse::output), stdio & ~Rights::fd_read);
    place(2, std::move(*host_stream(UniqueFd(err[1]), StreamUse::output)),
          stdio & ~Rights::fd_read);
    preopen("/", "rw", false, how);
    preopen("/ro", "ro", true, how);
    place(5, host_socket(UniqueFd(connected[0])), rights::socket);
    const int listening = ::fcntl(around.listener.get(), F_DUPFD_CLOEXEC, 3);
    place(6, host_listener(UniqueFd(listening), ListenerOrigin::lent), rights::listener,
          rights::socket);
  }
  void place(u32 fd, std::unique_ptr<Descriptor> descriptor, Rights base,
             Rights inheriting = Rights::none) {
    process_.fds.place(fd, make_entry(std::move(descriptor), base, inheriting, FdFlags::none));
  }
  void preopen(const char* guest_name, const char* host_name, bool read_only, Resolve how) {
    auto directory = host_directory(surroundings().temp.open(host_name), read_only, how);
    const u32 fd = read_only ? 4 : 3;
    place(fd, std::move(*directory), rights::directory, rights::directory_inheriting);
    process_.fds.find(fd)->preopen = std::make_unique<std::string>(guest_name);
  }

  Settings settings_;
  std::array<UniqueFd, 3> kept_;  // the other ends, so that streams block instead of ending
  Process process_;
  test::GuestPages pages_{kPages};
  Call call_;
  std::unique_ptr<Hook> hook_;
  std::vector<std::byte> before_{kPages * test::GuestPages::page};
};

/// The bytes of a program.
class Program {
 public:
  explicit Program(std::span<const u8> bytes) : bytes_(bytes) {}
  [[nodiscard]] bool done() const { return bytes_.empty(); }
  u8 byte() { return static_cast<u8>(number(1)); }

  u64 argument() {
    constexpr u64 end = kPages * test::GuestPages::page;
    const u8 kind = byte();
    switch (kind % 8) {
      case 0:  // a descriptor, a flag, a length: a small number
        return byte();
      case 1:  // an address in the image
        return kImage + number(2);
      case 2:  // an address near the end of memory
        return end - byte();
      case 3:
        return number(4);
      case 4:
        return number(8);
      case 5:  // one bit
        return u64{1} << (byte() % 64);
      case 6:  // a small negative number
        return ~u64{byte()};
      default:  // the upper bits of the kind itself: one byte is enough
        return kind >> 3;
    }
  }

 private:
  u64 number(std::size_t size) {
    const std::size_t n = std::min(size, bytes_.size());
    u64 value = 0;
    std::memcpy(&value, bytes_.data(), n);
    bytes_ = bytes_.subspan(n);
    return value;
  }
  std::span<const u8> bytes_;
};

void run(std::span<const u8> input) {
  if (input.size() < 2) return;
  const auto settings = static_cast<Settings>(input[0] & 7);
  const std::size_t length = std::min<std::size_t>(input[1] * 4, input.size() - 2);
  Program program(input.subspan(2, length));
  Guest guest(settings, input.subspan(2 + length));

  const auto start = std::chrono::steady_clock::now();
  {
    const SignalMask mask(true);
    StopScope scope;
    if (!scope.enter(guest.run_state(), {.deadline = start + kTimeLimit, .token = {}}, {}))
      give_up("no timer");
    for (u32 i = 0; i < kMostCalls && !program.done(); ++i) {
      const CallSpec& spec = guest.spec(program.byte());
      std::array<u64, 16> slots{};
      for (std::size_t slot = 0; slot < spec.params.size(); ++slot)
        slots[slot] = program.argument();
      if (!guest.call(spec, std::span(slots).first(spec.params.size()))) break;
    }
  }
  if (std::chrono::steady_clock::now() - start > std::chrono::seconds(5))
    give_up("the time limit did not end the run");
  for (const Untouched& file : surroundings().untouched) file.check();
}

}  // namespace
}  // namespace limen::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  limen::fuzz::run({data, size});
  return 0;
}

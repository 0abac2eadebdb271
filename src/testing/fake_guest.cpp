// fake_guest.cpp - see the header.
#include "testing/fake_guest.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "limen/trace.hpp"

namespace limen::test {
namespace {

constexpr auto kPoison = std::byte{0xAA};
constexpr u64 kSnapshotLimit = u64{1} << 20;  // memories up to here are compared after failures
constexpr Rights kStdio =
    Rights::fd_fdstat_set_flags | Rights::fd_filestat_get | Rights::poll_fd_readwrite;

// "name(…) -> x=1 [310ns]" without the time it took.
std::string_view without_duration(std::string_view line) {
  return line.substr(0, line.rfind(" ["));
}

}  // namespace

FakeGuest::FakeGuest(Options options)
    : pages_(options.pages),
      call_{
          .process = process_, .fds = process_.fds, .run = process_.run, .memory = pages_.memory()},
      module_(options.module) {
  process_.args = StringList(std::move(options.args));
  process_.env = StringList(std::move(options.env));
  if (!options.traced) return;
  hook_ = trace_text(
      [this](std::string_view line) { trace_.append(without_duration(line)).append("\n"); });
  process_.run.hook = hook_.get();
}

FakeGuest::~FakeGuest() = default;

void FakeGuest::put_slot(std::size_t index, u64 value, ValType type) {
  auto& slot = slots_.at(index);
  slot.fill(std::byte{0xEE});
  std::memcpy(slot.data(), &value, type == ValType::int32 ? 4 : 8);
}

Answer FakeGuest::call_list(std::string_view name, std::span<const Arg> args) {
  const CallSpec* spec = find_call(module_, name);
  if (spec == nullptr) {
    ADD_FAILURE() << "no call " << name << " in " << module_;
    return {.err = Errno::nosys};
  }
  std::size_t slot = 0;
  u32 text_at = kTexts;
  const auto put_next = [&](u64 value) {
    const ValType type = slot < spec->params.size() ? spec->params[slot] : ValType::int64;
    put_slot(slot++, value, type);
  };
  for (const Arg& arg : args) {
    if (const auto* number = std::get_if<u64>(&arg.value())) {
      put_next(*number);
    } else if (const auto* region = std::get_if<Region>(&arg.value())) {
      put_next(region->at);
      put_next(region->length);
    } else {
      const auto text = std::get<std::string_view>(arg.value());
      std::copy_n(std::as_bytes(std::span(text)).begin(), text.size(), memory().at(text_at));
      put_next(text_at);
      put_next(text.size());
      text_at += static_cast<u32>(text.size());
    }
  }
  const std::size_t given = slot;
  if (pages_.size() != 0) std::fill_n(memory().at(kResults), 2 * Answer::room, kPoison);
  for (u32 result = kResults; slot < spec->params.size(); result += Answer::room) put_next(result);
  const auto results =
      static_cast<std::size_t>(std::ranges::count(spec->fields, true, &Field::result));
  EXPECT_EQ(slot, spec->params.size()) << name << ": too many arguments";
  EXPECT_LE(slot - given, results) << name << ": too few arguments";

  if (pages_.size() <= kSnapshotLimit) before_.assign(pages_.base(), pages_.base() + pages_.size());
  Answer answer;
  answer.verdict = spec->invoke(call_, Slots(slots_.data(), sizeof slots_[0]));
  std::memcpy(&answer.raw, slots_[0].data(), sizeof answer.raw);
  if (!answer.ended() && spec->returns_i32) answer.err = static_cast<Errno>(answer.raw);
  if (pages_.size() != 0) std::memcpy(&answer.stored, memory().at(kResults), sizeof answer.stored);
  if (answer.err != Errno::success || answer.ended()) check_untouched(name);
  return answer;
}

void FakeGuest::check_untouched(std::string_view name) {
  if (pages_.size() > kSnapshotLimit) return;
  if (before_.empty()) return;
  EXPECT_EQ(std::memcmp(before_.data(), pages_.base(), before_.size()), 0)
      << name << " failed and changed guest memory";
}

Region FakeGuest::alloc(u32 bytes) {
  const u32 at = next_ | 1;
  if (!memory().contains(at, bytes)) {
    ADD_FAILURE() << "the fake guest's memory is too small";
    return {};
  }
  next_ = at + bytes;
  std::fill_n(memory().at(at), bytes, kPoison);
  return {at, bytes};
}

Region FakeGuest::put(std::string_view bytes) {
  const Region region = alloc(static_cast<u32>(bytes.size()));
  std::copy_n(std::as_bytes(std::span(bytes)).begin(), bytes.size(), memory().at(region.at));
  return region;
}

std::string FakeGuest::text(Region region) const {
  const auto bytes = memory().bytes(region.at, region.length).value();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Region FakeGuest::iovecs(std::span<const Region> buffers) {
  const auto count = static_cast<u32>(buffers.size());
  const Region array = alloc(count * 8);
  for (u32 i = 0; i < count; ++i) store(array.at + i * 8, buffers[i]);
  return {array.at, count};
}

u32 FakeGuest::add(std::unique_ptr<Descriptor> descriptor, Rights base, Rights inheriting,
                   FdFlags flags) {
  return std::to_underlying(
      process_.fds.insert(make_entry(std::move(descriptor), base, inheriting, flags)).value());
}

void FakeGuest::set_stdio(u32 fd, std::unique_ptr<Descriptor> descriptor) {
  const Rights rights = kStdio | (fd == 0 ? Rights::fd_read : Rights::fd_write);
  if (is_open(fd)) (void)process_.fds.close(fd);
  process_.fds.place(fd, make_entry(std::move(descriptor), rights, Rights::none, FdFlags::none));
}

u32 FakeGuest::preopen(std::string name, std::unique_ptr<Descriptor> directory) {
  const u32 fd = add(std::move(directory), rights::directory, rights::directory_inheriting);
  entry(fd).preopen = std::make_unique<std::string>(std::move(name));
  return fd;
}

u32 FakeGuest::open(u32 dir, std::string_view path, OFlags oflags, Rights base, FdFlags fdflags) {
  const Answer answer = call("path_open", dir, LookupFlags::symlink_follow, path, oflags, base,
                             Rights::none, fdflags);
  EXPECT_EQ(answer.err, Errno::success) << "path_open " << path;
  return answer.get<u32>();
}

u32 FakeGuest::write(u32 fd, std::string_view bytes) {
  const Answer answer = call("fd_write", fd, from(bytes));
  EXPECT_EQ(answer.err, Errno::success);
  return answer.get<u32>();
}

std::string FakeGuest::read(u32 fd, u32 bytes) {
  const Region buffer = alloc(bytes);
  const Answer answer = call("fd_read", fd, iovecs({buffer}));
  EXPECT_EQ(answer.err, Errno::success);
  return answer.err == Errno::success ? text({buffer.at, answer.get<u32>()}) : std::string();
}

u64 FakeGuest::tell(u32 fd) {
  const Answer answer = call("fd_tell", fd);
  EXPECT_EQ(answer.err, Errno::success);
  return answer.get<u64>();
}

Fdstat FakeGuest::fdstat(u32 fd) {
  const Answer a = call("fd_fdstat_get", fd);
  EXPECT_EQ(a.err, Errno::success);
  return {a.get<Filetype>(), a.get<FdFlags>(0, 2), a.get<Rights>(0, 8), a.get<Rights>(0, 16)};
}

namespace {

Filestat filestat_of(const Answer& a) {
  return {.dev = a.get<u64>(),
          .ino = a.get<u64>(0, 8),
          .filetype = a.get<Filetype>(0, 16),
          .nlink = a.get<u64>(0, 24),
          .size = a.get<u64>(0, 32),
          .atim = a.get<u64>(0, 40),
          .mtim = a.get<u64>(0, 48),
          .ctim = a.get<u64>(0, 56)};
}

}  // namespace

Filestat FakeGuest::filestat(u32 fd) {
  const Answer answer = call("fd_filestat_get", fd);
  EXPECT_EQ(answer.err, Errno::success);
  return filestat_of(answer);
}

Filestat FakeGuest::stat_at(u32 dir, std::string_view path, LookupFlags flags) {
  const Answer answer = call("path_filestat_get", dir, flags, path);
  EXPECT_EQ(answer.err, Errno::success) << path;
  return filestat_of(answer);
}

std::vector<Dirent> FakeGuest::readdir(u32 fd, u32 buffer, u64 cookie, u32* used) {
  constexpr std::size_t kHeader = 24;
  const u32 mark = next_;
  const Region region = alloc(buffer);
  const Answer answer = call("fd_readdir", fd, region, cookie);
  EXPECT_EQ(answer.err, Errno::success);
  const std::string bytes = text({region.at, answer.get<u32>()});
  if (used != nullptr) *used = answer.get<u32>();
  next_ = mark;
  std::vector<Dirent> entries;
  for (std::size_t at = 0; at + kHeader <= bytes.size();) {
    Dirent entry;
    std::memcpy(&entry.next, &bytes[at], 8);
    std::memcpy(&entry.ino, &bytes[at + 8], 8);
    std::memcpy(&entry.namlen, &bytes[at + 16], 4);
    std::memcpy(&entry.type, &bytes[at + 20], 1);
    entry.name = bytes.substr(at + kHeader, entry.namlen);
    at += kHeader + entry.namlen;
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::string FakeGuest::trace() { return std::exchange(trace_, {}); }

}  // namespace limen::test

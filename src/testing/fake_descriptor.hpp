// testing/fake_descriptor.hpp - back ends without a host: they note what they were asked and answer
// what a test told them to. They show what a call does before and after its one operation.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "limen/descriptor.hpp"

namespace limen::test {

/// What fakes were asked, one line each, such as "write_at 3 bytes at 7".
using FakeLog = std::vector<std::string>;

/// What the next operations answer instead of doing their work, in order.
class Failures {
 public:
  void add(Errno error) { queue_.push_back(error); }
  [[nodiscard]] Errno next() {
    if (queue_.empty()) return Errno::success;
    const Errno error = queue_.front();
    queue_.pop_front();
    return error;
  }

 private:
  std::deque<Errno> queue_;
};

/// What a FakeDescriptor is; the defaults are a regular file.
struct FakeKind {
  Kind kind = Kind::file;
  Filetype filetype = Filetype::regular_file;
  Rights rights = rights::regular_file;
};
inline constexpr FakeKind fake_file{};
inline constexpr FakeKind fake_stream{Kind::stream, Filetype::unknown, rights::stream};
inline constexpr FakeKind fake_socket{Kind::socket, Filetype::socket_stream, rights::socket};
inline constexpr FakeKind fake_listener{Kind::listener, Filetype::socket_stream, rights::listener};

/// A file, stream or socket over a string. Streams read `content` from its front and append what is
/// written to `written`.
class FakeDescriptor : public Descriptor {
 public:
  explicit FakeDescriptor(std::string content = {}, FakeKind what = fake_file,
                          FakeLog* log = nullptr)
      : content_(std::move(content)), what_(what), log_(log) {}

  [[nodiscard]] std::string& content() noexcept { return content_; }
  [[nodiscard]] std::string& written() noexcept { return written_; }
  [[nodiscard]] Failures& failures() noexcept { return failures_; }
  /// At most this many bytes move per operation.
  void set_short(u64 bytes) noexcept { most_ = bytes; }
  void set_poll(PollSource source) noexcept { poll_ = source; }

  [[nodiscard]] Kind kind() const noexcept override { return what_.kind; }
  [[nodiscard]] Filetype filetype() const noexcept override { return what_.filetype; }
  [[nodiscard]] Rights possible_rights() const noexcept override { return what_.rights; }
  Result<Filestat> stat() override;
  Result<u64> read(IoBuffers into) override;
  Result<u64> write(IoBuffers from) override;
  Result<u64> read_at(IoBuffers into, u64 offset) override;
  Result<u64> write_at(IoBuffers from, u64 offset) override;
  Result<u64> append(IoBuffers from) override;
  Result<u64> size() override;
  Result<void> set_size(u64 size) override;
  Result<void> allocate(u64 offset, u64 length) override;
  Result<void> advise(u64 offset, u64 length, Advice advice) override;
  Result<void> sync() override;
  Result<void> datasync() override;
  Result<void> set_times(TimeChange atim, TimeChange mtim) override;
  Result<void> set_flags(FdFlags old, FdFlags flags) override;
  [[nodiscard]] PollSource poll_source() const noexcept override { return poll_; }
  Result<u64> available() override { return u64{content_.size()}; }
  Result<std::unique_ptr<Descriptor>> accept(FdFlags flags) override;
  Result<Received> receive(IoBuffers into, RiFlags flags) override;
  Result<u64> send(IoBuffers from) override;
  Result<void> shutdown(SdFlags how) override;
  Result<void> close() override;

 private:
  Errno note(std::string line);
  u64 put(IoBuffers from, u64 offset);
  u64 take(IoBuffers into, u64 offset);

  std::string content_;
  std::string written_;
  FakeKind what_;
  FakeLog* log_;
  Failures failures_;
  u64 most_ = ~u64{0};
  PollSource poll_;
};

/// A directory that notes every operation with its arguments.
class FakeDirectory : public Directory {
 public:
  explicit FakeDirectory(FakeLog* log = nullptr) : log_(log) {}

  [[nodiscard]] Failures& failures() noexcept { return failures_; }
  /// What open() gives next; a regular file when nothing was given.
  void set_opened(std::unique_ptr<Descriptor> opened) { opened_ = std::move(opened); }
  void set_link_target(std::string target) { link_target_ = std::move(target); }
  std::vector<std::string>& names() noexcept { return names_; }

  Result<Filestat> stat() override;
  Result<void> sync() override { return result("sync"); }
  Result<void> datasync() override { return result("datasync"); }
  Result<void> set_times(TimeChange atim, TimeChange mtim) override;
  Result<std::unique_ptr<Descriptor>> open(std::string_view path, const OpenHow& how) override;
  Result<Filestat> stat_at(std::string_view path, bool follow) override;
  Result<std::size_t> readlink(std::string_view path, std::span<std::byte> into) override;
  Result<std::unique_ptr<Listing>> list() override;
  Result<void> set_times_at(std::string_view path, bool follow, TimeChange atim,
                            TimeChange mtim) override;
  Result<void> create_directory(std::string_view path) override;
  Result<void> remove_directory(std::string_view path) override;
  Result<void> unlink_file(std::string_view path) override;
  Result<void> symlink(std::string_view target, std::string_view path) override;
  Result<void> rename(std::string_view path, Directory& to, std::string_view new_path) override;
  Result<void> link(std::string_view path, bool follow, Directory& to,
                    std::string_view new_path) override;
  [[nodiscard]] const void* grant() const noexcept override { return this; }

 private:
  Result<void> result(std::string line);

  FakeLog* log_;
  Failures failures_;
  std::unique_ptr<Descriptor> opened_;
  std::string link_target_ = "target";
  std::vector<std::string> names_;
};

}  // namespace limen::test

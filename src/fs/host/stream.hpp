// fs/host/stream.hpp - a host descriptor without positions: stdio, pipes, terminals, FIFOs.
#pragma once

#include <atomic>

#include "limen/descriptor.hpp"
#include "limen/unique_fd.hpp"

namespace limen::host {

/// A stream over a descriptor that Limen owns. Always Kind::stream, whatever is behind it: the
/// offset of a file that was handed in as stdin is shared with whoever handed it in.
class HostStream final : public Descriptor {
 public:
  /// Whose open file description it is.
  enum class Origin : u8 {
    lent,    ///< others use it too: its status flags are not touched, its details not shown
    opened,  ///< opened by the guest from a directory
  };
  struct Traits {
    Origin origin = Origin::lent;
    Filetype type = Filetype::unknown;
    Rights rights = Rights::none;
    bool read_only = false;  ///< times may not change
    /// A FIFO that was opened for reading without waiting for a writer: the first read waits.
    bool await_writer = false;
    FdFlags flags = FdFlags::none;
  };

  HostStream(UniqueFd fd, const Traits& traits) noexcept
      : fd_(std::move(fd)),
        traits_(traits),
        nonblock_(has(traits.flags, FdFlags::nonblock)),
        await_writer_(traits.await_writer) {}

  [[nodiscard]] Kind kind() const noexcept override { return Kind::stream; }
  [[nodiscard]] Filetype filetype() const noexcept override { return traits_.type; }
  [[nodiscard]] Rights possible_rights() const noexcept override { return traits_.rights; }

  /// Lent: the type alone.
  Result<Filestat> stat() override;
  Result<u64> read(IoBuffers into) override;
  Result<u64> write(IoBuffers from) override;
  Result<void> advise(u64 offset, u64 length, Advice advice) override;
  Result<void> sync() override;
  Result<void> datasync() override;
  Result<void> set_times(TimeChange atim, TimeChange mtim) override;
  Result<void> set_flags(FdFlags old, FdFlags flags) override;
  [[nodiscard]] PollSource poll_source() const noexcept override { return {.fd = fd_.get()}; }
  Result<u64> available() override;
  Result<void> close() override;

 private:
  [[nodiscard]] bool lent() const noexcept { return traits_.origin == Origin::lent; }
  [[nodiscard]] Errno before(short events);
  [[nodiscard]] bool wait_after_again(ssize_t result, short events, Errno& error) const;

  UniqueFd fd_;
  Traits traits_;
  std::atomic<bool> nonblock_;
  std::atomic<bool> await_writer_;
};

}  // namespace limen::host

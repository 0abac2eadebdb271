// fs/host/file.hpp - a host file with positions.
#pragma once

#include "limen/descriptor.hpp"
#include "limen/unique_fd.hpp"

namespace limen::host {

/// A regular file, a block device, or a character device that seeks. The position is the table's:
/// every read and write here says where, in one system call.
class HostFile final : public Descriptor {
 public:
  /// `rights` are those of what was opened; `read_only` refuses the changes that the kernel allows
  /// on a descriptor opened for reading (times).
  HostFile(UniqueFd fd, Filetype type, Rights rights, bool read_only) noexcept
      : fd_(std::move(fd)), rights_(rights), type_(type), read_only_(read_only) {}

  [[nodiscard]] Kind kind() const noexcept override { return Kind::file; }
  [[nodiscard]] Filetype filetype() const noexcept override { return type_; }
  [[nodiscard]] Rights possible_rights() const noexcept override { return rights_; }

  Result<Filestat> stat() override;
  Result<u64> read_at(IoBuffers into, u64 offset) override;
  /// With FdFlags::append in force Linux appends and ignores the offset.
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
  [[nodiscard]] PollSource poll_source() const noexcept override;
  Result<void> close() override;

 private:
  UniqueFd fd_;
  Rights rights_;
  Filetype type_;
  bool read_only_;
};

}  // namespace limen::host

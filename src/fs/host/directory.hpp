// fs/host/directory.hpp - a directory of the host.
#pragma once

#include <memory>

#include "fs/host/grant.hpp"
#include "limen/descriptor.hpp"
#include "limen/unique_fd.hpp"

namespace limen::host {

/// Every path operation starts at the descriptor held here; see resolve.hpp for how it stays
/// beneath. A directory opened below another shares its grant.
class HostDirectory final : public Directory {
 public:
  HostDirectory(UniqueFd fd, std::shared_ptr<const Grant> grant) noexcept
      : fd_(std::move(fd)), grant_(std::move(grant)) {}

  Result<Filestat> stat() override;
  Result<void> set_size(u64 size) override;
  Result<void> allocate(u64 offset, u64 length) override;
  Result<void> advise(u64 offset, u64 length, Advice advice) override;
  Result<void> sync() override;
  Result<void> datasync() override;
  Result<void> set_times(TimeChange atim, TimeChange mtim) override;
  Result<void> set_flags(FdFlags old, FdFlags flags) override;
  Result<void> close() override;

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

  [[nodiscard]] const void* grant() const noexcept override { return grant_.get(); }

 private:
  [[nodiscard]] Result<UniqueFd> look(std::string_view path, bool follow) const;
  [[nodiscard]] Result<Parent> parent(std::string_view path) const;

  UniqueFd fd_;
  std::shared_ptr<const Grant> grant_;
};

inline std::unique_ptr<Descriptor> make_directory(UniqueFd fd,
                                                  const std::shared_ptr<const Grant>& grant) {
  return std::make_unique<HostDirectory>(std::move(fd), grant);
}

}  // namespace limen::host

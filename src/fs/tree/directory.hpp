// fs/tree/directory.hpp - a directory of the guest's tree: a back end's, seen with the mounts
// beneath it.
#pragma once

#include "fs/tree/walk.hpp"
#include "limen/descriptor.hpp"

namespace limen::tree {

/// All directories of one tree have its address as their grant(): a rename may meet any of them,
/// and takes what it wraps. Which mount each end belongs to is asked of the back ends then.
class TreeDirectory final : public Directory {
 public:
  /// `node` is where the directory is among the mount points, none beside all of them.
  TreeDirectory(std::shared_ptr<const Node> tree, std::shared_ptr<Directory> inner,
                const Node* node) noexcept
      : tree_(std::move(tree)), inner_(std::move(inner)), node_(node) {}

  [[nodiscard]] Rights possible_rights() const noexcept override {
    return inner_->possible_rights();
  }
  [[nodiscard]] const void* grant() const noexcept override { return tree_.get(); }

  Result<Filestat> stat() override { return inner_->stat(); }
  Result<void> set_size(u64 size) override { return inner_->set_size(size); }
  Result<void> allocate(u64 offset, u64 length) override {
    return inner_->allocate(offset, length);
  }
  Result<void> advise(u64 offset, u64 length, Advice advice) override {
    return inner_->advise(offset, length, advice);
  }
  Result<void> sync() override { return inner_->sync(); }
  Result<void> datasync() override { return inner_->datasync(); }
  Result<void> set_times(TimeChange atim, TimeChange mtim) override {
    return inner_->set_times(atim, mtim);
  }
  Result<void> set_flags(FdFlags old, FdFlags flags) override {
    return inner_->set_flags(old, flags);
  }
  [[nodiscard]] PollSource poll_source() const noexcept override { return inner_->poll_source(); }
  // The root of a mount is the tree's and stays reachable through the other descriptors.
  Result<void> close() override {
    return inner_.use_count() == 1 ? inner_->close() : Result<void>{};
  }

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

 private:
  template <class Op>
  auto at(std::string_view path, Want want, Op op);
  template <class Op>
  Result<void> at_both(std::string_view path, Want want, Directory& to, std::string_view new_path,
                       Op op);
  [[nodiscard]] std::unique_ptr<Directory> wrap(std::unique_ptr<Descriptor> opened,
                                                const Node* node) const;

  std::shared_ptr<const Node> tree_;
  std::shared_ptr<Directory> inner_;
  const Node* node_;
};

}  // namespace limen::tree

// limen_side.cpp - the operations on Limen's directories.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "tests/differential/side.hpp"

namespace limen::differential {
namespace {

using Do = Op::Do;

template <class T>
std::string outcome(const Result<T>& result) {
  return result ? "ok" : std::string(name(result.error()));
}

std::string outcome(const Result<u64>& count) {
  return count ? fmt::format("ok {}", *count) : std::string(name(count.error()));
}

std::string outcome(const Result<Filestat>& stat) {
  if (!stat) return std::string(name(stat.error()));
  return "ok " + to_string(Shown{stat->filetype, stat->size, stat->nlink, stat->mtim});
}

/// An opened file and the access that it was opened with.
struct File {
  std::unique_ptr<Descriptor> opened;
  bool reads = false;
  bool writes = false;
  bool appends = false;
};

class LimenSide final : public Side {
 public:
  explicit LimenSide(std::unique_ptr<Directory> root) : root_(std::move(root)) {}

  std::string run(const Op& op) override {
    if (op.what >= Do::read) return run_on_file(op, files_.at(op.slot));
    Directory& base = directory(op.base);
    switch (op.what) {
      case Do::open:
        return open(base, op);
      case Do::close:
        return close(op);
      case Do::list:
        return list(base);
      case Do::stat:
        return outcome(base.stat_at(op.path, op.follow));
      case Do::readlink:
        return readlink(base, op);
      case Do::times: {
        const auto [atim, mtim] = time_changes(op);
        return outcome(base.set_times_at(op.path, op.follow, atim, mtim));
      }
      default:
        return change(base, op);
    }
  }

 private:
  Directory& directory(u8 base) {
    if (base == 0) return *root_;
    const auto& opened = directories_.at(base - 1U);
    return opened ? static_cast<Directory&>(*opened) : *root_;
  }

  std::string change(Directory& base, const Op& op) {
    switch (op.what) {
      case Do::mkdir:
        return outcome(base.create_directory(op.path));
      case Do::rmdir:
        return outcome(base.remove_directory(op.path));
      case Do::unlink:
        return outcome(base.unlink_file(op.path));
      case Do::symlink:
        return outcome(base.symlink(op.target, op.path));
      case Do::rename:
        return outcome(base.rename(op.path, directory(op.new_base), op.new_path));
      case Do::link:
        return outcome(base.link(op.path, op.follow, directory(op.new_base), op.new_path));
      default:
        return "?";
    }
  }

  std::string open(Directory& base, const Op& op) {
    auto opened = base.open(op.path, {.follow = op.follow,
                                      .oflags = op.oflags,
                                      .read = op.reads,
                                      .write = op.writes,
                                      .fdflags = op.fdflags});
    if (!opened) return outcome(opened);
    const Filetype type = (*opened)->filetype();
    if ((*opened)->kind() == Kind::directory) {
      directories_.at(op.slot) = std::move(*opened);
    } else {
      files_.at(op.slot) = {std::move(*opened), op.reads, op.writes,
                            has(op.fdflags, FdFlags::append)};
    }
    return fmt::format("ok {}", name(type));
  }

  std::string close(const Op& op) {
    auto& opened = op.follow ? directories_.at(op.slot) : files_.at(op.slot).opened;
    if (!opened) return "-";
    const auto closed = opened->close();
    opened.reset();
    return outcome(closed);
  }

  static std::string readlink(Directory& base, const Op& op) {
    std::array<char, 300> text{};
    const auto n = base.readlink(op.path, std::as_writable_bytes(std::span(text)));
    return n ? fmt::format("ok {}", std::string_view(text.data(), *n)) : outcome(n);
  }

  static std::string list(Directory& base) {
    const auto listing = base.list();
    if (!listing) return outcome(listing);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < (*listing)->size(); ++i) {
      const DirEntry entry = (**listing)[i];
      if (entry.name.starts_with("mount")) continue;
      names.push_back(fmt::format("{} {}", entry.name, name(entry.type)));
      const std::string path(entry.name);
      const auto stat = base.stat_at(path, false);
      // `..` is not to be reached; a listing of a directory that is gone has no entries.
      if (stat && stat->ino != entry.ino) names.push_back(path + " has another ino");
    }
    std::ranges::sort(names);
    return fmt::format("ok {}", fmt::join(names, ", "));
  }

  static std::string run_on_file(const Op& op, File& file) {
    if (!file.opened) return "-";
    const auto [atim, mtim] = time_changes(op);
    if (op.what == Do::fd_stat) return outcome(file.opened->stat());
    if (op.what == Do::fd_times) return outcome(file.opened->set_times(atim, mtim));
    if (op.what == Do::read) return file.reads ? read(op, *file.opened) : "-";
    if (op.what == Do::append && !file.appends) return "-";
    return file.writes ? write(op, *file.opened) : "-";
  }

  static std::string read(const Op& op, Descriptor& file) {
    std::string bytes(op.length + 1, '?');
    const iovec into{.iov_base = bytes.data(), .iov_len = bytes.size()};
    const auto n = file.read_at({&into, 1}, op.offset);
    if (!n) return outcome(n);
    bytes.resize(*n);
    return fmt::format("ok {:?}", bytes);
  }

  static std::string write(const Op& op, Descriptor& file) {
    std::string bytes = text_of(op);
    const iovec from{.iov_base = bytes.data(), .iov_len = bytes.size()};
    const IoBuffers buffers(&from, bytes.empty() ? 0 : 1);
    switch (op.what) {
      case Do::write:
        return outcome(file.write_at(buffers, op.offset));
      case Do::append:
        return outcome(file.append(buffers));
      case Do::resize:
        return outcome(file.set_size(op.offset));
      case Do::allocate:
        return outcome(file.allocate(op.offset, op.length + 1));
      default:
        return "?";
    }
  }

  std::unique_ptr<Directory> root_;
  std::array<std::unique_ptr<Descriptor>, kSlots> directories_;
  std::array<File, kSlots> files_;
};

}  // namespace

std::unique_ptr<Side> limen_side(std::unique_ptr<Directory> root) {
  return std::make_unique<LimenSide>(std::move(root));
}

std::string to_string(const Shown& shown) {
  // The size of a directory is the file system's business.
  const std::string size =
      shown.type == Filetype::directory ? "" : fmt::format(" {} bytes", shown.size);
  constexpr u64 set_by_a_sequence = 1'000'000'000'000'000;
  const std::string time = shown.mtim < set_by_a_sequence ? std::to_string(shown.mtim) : "now";
  return fmt::format("{}{} links {} at {}", name(shown.type), size, shown.nlink, time);
}

}  // namespace limen::differential

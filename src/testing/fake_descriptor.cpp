// fake_descriptor.cpp - see the header.
#include "testing/fake_descriptor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace limen::test {
namespace {

u64 bytes_of(IoBuffers buffers) {
  u64 sum = 0;
  for (const iovec& buffer : buffers) sum += buffer.iov_len;
  return sum;
}

std::string text_of(TimeChange time) {
  switch (time.mode) {
    case TimeChange::Mode::omit:
      return "omit";
    case TimeChange::Mode::now:
      return "now";
    case TimeChange::Mode::exact:
      break;
  }
  return fmt::format("{}", time.ns);
}

}  // namespace

Errno FakeDescriptor::note(std::string line) {
  if (log_ != nullptr) log_->push_back(std::move(line));
  return failures_.next();
}

u64 FakeDescriptor::put(IoBuffers from, u64 offset) {
  u64 done = 0;
  for (const iovec& buffer : from) {
    const u64 n = std::min<u64>(buffer.iov_len, most_ - done);
    if (content_.size() < offset + done + n) content_.resize(offset + done + n);
    std::memcpy(content_.data() + offset + done, buffer.iov_base, n);
    done += n;
  }
  return done;
}

u64 FakeDescriptor::take(IoBuffers into, u64 offset) {
  u64 done = 0;
  for (const iovec& buffer : into) {
    if (offset + done >= content_.size()) break;
    const u64 n = std::min<u64>({buffer.iov_len, most_ - done, content_.size() - offset - done});
    std::memcpy(buffer.iov_base, content_.data() + offset + done, n);
    done += n;
  }
  return done;
}

Result<Filestat> FakeDescriptor::stat() {
  if (const Errno e = note("stat"); e != Errno::success) return fail(e);
  return Filestat{.dev = 1,
                  .ino = 2,
                  .filetype = what_.filetype,
                  .nlink = 3,
                  .size = content_.size(),
                  .atim = 5,
                  .mtim = 6,
                  .ctim = 7};
}

Result<u64> FakeDescriptor::read(IoBuffers into) {
  if (const Errno e = note(fmt::format("read {} bytes", bytes_of(into))); e != Errno::success)
    return fail(e);
  const u64 n = take(into, 0);
  content_.erase(0, n);
  return n;
}

Result<u64> FakeDescriptor::write(IoBuffers from) {
  if (const Errno e = note(fmt::format("write {} bytes", bytes_of(from))); e != Errno::success)
    return fail(e);
  u64 done = 0;
  for (const iovec& buffer : from) {
    const u64 n = std::min<u64>(buffer.iov_len, most_ - done);
    written_.append(static_cast<const char*>(buffer.iov_base), n);
    done += n;
  }
  return done;
}

Result<u64> FakeDescriptor::read_at(IoBuffers into, u64 offset) {
  const Errno e = note(fmt::format("read_at {} bytes at {}", bytes_of(into), offset));
  return e == Errno::success ? Result<u64>(take(into, offset)) : fail(e);
}

Result<u64> FakeDescriptor::write_at(IoBuffers from, u64 offset) {
  const Errno e = note(fmt::format("write_at {} bytes at {}", bytes_of(from), offset));
  return e == Errno::success ? Result<u64>(put(from, offset)) : fail(e);
}

Result<u64> FakeDescriptor::append(IoBuffers from) {
  const Errno e = note(fmt::format("append {} bytes", bytes_of(from)));
  return e == Errno::success ? Result<u64>(put(from, content_.size())) : fail(e);
}

Result<u64> FakeDescriptor::size() {
  const Errno e = note("size");
  return e == Errno::success ? Result<u64>(content_.size()) : fail(e);
}

Result<void> FakeDescriptor::set_size(u64 size) {
  if (const Errno e = note(fmt::format("set_size {}", size)); e != Errno::success) return fail(e);
  content_.resize(size);
  return {};
}

Result<void> FakeDescriptor::allocate(u64 offset, u64 length) {
  const Errno e = note(fmt::format("allocate {} {}", offset, length));
  if (e != Errno::success) return fail(e);
  content_.resize(std::max<u64>(content_.size(), offset + length));
  return {};
}

Result<void> FakeDescriptor::advise(u64 offset, u64 length, Advice advice) {
  const Errno e = note(fmt::format("advise {} {} {}", offset, length, name(advice)));
  return e == Errno::success ? Result<void>{} : fail(e);
}

Result<void> FakeDescriptor::sync() {
  const Errno e = note("sync");
  return e == Errno::success ? Result<void>{} : fail(e);
}

Result<void> FakeDescriptor::datasync() {
  const Errno e = note("datasync");
  return e == Errno::success ? Result<void>{} : fail(e);
}

Result<void> FakeDescriptor::set_times(TimeChange atim, TimeChange mtim) {
  const Errno e = note(fmt::format("set_times {} {}", text_of(atim), text_of(mtim)));
  return e == Errno::success ? Result<void>{} : fail(e);
}

Result<void> FakeDescriptor::set_flags(FdFlags old, FdFlags flags) {
  const Errno e =
      note(fmt::format("set_flags {} -> {}", std::to_underlying(old), std::to_underlying(flags)));
  return e == Errno::success ? Result<void>{} : fail(e);
}

Result<std::unique_ptr<Descriptor>> FakeDescriptor::accept(FdFlags flags) {
  const Errno e = note(fmt::format("accept {}", std::to_underlying(flags)));
  if (e != Errno::success) return fail(e);
  return std::make_unique<FakeDescriptor>("hello", fake_socket, log_);
}

Result<Received> FakeDescriptor::receive(IoBuffers into, RiFlags flags) {
  const Errno e =
      note(fmt::format("receive {} bytes flags {}", bytes_of(into), std::to_underlying(flags)));
  if (e != Errno::success) return fail(e);
  const u64 n = take(into, 0);
  const bool cut = n < content_.size() && what_.filetype == Filetype::socket_dgram;
  if (!has(flags, RiFlags::recv_peek)) content_.erase(0, cut ? content_.size() : n);
  return Received{n, cut ? RoFlags::recv_data_truncated : RoFlags::none};
}

Result<u64> FakeDescriptor::send(IoBuffers from) { return write(from); }

Result<void> FakeDescriptor::shutdown(SdFlags how) {
  const Errno e = note(fmt::format("shutdown {}", std::to_underlying(how)));
  return e == Errno::success ? Result<void>{} : fail(e);
}

Result<void> FakeDescriptor::close() {
  const Errno e = note("close");
  return e == Errno::success ? Result<void>{} : fail(e);
}

Result<void> FakeDirectory::result(std::string line) {
  if (log_ != nullptr) log_->push_back(std::move(line));
  const Errno e = failures_.next();
  return e == Errno::success ? Result<void>{} : fail(e);
}

Result<Filestat> FakeDirectory::stat() {
  if (const auto noted = result("stat"); !noted) return fail(noted.error());
  return Filestat{.dev = 1, .ino = 9, .filetype = Filetype::directory, .nlink = 2};
}

Result<void> FakeDirectory::set_times(TimeChange atim, TimeChange mtim) {
  return result(fmt::format("set_times {} {}", text_of(atim), text_of(mtim)));
}

Result<std::unique_ptr<Descriptor>> FakeDirectory::open(std::string_view path, const OpenHow& how) {
  const auto noted =
      result(fmt::format("open {}{}{}{} oflags={} fdflags={}", path, how.follow ? " follow" : "",
                         how.read ? " read" : "", how.write ? " write" : "",
                         std::to_underlying(how.oflags), std::to_underlying(how.fdflags)));
  if (!noted) return fail(noted.error());
  if (opened_ != nullptr) return std::move(opened_);
  return std::make_unique<FakeDescriptor>("", fake_file, log_);
}

Result<Filestat> FakeDirectory::stat_at(std::string_view path, bool follow) {
  const auto noted = result(fmt::format("stat_at {}{}", path, follow ? " follow" : ""));
  if (!noted) return fail(noted.error());
  return Filestat{.dev = 1, .ino = 7, .filetype = Filetype::regular_file, .nlink = 1, .size = 4};
}

Result<std::size_t> FakeDirectory::readlink(std::string_view path, std::span<std::byte> into) {
  const auto noted = result(fmt::format("readlink {}", path));
  if (!noted) return fail(noted.error());
  const std::size_t n = std::min(into.size(), link_target_.size());
  std::memcpy(into.data(), link_target_.data(), n);
  return n;
}

Result<std::unique_ptr<Listing>> FakeDirectory::list() {
  if (const auto noted = result("list"); !noted) return fail(noted.error());
  auto listing = std::make_unique<Listing>();
  listing->add(9, Filetype::directory, ".");
  listing->add(8, Filetype::directory, "..");
  u64 ino = 100;
  for (const std::string& name : names_) listing->add(ino++, Filetype::regular_file, name);
  return listing;
}

Result<void> FakeDirectory::set_times_at(std::string_view path, bool follow, TimeChange atim,
                                         TimeChange mtim) {
  return result(fmt::format("set_times_at {}{} {} {}", path, follow ? " follow" : "", text_of(atim),
                            text_of(mtim)));
}

Result<void> FakeDirectory::create_directory(std::string_view path) {
  return result(fmt::format("create_directory {}", path));
}
Result<void> FakeDirectory::remove_directory(std::string_view path) {
  return result(fmt::format("remove_directory {}", path));
}
Result<void> FakeDirectory::unlink_file(std::string_view path) {
  return result(fmt::format("unlink_file {}", path));
}
Result<void> FakeDirectory::symlink(std::string_view target, std::string_view path) {
  return result(fmt::format("symlink {} {}", target, path));
}
Result<void> FakeDirectory::rename(std::string_view path, Directory& to,
                                   std::string_view new_path) {
  return result(fmt::format("rename {} {}{}", path, new_path, &to == this ? "" : " elsewhere"));
}
Result<void> FakeDirectory::link(std::string_view path, bool follow, Directory& to,
                                 std::string_view new_path) {
  return result(fmt::format("link {}{} {}{}", path, follow ? " follow" : "", new_path,
                            &to == this ? "" : " elsewhere"));
}

}  // namespace limen::test

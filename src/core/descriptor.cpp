// descriptor.cpp - what a back end answers for operations that it does not override.
#include "limen/descriptor.hpp"

#include <algorithm>

namespace limen {

void Listing::sort() {
  const auto name_of = [this](const Slot& slot) {
    return std::string_view(names_).substr(slot.at, slot.length);
  };
  const auto first = entries_.begin() + std::min<std::ptrdiff_t>(2, std::ssize(entries_));
  std::sort(first, entries_.end(),
            [&](const Slot& a, const Slot& b) { return name_of(a) < name_of(b); });
}

Result<u64> Descriptor::read(IoBuffers) { return fail(Errno::spipe); }
Result<u64> Descriptor::write(IoBuffers) { return fail(Errno::spipe); }
Result<u64> Descriptor::read_at(IoBuffers, u64) { return fail(Errno::spipe); }
Result<u64> Descriptor::write_at(IoBuffers, u64) { return fail(Errno::spipe); }
Result<u64> Descriptor::append(IoBuffers) { return fail(Errno::spipe); }
Result<u64> Descriptor::size() { return fail(Errno::spipe); }
Result<void> Descriptor::set_size(u64) { return fail(Errno::inval); }
Result<void> Descriptor::allocate(u64, u64) { return fail(Errno::spipe); }
Result<void> Descriptor::advise(u64, u64, Advice) { return fail(Errno::spipe); }
Result<void> Descriptor::sync() { return fail(Errno::inval); }
Result<void> Descriptor::datasync() { return fail(Errno::inval); }
Result<void> Descriptor::set_times(TimeChange, TimeChange) { return fail(Errno::notsup); }
Result<void> Descriptor::set_flags(FdFlags, FdFlags) { return {}; }
Result<u64> Descriptor::available() { return u64{1}; }
Result<std::unique_ptr<Descriptor>> Descriptor::accept(FdFlags) { return fail(Errno::notsock); }
Result<Received> Descriptor::receive(IoBuffers, RiFlags) { return fail(Errno::notsock); }
Result<u64> Descriptor::send(IoBuffers) { return fail(Errno::notsock); }
Result<void> Descriptor::shutdown(SdFlags) { return fail(Errno::notsock); }
Result<void> Descriptor::close() { return {}; }

Rights Directory::possible_rights() const noexcept { return rights::directory; }
Result<void> Directory::set_times_at(std::string_view, bool, TimeChange, TimeChange) {
  return fail(Errno::rofs);
}
Result<void> Directory::create_directory(std::string_view) { return fail(Errno::rofs); }
Result<void> Directory::remove_directory(std::string_view) { return fail(Errno::rofs); }
Result<void> Directory::unlink_file(std::string_view) { return fail(Errno::rofs); }
Result<void> Directory::symlink(std::string_view, std::string_view) { return fail(Errno::rofs); }
Result<void> Directory::rename(std::string_view, Directory&, std::string_view) {
  return fail(Errno::rofs);
}
Result<void> Directory::link(std::string_view, bool, Directory&, std::string_view) {
  return fail(Errno::rofs);
}

}  // namespace limen

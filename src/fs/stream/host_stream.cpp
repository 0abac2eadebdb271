// host_stream.cpp - stdio over host descriptors, and over nothing.
#include "fs/stream/host_stream.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "fs/host/stat.hpp"
#include "fs/host/stream.hpp"

namespace limen {
namespace {

Rights rights_for(StreamUse use) noexcept {
  const Rights other = use == StreamUse::input ? Rights::fd_write : Rights::fd_read;
  return rights::stream & ~other;
}

// A guest takes character_device for a terminal, so /dev/null must not be one.
Filetype shown_type(int fd, mode_t mode) noexcept {
  if (S_ISSOCK(mode)) return Filetype::socket_stream;
  return S_ISCHR(mode) && ::isatty(fd) == 1 ? Filetype::character_device : Filetype::unknown;
}

class NullStream final : public Descriptor {
 public:
  explicit NullStream(StreamUse use) noexcept : rights_(rights_for(use)) {}

  [[nodiscard]] Kind kind() const noexcept override { return Kind::stream; }
  [[nodiscard]] Filetype filetype() const noexcept override { return Filetype::unknown; }
  [[nodiscard]] Rights possible_rights() const noexcept override { return rights_; }

  Result<Filestat> stat() override { return Filestat{}; }
  Result<u64> read(IoBuffers) override { return u64{0}; }
  Result<u64> write(IoBuffers from) override {
    u64 bytes = 0;
    for (const iovec& buffer : from) bytes += buffer.iov_len;
    return bytes;
  }
  Result<u64> available() override { return u64{0}; }

 private:
  Rights rights_;
};

}  // namespace

Result<std::unique_ptr<Descriptor>> host_stream(UniqueFd fd, StreamUse use) {
  const auto stat = host::stat_of(fd.get());
  if (!stat) return fail(stat.error());
  const host::HostStream::Traits traits{.origin = host::HostStream::Origin::lent,
                                        .type = shown_type(fd.get(), stat->st_mode),
                                        .rights = rights_for(use)};
  return std::make_unique<host::HostStream>(std::move(fd), traits);
}

std::unique_ptr<Descriptor> null_stream(StreamUse use) { return std::make_unique<NullStream>(use); }

}  // namespace limen

// trace_file.cpp - see the header.
#include "cli/trace_file.hpp"

#include <unistd.h>

#include <cerrno>

#include "limen/trace.hpp"

namespace limen::cli {

std::unique_ptr<Hook> TraceFile::hook() {
  return trace_text([this](std::string_view line) { write(line); });
}

// Only a stop interrupts a write here. The rest of the line is then given up: the reader may be
// stuck, and the guest has to end.
void TraceFile::write(std::string_view line) noexcept {
  while (!line.empty() && error_ == 0) {
    const ssize_t written = ::write(fd_, line.data(), line.size());
    if (written < 0 && errno == EINTR) return;
    if (written < 0) {
      error_ = errno;
    } else {
      line.remove_prefix(static_cast<std::size_t>(written));
    }
  }
}

}  // namespace limen::cli

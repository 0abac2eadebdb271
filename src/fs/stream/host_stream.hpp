// fs/stream/host_stream.hpp - what stands behind a guest's stdin, stdout and stderr.
#pragma once

#include <memory>

#include "limen/descriptor.hpp"
#include "limen/unique_fd.hpp"

namespace limen {

/// The way a stream goes, as a guest sees it: stdin is for input, stdout and stderr for output.
enum class StreamUse : u8 { input, output };

/// A host descriptor as stdio. `fd` is Limen's own number (a duplicate), but the open file
/// description behind it may be shared with other programs and is left as it is. Terminals are
/// shown as character_device, sockets as socket_stream, everything else as unknown; nothing else of
/// the host shows. Errors: what fstat(2) says.
[[nodiscard]] Result<std::unique_ptr<Descriptor>> host_stream(UniqueFd fd, StreamUse use);

/// Always at its end for reading, and takes everything that is written.
[[nodiscard]] std::unique_ptr<Descriptor> null_stream(StreamUse use);

}  // namespace limen

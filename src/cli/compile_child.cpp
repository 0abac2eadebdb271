// compile_child.cpp - see the header.
#include "cli/compile_child.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <vector>

#include "cli/messages.hpp"
#include "limen/wasmtime.hpp"

namespace limen::cli {
namespace {

using Code = Error::Code;

constexpr std::size_t kMostBytes = std::size_t{1} << 30;
constexpr std::size_t kFirstChunk = std::size_t{64} << 10;
constexpr char kCompiled = 'k';
constexpr char kFirstCode = 'a';

// Not mapped: a file that somebody cuts short while it is compiled must not end in a SIGBUS.
Expected<std::vector<std::byte>> read_all(int file) {
  struct stat stat{};
  const bool sized = ::fstat(file, &stat) == 0 && S_ISREG(stat.st_mode) && stat.st_size > 0;
  std::vector<std::byte> bytes;
  // One more than expected, so that the end of the file needs no second growth to be seen.
  std::size_t room = sized ? static_cast<std::size_t>(stat.st_size) + 1 : kFirstChunk;
  std::size_t used = 0;
  for (;;) {
    if (used > kMostBytes || room > kMostBytes + kFirstChunk)
      return failure(Code::host, "bigger than 1 GiB; such a module can't be compiled");
    bytes.resize(room);
    const ssize_t got = ::read(file, bytes.data() + used, room - used);
    if (got < 0) return failure(Code::host, reason(errno));
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used == room) room *= 2;
  }
  bytes.resize(used);
  return bytes;
}

bool is_elf(std::span<const std::byte> bytes) {
  constexpr std::string_view magic =
      "\x7F"
      "ELF";
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

Expected<void> compile_into(int file, const std::string& name, int into) {
  const auto bytes = read_all(file);
  if (!bytes) return std::unexpected(bytes.error());
  if (is_elf(*bytes))
    return failure(Code::bad_module,
                   "compiled native code, which could do anything on this machine; limen runs "
                   "the .wasm that it was made from");
  const auto engine = wasmtime::engine();
  if (!engine) return std::unexpected(engine.error());
  const auto module = engine->compile(*bytes, {.name = name, .stoppable = true});
  if (!module) return std::unexpected(module.error());
  const auto code = module->serialize();
  if (!code) return std::unexpected(code.error());
  if (!write_all(into, {reinterpret_cast<const char*>(code->data()), code->size()}))
    return failure(Code::host, fmt::format("no room for the compiled code: {}", reason(errno)));
  return {};
}

}  // namespace

ChildReport read_report(std::string text) {
  ChildReport report;
  const std::size_t end = std::min(text.find('\0'), text.size());
  report.noise = text.substr(0, std::min(text.find('\n'), end));
  if (end + 1 >= text.size()) return report;
  report.finished = true;
  report.compiled = text[end + 1] == kCompiled;
  if (!report.compiled)
    report.error = {static_cast<Code>(text[end + 1] - kFirstCode), text.substr(end + 2), {}};
  return report;
}

void compile_in_child(int file, const std::string& name, int into, int pipe) {
  std::string report(1, '\0');
  if (const auto compiled = compile_into(file, name, into); compiled) {
    report += kCompiled;
  } else {
    report += static_cast<char>(kFirstCode + static_cast<int>(compiled.error().code));
    report += compiled.error().message;
  }
  write_all(pipe, report);
  // Nothing is torn down: the kernel does that faster, and the command waits for it.
  _exit(0);
}

}  // namespace limen::cli

// help.cpp - see the header. At most 100 columns wide.
#include "cli/help.hpp"

#include <fmt/format.h>

#include "cli/options.hpp"
#include "limen/wasmtime.hpp"

namespace limen::cli {
namespace {

constexpr std::string_view kStatuses =
    R"(Exit status:
  0 to 255  the guest's own exit code; one above 255 shows as 255
  124       the time limit was reached
  125       wrong usage, or limen itself failed
  126       FILE can't run: not WebAssembly, invalid, an unknown import, no entry point
  127       FILE is not there
  130, 143  stopped by SIGINT, SIGTERM
  134       trap
  128+N     the guest ended itself with signal N
  137       ended because of a limit
)";

}  // namespace

std::string main_help() {
  return fmt::format(
      R"(limen runs WebAssembly programs that you do not trust. They get what you grant, and no more.

Usage:
  limen run [OPTIONS] FILE [ARGS...]   run a program; limen run --help lists the options
  limen FILE [ARGS...]                 the same without options
  limen calls [--markdown]             the functions that programs can import
  limen --version
  limen --help

Example:
  limen run --dir data::/data::ro --timeout 10s program.wasm /data/input.txt

{})",
      kStatuses);
}

std::string run_help() {
  return fmt::format(
      R"(Usage: limen run [OPTIONS] FILE [ARGS...]

Runs FILE, a WebAssembly program in binary (.wasm) or text form (.wat); - reads it from stdin.
Every word after FILE goes to the guest as it is. Nothing is granted by default: no directory, no
variable, no socket; stdin, stdout and stderr are inherited.

{}
{})",
      options_help(), kStatuses);
}

std::string calls_help() {
  return R"(Usage: limen calls [--markdown]

Lists the functions that programs can import: their signatures, the rights that they need of a
descriptor, and what they answer to one of the wrong type.
)";
}

std::string version_text() {
  return fmt::format("limen {} (wasmtime {})\n", LIMEN_VERSION, wasmtime::version());
}

}  // namespace limen::cli

// limen/error.hpp - what went wrong outside the guest: in a spec, a module, an engine or the host.
//
// A guest is answered with an Errno (limen/errno.hpp); the two are never mixed.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace limen {

/// A failure of the host's side, as a value.
struct Error {
  enum class Code {
    bad_spec,        ///< the spec contradicts itself or holds an impossible value
    not_found,       ///< a file, a directory or an address that the spec names is not there
    bad_module,      ///< not WebAssembly, invalid, or of a kind that can't run here
    unknown_import,  ///< an import that nobody provides, or with another signature
    no_entry_point,  ///< the export that should be called is missing or no function
    unsupported,     ///< this build or this machine can't do it
    host,            ///< the operating system refused; the message says what
    stopped,         ///< stop() or the time limit came before the end of compiling
  };
  Code code = Code::host;
  std::string message;  ///< one line: what is wrong and what to do, without a full stop
  std::string where;    ///< the file, option or field that it is about; may be empty

  /// "where: message", or the message alone.
  [[nodiscard]] std::string text() const {
    return where.empty() ? message : where + ": " + message;
  }
};

/// The result of setting up: a value or an Error.
template <class T>
using Expected = std::expected<T, Error>;

/// Makes the failing half of an Expected.
[[nodiscard]] inline std::unexpected<Error> failure(Error::Code code, std::string message,
                                                    std::string where = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(where)});
}

}  // namespace limen

// options.cpp - the table of options, and reading words by it.
//
// CLI11 reads the options; which there are, what they mean and what --help says of them stands in
// one table here. It has no word for "FILE ends the options", so where they end is found first.
#include "cli/options.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <map>

#include <CLI/CLI.hpp>

#include "cli/messages.hpp"
#include "cli/nearest.hpp"
#include "cli/values.hpp"
#include "limen/unique_fd.hpp"

namespace limen::cli {
namespace {

enum class Takes : u8 {
  nothing,
  value,     ///< --name VALUE or --name=VALUE
  optional,  ///< --name or --name=VALUE: the next word is never taken
};

/// An option. Two rows may share `apply`; then the second is another spelling of the first.
struct Option {
  std::string_view group;
  std::string_view letter;  ///< "-e"; most have none
  std::string_view name;    ///< "--env"
  Takes takes = Takes::nothing;
  std::string_view value;  ///< as --help shows it
  std::string_view text;
  Expected<void> (*apply)(RunOptions& options, std::string_view value) = nullptr;
};

std::unexpected<Error> wrong(std::string message) {
  return failure(Error::Code::bad_spec, std::move(message));
}

template <auto Member>
Expected<void> keep(RunOptions& options, std::string_view value) {
  options.*Member = std::string(value);
  return {};
}

template <auto Member>
Expected<void> append(RunOptions& options, std::string_view value) {
  (options.*Member).emplace_back(value);
  return {};
}

template <auto Member>
Expected<void> set(RunOptions& options, std::string_view) {
  options.*Member = true;
  return {};
}

template <auto Member, auto Parse>
Expected<void> keep_parsed(RunOptions& options, std::string_view value) {
  auto parsed = Parse(value);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  options.*Member = std::move(*parsed);
  return {};
}

Expected<void> add_variable(RunOptions& options, std::string_view value) {
  return apply_env(options.env, value);
}

// Looked at here so that the message names the option; the library opens it when the guest starts.
Expected<void> check_directory(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) return {};
  if (errno == ENOENT) return wrong("no such directory");
  return wrong(errno == ENOTDIR ? "not a directory" : reason(errno));
}

template <Expected<Mount> Parse(std::string_view)>
Expected<void> add_mount(RunOptions& options, std::string_view value) {
  auto mount = Parse(value);
  if (!mount) return std::unexpected(std::move(mount.error()));
  if (auto checked = check_directory(std::get<std::string>(mount->host)); !checked) return checked;
  options.mounts.push_back(std::move(*mount));
  return {};
}

// An inherited descriptor is looked at before the command opens any of its own.
template <Expected<Listener> Parse(std::string_view)>
Expected<void> add_listener(RunOptions& options, std::string_view value) {
  auto listener = Parse(value);
  if (!listener) return std::unexpected(std::move(listener.error()));
  const auto* lent = std::get_if<LentFd>(&listener->at);
  if (lent != nullptr && ::fcntl(lent->fd, F_GETFD) < 0) return wrong("limen did not inherit it");
  options.listeners.push_back(std::move(*listener));
  return {};
}

// What --trace without a value stands for: stderr.
constexpr std::string_view kNoFile = "-";

Expected<void> want_trace(RunOptions& options, std::string_view file) {
  options.trace = true;
  options.trace_file = file == kNoFile ? "" : file;
  return {};
}

using O = RunOptions;

// In the order of cli.md, which is the order of --help.
constexpr std::array kOptions{
    Option{"Program", "", "--invoke", Takes::value, "NAME",
           "call this export instead of _start, ARGS read by its signature, and print its results, "
           "one per line",
           keep<&O::invoke>},
    Option{"Program", "", "--argv0", Takes::value, "NAME",
           "what the guest sees as its own name; FILE otherwise", keep<&O::argv0>},
    Option{"Program", "", "--arg", Takes::value, "ARG",
           "an argument for the guest, before ARGS; repeatable", append<&O::args>},
    Option{"Program", "-e", "--env", Takes::value, "NAME[=VALUE]",
           "a variable for the guest; without a value the one that is set here; repeatable",
           add_variable},
    Option{"Program", "", "--inherit-env", Takes::nothing, "",
           "all variables that are set here; --env goes over them", set<&O::inherit_env>},

    Option{
        "Files", "", "--dir", Takes::value, "HOST[::GUEST][::ro]",
        "grant the directory HOST and what is below it, with ::ro to read only; the guest finds it "
        "as GUEST, or as HOST is written; repeatable; HOST:GUEST works, too",
        add_mount<parse_dir>},
    Option{"Files", "-v", "--volume", Takes::value, "HOST:GUEST[:ro]",
           "the same, written as docker does", add_mount<parse_volume>},
    Option{"Files", "", "--mount", Takes::value, "type=dir,src=HOST,dst=GUEST[,ro]",
           "the same, part by part", add_mount<parse_mount>},

    Option{"Streams", "", "--stdin", Takes::value, "inherit|null|FILE",
           "where the guest reads from; default: inherit", keep_parsed<&O::in, parse_stream>},
    Option{"Streams", "", "--stdout", Takes::value, "inherit|null|FILE",
           "where its output goes; FILE is replaced; default: inherit",
           keep_parsed<&O::out, parse_stream>},
    Option{"Streams", "", "--stderr", Takes::value, "inherit|null|FILE",
           "where its messages go; the FILE of --stdout takes both; default: inherit",
           keep_parsed<&O::err, parse_stream>},

    Option{"Limits", "", "--timeout", Takes::value, "TIME",
           "end the guest after 250ms, 2s, 1m30s or a number of seconds by the clock, compiling "
           "included, wherever it is",
           keep_parsed<&O::timeout, parse_time>},

    Option{"Network", "", "--listen", Takes::value, "tcp:ADDRESS:PORT",
           "listen there, for the guest to accept connections; port 0 picks one and prints it; "
           "repeatable",
           add_listener<parse_listen>},
    Option{"Network", "", "--listen", Takes::value, "unix:PATH|fd:NUMBER",
           "the same on a Unix socket, or with a listening socket that limen inherited",
           add_listener<parse_listen>},
    Option{"Network", "", "--tcplisten", Takes::value, "ADDRESS:PORT",
           "the same as --listen tcp:ADDRESS:PORT", add_listener<parse_tcplisten>},

    Option{"Seeing", "", "--trace", Takes::optional, "FILE",
           "print each call that the guest makes, on stderr or into FILE", want_trace},
    Option{"Seeing", "", "--report", Takes::value, "FILE", "write how the run ended, as JSON",
           keep<&O::report>},
    Option{"Seeing", "-h", "--help", Takes::nothing, "", "this page", set<&O::help>},
};

const Option* find_option(std::string_view name) {
  const auto* const found = std::ranges::find_if(kOptions, [&](const Option& option) {
    return option.name == name || (!option.letter.empty() && option.letter == name);
  });
  return found == kOptions.end() ? nullptr : found;
}

/// A word taken apart: "--name=value", "-eVALUE".
struct Spelled {
  std::string_view name;
  std::optional<std::string_view> value;
};

Spelled take_apart(std::string_view word) {
  if (!word.starts_with("--")) {
    if (word.size() == 2) return {word, std::nullopt};
    return {word.substr(0, 2), word.substr(2)};
  }
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) return {word, std::nullopt};
  return {word.substr(0, equals), word.substr(equals + 1)};
}

std::string usage_of(const Option& option) {
  switch (option.takes) {
    case Takes::value:
      return fmt::format("{} {}", option.name, option.value);
    case Takes::optional:
      return fmt::format("{}[={}]", option.name, option.value);
    case Takes::nothing:
      break;
  }
  return std::string(option.name);
}

Error unknown_run_option(std::string_view word) {
  std::array<std::string_view, kOptions.size()> known;
  std::ranges::transform(kOptions, known.begin(), &Option::name);
  return unknown_option(word, known, "limen run --help");
}

/// How many of `words` are options and their values: FILE or `--` comes after them.
Expected<std::size_t> count_option_words(std::span<const std::string_view> words) {
  std::size_t count = 0;
  while (count < words.size() && words[count].starts_with('-') && words[count] != "-" &&
         words[count] != "--") {
    const auto [name, attached] = take_apart(words[count]);
    const Option* option = find_option(name);
    if (option == nullptr) return std::unexpected(unknown_run_option(words[count]));
    if (option->takes == Takes::nothing && attached)
      return wrong(fmt::format("{} takes no value", option->name));
    count += option->takes == Takes::value && !attached ? 2 : 1;
    if (count > words.size())
      return wrong(fmt::format("{} needs a value: {}", option->name, usage_of(*option)));
  }
  return count;
}

void add_to(CLI::App& app, const Option& option) {
  const std::string names = option.letter.empty()
                                ? std::string(option.name)
                                : fmt::format("{},{}", option.letter, option.name);
  if (option.takes == Takes::value) {
    app.add_option(names)->expected(1)->allow_extra_args(false)->multi_option_policy(
        CLI::MultiOptionPolicy::TakeAll);
  } else {
    app.add_flag(option.takes == Takes::optional ? fmt::format("{}{{{}}}", names, kNoFile) : names);
  }
}

// CLI11 takes the last word first. It reads `--name=` as a name whose value follows, so names and
// values are handed over apart.
std::vector<std::string> for_cli11(std::span<const std::string_view> words) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto [name, attached] = take_apart(words[i]);
    const bool value_follows = find_option(name)->takes == Takes::value;
    if (!value_follows) {
      out.emplace_back(words[i]);
      continue;
    }
    out.emplace_back(name);
    out.emplace_back(attached ? *attached : words[++i]);
  }
  std::ranges::reverse(out);
  return out;
}

/// Applies what was read in the order in which it was written, which is that of the descriptors.
Expected<void> apply_in_order(const CLI::App& app, RunOptions& options) {
  std::map<const CLI::Option*, std::size_t> seen;
  for (const CLI::Option* read : app.parse_order()) {
    const Option& option = *find_option("--" + read->get_lnames().front());
    const std::string& value = read->results().at(seen[read]++);
    if (auto applied = option.apply(options, value); !applied) {
      applied.error().where = fmt::format("{} {}", option.name, value);
      return applied;
    }
  }
  return {};
}

Expected<void> read_options(std::span<const std::string_view> words, RunOptions& options) {
  CLI::App app;
  app.set_help_flag();  // ours is in the table
  for (const Option& option : kOptions) {
    if (app.get_option_no_throw(std::string(option.name)) == nullptr) add_to(app, option);
  }
  try {
    app.parse(for_cli11(words));
  } catch (const CLI::ParseError& error) {
    return wrong(error.what());
  }
  return apply_in_order(app, options);
}

}  // namespace

Expected<RunOptions> parse_run(std::span<const std::string_view> words) {
  const auto count = count_option_words(words);
  if (!count) return std::unexpected(count.error());
  RunOptions options;
  if (auto read = read_options(words.first(*count), options); !read)
    return std::unexpected(std::move(read.error()));
  if (options.help) return options;
  words = words.subspan(*count);
  if (!words.empty() && words.front() == "--") words = words.subspan(1);
  if (words.empty()) return wrong("no FILE to run; write: limen run [OPTIONS] FILE [ARGS...]");
  RunOptions rest = parse_file(words);
  options.file = std::move(rest.file);
  options.words = std::move(rest.words);
  return options;
}

RunOptions parse_file(std::span<const std::string_view> words) {
  RunOptions options;
  options.file = words.front();
  words = words.subspan(1);
  if (!words.empty() && words.front() == "--") words = words.subspan(1);
  options.words.assign(words.begin(), words.end());
  return options;
}

bool is_run_option(std::string_view word) { return find_option(take_apart(word).name) != nullptr; }

Error unknown_option(std::string_view word, std::span<const std::string_view> known,
                     std::string_view page) {
  const std::string_view name = take_apart(word).name;
  std::string message = fmt::format("unknown option {}; ", name);
  if (const auto meant = name.starts_with("--") ? nearest(name, known) : std::nullopt) {
    message += fmt::format("did you mean {}?", *meant);
  } else {
    message += fmt::format("{} lists those there are", page);
  }
  return Error{Error::Code::bad_spec, std::move(message), {}};
}

// ---- help ------------------------------------------------------------------------------------

namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kTextColumn = 36;

// Appends `text` broken between words, each line but the first indented to the column of texts.
void append_wrapped(std::string& out, std::string_view text) {
  std::size_t column = kTextColumn;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (column > kTextColumn && column + 1 + word.size() > kColumns) {
      out.append(1, '\n').append(kTextColumn, ' ');
      column = kTextColumn;
    }
    if (column > kTextColumn) {
      out.push_back(' ');
      ++column;
    }
    out.append(word);
    column += word.size();
  }
  out.push_back('\n');
}

}  // namespace

std::string options_help() {
  std::string out;
  std::string_view group;
  for (const Option& option : kOptions) {
    if (option.group != group) {
      if (!group.empty()) out.push_back('\n');
      fmt::format_to(std::back_inserter(out), "{}:\n", option.group);
    }
    group = option.group;
    std::string left =
        fmt::format("  {}{}{}", option.letter, option.letter.empty() ? "" : ", ", usage_of(option));
    if (left.size() + 2 > kTextColumn) {
      out.append(left).push_back('\n');
      left.clear();
    }
    fmt::format_to(std::back_inserter(out), "{:{}}", left, kTextColumn);
    append_wrapped(out, option.text);
  }
  return out;
}

}  // namespace limen::cli

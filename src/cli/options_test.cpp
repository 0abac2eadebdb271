// options_test.cpp - the walk over the words of `limen run`, and what --help prints.
#include "cli/options.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "cli/help.hpp"
#include "cli/nearest.hpp"

namespace limen::cli {
namespace {

using Words = std::vector<std::string_view>;

RunOptions parsed(const Words& words) {
  auto options = parse_run(words);
  EXPECT_TRUE(options.has_value()) << (options ? "" : options.error().text());
  return options ? *options : RunOptions{};
}

TEST(Options, EndAtFile) {
  const RunOptions options = parsed({"--timeout", "1s", "x.wasm", "--dir", "y", "--", "-h"});
  EXPECT_EQ(options.file, "x.wasm");
  EXPECT_EQ(options.words, (std::vector<std::string>{"--dir", "y", "--", "-h"}));
  EXPECT_TRUE(options.mounts.empty());
}

TEST(Options, AFirstDoubleDashAfterFileIsDropped) {
  EXPECT_EQ(parsed({"x.wasm", "--", "--", "a"}).words, (std::vector<std::string>{"--", "a"}));
}

TEST(Options, ADoubleDashBeforeFileEndsThem) {
  const RunOptions options = parsed({"--arg", "a", "--", "--strange.wasm", "b"});
  EXPECT_EQ(options.file, "--strange.wasm");
  EXPECT_EQ(options.words, (std::vector<std::string>{"b"}));
}

TEST(Options, ADashIsStdin) { EXPECT_EQ(parsed({"--arg", "a", "-", "b"}).file, "-"); }

TEST(Options, ValuesFollowOrAreAttached) {
  const RunOptions options =
      parsed({"--argv0=a=b", "--arg", "--dir", "--arg=", "-eA=1", "-e", "B=2", "--env=C=3", "x"});
  EXPECT_EQ(options.argv0, "a=b");
  EXPECT_EQ(options.args, (std::vector<std::string>{"--dir", ""}));
  EXPECT_EQ(options.env, (std::vector<std::string>{"A=1", "B=2", "C=3"}));
}

TEST(Options, TraceNeverTakesTheNextWord) {
  const RunOptions plain = parsed({"--trace", "x.wasm"});
  EXPECT_TRUE(plain.trace);
  EXPECT_EQ(plain.trace_file, "");
  EXPECT_EQ(plain.file, "x.wasm");
  EXPECT_EQ(parsed({"--trace=t.txt", "x.wasm"}).trace_file, "t.txt");
}

TEST(Options, DirectoriesKeepTheirOrderWhateverOptionNamesThem) {
  const RunOptions options = parsed({"--mount", "type=dir,src=/,dst=a", "-v", "/tmp:b", "--dir",
                                     "/::c::ro", "--volume", "/:d", "x"});
  std::vector<std::string> guests;
  for (const Mount& mount : options.mounts) guests.push_back(mount.guest);
  EXPECT_EQ(guests, (std::vector<std::string>{"a", "b", "c", "d"}));
}

TEST(Options, ListenersKeepTheirOrder) {
  const RunOptions options = parsed(
      {"--listen", "unix:/a", "--tcplisten", "127.0.0.1:1", "--listen", "tcp:127.0.0.1:2", "x"});
  ASSERT_EQ(options.listeners.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<Listener::Unix>(options.listeners[0].at));
  EXPECT_EQ(std::get<Listener::Tcp>(options.listeners[1].at).address, "127.0.0.1:1");
  EXPECT_EQ(std::get<Listener::Tcp>(options.listeners[2].at).address, "127.0.0.1:2");
}

TEST(Options, NothingIsGrantedByDefault) {
  const RunOptions options = parsed({"x.wasm"});
  EXPECT_TRUE(options.mounts.empty() && options.env.empty() && options.listeners.empty());
  EXPECT_TRUE(std::holds_alternative<Stream::Inherit>(options.in.to));
  EXPECT_TRUE(std::holds_alternative<Stream::Inherit>(options.out.to));
  EXPECT_TRUE(std::holds_alternative<Stream::Inherit>(options.err.to));
}

TEST(Nearest, CountsSwappedLettersOnce) {
  EXPECT_EQ(edit_distance("dri", "dir"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", "abc"), 0U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("abcd", "bacd"), 1U);
}

TEST(Help, FitsIntoAHundredColumns) {
  for (const std::string& page : {main_help(), run_help(), calls_help()}) {
    for (std::size_t at = 0; at < page.size();) {
      const std::size_t end = page.find('\n', at);
      EXPECT_LE(end - at, 100U) << page.substr(at, end - at);
      EXPECT_FALSE(end > at && page[end - 1] == ' ') << page.substr(at, end - at);
      at = end + 1;
    }
  }
}

TEST(Help, HasTheGroupsInOrder) {
  const std::string page = run_help();
  std::size_t at = 0;
  for (const char* group : {"Program:", "Files:", "Streams:", "Limits:", "Network:", "Seeing:"}) {
    const std::size_t found = page.find(group, at);
    ASSERT_NE(found, std::string::npos) << group;
    at = found;
  }
}

}  // namespace
}  // namespace limen::cli

// trace_text_test.cpp - the lines of a trace; how arguments are shown is core/hook_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "limen/abi/row.hpp"
#include "limen/trace.hpp"
#include "testing/fake_descriptor.hpp"
#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;

class TraceText : public testing::Test {
 protected:
  TraceText() { guest.process().run.hook = hook.get(); }
  std::vector<std::string> lines;
  std::unique_ptr<Hook> hook =
      trace_text([this](std::string_view line) { lines.emplace_back(line); });
  FakeGuest guest;
};

TEST_F(TraceText, EachCallIsOneLineWithItsDuration) {
  guest.call("sched_yield");
  guest.call("clock_time_get", 1, 0);
  guest.call("fd_close", 9);
  guest.call("proc_exit", 3);
  EXPECT_THAT(
      lines, ElementsAre(MatchesRegex("sched_yield\\(\\) = success \\[[0-9.]+[nmu]?s\\]\n"),
                         MatchesRegex("clock_time_get\\(id=monotonic, precision=0.000000000s\\) -> "
                                      "time=[0-9]+\\.[0-9]{9}s \\[[0-9.]+[nmu]?s\\]\n"),
                         MatchesRegex("fd_close\\(fd=9\\) = badf \\[[0-9.]+[nmu]?s\\]\n"),
                         MatchesRegex("proc_exit\\(rval=3\\) = ended( \\[[0-9.]+[nmu]?s\\])?\n")));
}

TEST_F(TraceText, DurationsHaveAUnitThatFits) {
  const Region in = guest.alloc(48);
  guest.store(in.at + 8, u8{0});
  guest.store(in.at + 16, 1u);
  guest.store(in.at + 24, u64{20'000'000});
  guest.store(in.at + 40, u16{0});
  guest.call("poll_oneoff", in.at, guest.alloc(32).at, 1);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], MatchesRegex(".* -> nevents=1 \\[[0-9]+\\.[0-9]ms\\]\n"));
}

TEST_F(TraceText, AGuestCanNotForgeALine) {
  guest.call("path_unlink_file", 3, "a\nfd_close(fd=3) = success [1ns]\n");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(std::count(lines[0].begin(), lines[0].end(), '\n'), 1);
}

TEST_F(TraceText, ArgumentsAreThoseBeforeTheCall) {
  // The link's target replaces the path in guest memory.
  const u32 dir = guest.add(std::make_unique<FakeDirectory>());
  const Region text = guest.put("a-link");
  guest.call("path_readlink", dir, text, text);
  EXPECT_EQ(guest.text(text), "target");
  EXPECT_THAT(lines[0], testing::StartsWith("path_readlink(fd=3, path=\"a-link\", buf="));
}

}  // namespace
}  // namespace limen::test

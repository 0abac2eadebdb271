// path_test.cpp - what reaches a back end from the calls on paths, and what does not. What a back
// end then does is its own tests' matter (fs/).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fake_descriptor.hpp"
#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Path : public testing::Test {
 protected:
  FakeLog log;
  FakeGuest guest;
  u32 add(Rights rights = every_right) {
    auto owned = std::make_unique<FakeDirectory>(&log);
    directory = owned.get();
    return guest.add(std::move(owned), rights);
  }
  FakeDirectory* directory = nullptr;
  u32 dir = add();
};

// The calls that take one path, with arguments that are fine.
struct OnePath {
  const char* call;
  Rights needs;
  std::string_view host;  ///< what the back end hears for the path "a"
};
constexpr OnePath kOnePath[] = {
    {"path_create_directory", Rights::path_create_directory, "create_directory a"},
    {"path_filestat_get", Rights::path_filestat_get, "stat_at a follow"},
    {"path_filestat_set_times", Rights::path_filestat_set_times, "set_times_at a follow 1 now"},
    {"path_open", Rights::path_open, "open a follow oflags=0 fdflags=0"},
    {"path_readlink", Rights::path_readlink, "readlink a"},
    {"path_remove_directory", Rights::path_remove_directory, "remove_directory a"},
    {"path_symlink", Rights::path_symlink, "symlink t a"},
    {"path_unlink_file", Rights::path_unlink_file, "unlink_file a"},
};

template <class Text>
Answer call_it(FakeGuest& guest, std::string_view name, u32 fd, const Text& path, u32 flags = 1) {
  if (name == "path_filestat_get") return guest.call(name, fd, flags, path);
  if (name == "path_filestat_set_times") return guest.call(name, fd, flags, path, 1, 2, 9);
  if (name == "path_open") return guest.call(name, fd, flags, path, 0, 0, 0, 0);
  if (name == "path_readlink") return guest.call(name, fd, path, guest.alloc(8));
  if (name == "path_symlink") return guest.call(name, "t", fd, path);
  return guest.call(name, fd, path);
}

TEST_F(Path, EachCallAsksForOneOperation) {
  for (const OnePath& c : kOnePath) {
    SCOPED_TRACE(c.call);
    log.clear();
    EXPECT_EQ(call_it(guest, c.call, dir, "a").err, Errno::success);
    EXPECT_EQ(log, FakeLog{std::string(c.host)});
  }
}

TEST_F(Path, TheBaseMustBeADirectory) {
  const u32 file = guest.add(std::make_unique<FakeDescriptor>());
  guest.set_stdio(0, std::make_unique<FakeDescriptor>("", fake_stream));
  const u32 socket = guest.add(std::make_unique<FakeDescriptor>("", fake_socket));
  for (const OnePath& c : kOnePath) {
    SCOPED_TRACE(c.call);
    for (const u32 fd : {file, 0u, socket})
      EXPECT_EQ(call_it(guest, c.call, fd, "a").err, Errno::notdir) << fd;
    EXPECT_EQ(call_it(guest, c.call, 99, "a").err, Errno::badf);
    EXPECT_EQ(call_it(guest, c.call, ~0u, "a").err, Errno::badf);
  }
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(Path, EachCallNeedsItsRightAndNoOther) {
  for (const OnePath& c : kOnePath) {
    SCOPED_TRACE(c.call);
    EXPECT_EQ(call_it(guest, c.call, add(c.needs), "a").err, Errno::success);
    EXPECT_EQ(call_it(guest, c.call, add(every_right & ~c.needs), "a").err, Errno::notcapable);
  }
}

struct BadText {
  const char* rule;
  std::string path;
  Errno err;
};
const BadText kBadTexts[] = {
    {"empty", "", Errno::noent},
    {"absolute", "/a", Errno::perm},
    {"only a slash", "/", Errno::perm},
    {"NUL at the end", std::string("a\0", 2), Errno::inval},
    {"NUL inside", std::string("a\0b", 3), Errno::inval},
    {"NUL alone", std::string("\0", 1), Errno::inval},
    {"a lone continuation", "\x80", Errno::ilseq},
    {"overlong", "\xC0\xAF", Errno::ilseq},
    {"a surrogate", "\xED\xA0\x80", Errno::ilseq},
    {"above U+10FFFF", "\xF4\x90\x80\x80", Errno::ilseq},
    {"cut short", "a\xE2\x82", Errno::ilseq},
    {"a component of 256", std::string(256, 'a'), Errno::nametoolong},
    {"4096 bytes", "a" + std::string(4094, '/') + "a", Errno::nametoolong},
    {"ilseq before inval", std::string("\0\xFF", 2), Errno::ilseq},
    {"inval before perm", std::string("/\0", 2), Errno::inval},
    {"ilseq before nametoolong", std::string(5000, 'a') + "\xFF", Errno::ilseq},
    {"inval before nametoolong", std::string(5000, 'a') + '\0', Errno::inval},
    {"perm before nametoolong", "/" + std::string(5000, 'a'), Errno::perm},
};

TEST_F(Path, TextIsCheckedInOrder) {
  for (const BadText& bad : kBadTexts) {
    for (const OnePath& c : kOnePath) {
      SCOPED_TRACE(std::string(c.call) + ": " + bad.rule);
      EXPECT_EQ(call_it(guest, c.call, dir, bad.path).err, bad.err);
      guest.forget();
    }
  }
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(Path, LongTextThatIsFine) {
  std::string longest;
  while (longest.size() < 4095 - 255) longest += std::string(255, 'a') + "/";
  longest += std::string(4095 - longest.size(), 'b');
  ASSERT_EQ(longest.size(), 4095u);
  EXPECT_EQ(call_it(guest, "path_unlink_file", dir, longest).err, Errno::success);
  EXPECT_THAT(log, ElementsAre("unlink_file " + longest));
  EXPECT_EQ(call_it(guest, "path_unlink_file", dir, longest + "b").err, Errno::nametoolong);
}

TEST_F(Path, SlashesDotsAndOddNamesAreTheBackEnds) {
  for (const char* path : {".", "..", "a/", "a//b", "./../a", "\n", "\\", "\xF4\x8F\xBF\xBF"}) {
    log.clear();
    EXPECT_EQ(call_it(guest, "path_unlink_file", dir, path).err, Errno::success);
    EXPECT_THAT(log, ElementsAre(std::string("unlink_file ") + path));
  }
}

TEST_F(Path, PathsMustBeInside) {
  const u32 end = guest.end();
  guest.store(end - 1, 'z');
  for (const OnePath& c : kOnePath) {
    SCOPED_TRACE(c.call);
    EXPECT_EQ(call_it(guest, c.call, dir, Region{end - 1, 1}).err, Errno::success);
    EXPECT_EQ(call_it(guest, c.call, dir, Region{end - 1, 2}).err, Errno::fault);
    EXPECT_EQ(call_it(guest, c.call, dir, Region{1, ~0u}).err, Errno::fault);
    EXPECT_EQ(call_it(guest, c.call, dir, Region{~0u, 0}).err, Errno::noent) << "not looked at";
  }
}

TEST_F(Path, LookupFlagsAreOneBit) {
  for (const char* name : {"path_filestat_get", "path_filestat_set_times", "path_open"}) {
    EXPECT_EQ(call_it(guest, name, dir, "a", 0).err, Errno::success);
    EXPECT_EQ(call_it(guest, name, dir, "a", 2).err, Errno::inval);
    EXPECT_EQ(call_it(guest, name, 99, "a", 0x80000001u).err, Errno::inval) << "before badf";
  }
  EXPECT_THAT(log, ElementsAre("stat_at a", "set_times_at a 1 now", "open a oflags=0 fdflags=0"));
}

TEST_F(Path, TheBackEndsAnswerIsTheGuests) {
  for (const OnePath& c : kOnePath) {
    SCOPED_TRACE(c.call);
    directory->failures().add(Errno::rofs);
    EXPECT_EQ(call_it(guest, c.call, dir, "a").err, Errno::rofs);
  }
}

// ---- stat and times ----------------------------------------------------------------------------

TEST_F(Path, StatMustFitBeforeAnythingIsAsked) {
  EXPECT_EQ(guest.call("path_filestat_get", dir, 0, "a", guest.end() - 63).err, Errno::fault);
  EXPECT_EQ(guest.call("path_filestat_get", dir, 0, "/", guest.end() - 63).err, Errno::fault)
      << "before the text";
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(Path, SetTimesRefusesATimeThatIsGivenTwice) {
  for (const u32 flags : {3u, 12u, 15u, 16u})
    EXPECT_EQ(guest.call("path_filestat_set_times", dir, 0, "a", 1, 2, flags).err, Errno::inval);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(Path, SetTimesOfNothingStillNeedsThePath) {
  EXPECT_EQ(guest.call("path_filestat_set_times", dir, 0, "a", 1, 2, 0).err, Errno::success);
  directory->failures().add(Errno::noent);
  EXPECT_EQ(guest.call("path_filestat_set_times", dir, 0, "b", 1, 2, 0).err, Errno::noent);
  EXPECT_THAT(log, ElementsAre("stat_at a", "stat_at b"));
}

// ---- readlink ----------------------------------------------------------------------------------

TEST_F(Path, ReadlinkCutsSilently) {
  directory->set_link_target("target");
  for (const u32 length : {1u, 4u, 6u, 9u}) {
    const Region buffer = guest.alloc(length);
    const Answer answer = guest.call("path_readlink", dir, "a", buffer);
    ASSERT_EQ(answer.err, Errno::success);
    EXPECT_EQ(answer.get<u32>(), std::min(length, 6u));
    EXPECT_EQ(guest.text(buffer), std::string("target\xAA\xAA\xAA").substr(0, length)) << "no NUL";
  }
}

TEST_F(Path, ReadlinkOfNoBytesAsksNobody) {
  const Answer answer = guest.call("path_readlink", dir, "a", Region{~0u, 0});
  EXPECT_EQ(answer.err, Errno::success);
  EXPECT_EQ(answer.get<u32>(), 0u);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(Path, ReadlinkChecksItsBufferFirst) {
  EXPECT_EQ(guest.call("path_readlink", dir, "a", Region{guest.end() - 4, 5}).err, Errno::fault);
  EXPECT_EQ(guest.call("path_readlink", dir, "a", guest.alloc(5), guest.end() - 3).err,
            Errno::fault);
  EXPECT_THAT(log, IsEmpty());
}

// ---- two paths ---------------------------------------------------------------------------------

TEST_F(Path, RenameAndLinkTakeTwoDirectories) {
  const u32 other = add();
  EXPECT_EQ(guest.call("path_rename", dir, "a", dir, "b").err, Errno::success);
  EXPECT_EQ(guest.call("path_rename", dir, "a", other, "b").err, Errno::success);
  EXPECT_EQ(guest.call("path_link", dir, 0, "a", dir, "b").err, Errno::success);
  EXPECT_EQ(guest.call("path_link", dir, 1, "a", other, "b").err, Errno::success);
  EXPECT_EQ(guest.call("path_link", dir, 2, "a", other, "b").err, Errno::inval);
  EXPECT_THAT(log, ElementsAre("rename a b", "rename a b elsewhere", "link a b",
                               "link a follow b elsewhere"));
}

TEST_F(Path, RenameAndLinkNeedARightOnEach) {
  const u32 from = add(Rights::path_rename_source | Rights::path_link_source);
  const u32 to = add(Rights::path_rename_target | Rights::path_link_target);
  EXPECT_EQ(guest.call("path_rename", from, "a", to, "b").err, Errno::success);
  EXPECT_EQ(guest.call("path_link", from, 0, "a", to, "b").err, Errno::success);
  EXPECT_EQ(guest.call("path_rename", to, "a", to, "b").err, Errno::notcapable);
  EXPECT_EQ(guest.call("path_rename", from, "a", from, "b").err, Errno::notcapable);
  EXPECT_EQ(guest.call("path_link", to, 0, "a", to, "b").err, Errno::notcapable);
  EXPECT_EQ(guest.call("path_link", from, 0, "a", from, "b").err, Errno::notcapable);
}

TEST_F(Path, WhatIsWrongWithEitherIsFoundPhaseByPhase) {
  const u32 file = guest.add(std::make_unique<FakeDescriptor>());
  const u32 without = add(Rights::none);
  const Region outside{guest.end(), 1};
  EXPECT_EQ(guest.call("path_rename", file, "a", 99, "b").err, Errno::badf) << "badf, notdir";
  EXPECT_EQ(guest.call("path_rename", without, "a", file, "b").err, Errno::notdir);
  EXPECT_EQ(guest.call("path_rename", dir, outside, without, "b").err, Errno::notcapable);
  EXPECT_EQ(guest.call("path_rename", dir, "/", dir, outside).err, Errno::fault);
  EXPECT_EQ(guest.call("path_rename", dir, "/", dir, "").err, Errno::perm) << "the first text";
  EXPECT_THAT(log, IsEmpty());
}

// ---- symlink -----------------------------------------------------------------------------------

struct Target {
  const char* rule;
  std::string target;
  Errno err;
};
const Target kTargets[] = {
    {"plain", "a/b", Errno::success},
    {"leaving is allowed, following it is not", "../../x", Errno::success},
    {"a trailing slash", "a/", Errno::success},
    {"a long component", std::string(300, 'a'), Errno::success},
    {"empty", "", Errno::noent},
    {"absolute", "/etc", Errno::perm},
    {"NUL", std::string("a\0", 2), Errno::inval},
    {"not UTF-8", "\xFF", Errno::ilseq},
    {"4096 bytes", std::string(4096, 'a'), Errno::nametoolong},
};

TEST_F(Path, SymlinkStoresItsTargetAsItIs) {
  for (const Target& c : kTargets) {
    SCOPED_TRACE(c.rule);
    log.clear();
    EXPECT_EQ(guest.call("path_symlink", c.target, dir, "new").err, c.err);
    EXPECT_EQ(log, c.err == Errno::success ? FakeLog{"symlink " + c.target + " new"} : FakeLog{});
  }
}

TEST(PathTrace, NamesAreQuotedAndEscaped) {
  FakeGuest guest({.traced = true});
  const u32 dir = guest.add(std::make_unique<FakeDirectory>());
  guest.call("path_rename", dir, "a\"\x1b", dir, "\xC3\xA4\xFF");
  guest.call("path_filestat_get", dir, 3, "a");
  EXPECT_EQ(guest.trace(),
            "path_rename(fd=3, old_path=\"a\\\"\\x1b\", new_fd=3, new_path=\"\xC3\xA4\\xff\") "
            "= ilseq\n"
            "path_filestat_get(fd=3, flags=symlink_follow|0x2, path=\"a\") = inval\n");
}

}  // namespace
}  // namespace limen::test

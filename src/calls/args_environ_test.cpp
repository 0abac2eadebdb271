// args_environ_test.cpp - what args_get, environ_get and their sizes promise the guest.
#include <gtest/gtest.h>

#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

struct Lists {
  const char* rule;
  const char* sizes;
  const char* get;
  std::vector<std::string> strings;
  u32 bytes;  ///< every byte plus one NUL each
};
const Lists kLists[] = {
    {"one argument", "args_sizes_get", "args_get", {"a"}, 2},
    {"empty arguments count their NUL", "args_sizes_get", "args_get", {"", "", "x"}, 4},
    {"order and duplicates are kept", "args_sizes_get", "args_get", {"b", "a", "b"}, 6},
    {"bytes, not characters", "args_sizes_get", "args_get", {"\xC3\xA4"}, 3},
    {"variables", "environ_sizes_get", "environ_get", {"A=1", "B=", "A=2"}, 11},
    {"no variables", "environ_sizes_get", "environ_get", {}, 0},
};

FakeGuest::Options options(const Lists& c) {
  const bool args = std::string_view(c.get) == "args_get";
  return {.args = args ? c.strings : std::vector<std::string>{"guest"},
          .env = args ? std::vector<std::string>{} : c.strings};
}

TEST(ArgsEnviron, SizesCountEveryByteAndOneNulEach) {
  for (const Lists& c : kLists) {
    SCOPED_TRACE(c.rule);
    FakeGuest guest(options(c));
    const Answer sizes = guest.call(c.sizes);
    ASSERT_EQ(sizes.err, Errno::success);
    EXPECT_EQ(sizes.get<u32>(0), c.strings.size());
    EXPECT_EQ(sizes.get<u32>(1), c.bytes);
  }
}

TEST(ArgsEnviron, GetWritesPackedStringsAndNotOneByteMore) {
  for (const Lists& c : kLists) {
    SCOPED_TRACE(c.rule);
    FakeGuest guest(options(c));
    const auto count = static_cast<u32>(c.strings.size());
    const Region pointers = guest.alloc(count * 4 + 4);  // libc makes room for one null more
    const Region bytes = guest.alloc(c.bytes + 1);
    ASSERT_EQ(guest.call(c.get, pointers.at, bytes.at).err, Errno::success);
    u32 at = bytes.at;
    for (u32 i = 0; i < count; ++i) {
      EXPECT_EQ(guest.load<u32>(pointers.at + i * 4), at);
      const auto length = static_cast<u32>(c.strings[i].size());
      EXPECT_EQ(guest.text({at, length + 1}), std::string(c.strings[i].c_str(), length + 1));
      at += length + 1;
    }
    EXPECT_EQ(at, bytes.at + c.bytes);
    EXPECT_EQ(guest.load<u32>(pointers.at + count * 4), 0xAAAAAAAAu) << "no null after argv";
    EXPECT_EQ(guest.load<u8>(at), 0xAA);
  }
}

TEST(ArgsEnviron, NoVariablesTouchNoAddress) {
  FakeGuest guest;
  EXPECT_EQ(guest.call("environ_get", ~0u, ~0u).err, Errno::success);
}

TEST(ArgsEnviron, BothRegionsAreCheckedBeforeAnythingIsWritten) {
  FakeGuest guest({.args = {"one", "two"}});  // 8 bytes of pointers, 8 of text
  const u32 fine = guest.alloc(64).at;
  EXPECT_EQ(guest.call("args_get", guest.end() - 8, fine).err, Errno::success);
  EXPECT_EQ(guest.call("args_get", fine, guest.end() - 8).err, Errno::success);
  EXPECT_EQ(guest.call("args_get", guest.end() - 7, fine).err, Errno::fault);
  EXPECT_EQ(guest.call("args_get", fine, guest.end() - 7).err, Errno::fault);
  EXPECT_EQ(guest.call("args_get", ~0u, fine).err, Errno::fault);
  EXPECT_EQ(guest.call("args_sizes_get", guest.end() - 3, fine).err, Errno::fault);
  EXPECT_EQ(guest.call("args_sizes_get", fine, guest.end() - 3).err, Errno::fault);
}

TEST(ArgsEnviron, WithoutAMemoryEveryPointerIsOutside) {
  FakeGuest guest({.pages = 0});
  EXPECT_EQ(guest.call("args_sizes_get", 0, 0).err, Errno::fault);
  EXPECT_EQ(guest.call("args_get", 0, 0).err, Errno::fault);
  EXPECT_EQ(guest.call("environ_get", 0, 0).err, Errno::success) << "nothing to write";
}

}  // namespace
}  // namespace limen::test

// text_test.cpp - UTF-8, the rules for paths, and what is shown of a guest's text.
#include "limen/abi/text.hpp"

#include <gtest/gtest.h>

#include "testing/print.hpp"

namespace limen::test {
namespace {

/// The encoding of a code point, whether it may be encoded or not.
std::string encode(unsigned code, int length) {
  std::string bytes(static_cast<std::size_t>(length), '\0');
  for (std::size_t i = bytes.size(); i-- > 1; code >>= 6)
    bytes[i] = static_cast<char>(0x80 | (code & 0x3F));
  constexpr unsigned lead[] = {0, 0, 0xC0, 0xE0, 0xF0, 0xF8};
  bytes[0] = static_cast<char>(lead[length] | code);
  return bytes;
}

int shortest(unsigned code) {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

TEST(Utf8, EveryCodePointInItsShortestFormAndNoOther) {
  for (unsigned code = 0; code < 0x110000; ++code) {
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    for (int length = shortest(code); length <= 4; ++length) {
      if (length == 1) continue;
      const bool fine = length == shortest(code) && !surrogate;
      ASSERT_EQ(is_utf8(encode(code, length)), fine) << std::hex << code << " in " << length;
    }
  }
  for (unsigned code = 0; code < 0x80; ++code)
    EXPECT_TRUE(is_utf8(std::string(1, static_cast<char>(code))));
}

TEST(Utf8, WhatIsNoCharacter) {
  for (const std::string& bytes :
       {std::string("\x80"), std::string("\xBF"), std::string("\xC0\x80"), std::string("\xC1\xBF"),
        std::string("\xC2"), std::string("\xE2\x82"), std::string("\xF0\x9F\x98"),
        std::string("\xF4\x90\x80\x80"), std::string("\xF5\x80\x80\x80"),
        std::string("\xF8\x88\x80\x80\x80"), std::string("\xFE"), std::string("\xFF"),
        std::string("\xC2\xC2\x80"), std::string("\xE2\x28\xA1"), std::string("\xE2\x82\x28")}) {
    for (std::size_t before = 0; before < 20; ++before) {
      for (std::size_t after = 0; after < 10; after += 3) {
        const std::string text = std::string(before, 'a') + bytes + std::string(after, 'b');
        EXPECT_FALSE(is_utf8(text)) << before << " " << after;
      }
    }
  }
}

TEST(Utf8, CharactersAcrossEveryAlignment) {
  const std::string euro = "\xE2\x82\xAC";
  for (std::size_t before = 0; before < 20; ++before)
    EXPECT_TRUE(is_utf8(std::string(before, 'a') + euro + std::string(9, 'b') + euro));
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8(std::string_view("a\0b", 3))) << "NUL is a character";
}

// calls/path_test.cpp has the order of these for every call.
TEST(PathText, Lengths) {
  const std::string c255(255, 'a');
  EXPECT_EQ(check_path_text(c255, true), Errno::success);
  EXPECT_EQ(check_path_text(c255 + "a", true), Errno::nametoolong);
  EXPECT_EQ(check_path_text(c255 + "a", false), Errno::success);
  EXPECT_EQ(check_path_text(c255 + "/" + c255 + "/" + c255, true), Errno::success);
  EXPECT_EQ(check_path_text(c255 + "/" + c255 + "b/c", true), Errno::nametoolong);
  EXPECT_EQ(check_path_text(std::string(4095, '.'), false), Errno::success);
  EXPECT_EQ(check_path_text(std::string(4096, '.'), false), Errno::nametoolong);
  EXPECT_EQ(check_path_text("a" + std::string(4094, '/'), true), Errno::success);
}

struct Escape {
  const char* rule;
  std::string text;
  const char* shown;
};
const Escape kEscapes[] = {
    {"plain", "a b/c.txt", "a b/c.txt"},
    {"letters of all scripts", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80",
     "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"},
    {"quotes and backslashes", "\"\\", "\\\"\\\\"},
    {"line ends and tabs", "a\nb\rc\td", "a\\nb\\rc\\td"},
    {"NUL", std::string("a\0b", 3), "a\\x00b"},
    {"an escape sequence", "\x1b[2J", "\\x1b[2J"},
    {"DEL", "\x7f", "\\x7f"},
    {"C1 controls (U+009B is another escape)", "\xC2\x9B", "\\xc2\\x9b"},
    {"what follows C1", "\xC2\xA0", "\xC2\xA0"},
    {"no UTF-8", "\xFF\x80z", "\\xff\\x80z"},
    {"a character cut short", "a\xE2\x82", "a\\xe2\\x82"},
    {"overlong", "\xC0\x9B", "\\xc0\\x9b"},
};

TEST(Escaped, NothingReachesATerminalRaw) {
  for (const Escape& c : kEscapes) {
    SCOPED_TRACE(c.rule);
    EXPECT_EQ(escaped(c.text), c.shown);
  }
}

TEST(Escaped, NoByteOfAnyPairIsAControlCharacter) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text{static_cast<char>(first), static_cast<char>(second)};
      const std::string shown = escaped(text);
      EXPECT_TRUE(is_utf8(shown)) << first << " " << second;
      for (const char c : shown) {
        EXPECT_GE(static_cast<unsigned char>(c), 0x20);
        EXPECT_NE(c, 0x7F);
      }
    }
  }
}

}  // namespace
}  // namespace limen::test

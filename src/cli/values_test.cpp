// values_test.cpp - how sizes, times, directories, streams, listeners and variables are written.
#include "cli/values.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <ostream>

namespace limen::cli {
namespace {

using namespace std::chrono_literals;

// ---- numbers ---------------------------------------------------------------------------------

struct SizeCase {
  const char* text;
  std::optional<u64> bytes;
};
const SizeCase kSizes[] = {
    {"0", 0},
    {"64", 64},
    {"64B", 64},
    {"4k", 4096},
    {"4K", 4096},
    {"64KiB", 65536},
    {"2MB", 2'000'000},
    {"2MiB", u64{2} << 20},
    {"4 GiB", u64{4} << 30},
    {"1.5G", u64{3} << 29},
    {"3TB", 3'000'000'000'000},
    {"16000000TiB", u64{16000000} << 40},
    {"17000000TiB", std::nullopt},
    {"99999999999999999999", std::nullopt},
    {"", std::nullopt},
    {"k", std::nullopt},
    {"-1", std::nullopt},
    {"4kb", std::nullopt},
    {"4  k", std::nullopt},
    {"4k ", std::nullopt},
    {"1.k", std::nullopt},
};

TEST(Sizes, AreNumbersWithAUnit) {
  for (const SizeCase& c : kSizes) {
    const auto parsed = parse_size(c.text);
    EXPECT_EQ(parsed ? std::optional(*parsed) : std::nullopt, c.bytes) << c.text;
  }
}

struct TimeCase {
  const char* text;
  std::chrono::nanoseconds time;
};
const TimeCase kTimes[] = {
    {"250ms", 250ms},     {"2s", 2s},          {"1m30s", 90s},
    {"1h", 1h},           {"90", 90s},         {"1.5", 1500ms},
    {"1.5s", 1500ms},     {"0.25h", 15min},    {"1h2m3s4ms", 3723004ms},
    {"0.0000001", 100ns}, {"1m0.5s", 60500ms}, {"1.1234567891", 1123456789ns},
};
const char* const kNoTimes[] = {"",  "s",   "-1s", "2x",   "1m30",         "2 s", "1.s", ".5s",
                                "0", "0ms", "1d",  "1e3s", "99999999999h", "1ss", "2s ", "0x10"};

TEST(Times, AreSumsOfNumbersWithUnitsOrBareSeconds) {
  for (const TimeCase& c : kTimes) {
    const auto time = parse_time(c.text);
    ASSERT_TRUE(time.has_value()) << c.text;
    EXPECT_EQ(time->count(), c.time.count()) << c.text;
  }
}

TEST(Times, AreRefusedWhenTheyAreNoneOrNothing) {
  for (const char* text : kNoTimes) EXPECT_FALSE(parse_time(text).has_value()) << text;
}

// ---- directories -----------------------------------------------------------------------------

struct MountCase {
  const char* text;
  const char* host;  ///< null: an error that holds `guest`
  const char* guest;
  Access access = Access::read_write;
};

void expect_mount(const MountCase& c, const Expected<Mount>& mount) {
  ASSERT_EQ(mount.has_value(), c.host != nullptr) << c.text;
  if (!mount) {
    EXPECT_TRUE(mount.error().message.contains(c.guest)) << c.text << ": " << mount.error().message;
    return;
  }
  EXPECT_EQ(std::get<std::string>(mount->host), c.host) << c.text;
  EXPECT_EQ(mount->guest, c.guest) << c.text;
  EXPECT_EQ(mount->access, c.access) << c.text;
}

const MountCase kDirs[] = {
    {"data", "data", "data"},
    {"data::/data", "data", "/data"},
    {"data::/data::ro", "data", "/data", Access::read_only},
    {"data::ro", "data", "data", Access::read_only},
    {"data::ro::ro", "data", "ro", Access::read_only},
    {"data:/data", "data", "/data"},
    {"data:/data::ro", "data", "/data", Access::read_only},
    {"a:b:/data", "a:b", "/data"},
    {"real:name", "real:name", "real:name"},
    {"real:name::/x", "real:name", "/x"},
    {"real:name::ro", "real:name", "real:name", Access::read_only},
    {"/", "/", "/"},
    {"data:ro", nullptr, "data::ro"},
    {"data:/data:ro", nullptr, "data:/data::ro"},
    {"", nullptr, "host is not named"},
    {"::/data", nullptr, "host is not named"},
    {"::ro", nullptr, "host is not named"},
    {"data::", nullptr, "is empty"},
    {"data:", nullptr, "is empty"},
};

TEST(Dir, NamesTheHostTheGuestAndWhetherItIsReadOnly) {
  const auto exists = [](const std::string& path) { return path == "real:name"; };
  for (const MountCase& c : kDirs) expect_mount(c, parse_dir_given(c.text, exists));
}

const MountCase kVolumes[] = {
    {"data:/data", "data", "/data"}, {"data:/data:ro", "data", "/data", Access::read_only},
    {"a:b:/data", "a:b", "/data"},   {"data", nullptr, "missing"},
    {"data:ro", nullptr, "missing"}, {":/data", nullptr, "host is not named"},
    {"data:", nullptr, "is empty"},
};

TEST(Volume, IsWrittenAsInDocker) {
  for (const MountCase& c : kVolumes) expect_mount(c, parse_volume(c.text));
}

const MountCase kMounts[] = {
    {"type=dir,src=data,dst=/data", "data", "/data"},
    {"dst=/data,ro,type=dir,src=data", "data", "/data", Access::read_only},
    {"type=dir,src=a=b,dst=c", "a=b", "c"},
    {"type=dir,src=data,dst=/data,", "data", "/data"},
    {"", nullptr, "type is missing"},
    {"type=dir,dst=/data", nullptr, "src is missing"},
    {"type=dir,src=data", nullptr, "dst is missing"},
    {"type=mem,dst=/x", nullptr, "unknown type mem"},
    {"type=dir,src=a,src=b,dst=c", nullptr, "src is given twice"},
    {"type=dir,src=a,dst=c,rw", nullptr, "unknown part rw"},
    {"type=dir,src=a,dst=c,size=4", nullptr, "unknown part size=4"},
    {"type=dir,src=,dst=c", nullptr, "host is not named"},
};

TEST(MountOption, IsWrittenPartByPart) {
  for (const MountCase& c : kMounts) expect_mount(c, parse_mount(c.text));
}

// ---- streams and sockets ---------------------------------------------------------------------

TEST(Streams, InheritNullOrAFile) {
  EXPECT_TRUE(std::holds_alternative<Stream::Inherit>(parse_stream("inherit")->to));
  EXPECT_TRUE(std::holds_alternative<Stream::Null>(parse_stream("null")->to));
  EXPECT_EQ(std::get<Stream::File>(parse_stream("./null")->to).path, "./null");
  EXPECT_FALSE(parse_stream("").has_value());
}

TEST(Listen, TcpUnixOrADescriptor) {
  EXPECT_EQ(std::get<Listener::Tcp>(parse_listen("tcp:127.0.0.1:80")->at).address, "127.0.0.1:80");
  EXPECT_EQ(std::get<Listener::Tcp>(parse_listen("tcp:[::1]:0")->at).address, "[::1]:0");
  EXPECT_EQ(std::get<Listener::Unix>(parse_listen("unix:/run/a:b")->at).path, "/run/a:b");
  EXPECT_EQ(std::get<LentFd>(parse_listen("fd:5")->at).fd, 5);
  for (const char* text : {"", "tcp:", "tcp:127.0.0.1", "tcp::80", "tcp:a:65536", "tcp:a:8x",
                           "tcp:a:-1", "unix:", "fd:", "fd:-1", "fd:x", "udp:a:1", "127.0.0.1:80"})
    EXPECT_FALSE(parse_listen(text).has_value()) << text;
}

// ---- environment -----------------------------------------------------------------------------

TEST(Env, LaterValuesReplaceEarlierOnes) {
  std::vector<std::string> env;
  ASSERT_TRUE(apply_env(env, "A=1"));
  ASSERT_TRUE(apply_env(env, "AB=2"));
  ASSERT_TRUE(apply_env(env, "A=x=y"));
  ASSERT_TRUE(apply_env(env, "EMPTY="));
  EXPECT_EQ(env, (std::vector<std::string>{"A=x=y", "AB=2", "EMPTY="}));
}

TEST(Env, ANameAloneCopiesWhatIsSetHere) {
  ::setenv("LIMEN_TEST_SET", "here", 1);
  ::unsetenv("LIMEN_TEST_UNSET");
  std::vector<std::string> env;
  ASSERT_TRUE(apply_env(env, "LIMEN_TEST_SET"));
  ASSERT_TRUE(apply_env(env, "LIMEN_TEST_UNSET"));
  EXPECT_EQ(env, (std::vector<std::string>{"LIMEN_TEST_SET=here"}));
}

TEST(Env, AVariableHasAName) {
  std::vector<std::string> env;
  EXPECT_FALSE(apply_env(env, "=x"));
  EXPECT_FALSE(apply_env(env, ""));
}

}  // namespace
}  // namespace limen::cli

// guests_test.cpp - runs every guest as its source says and looks at what came of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <fstream>
#include <ostream>

#include "command.hpp"
#include "guest.hpp"
#include "testing/temp_dir.hpp"

namespace limen::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// The directories of one case: what {scratch} and {outside} stand for, and what was put there.
class Surroundings {
 public:
  explicit Surroundings(const Case& run) {
    dir_.directory("scratch");
    dir_.directory("outside");
    for (const auto& [kind, rest] : run.setup) make(kind, rest);
  }

  [[nodiscard]] std::string resolved(std::string word) const {
    replace(word, "{scratch}", dir_.at("scratch"));
    replace(word, "{outside}", dir_.at("outside"));
    return word;
  }

  [[nodiscard]] std::string module_of(const Guest& guest) const {
    if (!guest.module.empty()) return guest.module;
    dir_.file("module.wasm", read_hex(guest.source));
    return dir_.at("module.wasm");
  }

 private:
  static void replace(std::string& in, std::string_view what, const std::string& with) {
    for (auto at = in.find(what); at != std::string::npos; at = in.find(what, at + with.size()))
      in.replace(at, what.size(), with);
  }

  void make(const std::string& kind, const std::string& rest) {
    const auto space = rest.find(' ');
    const std::string first = rest.substr(0, space);
    const std::string text = space == std::string::npos ? "" : rest.substr(space + 1);
    const std::string path =
        (kind == "outside" ? "outside/" : "scratch/") + (kind == "symlink" ? text : first);
    dir_.directory(std::filesystem::path(path).parent_path().string());
    if (kind == "file" || kind == "outside") {
      dir_.file(path, text);
    } else if (kind == "mkdir") {
      dir_.directory(path);
    } else if (kind == "symlink") {
      dir_.link(first, path);
    } else if (kind == "fifo") {
      dir_.fifo(path);
    } else if (kind == "socket") {
      bind_socket(dir_.at(path));
    } else {
      throw std::runtime_error("unknown kind of setup: " + kind);
    }
  }

  static void bind_socket(const std::string& path) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::ranges::copy(path, address.sun_path);
    const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
      throw std::runtime_error("can't make the socket " + path);
  }

  TempDir dir_;
};

struct Named {
  const Guest* guest;
  const Case* run;
};

std::ostream& operator<<(std::ostream& out, const Named& named) {
  return out << named.guest->source.string();
}

std::string name_of(const testing::TestParamInfo<Named>& info) {
  std::string name = info.param.guest->name;
  if (!info.param.run->name.empty()) name += "_" + info.param.run->name;
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

std::vector<Named> every_case() {
  std::vector<Named> cases;
  for (const Guest& guest : all_guests())
    for (const Case& run : guest.cases)
      if (!guest.own_test) cases.push_back({&guest, &run});
  return cases;
}

class Guests : public testing::TestWithParam<Named> {};
INSTANTIATE_TEST_SUITE_P(Guest, Guests, testing::ValuesIn(every_case()), name_of);

TEST_P(Guests, DoesWhatItsSourceSays) {
  const Guest& guest = *GetParam().guest;
  const Case& run = *GetParam().run;
  const Surroundings here(run);
  CommandSpec spec{.words = {"run"},
                   .in = run.stdin_is == Input::null ? Stream::null : Stream::pipe};
  for (const std::string& option : run.options) spec.words.push_back(here.resolved(option));
  spec.words.push_back(here.module_of(guest));
  for (const std::string& arg : run.args) spec.words.push_back(here.resolved(arg));

  const auto start = std::chrono::steady_clock::now();
  Command command(spec);
  if (run.stdin_is == Input::text) {
    command.write(run.input);
    command.close_input();
  }
  const int status = command.finish(run.within + std::chrono::seconds(10), !run.stdout_unread);
  const auto took = std::chrono::steady_clock::now() - start;

  SCOPED_TRACE("standard error:\n" + command.error());
  EXPECT_EQ(status, run.exit);
  if (run.output) {
    EXPECT_EQ(command.output(), *run.output);
  }
  for (const std::string& text : run.errors) EXPECT_THAT(command.error(), HasSubstr(text));
  for (const std::string& text : run.never_in_error)
    EXPECT_THAT(command.error(), Not(HasSubstr(text)));
  EXPECT_LT(took, run.within);
}

TEST(Headers, HaveNoUnknownKeys) {
  const TempDir dir;
  dir.file("a.c", "// run: --dir {scratch}::/\n// exti: 1\n//\n// a: prose may look like a key\n");
  EXPECT_THROW((void)read_header(dir.at("a.c")), std::runtime_error);
  dir.file("b.c", "// no header at all\n");
  EXPECT_THROW((void)read_header(dir.at("b.c")), std::runtime_error);
}

TEST(Headers, GiveEachCaseWhatIsCommon) {
  const TempDir dir;
  dir.file("a.c",
           "// run: --dir {scratch}::/\n// exit: 3\n// case: one\n// arg: x\\n\\x41\n// case: two\n"
           "// exit: 0\n// stdout: a\n// stdout: b\n//\n// exit: 9\n");
  const Guest guest = read_header(dir.at("a.c"));
  ASSERT_EQ(guest.cases.size(), 2U);
  EXPECT_EQ(guest.cases[0].args, std::vector<std::string>{"x\nA"});
  EXPECT_EQ(guest.cases[0].exit, 3);
  EXPECT_EQ(guest.cases[0].output, std::nullopt);
  EXPECT_EQ(guest.cases[1].exit, 0);
  EXPECT_EQ(guest.cases[1].output, "ab");
  EXPECT_EQ(guest.cases[1].options, (std::vector<std::string>{"--dir", "{scratch}::/"}));
}

}  // namespace
}  // namespace limen::test

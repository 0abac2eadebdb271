// order_test.cpp - the order of checks of preview1.md §1, for every call: of any two things that are
// wrong with the arguments, the earlier one is answered.
//
// Which arguments there are and what can be wrong with them comes from the specification's data;
// only what a descriptor of the wrong type is answered with is listed here.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "testing/fake_descriptor.hpp"
#include "testing/fake_guest.hpp"
#include "testing/reference.hpp"

namespace limen::test {
namespace {

using nlohmann::json;

enum class Phase { value, open, type, rights, memory, text };

/// One thing that is wrong: an argument's slot and what stands in it.
struct Flaw {
  Phase phase;
  std::size_t slot;
  u64 value;
  Errno answer;
  std::optional<std::size_t> length_slot = {};  ///< set to 1, so that the address counts
};

/// What a call works on, and the answer to the nearest other type.
struct Worked {
  const char* call;
  FakeKind on = fake_file;
  bool on_directory = false;
  std::optional<Errno> wrong = {};  ///< to a file, or to a directory where files are right
  FakeKind other = fake_file;
  bool other_directory = true;
};
const Worked kWorked[] = {
    {"fd_advise", fake_file, false, Errno::badf},
    {"fd_allocate", fake_file, false, Errno::badf},
    {"fd_datasync", fake_file, false, Errno::inval, fake_stream, false},
    {"fd_filestat_set_size", fake_file, false, Errno::badf},
    {"fd_pread", fake_file, false, Errno::isdir},
    {"fd_pwrite", fake_file, false, Errno::badf},
    {"fd_read", fake_file, false, Errno::isdir},
    {"fd_readdir", {}, true, Errno::badf, fake_file, false},
    {"fd_seek", fake_file, false, Errno::spipe, fake_stream, false},
    {"fd_sync", fake_file, false, Errno::inval, fake_stream, false},
    {"fd_tell", fake_file, false, Errno::badf},
    {"fd_write", fake_file, false, Errno::badf},
    {"fd_prestat_get", {}, true, Errno::badf, fake_file, false},
    {"fd_prestat_dir_name", {}, true, Errno::badf, fake_file, false},
    {"sock_accept", fake_listener, false, Errno::inval, fake_socket, false},
    {"sock_recv", fake_socket, false, Errno::notsock, fake_file, false},
    {"sock_send", fake_socket, false, Errno::notsock, fake_stream, false},
    {"sock_shutdown", fake_socket, false, Errno::notsock},
};

Worked worked_of(const std::string& call) {
  const auto* found = std::ranges::find(kWorked, call, &Worked::call);
  if (found != std::end(kWorked)) return *found;
  if (call.starts_with("path_")) return {"", {}, true, Errno::notdir, fake_file, false};
  return {};
}

/// A guest with every descriptor that the flaws need.
class Setting {
 public:
  explicit Setting(const json& function) : worked_(worked_of(function["name"])) {
    good = add(worked_.on, worked_.on_directory, every_right);
    without = add(worked_.on, worked_.on_directory, Rights::none);
    other = add(worked_.other, worked_.other_directory, every_right);
    other_without = add(worked_.other, worked_.other_directory, Rights::none);
    for (const u32 fd : {good, without})
      if (worked_.on_directory) guest.entry(fd).preopen = std::make_unique<std::string>("/p");
  }
  FakeGuest guest;
  u32 good = 0;
  u32 without = 0;
  u32 other = 0;
  u32 other_without = 0;
  [[nodiscard]] std::optional<Errno> wrong_type() const { return worked_.wrong; }

 private:
  u32 add(FakeKind kind, bool directory, Rights rights) {
    if (directory) return guest.add(std::make_unique<FakeDirectory>(), rights);
    return guest.add(std::make_unique<FakeDescriptor>("0123456789", kind), rights);
  }
  Worked worked_;
};

bool has_rights_of(const json& function, const std::string& param) {
  return std::ranges::any_of(function["rights"], [&](const json& rule) {
    return rule["param"] == param && !rule.contains("when");
  });
}

/// The arguments of a call that succeeds.
std::vector<u64> good_arguments(Setting& setting, const json& function) {
  FakeGuest& guest = setting.guest;
  std::vector<u64> slots;
  for (const json& param : function["params"]) {
    const std::string role = param["role"];
    const std::string type = param["type"];
    if (role == "fd") {
      slots.push_back(setting.good);
    } else if (role == "in_pointer_string") {
      slots.push_back(guest.put("a").at);
    } else if (type == "iovec" || type == "ciovec") {
      slots.push_back(guest.into(1).at);
    } else if (role.contains("pointer")) {
      slots.push_back(guest.alloc(64).at);
      std::fill_n(guest.memory().at(static_cast<u32>(slots.back())), 64, std::byte{0});
    } else if (role.ends_with("_length")) {
      slots.push_back(role == "byte_length" ? 8 : 1);
    } else {
      slots.push_back(param["name"] == "how" || param["name"] == "len" ? 1 : 0);
    }
  }
  // The length of a path follows it: "a" is one byte.
  for (std::size_t i = 0; i + 1 < slots.size(); ++i)
    if (function["params"][i]["role"] == "in_pointer_string") slots[i + 1] = 1;
  return slots;
}

/// Everything that can be wrong with one argument each.
std::vector<Flaw> flaws_of(Setting& setting, const json& function) {
  std::vector<Flaw> flaws;
  const json& params = function["params"];
  const u32 slash = setting.guest.put("/").at;
  for (std::size_t slot = 0; slot < params.size(); ++slot) {
    const std::string role = params[slot]["role"];
    const bool length_follows = slot + 1 < params.size() &&
                                params[slot + 1]["role"].get<std::string>().ends_with("_length");
    if (role == "enum" || (role == "flags" && params[slot]["type"] != "rights")) {
      flaws.push_back({Phase::value, slot, 0x40000000, Errno::inval});
    } else if (role == "fd") {
      flaws.push_back({Phase::open, slot, 99, Errno::badf});
      if (const auto wrong = setting.wrong_type())
        flaws.push_back({Phase::type, slot, setting.other_without, *wrong});
      if (has_rights_of(function, params[slot]["name"]))
        flaws.push_back({Phase::rights, slot, setting.without, Errno::notcapable});
    } else if (role.contains("pointer") && function["name"] != "environ_get") {
      flaws.push_back({Phase::memory, slot, setting.guest.end(), Errno::fault});
      if (length_follows) flaws.back().length_slot = slot + 1;
      if (role == "in_pointer_string") flaws.push_back({Phase::text, slot, slash, Errno::perm});
    }
  }
  return flaws;
}

Errno answer_of(const json& function, const std::vector<const Flaw*>& flaws) {
  Setting setting(function);
  std::vector<u64> slots = good_arguments(setting, function);
  (void)setting.guest.put("/");  // where flaws_of() puts it
  for (const Flaw* flaw : flaws) {
    slots[flaw->slot] = flaw->value;
    if (flaw->length_slot) slots[*flaw->length_slot] = 1;
  }
  std::vector<Arg> args(slots.begin(), slots.end());
  return setting.guest.call_list(function["name"].get<std::string>(), args).err;
}

std::vector<Flaw> flaws_of(const json& function) {
  Setting setting(function);
  (void)good_arguments(setting, function);
  return flaws_of(setting, function);
}

class Order : public testing::TestWithParam<std::string> {
 protected:
  const json& function = *std::ranges::find_if(
      reference()["functions"], [](const json& f) { return f["name"] == GetParam(); });
};

TEST_P(Order, NothingWrongIsSuccess) { EXPECT_EQ(answer_of(function, {}), Errno::success); }

TEST_P(Order, EachThingAlone) {
  for (const Flaw& flaw : flaws_of(function))
    EXPECT_EQ(answer_of(function, {&flaw}), flaw.answer)
        << "phase " << static_cast<int>(flaw.phase) << ", argument " << flaw.slot;
}

TEST_P(Order, OfTwoThingsTheEarlierOne) {
  const std::vector<Flaw> flaws = flaws_of(function);
  for (const Flaw& a : flaws) {
    for (const Flaw& b : flaws) {
      if (a.slot == b.slot || a.phase >= b.phase) continue;
      for (const auto& pair : {std::vector{&a, &b}, std::vector{&b, &a}})
        EXPECT_EQ(answer_of(function, pair), a.answer)
            << "argument " << a.slot << " in phase " << static_cast<int>(a.phase)
            << " and argument " << b.slot << " in phase " << static_cast<int>(b.phase);
    }
  }
}

/// All but proc_exit, which never answers.
std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const json& f : reference()["functions"])
    if (!f["noreturn"].get<bool>()) names.push_back(f["name"]);
  return names;
}

INSTANTIATE_TEST_SUITE_P(EveryCall, Order, testing::ValuesIn(all_names()),
                         [](const auto& call) { return call.param; });

// What the data can't say: an array of nothing, and the two kinds of zero length.

TEST(OrderOfChecks, AnInvalidDescriptorWinsOverANullPointer) {
  FakeGuest guest({.pages = 0});
  for (const char* name : {"fd_read", "fd_write"})
    EXPECT_EQ(guest.call(name, static_cast<u32>(-31337), Region{0, 0}, 0).err, Errno::badf);
  EXPECT_EQ(guest.call("path_unlink_file", ~0u, Region{0, 0}).err, Errno::badf);
}

TEST(OrderOfChecks, OnlyCallsWithPointersNeedAMemory) {
  FakeGuest guest({.pages = 0});
  const u32 fd = guest.add(std::make_unique<FakeDescriptor>("abc"));
  const u32 dir = guest.add(std::make_unique<FakeDirectory>());
  EXPECT_EQ(guest.call("fd_sync", fd).err, Errno::success);
  EXPECT_EQ(guest.call("fd_filestat_set_size", fd, 3).err, Errno::success);
  EXPECT_EQ(guest.call("fd_tell", fd, 0).err, Errno::fault);
  EXPECT_EQ(guest.call("path_unlink_file", dir, Region{0, 1}).err, Errno::fault);
  EXPECT_EQ(guest.call("path_unlink_file", dir, Region{0, 0}).err, Errno::noent);
  EXPECT_EQ(guest.call("random_get", Region{0, 0}).err, Errno::success);
  EXPECT_EQ(guest.call("fd_close", fd).err, Errno::success);
}

}  // namespace
}  // namespace limen::test

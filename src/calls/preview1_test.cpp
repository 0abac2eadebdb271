// preview1_test.cpp - the call table and the types against the specification as data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "calls/preview1.hpp"
#include "fs/host/errno.hpp"
#include "testing/fake_descriptor.hpp"
#include "testing/fake_guest.hpp"
#include "testing/reference.hpp"

namespace limen::test {
namespace {

using nlohmann::json;

/// "(i32 i64) -> i32", as the document writes it.
std::string signature(const CallSpec& spec) {
  std::string text = "(";
  for (const ValType type : spec.params) {
    if (text.size() > 1) text += " ";
    text += type == ValType::int32 ? "i32" : "i64";
  }
  return text + (spec.returns_i32 ? ") -> i32" : ") -> ()");
}

const json& function(std::string_view name) {
  const json& all = reference()["functions"];
  return *std::ranges::find_if(all, [&](const json& f) { return f["name"] == name; });
}

Rights mask(const json& rights) {
  Rights all = Rights::none;
  for (const std::string name : rights)
    all |= static_cast<Rights>(reference()["flags"]["rights"]["masks"][name].get<u64>());
  return all;
}

// ---- the table ---------------------------------------------------------------------------------

TEST(Preview1, EveryFunctionOnceInTheSpecificationsOrder) {
  std::vector<std::string> names;
  for (const CallSpec& spec : preview1_calls()) names.emplace_back(spec.name);
  EXPECT_EQ(names, reference()["modules"]["wasi_snapshot_preview1"]["functions"]
                       .get<std::vector<std::string>>());
}

TEST(Preview1, SignaturesOfEveryModule) {
  for (const HostModule& module : host_modules()) {
    for (const CallSpec& spec : module.calls) {
      const std::string expected = module.name == "wasi"
                                       ? reference()["modules"]["wasi"]["functions"]
                                                    [std::string(spec.name)]["wasm_signature"]
                                       : function(spec.name)["wasm_signature"];
      EXPECT_EQ(signature(spec), expected) << module.name << "." << spec.name;
    }
  }
}

TEST(Preview1, FieldsAreTheParametersByName) {
  for (const CallSpec& spec : preview1_calls()) {
    const json& params = function(spec.name)["params"];
    std::size_t slot = 0;
    for (const Field& field : spec.fields) {
      SCOPED_TRACE(std::string(spec.name) + ": " + std::string(field.name));
      ASSERT_LT(slot, params.size());
      EXPECT_EQ(field.slot, slot);
      EXPECT_EQ(field.name, params[slot]["name"].get<std::string>());
      // What is behind an address and a length has the name of the address.
      for (std::size_t more = 1; more < field.slots; ++more) {
        const std::string role = params[slot + more]["role"];
        EXPECT_TRUE(role.ends_with("_length") || role.starts_with("out_pointer")) << role;
      }
      if (field.result) {
        EXPECT_EQ(params[slot]["role"], "out_pointer");
      }
      slot += field.slots;
    }
    EXPECT_EQ(slot, params.size());
    EXPECT_EQ(slot, spec.params.size());
  }
}

TEST(Preview1, RightsThatARowNames) {
  for (const CallSpec& spec : preview1_calls()) {
    SCOPED_TRACE(spec.name);
    std::array<Rights, 2> needed{};
    std::size_t descriptors = 0;
    std::set<std::string> seen;
    for (const json& rule : function(spec.name)["rights"]) {
      const std::string param = rule["param"];
      if (rule.contains("when") || param.contains('.')) continue;  // the row's own check
      ASSERT_LT(descriptors, needed.size());
      needed.at(descriptors++) = mask(rule["base"]);
      if (rule.contains("alternative")) {
        EXPECT_EQ(spec.needs.alternative, mask(rule["alternative"]));
      }
    }
    if (spec.name == "fd_seek") {  // fd_tell is enough for a query, and fd_seek implies it
      EXPECT_EQ(spec.needs.alternative, needed[0]);
      needed[0] = Rights::fd_tell;
    }
    EXPECT_EQ(spec.needs.fd, needed[0]);
    EXPECT_EQ(spec.needs.second, needed[1]);
  }
}

TEST(Preview1, RowsThatNeedMemorySaySo) {
  for (const CallSpec& spec : preview1_calls()) {
    const json& params = function(spec.name)["params"];
    const bool pointers = std::ranges::any_of(
        params, [](const json& p) { return p["role"].get<std::string>().contains("pointer"); });
    EXPECT_EQ(spec.uses_memory, pointers) << spec.name;
  }
}

TEST(Preview1, ModulesAndTheirFunctions) {
  std::vector<std::string> unstable;
  for (const CallSpec& spec : host_modules()[1].calls) unstable.emplace_back(spec.name);
  EXPECT_EQ(unstable,
            reference()["modules"]["wasi_unstable"]["functions"].get<std::vector<std::string>>());
  EXPECT_NE(find_call("wasi", "thread-spawn"), nullptr);
  EXPECT_EQ(find_call("wasi", "fd_read"), nullptr);
  EXPECT_EQ(find_call("wasi_unstable", "sock_accept"), nullptr);
  EXPECT_EQ(find_call("env", "fd_read"), nullptr);
  EXPECT_EQ(find_call("wasi_snapshot_preview1", ""), nullptr);
}

// ---- types -------------------------------------------------------------------------------------

template <class E>
void expect_choice(const char* type, const json& document) {
  SCOPED_TRACE(type);
  const json& values = document[type]["values"];
  EXPECT_EQ(names<E>.size(), values.size());
  for (const auto& [name_of, value] : values.items()) {
    ASSERT_LT(value.template get<std::size_t>(), names<E>.size());
    EXPECT_EQ(names<E>[value.template get<std::size_t>()], name_of);
  }
  EXPECT_EQ(sizeof(E), document[type]["size"].get<std::size_t>());
}

template <class E>
void expect_flags(const char* type) {
  SCOPED_TRACE(type);
  const json& flags = reference()["flags"][type];
  EXPECT_EQ(names<E>.size(), flags["bits"].size());
  for (const auto& [name_of, bit] : flags["bits"].items()) {
    ASSERT_LT(bit.template get<std::size_t>(), names<E>.size());
    EXPECT_EQ(names<E>[bit.template get<std::size_t>()], name_of);
  }
  EXPECT_EQ(static_cast<u64>(all_flags<E>), flags["all"].get<u64>());
  EXPECT_EQ(sizeof(E), flags["size"].get<std::size_t>());
}

TEST(Preview1Types, Choices) {
  const json& enums = reference()["enums"];
  expect_choice<ClockId>("clockid", enums);
  expect_choice<Whence>("whence", enums);
  expect_choice<Filetype>("filetype", enums);
  expect_choice<Advice>("advice", enums);
  expect_choice<EventType>("eventtype", enums);
  expect_choice<Signal>("signal", enums);
  expect_choice<WhenceV0>("whence",
                          reference()["modules"]["wasi_unstable"]["differences"]["enums"]);
}

TEST(Preview1Types, Flags) {
  expect_flags<Rights>("rights");
  expect_flags<FdFlags>("fdflags");
  expect_flags<OFlags>("oflags");
  expect_flags<LookupFlags>("lookupflags");
  expect_flags<FstFlags>("fstflags");
  expect_flags<EventRwFlags>("eventrwflags");
  expect_flags<SubclockFlags>("subclockflags");
  expect_flags<RiFlags>("riflags");
  expect_flags<RoFlags>("roflags");
  expect_flags<SiFlags>("siflags");
  expect_flags<SdFlags>("sdflags");
}

// names<> and the enumerators are two lists; this ties each enumerator to its name.
TEST(Preview1Types, EnumeratorsHaveTheValuesOfTheirNames) {
  const json& values = reference()["enums"];
  EXPECT_EQ(std::to_underlying(Signal::int_), values["signal"]["values"]["int"]);
  EXPECT_EQ(std::to_underlying(Signal::sys), values["signal"]["values"]["sys"]);
  EXPECT_EQ(std::to_underlying(Signal::chld), values["signal"]["values"]["chld"]);
  EXPECT_EQ(std::to_underlying(Filetype::symbolic_link),
            values["filetype"]["values"]["symbolic_link"]);
  EXPECT_EQ(std::to_underlying(Whence::end), values["whence"]["values"]["end"]);
  EXPECT_EQ(std::to_underlying(Advice::noreuse), values["advice"]["values"]["noreuse"]);
  EXPECT_EQ(std::to_underlying(EventType::fd_write), values["eventtype"]["values"]["fd_write"]);
  EXPECT_EQ(std::to_underlying(ClockId::thread_cputime_id),
            values["clockid"]["values"]["thread_cputime_id"]);
  const json& flags = reference()["flags"];
  EXPECT_EQ(std::to_underlying(FdFlags::rsync), flags["fdflags"]["masks"]["rsync"]);
  EXPECT_EQ(std::to_underlying(OFlags::trunc), flags["oflags"]["masks"]["trunc"]);
  EXPECT_EQ(std::to_underlying(FstFlags::mtim_now), flags["fstflags"]["masks"]["mtim_now"]);
  EXPECT_EQ(std::to_underlying(RiFlags::recv_waitall), flags["riflags"]["masks"]["recv_waitall"]);
  EXPECT_EQ(std::to_underlying(SdFlags::wr), flags["sdflags"]["masks"]["wr"]);
  EXPECT_EQ(std::to_underlying(Rights::sock_accept), flags["rights"]["masks"]["sock_accept"]);
  EXPECT_EQ(std::to_underlying(Rights::path_readlink), flags["rights"]["masks"]["path_readlink"]);
}

TEST(Preview1Types, ErrorNumbers) {
  const json& values = reference()["enums"]["errno"]["values"];
  EXPECT_EQ(values.size(), errno_count);
  for (const auto& [name_of, value] : values.items())
    EXPECT_EQ(name(static_cast<Errno>(value.get<u16>())), name_of);
  EXPECT_EQ(name(static_cast<Errno>(errno_count)), "unknown");
  EXPECT_EQ(static_cast<u16>(Errno::toobig), values["2big"]);
  EXPECT_EQ(static_cast<u16>(Errno::inval), values["inval"]);
  EXPECT_EQ(static_cast<u16>(Errno::notcapable), values["notcapable"]);
}

// ---- rights sets -------------------------------------------------------------------------------

struct RightsSet {
  const char* document;
  Rights base;
  Rights inheriting;
};
constexpr RightsSet kRightsSets[] = {
    {"regular_file", rights::regular_file, Rights::none},
    {"block_device", rights::regular_file, Rights::none},
    {"directory", rights::directory, rights::directory_inheriting},
    {"preopen_directory_rw", rights::directory, rights::directory_inheriting},
    {"preopen_directory_ro", rights::directory, rights::directory_inheriting},
    {"tty", rights::stream, Rights::none},
    {"pipe_or_unknown_stream", rights::stream, Rights::none},
    {"character_device_not_tty", rights::device, Rights::none},
    {"socket_stream_connected", rights::socket, Rights::none},
    {"socket_dgram", rights::socket, Rights::none},
    {"socket_listener", rights::listener, rights::socket},
};

TEST(Preview1Types, RightsSets) {
  const json& sets = reference()["rights_sets"];
  EXPECT_EQ(std::size(kRightsSets), sets.size());
  for (const RightsSet& c : kRightsSets) {
    SCOPED_TRACE(c.document);
    EXPECT_EQ(c.base, static_cast<Rights>(sets[c.document]["base_mask"].get<u64>()));
    EXPECT_EQ(c.inheriting, static_cast<Rights>(sets[c.document]["inheriting_mask"].get<u64>()));
  }
}

// ---- errno of Linux ----------------------------------------------------------------------------

int linux_number_of(const std::string& name_of) {
  for (int number = 1; number < 4096; ++number) {
    const char* candidate = ::strerrorname_np(number);
    if (candidate != nullptr && name_of == candidate) return number;
  }
  // The C library names each number once.
  if (name_of == "EWOULDBLOCK") return EWOULDBLOCK;
  if (name_of == "EOPNOTSUPP") return EOPNOTSUPP;
  if (name_of == "ENOTSUP") return ENOTSUP;
  if (name_of == "EDEADLOCK") return EDEADLOCK;
  return 0;
}

TEST(Preview1Types, LinuxErrorNumbers) {
  const json& table = reference()["linux_errno_to_wasi"];
  std::set<int> listed;
  for (const auto& [linux_name, wasi_name] : table["map"].items()) {
    const int number = linux_number_of(linux_name);
    ASSERT_NE(number, 0) << linux_name;
    listed.insert(number);
    EXPECT_EQ(name(host::from_linux(number)), wasi_name.get<std::string>()) << linux_name;
  }
  for (int number = 1; number < 200; ++number) {
    if (listed.contains(number)) continue;
    EXPECT_EQ(name(host::from_linux(number)), table["fallback"].get<std::string>()) << number;
  }
}

// ---- structures in guest memory ----------------------------------------------------------------

/// The bytes of `structure` that a field takes, as a number.
u64 field(const Answer& answer, const json& structure, std::string_view name_of) {
  for (const json& f : structure["fields"]) {
    if (f["name"] != name_of) continue;
    u64 value = 0;
    const auto offset = f["offset"].get<std::size_t>();
    std::memcpy(&value, answer.stored[0].data() + offset, f["size"].get<std::size_t>());
    return value;
  }
  ADD_FAILURE() << "no field " << name_of;
  return 0;
}

void expect_padding_and_size(const Answer& answer, const json& structure) {
  for (const json& gap : structure["padding"]) {
    for (std::size_t i = 0; i < gap["size"].get<std::size_t>(); ++i)
      EXPECT_EQ(answer.get<u8>(0, gap["offset"].get<std::size_t>() + i), 0u) << gap;
  }
  const auto size = structure["size"].get<std::size_t>();
  if (size < Answer::room) {
    EXPECT_EQ(answer.get<u8>(0, size), 0xAA) << "one byte too many";
  }
}

class Fixed final : public FakeDescriptor {
 public:
  static constexpr Filestat value{.dev = 0x0101010101010101,
                                  .ino = 0x0202020202020202,
                                  .filetype = Filetype::symbolic_link,
                                  .nlink = 0x0404040404040404,
                                  .size = 0x0505050505050505,
                                  .atim = 0x0606060606060606,
                                  .mtim = 0x0707070707070707,
                                  .ctim = 0x0808080808080808};
  Result<Filestat> stat() override { return value; }
};

void expect_filestat(const Answer& answer, const json& structure, u64 nlink) {
  EXPECT_EQ(field(answer, structure, "dev"), Fixed::value.dev);
  EXPECT_EQ(field(answer, structure, "ino"), Fixed::value.ino);
  EXPECT_EQ(field(answer, structure, "filetype"), 7u);
  EXPECT_EQ(field(answer, structure, "nlink"), nlink);
  EXPECT_EQ(field(answer, structure, "size"), Fixed::value.size);
  EXPECT_EQ(field(answer, structure, "atim"), Fixed::value.atim);
  EXPECT_EQ(field(answer, structure, "mtim"), Fixed::value.mtim);
  EXPECT_EQ(field(answer, structure, "ctim"), Fixed::value.ctim);
  expect_padding_and_size(answer, structure);
}

TEST(Preview1Layout, FilestatOfBothSnapshots) {
  FakeGuest guest;
  const u32 fd = guest.add(std::make_unique<Fixed>());
  expect_filestat(guest.call("fd_filestat_get", fd), reference()["structs"]["filestat"],
                  Fixed::value.nlink);
  guest.use_module("wasi_unstable");
  const json& differences = reference()["modules"]["wasi_unstable"]["differences"];
  expect_filestat(guest.call("fd_filestat_get", fd), differences["structs"]["filestat"],
                  0xFFFFFFFF);
}

TEST(Preview1Layout, Fdstat) {
  FakeGuest guest;
  const u32 fd = guest.add(std::make_unique<FakeDescriptor>("", fake_listener), every_right,
                           Rights::fd_write, FdFlags::nonblock | FdFlags::sync);
  const Answer answer = guest.call("fd_fdstat_get", fd);
  const json& structure = reference()["structs"]["fdstat"];
  EXPECT_EQ(field(answer, structure, "fs_filetype"), 6u);
  EXPECT_EQ(field(answer, structure, "fs_flags"), 20u);
  EXPECT_EQ(field(answer, structure, "fs_rights_base"), std::to_underlying(rights::listener));
  EXPECT_EQ(field(answer, structure, "fs_rights_inheriting"), 64u);
  expect_padding_and_size(answer, structure);
}

TEST(Preview1Layout, Prestat) {
  FakeGuest guest;
  const u32 fd = guest.preopen("/data", std::make_unique<FakeDirectory>());
  const Answer answer = guest.call("fd_prestat_get", fd);
  const json& structure = reference()["structs"]["prestat"];
  EXPECT_EQ(answer.get<u8>(0, structure["tag"]["offset"].get<std::size_t>()), 0u);
  EXPECT_EQ(answer.get<u32>(0, structure["payload_offset"].get<std::size_t>()), 5u);
  EXPECT_EQ(answer.get<u32>(0, 0), 0u) << "padding of the tag";
  EXPECT_EQ(answer.get<u8>(0, structure["size"].get<std::size_t>()), 0xAA);
}

TEST(Preview1Layout, Dirent) {
  FakeGuest guest;
  auto dir = std::make_unique<FakeDirectory>();
  dir->names() = {"name"};
  const u32 fd = guest.add(std::move(dir));
  const Region buffer = guest.alloc(256);
  ASSERT_EQ(guest.call("fd_readdir", fd, buffer, 2).err, Errno::success);
  const json& structure = reference()["structs"]["dirent"];
  const auto at = [&](std::size_t i) {
    return buffer.at + structure["fields"][i]["offset"].get<u32>();
  };
  EXPECT_EQ(structure["fields"][0]["name"], "d_next");
  EXPECT_EQ(guest.load<u64>(at(0)), 3u);
  EXPECT_EQ(structure["fields"][1]["name"], "d_ino");
  EXPECT_EQ(guest.load<u64>(at(1)), 100u);
  EXPECT_EQ(structure["fields"][2]["name"], "d_namlen");
  EXPECT_EQ(guest.load<u32>(at(2)), 4u);
  EXPECT_EQ(structure["fields"][3]["name"], "d_type");
  EXPECT_EQ(guest.load<u8>(at(3)), 4u);
  EXPECT_EQ(guest.text({buffer.at + structure["size"].get<u32>(), 4}), "name");
}

TEST(Preview1Layout, SubscriptionsAndEvents) {
  const json& sub = reference()["structs"]["subscription"];
  const json& event = reference()["structs"]["event"]["flat_offsets"];
  FakeGuest guest;
  const u32 file = guest.add(std::make_unique<FakeDescriptor>("0123"));
  const auto size = sub["size"].get<u32>();
  const Region in = guest.alloc(2 * size);
  const Region out = guest.alloc(2 * reference()["structs"]["event"]["size"].get<u32>());
  const auto at = [&](u32 i, const char* name_of) {
    return in.at + i * size + sub["flat_offsets"][name_of].get<u32>();
  };
  guest.store(at(0, "userdata"), u64{11});
  guest.store(at(0, "tag"), u8{0});
  guest.store(at(0, "clock.id"), 1u);
  guest.store(at(0, "clock.timeout"), u64{1});
  guest.store(at(0, "clock.flags"), u16{1});
  guest.store(at(1, "userdata"), u64{22});
  guest.store(at(1, "tag"), u8{1});
  guest.store(at(1, "fd_readwrite.file_descriptor"), file);
  const Answer answer = guest.call("poll_oneoff", in.at, out.at, 2);
  ASSERT_EQ(answer.err, Errno::success);
  ASSERT_EQ(answer.get<u32>(), 2u);
  const u32 second = out.at + 32;
  EXPECT_EQ(guest.load<u64>(out.at + event["userdata"].get<u32>()), 11u);
  EXPECT_EQ(guest.load<u64>(second + event["userdata"].get<u32>()), 22u);
  EXPECT_EQ(guest.load<u16>(second + event["error"].get<u32>()), 0u);
  EXPECT_EQ(guest.load<u8>(second + event["type"].get<u32>()), 1u);
  EXPECT_EQ(guest.load<u64>(second + event["fd_readwrite.nbytes"].get<u32>()), 4u);
  EXPECT_EQ(guest.load<u16>(second + event["fd_readwrite.flags"].get<u32>()), 0u);
}

TEST(Preview1Layout, SizesThatWireStores) {
  const json& structs = reference()["structs"];
  EXPECT_EQ(Wire<Filestat>::stored, structs["filestat"]["size"]);
  EXPECT_EQ(Wire<Fdstat>::stored, structs["fdstat"]["size"]);
  EXPECT_EQ(Wire<Prestat>::stored, structs["prestat"]["size"]);
  EXPECT_EQ(Wire<PollArrays<48>>::event_size, structs["event"]["size"]);
  const json& old = reference()["modules"]["wasi_unstable"]["differences"]["structs"];
  EXPECT_EQ(Wire<FilestatV0>::stored, old["filestat"]["size"]);
  EXPECT_EQ(old["subscription"]["size"], 56);
}

TEST(Preview1Layout, ThreadsAreRefusedWithTheRecommendedNumber) {
  FakeGuest guest({.module = "wasi"});
  EXPECT_EQ(static_cast<i32>(guest.call("thread-spawn", 0).raw),
            reference()["modules"]["wasi"]["error_result"]["recommended"].get<i32>());
}

}  // namespace
}  // namespace limen::test

// hook_test.cpp - what a hook sees of every call: one line each, decoded by the table.
#include "limen/hook.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fake_descriptor.hpp"
#include "testing/fake_guest.hpp"

namespace limen::test {
namespace {

/// A guest in which every call has something to work on: 3 is a preopened directory, 4 a file of ten
/// bytes, 5 a listener, 6 a connected socket.
class EveryCall : public testing::Test {
 protected:
  EveryCall() {
    auto dir = std::make_unique<FakeDirectory>();
    dir->names() = {"name"};
    guest.preopen("/data", std::move(dir));
    guest.add(std::make_unique<FakeDescriptor>("0123456789"));
    guest.add(std::make_unique<FakeDescriptor>("", fake_listener), every_right, rights::socket);
    guest.add(std::make_unique<FakeDescriptor>("hello", fake_socket));
    guest.store(1024, 4u);  // one iovec at 1000: four bytes at 1024
    guest.store(1000, 1024u);
    guest.store(1004, 4u);
    for (std::size_t i = 0; i < 4; ++i) guest.store(1024 + static_cast<u32>(i), "ab\n\xFF"[i]);
    guest.store(2000 + 8, u8{2});  // a subscription at 2000: writing to 4
    guest.store(2000 + 16, 4u);
  }
  FakeGuest guest{{.args = {"guest", "x"}, .env = {"A=1"}, .traced = true}};
};

struct Line {
  const char* call;
  std::vector<Arg> args;
  const char* shown;  ///< `?` stands for digits and dots that the host chooses
};

std::vector<Line> all_lines() {
  const Region iovecs{1000, 1};
  return {
      {"args_get", {3000, 3100}, "args_get(argv=0xbb8, 0xc1c) = success"},
      {"args_sizes_get", {}, "args_sizes_get() -> argc=2, argv_buf_size=8"},
      {"environ_get", {3000, 3100}, "environ_get(environ=0xbb8, 0xc1c) = success"},
      {"environ_sizes_get", {}, "environ_sizes_get() -> environ_count=1, environ_buf_size=4"},
      {"clock_res_get", {1}, "clock_res_get(id=monotonic) -> resolution=?s"},
      {"clock_time_get", {0, 5}, "clock_time_get(id=realtime, precision=0.000000005s) -> time=?s"},
      {"fd_advise", {4, 1, 2, 3}, "fd_advise(fd=4, offset=1, len=2, advice=willneed) = success"},
      {"fd_allocate", {4, 0, 10}, "fd_allocate(fd=4, offset=0, len=10) = success"},
      {"fd_datasync", {4}, "fd_datasync(fd=4) = success"},
      {"fd_fdstat_get",
       {6},
       "fd_fdstat_get(fd=6) -> stat={socket_stream, flags=0, base=0x1820004a, "
       "inheriting=0x3fffffff}"},
      {"fd_fdstat_set_flags", {4, 5}, "fd_fdstat_set_flags(fd=4, flags=append|nonblock) = success"},
      {"fd_fdstat_set_rights",
       {6, 2, 0},
       "fd_fdstat_set_rights(fd=6, fs_rights_base=fd_read, fs_rights_inheriting=0) = success"},
      {"fd_filestat_get",
       {4},
       "fd_filestat_get(fd=4) -> stat={regular_file, ino=2, size=10, mtim=0.000000006s}"},
      {"fd_filestat_set_size", {4, 10}, "fd_filestat_set_size(fd=4, size=10) = success"},
      {"fd_filestat_set_times",
       {4, 1, 2, 9},
       "fd_filestat_set_times(fd=4, atim=0.000000001s, mtim=0.000000002s, "
       "fst_flags=atim|mtim_now) = success"},
      {"fd_pread", {4, iovecs, 8}, "fd_pread(fd=4, iovs=[1: 4 B], offset=8) -> nread=2"},
      {"fd_prestat_get", {3}, "fd_prestat_get(fd=3) -> prestat={dir, name_len=5}"},
      {"fd_prestat_dir_name", {3, 3000, 5}, "fd_prestat_dir_name(fd=3, path=0xbb8[5]) = success"},
      {"fd_pwrite",
       {4, iovecs, 0},
       "fd_pwrite(fd=4, iovs=\"89\\n\\xff\" [1: 4 B], offset=0) -> nwritten=4"},
      {"fd_read", {4, iovecs}, "fd_read(fd=4, iovs=[1: 4 B]) -> nread=4"},
      {"fd_readdir", {3, 3000, 24, 2}, "fd_readdir(fd=3, buf=0xbb8[24], cookie=2) -> bufused=24"},
      {"fd_renumber", {4, 4}, "fd_renumber(fd=4, to=4) = success"},
      {"fd_seek", {4, -1, 2}, "fd_seek(fd=4, offset=-1, whence=end) -> newoffset=9"},
      {"fd_sync", {4}, "fd_sync(fd=4) = success"},
      {"fd_tell", {4}, "fd_tell(fd=4) -> offset=9"},
      {"fd_write", {4, iovecs}, "fd_write(fd=4, iovs=\"89\\n\\xff\" [1: 4 B]) -> nwritten=4"},
      {"path_create_directory", {3, "d"}, "path_create_directory(fd=3, path=\"d\") = success"},
      {"path_filestat_get",
       {3, 1, "f"},
       "path_filestat_get(fd=3, flags=symlink_follow, path=\"f\") -> "
       "stat={regular_file, ino=7, size=4, mtim=0.000000000s}"},
      {"path_filestat_set_times",
       {3, 0, "f", 1, 2, 5},
       "path_filestat_set_times(fd=3, flags=0, path=\"f\", atim=0.000000001s, "
       "mtim=0.000000002s, fst_flags=atim|mtim) = success"},
      {"path_link",
       {3, 0, "a", 3, "b"},
       "path_link(old_fd=3, old_flags=0, old_path=\"a\", new_fd=3, new_path=\"b\") = success"},
      {"path_open",
       {3, 1, "f", 1, 2, 0, 4},
       "path_open(fd=3, dirflags=symlink_follow, path=\"f\", oflags=creat, "
       "fs_rights_base=fd_read, fs_rights_inheriting=0, fdflags=nonblock) -> opened_fd=7"},
      {"path_readlink",
       {3, "l", 3000, 9},
       "path_readlink(fd=3, path=\"l\", buf=0xbb8[9]) -> bufused=6"},
      {"path_remove_directory", {3, "d"}, "path_remove_directory(fd=3, path=\"d\") = success"},
      {"path_rename",
       {3, "a", 3, "b"},
       "path_rename(fd=3, old_path=\"a\", new_fd=3, new_path=\"b\") = success"},
      {"path_symlink",
       {"t", 3, "l"},
       "path_symlink(old_path=\"t\", fd=3, new_path=\"l\") = success"},
      {"path_unlink_file", {3, "f"}, "path_unlink_file(fd=3, path=\"f\") = success"},
      {"poll_oneoff", {2000, 3000, 1}, "poll_oneoff(in=[fd_write 4]) -> nevents=1"},
      {"proc_raise", {18}, "proc_raise(sig=stop) = notsup"},
      {"sched_yield", {}, "sched_yield() = success"},
      {"random_get", {3000, 8}, "random_get(buf=0xbb8[8]) = success"},
      {"sock_accept", {5, 0}, "sock_accept(fd=5, flags=0) -> opened_fd=8"},
      {"sock_recv",
       {6, iovecs, 1},
       "sock_recv(fd=6, ri_data=[1: 4 B], ri_flags=recv_peek) -> ro_datalen=4, ro_flags=0"},
      {"sock_send",
       {8, iovecs, 0},
       "sock_send(fd=8, si_data=\"hell\" [1: 4 B], si_flags=0) -> so_datalen=4"},
      {"sock_shutdown", {8, 3}, "sock_shutdown(fd=8, how=rd|wr) = success"},
      {"fd_close", {8}, "fd_close(fd=8) = success"},
      {"proc_exit", {3}, "proc_exit(rval=3) = ended"},
  };
}

TEST_F(EveryCall, HasALine) {
  std::set<std::string_view> shown;
  for (const Line& line : all_lines()) {
    SCOPED_TRACE(line.call);
    guest.call_list(line.call, line.args);
    std::string expected = line.shown;
    std::string text = guest.trace();
    if (const auto mark = expected.find('?'); mark != std::string::npos) {
      // Digits and dots stand for themselves.
      std::size_t end = mark;
      while (end < text.size() && (std::isdigit(text[end]) != 0 || text[end] == '.')) ++end;
      EXPECT_GT(end, mark);
      text.replace(mark, end - mark, "?");
    }
    EXPECT_EQ(text, expected + "\n");
    shown.insert(line.call);
  }
  for (const CallSpec& spec : preview1_calls()) EXPECT_TRUE(shown.contains(spec.name)) << spec.name;
}

// ---- hostile arguments are shown, not followed --------------------------------------------------

TEST_F(EveryCall, AddressesOutsideAreShownAsTheyAre) {
  const u32 end = guest.end();
  guest.call("fd_write", 4, Region{end, 1});
  guest.call("fd_write", 4, Region{~0u, ~0u});
  guest.call("path_unlink_file", 3, Region{end, 1});
  guest.call("poll_oneoff", end, end, 2);
  guest.call("fd_tell", 4, end);
  EXPECT_EQ(guest.trace(),
            "fd_write(fd=4, iovs=0x40000[1]?) = fault\n"
            "fd_write(fd=4, iovs=0xffffffff[4294967295]?) = fault\n"
            "path_unlink_file(fd=3, path=0x40000[1]?) = fault\n"
            "poll_oneoff(in=0x40000[2]?) = fault\n"
            "fd_tell(fd=4) = fault\n");
}

TEST_F(EveryCall, ValuesThatHaveNoNameAreShownAsNumbers) {
  guest.call("fd_seek", 4, 0, 9);
  guest.call("proc_raise", 99);
  guest.call("sock_shutdown", 6, 12);
  guest.call("path_open", 3, 0x80000001u, "f", 0x10003, Rights{u64{1} << 40}, 0, 0x21);
  EXPECT_EQ(guest.trace(),
            "fd_seek(fd=4, offset=0, whence=9) = inval\n"
            "proc_raise(sig=99) = inval\n"
            "sock_shutdown(fd=6, how=0xc) = inval\n"
            "path_open(fd=3, dirflags=symlink_follow|0x80000000, path=\"f\", "
            "oflags=creat|directory|0x10000, fs_rights_base=0x10000000000, "
            "fs_rights_inheriting=0, fdflags=append|0x20) = inval\n");
}

TEST_F(EveryCall, LongTextsAndWritesAreCut) {
  guest.call("path_unlink_file", 3, Region{0, 200'000});
  EXPECT_LT(guest.trace().size(), 4096u * 4 + 100);
  guest.call("fd_write", 4, guest.from(std::string(100, 'x')));
  EXPECT_EQ(guest.trace(), "fd_write(fd=4, iovs=\"" + std::string(32, 'x') +
                               "\"... [1: 100 B]) -> nwritten=100\n");
}

// ---- the hook itself ---------------------------------------------------------------------------

class Counting final : public Hook {
 public:
  void before(const CallView& call) override {
    log.push_back("before " + std::string(call.spec.name));
    slots.assign(call.slots.begin(), call.slots.end());
  }
  void after(const CallView& call, const CallResult& result) override {
    log.push_back("after " + std::string(call.spec.name) + " " +
                  (result.ended ? "ended" : std::string(name(result.error))));
  }
  std::vector<std::string> log;
  std::vector<u64> slots;
};

TEST(HookTest, SeesEachCallOnceBeforeAndAfter) {
  FakeGuest guest;
  Counting hook;
  guest.process().run.hook = &hook;
  guest.call("fd_close", 99);
  guest.call("proc_exit", 1);
  EXPECT_THAT(hook.log, testing::ElementsAre("before fd_close", "after fd_close badf",
                                             "before proc_exit", "after proc_exit ended"));
}

TEST(HookTest, SlotsAreClean) {
  // FakeGuest leaves junk in the upper half of i32 slots, as engines do.
  FakeGuest guest;
  Counting hook;
  guest.process().run.hook = &hook;
  guest.call("fd_seek", ~0u, -2, 1, 64);
  EXPECT_THAT(hook.slots, testing::ElementsAre(0xFFFFFFFFu, ~u64{1}, 1u, 64u));
}

TEST(HookTest, AnswersAreTheSameWithAndWithoutOne) {
  for (const bool traced : {false, true}) {
    FakeGuest guest({.traced = traced});
    const u32 fd = guest.add(std::make_unique<FakeDescriptor>("0123456789"));
    EXPECT_EQ(guest.call("fd_seek", fd, 3, Whence::set).get<u64>(), 3u);
    EXPECT_EQ(guest.read(fd, 4), "3456");
    EXPECT_EQ(guest.call("fd_seek", fd, -9, Whence::cur).err, Errno::inval);
    EXPECT_TRUE(guest.call("proc_exit", 7).ended());
    EXPECT_EQ(std::get<Exited>(*guest.ending()).code, 7u);
  }
}

}  // namespace
}  // namespace limen::test

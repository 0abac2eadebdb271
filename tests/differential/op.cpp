// op.cpp - generating and printing operations.
//
// Few names, so that operations meet; `.`, `..`, slashes and long names, because that is where
// resolutions differ. What the calls above a back end refuse (preview1.md §3) is not made.
#include "tests/differential/op.hpp"

#include <fmt/format.h>

#include <climits>
#include <ostream>

namespace limen::differential {
namespace {

using Do = Op::Do;

constexpr std::array<std::string_view, 19> kNames{
    "open",   "close",  "list",     "stat",    "readlink", "mkdir", "rmdir",
    "unlink", "rename", "link",     "symlink", "times",    "read",  "write",
    "append", "resize", "allocate", "fd_stat", "fd_times"};

rc::Gen<std::string> components() {
  return rc::gen::weightedElement<std::string>({{14, "a"},
                                                {10, "b"},
                                                {10, "c"},
                                                {6, "d"},
                                                {8, "e"},
                                                {7, ".."},
                                                {3, "."},
                                                {1, std::string(NAME_MAX, 'n')}});
}

std::string join(const std::vector<std::string>& names, const std::string& slash,
                 const std::string& end) {
  return fmt::format("{}{}", fmt::join(names, slash), end);
}

rc::Gen<std::vector<std::string>> some_components() {
  const auto of = [](std::size_t count) {
    return rc::gen::container<std::vector<std::string>>(count, components());
  };
  return rc::gen::weightedOneOf<std::vector<std::string>>(
      {{6, of(1)}, {6, of(2)}, {3, of(3)}, {1, of(4)}, {1, of(6)}});
}

rc::Gen<std::string> paths() {
  return rc::gen::apply(join, some_components(),
                        rc::gen::weightedElement<std::string>({{9, "/"}, {1, "//"}}),
                        rc::gen::weightedElement<std::string>({{10, ""}, {2, "/"}, {1, "//"}}));
}

rc::Gen<std::string> targets() {
  return rc::gen::weightedOneOf<std::string>(
      {{20, paths()},
       {1, rc::gen::map(paths(), [](const std::string& path) { return "/limen-none/" + path; })},
       {1, rc::gen::just(std::string(NAME_MAX + 1, 'n'))}});
}

rc::Gen<Do> kinds() {
  return rc::gen::weightedElement<Do>({{24, Do::open},
                                       {1, Do::close},
                                       {3, Do::list},
                                       {8, Do::stat},
                                       {3, Do::readlink},
                                       {12, Do::mkdir},
                                       {4, Do::rmdir},
                                       {5, Do::unlink},
                                       {12, Do::rename},
                                       {8, Do::link},
                                       {10, Do::symlink},
                                       {4, Do::times},
                                       {5, Do::read},
                                       {8, Do::write},
                                       {4, Do::append},
                                       {3, Do::resize},
                                       {2, Do::allocate},
                                       {2, Do::fd_stat},
                                       {2, Do::fd_times}});
}

// The operation is done at the root more often than not.
rc::Gen<u8> bases() { return rc::gen::weightedElement<u8>({{8, 0}, {2, 1}, {1, 2}, {1, 3}}); }

rc::Gen<OFlags> open_flags() {
  const auto flags = [](OFlags a, OFlags b) { return a | b; };
  return rc::gen::apply(flags,
                        rc::gen::weightedElement<OFlags>({{6, OFlags::none},
                                                          {6, OFlags::creat},
                                                          {2, OFlags::creat | OFlags::excl},
                                                          {3, OFlags::directory},
                                                          {1, OFlags::excl}}),
                        rc::gen::weightedElement<OFlags>(
                            {{12, OFlags::none}, {3, OFlags::trunc}, {1, OFlags::directory}}));
}

rc::Gen<Op> operations() {
  using rc::gen::set;
  return rc::gen::build<Op>(
      set(&Op::what, kinds()), set(&Op::base, bases()), set(&Op::path, paths()),
      set(&Op::new_base, bases()), set(&Op::new_path, paths()), set(&Op::target, targets()),
      set(&Op::slot, rc::gen::inRange<u8>(0, kSlots)), set(&Op::follow), set(&Op::reads),
      set(&Op::writes), set(&Op::oflags, open_flags()),
      set(&Op::fdflags, rc::gen::weightedElement<FdFlags>({{6, FdFlags::none},
                                                           {2, FdFlags::append},
                                                           {1, FdFlags::nonblock},
                                                           {1, FdFlags::dsync | FdFlags::sync},
                                                           {1, FdFlags::append | FdFlags::rsync}})),
      set(&Op::offset, rc::gen::weightedOneOf<u32>({{4, rc::gen::inRange<u32>(0, 60)},
                                                    {1, rc::gen::inRange<u32>(0, 20000)}})),
      set(&Op::length, rc::gen::inRange<u32>(0, 50)), set(&Op::times, rc::gen::inRange<u8>(0, 8)));
}

template <FlagType E>
std::string flags_text(E flags) {
  std::string text;
  for (std::size_t bit = 0; bit < names<E>.size(); ++bit) {
    if (((static_cast<u64>(flags) >> bit) & 1) != 0) text.append(" ").append(names<E>[bit]);
  }
  return text;
}

std::string open_text(const Op& op) {
  return fmt::format("{}{}{}{} in {}", flags_text(op.oflags), flags_text(op.fdflags),
                     op.reads ? " read" : "", op.writes ? " write" : "", op.slot);
}

}  // namespace

std::array<TimeChange, 2> time_changes(const Op& op) {
  const bool now = (op.times & 4) != 0;
  const TimeChange change{.mode = now ? TimeChange::Mode::now : TimeChange::Mode::exact,
                          .ns = now ? 0 : u64{op.offset} * 1'000'000'000 + 7};
  return {(op.times & 1) != 0 ? change : TimeChange{}, (op.times & 2) != 0 ? change : TimeChange{}};
}

std::string text_of(const Op& op) {
  return std::string(op.length, static_cast<char>('A' + op.offset % 26));
}

std::string to_string(const Op& op) {
  const std::string name(kNames.at(std::to_underlying(op.what)));
  const std::string at =
      fmt::format("{} {}:\"{}\"{}", name, op.base, op.path, op.follow ? " follow" : "");
  switch (op.what) {
    case Do::open:
      return at + open_text(op);
    case Do::list:
      return fmt::format("list {}", op.base);
    case Do::rename:
    case Do::link:
      return fmt::format("{} -> {}:\"{}\"", at, op.new_base, op.new_path);
    case Do::symlink:
      return fmt::format("{} to \"{}\"", at, op.target);
    case Do::times:
      return fmt::format("{} times {} of {}", at, op.times, op.offset);
    case Do::stat:
    case Do::readlink:
    case Do::mkdir:
    case Do::rmdir:
    case Do::unlink:
      return at;
    default:
      return fmt::format("{} of {} at {} + {}, times {}", name, op.slot, op.offset, op.length,
                         op.times);
  }
}

std::ostream& operator<<(std::ostream& out, const Op& op) { return out << "\n  " << to_string(op); }

rc::Gen<std::vector<Op>> sequences() {
  return rc::gen::scale(2, rc::gen::container<std::vector<Op>>(operations()));
}

}  // namespace limen::differential

// limen/abi/row.hpp - from a row of the call table to everything that is derived from it.
//
// A row is text and a handler:
//
//   Row<"fd_read(fd, iovs) -> nread", calls::fd_read, Needs{.fd = Rights::fd_read, …}>
//
// The handler's C++ signature gives the wasm signature, the checks and the stores (through Wire<T>),
// the text gives the names; too few or too many names do not compile. What comes out is a CallSpec:
// plain data that an engine links, a trace prints and the documentation lists. A row may name a check
// as well, for rights that depend on the values of arguments: Errno check(arguments but Call).
//
// What a handler may return:
//   Result<void>, Result<T>, Result<std::pair<A, B>>   an errno, and values stored at result pointers
//   Ending                                             the call never returns to the guest
//   Result<std::optional<Ending>>                      sometimes it doesn't
//   ThreadId                                           the wasm result itself, no errno
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "limen/abi/call.hpp"
#include "limen/abi/wire.hpp"

namespace limen {

/// What thread-spawn answers: a thread's id, or a negative number.
enum class ThreadId : i32 {};

/// What an engine does when a call comes back.
enum class Verdict : u8 {
  returned,  ///< go on in the guest
  ended,     ///< unwind the guest; RunState::ending says why
};

/// One named argument or result of a call, for people and for traces.
struct Field {
  std::string_view name;
  std::size_t slot = 0;   ///< index of its first wasm argument
  std::size_t slots = 0;  ///< how many it takes; a result has one, a pointer
  bool result = false;
  /// Appends the value: of an argument from its slots, of a result from guest memory.
  void (*print)(Output& out, const GuestMemory& memory, Slots slots) = nullptr;
};

/// One call, as data. Strings and spans are static.
struct CallSpec {
  std::string_view name;
  std::string_view text;  ///< the row's text
  std::span<const ValType> params;
  bool returns_i32 = true;   ///< false for proc_exit only
  bool uses_memory = false;  ///< an engine may leave Call::memory unset otherwise
  std::span<const Field> fields;
  Needs needs;
  /// Decodes, checks, calls, stores; the wasm result is put into the first slot.
  Verdict (*invoke)(Call& call, Slots slots) noexcept = nullptr;
};

/// Text as a template argument.
template <std::size_t N>
struct Literal {
  char text[N]{};
  // Implicit on purpose: rows are written with plain string literals.
  constexpr Literal(const char (&from)[N]) { std::copy_n(from, N, text); }  // NOLINT(*-explicit-*)
  [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
};

namespace row {

inline constexpr std::size_t max_names = 12;

/// A row's text, taken apart.
struct Shape {
  std::string_view name;
  std::array<std::string_view, max_names> words{};
  std::size_t params = 0;
  std::size_t results = 0;
};

constexpr bool is_word(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

consteval Shape parse(std::string_view text) {
  Shape shape;
  // No find(): g++ 12 can't evaluate it under the undefined-behaviour sanitizer.
  std::size_t open = 0;
  while (open < text.size() && text[open] != '(') ++open;
  if (open == text.size()) throw "a row reads name(parameters) -> results";
  shape.name = text.substr(0, open);
  bool results = false;
  for (std::size_t at = open + 1; at < text.size();) {
    if (!is_word(text[at])) {
      results = results || text[at] == ')';
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    shape.words.at(shape.params + shape.results) = text.substr(at, end - at);
    ++(results ? shape.results : shape.params);
    at = end;
  }
  return shape;
}

/// The values that a handler's return type stores at result pointers, as a type list.
template <class... T>
struct Types {
  static constexpr std::size_t count = sizeof...(T);
};
template <class Ret>
struct Stored {
  using types = Types<>;
};
template <class T>
struct Stored<Result<T>> {
  using types = Types<T>;
};
template <class A, class B>
struct Stored<Result<std::pair<A, B>>> {
  using types = Types<A, B>;
};
template <>
struct Stored<Result<void>> {
  using types = Types<>;
};
template <>
struct Stored<Result<std::optional<Ending>>> {
  using types = Types<>;
};

template <class T>
concept Descriptors = std::derived_from<T, File>;

template <class T>
concept ReachesMemory =
    std::same_as<T, OutStrings> || requires(const GuestMemory& memory, Slots slots, T& arg) {
      Wire<T>::memory(memory, slots, arg);
    };

/// Where each kind's slots begin, and how many there are in all.
template <class... A>
constexpr auto slot_offsets() {
  std::array<std::size_t, sizeof...(A) + 1> offsets{};
  std::size_t i = 0;
  ((offsets[i + 1] = offsets[i] + Wire<A>::slots.size(), ++i), ...);
  return offsets;
}

/// A call's arguments, not initialised: decode() writes in place. A tuple of the arguments alone
/// would clear them first, and with them the 16 KiB of iovecs: 120 ns a call.
template <class T>
struct Uninitialised {
  T value;
  Uninitialised() noexcept {}  // NOLINT(*-use-equals-default): that one is cleared
};
template <class... A>
using Arguments = std::tuple<Uninitialised<A>...>;

/// Hands `call` to the run's hook before and after `spec` is invoked by `unhooked`.
Verdict invoke_hooked(const CallSpec& spec, Call& call, Slots slots,
                      Verdict (*unhooked)(Call&, Slots) noexcept) noexcept;
/// Answers nomem.
[[gnu::cold]] Verdict out_of_memory(Slots slots) noexcept;
/// Notes how the run ends; the first ending stays.
[[gnu::cold]] Verdict end(Call& call, Ending ending);

}  // namespace row

template <Literal Line, auto Handler, Needs Required, auto Check, class Ret, class... A>
struct RowImpl {
  using Results = typename row::Stored<Ret>::types;
  static constexpr auto line = Line;
  static constexpr row::Shape shape = row::parse(line.view());
  static_assert(shape.params == sizeof...(A), "name every parameter of the handler once");
  static_assert(shape.results == Results::count, "name every result of the handler once");

  static constexpr auto offsets = row::slot_offsets<A...>();
  static constexpr std::size_t in_slots = offsets.back();
  static constexpr std::size_t all_slots = in_slots + Results::count;

  static constexpr auto params = [] {
    std::array<ValType, all_slots> types{};
    std::size_t at = 0;
    (
        [&] {
          for (const ValType type : Wire<A>::slots) types[at++] = type;
        }(),
        ...);
    std::fill(types.begin() + at, types.end(), ValType::int32);
    return types;
  }();

  /// One check of one phase for one argument, if its kind has it.
  static constexpr auto phase_value = []<class T>(Call&, Slots s, T& arg) {
    if constexpr (requires { Wire<T>::value(s, arg); }) return Wire<T>::value(s, arg);
    return Errno::success;
  };
  static constexpr auto phase_descriptor = []<class T>(Call& call, Slots s, T& arg) {
    if constexpr (row::Descriptors<T>) return Wire<T>::descriptor(call, s, arg);
    return Errno::success;
  };
  static constexpr auto phase_type = []<class T>(Call&, Slots, T& arg) {
    if constexpr (row::Descriptors<T>) return Wire<T>::type(Required, arg);
    return Errno::success;
  };
  static constexpr auto phase_memory = []<class T>(Call& call, Slots s, T& arg) {
    if constexpr (requires { Wire<T>::memory(call.memory, s, arg); })
      return Wire<T>::memory(call.memory, s, arg);
    return Errno::success;
  };
  static constexpr auto phase_text = []<class T>(Call&, Slots, T& arg) {
    if constexpr (requires { Wire<T>::text(arg); }) return Wire<T>::text(arg);
    return Errno::success;
  };

  template <std::size_t... I>
  static Errno decode(Call& call, Slots slots, row::Arguments<A...>& args,
                      std::index_sequence<I...>) {
    Errno error = Errno::success;
    const auto all = [&]([[maybe_unused]] auto phase) {
      return (((error = phase(call, slots.from(offsets[I]), std::get<I>(args).value)) ==
               Errno::success) &&
              ...);
    };
    (void)(all(phase_value) && all(phase_descriptor) && all(phase_type) &&
           (((error = rights<I>(std::get<I>(args).value)) == Errno::success) && ...) &&
           checked(error, std::get<I>(args).value...) && all(phase_memory) &&
           results_inside(call, slots, error, Results{}) && all(phase_text));
    return error;
  }

  /// The row's own check; arguments that are in guest memory are not there yet.
  static bool checked([[maybe_unused]] Errno& error, const A&... args) noexcept {
    if constexpr (!std::same_as<decltype(Check), std::nullptr_t>) error = Check(args...);
    return error == Errno::success;
  }

  template <std::size_t Index, class T>
  static Errno rights(const T& arg) noexcept {
    if constexpr (row::Descriptors<T>) {
      return Wire<T>::rights(Required, descriptor_number<Index>(), arg);
    } else {
      return Errno::success;
    }
  }
  /// Is this argument the call's first descriptor or its second?
  template <std::size_t Index>
  static constexpr std::size_t descriptor_number() {
    constexpr std::array is{row::Descriptors<A>...};
    return static_cast<std::size_t>(std::count(is.begin(), is.begin() + Index, true));
  }

  template <class... R>
  static bool results_inside(Call& call, Slots slots, Errno& error, row::Types<R...>) noexcept {
    std::size_t at = in_slots;
    const bool inside = (call.memory.contains(slots.u32(at++), Wire<R>::stored) && ...);
    if (!inside) error = Errno::fault;
    return inside;
  }

  /// Results are checked again: the handler may have blocked while a thread changed the memory.
  template <class T>
  static Errno store(Call& call, Slots slots, const T& value) noexcept {
    Errno error = Errno::success;
    if (!results_inside(call, slots, error, Results{})) return error;
    if constexpr (Results::count == 2) {
      Wire<std::remove_cvref_t<decltype(value.first)>>::store(call.memory, slots.u32(in_slots),
                                                              value.first);
      Wire<std::remove_cvref_t<decltype(value.second)>>::store(call.memory, slots.u32(in_slots + 1),
                                                               value.second);
    } else {
      Wire<T>::store(call.memory, slots.u32(in_slots), value);
    }
    return error;
  }

  /// Calls the handler, again while a system call was only interrupted, until the run is stopped.
  template <std::size_t... I>
  static Verdict handle(Call& call, Slots slots, row::Arguments<A...>& args,
                        std::index_sequence<I...>) {
    if constexpr (std::same_as<Ret, Ending>) {
      return row::end(call, Handler(call, std::get<I>(args).value...));
    } else if constexpr (std::same_as<Ret, ThreadId>) {
      slots.put_result(static_cast<u32>(Handler(call, std::get<I>(args).value...)));
      return Verdict::returned;
    } else {
      Ret result = Handler(call, std::get<I>(args).value...);
      while (!result && result.error() == Errno::intr) [[unlikely]] {
        if (call.run.stopping()) return row::end(call, call.run.stop_ending());
        result = Handler(call, std::get<I>(args).value...);
      }
      Errno error = Errno::success;
      if (!result) {
        error = result.error();
      } else if constexpr (std::same_as<Ret, Result<std::optional<Ending>>>) {
        if (*result) return row::end(call, **result);
      } else if constexpr (Results::count > 0) {
        error = store(call, slots, *result);
      }
      slots.put_result(static_cast<u32>(error));
      return Verdict::returned;
    }
  }

  /// An engine calls from code that no exception can cross. Handlers throw nothing; what can fail
  /// is an allocation whose size a guest chose, and that is an errno like any other.
  static Verdict unhooked(Call& call, Slots slots) noexcept {
    try {
      constexpr auto indices = std::index_sequence_for<A...>{};
      row::Arguments<A...> args;
      if (const Errno error = decode(call, slots, args, indices); error != Errno::success) {
        if constexpr (!std::same_as<Ret, Ending>) slots.put_result(static_cast<u32>(error));
        return Verdict::returned;
      }
      return handle(call, slots, args, indices);
    } catch (const std::bad_alloc&) {
      return row::out_of_memory(slots);
    }
  }

  /// Both ways on are jumps. After a system call each return on the way back to the guest costs
  /// 6 ns (docs/performance.md); likely the kernel's defences spoil their prediction.
  static Verdict invoke(Call& call, Slots slots) noexcept {
    if (call.run.hook != nullptr) [[unlikely]]
      return row::invoke_hooked(spec, call, slots, &unhooked);
    return unhooked(call, slots);
  }

  template <class T>
  static void print_result(Output& out, const GuestMemory& memory, Slots slots) {
    const u32 at = slots.u32(0);
    if (memory.contains(at, Wire<T>::stored)) Wire<T>::print_stored(out, memory, at);
  }
  template <class... R>
  static constexpr auto make_fields(row::Types<R...>) {
    std::array<Field, sizeof...(A) + sizeof...(R)> all{};
    std::size_t i = 0;
    ((all[i] = {shape.words[i], offsets[i], Wire<A>::slots.size(), false, &Wire<A>::print}, ++i),
     ...);
    std::size_t slot = in_slots;
    ((all[i] = {shape.words[i], slot++, 1, true, &print_result<R>}, ++i), ...);
    return all;
  }
  static constexpr auto fields = make_fields(Results{});

  static constexpr bool uses_memory = Results::count > 0 || (row::ReachesMemory<A> || ...);

  static constexpr CallSpec spec{
      .name = shape.name,
      .text = line.view(),
      .params = params,
      .returns_i32 = !std::same_as<Ret, Ending>,
      .uses_memory = uses_memory,
      .fields = fields,
      .needs = Required,
      .invoke = &invoke,
  };
};

/// A row of a call table; see the top of this file.
template <Literal Line, auto Handler, Needs Required = Needs{}, auto Check = nullptr>
struct Row;

template <Literal Line, class Ret, class... A, Ret (*Handler)(Call&, A...), Needs Required,
          auto Check>
struct Row<Line, Handler, Required, Check>
    : RowImpl<Line, Handler, Required, Check, Ret, std::remove_cvref_t<A>...> {};

/// A call table: rows in the specification's order.
template <class... Rows>
struct Table {
  static constexpr std::array<CallSpec, sizeof...(Rows)> specs{Rows::spec...};
};

}  // namespace limen

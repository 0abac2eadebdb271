// poll.cpp - poll_oneoff.
//
// The subscriptions stay where they are, in guest memory, and each is copied when it is looked at:
// a guest may pass a hundred million of them, and the host must not hold a copy of all. Host memory
// is bounded by the number of open descriptors. With shared memory a subscription may change between
// the two passes; then its event tells of the changed one. Only when events would be written over
// subscriptions that are still to be read are these copied first.
#include <algorithm>
#include <unordered_map>
#include <vector>

#include "calls/calls.hpp"
#include "core/process.hpp"
#include "core/wait.hpp"

namespace limen::calls {
namespace {

constexpr u32 kEventSize = 32;
constexpr u64 kSecond = 1'000'000'000;
constexpr u32 kStopCheck = 0xFFFF;   // subscriptions between two looks at the stop flag
constexpr u32 kMostCopied = 65'536;  // subscriptions; overlapping arrays are nobody's habit

/// One poll_oneoff from start to end.
class Poll {
 public:
  Poll(Call& call, u32 subscriptions, u32 events, u32 count, u32 subscription_size)
      : call_(call),
        from_(call.memory),
        in_(subscriptions),
        out_(events),
        count_(count),
        size_(subscription_size),
        start_(clock_now(ClockId::monotonic)) {}

  Result<Size> run() {
    if (const auto copied = copy_if_overwritten(); !copied) return fail(copied.error());
    if (const auto scanned = scan(); !scanned) return fail(scanned.error());
    for (;;) {
      const auto waited = only_a_clock() ? sleep_alone() : wait_for_something();
      if (!waited) return fail(waited.error());
      if (const auto events = report(); !events || *events > 0)
        return events ? Result<Size>(Size{*events}) : fail(events.error());
    }
  }

 private:
  u64 clock_now(ClockId id) const { return call_.process.clock.now(id).value_or(0); }

  Subscription subscription(u32 index) const {
    return wire::load_subscription(from_, in_ + index * size_, size_);
  }

  // Events are no longer than subscriptions, so they stay behind what was read unless they begin
  // after it and within it.
  Result<void> copy_if_overwritten() {
    const u64 end = in_ + u64{count_} * size_;
    if (out_ <= in_ || out_ >= end) return {};
    if (count_ > kMostCopied) return fail(Errno::nomem);
    copy_.assign(from_.at(in_), from_.at(in_) + u64{count_} * size_);
    from_ = GuestMemory(copy_.data(), copy_.size());
    in_ = 0;
    return {};
  }

  static bool is_valid(const Subscription& s) {
    if (static_cast<std::size_t>(s.type) >= names<EventType>.size()) return false;
    return s.type != EventType::clock ||
           (s.clock_flags & ~all_flags<SubclockFlags>) == SubclockFlags::none;
  }

  static bool is_absolute(const Subscription& s) {
    return has(s.clock_flags, SubclockFlags::subscription_clock_abstime);
  }

  // The first pass: refuses what the whole call is refused for, collects what to wait for.
  Result<void> scan() {
    for (u32 i = 0; i < count_; ++i) {
      if ((i & kStopCheck) == kStopCheck && call_.run.stopping()) return fail(Errno::intr);
      const Subscription s = subscription(i);
      if (!is_valid(s)) return fail(Errno::inval);
      if (s.type == EventType::clock) {
        add_clock(s);
      } else {
        add_descriptor(s);
      }
    }
    return {};
  }

  // Relative times of both clocks are durations: steps of the wall clock do not matter to them.
  u64 relative_deadline(const Subscription& s) const {
    u64 deadline = 0;
    return __builtin_add_overflow(start_, s.timeout, &deadline) ? never : deadline;
  }

  Errno clock_error(const Subscription& s) const {
    if (s.clock >= names<ClockId>.size()) return Errno::inval;
    return s.clock > static_cast<u32>(ClockId::monotonic) ? Errno::notsup : Errno::success;
  }

  bool is_wall_clock(const Subscription& s) const {
    return is_absolute(s) && s.clock == static_cast<u32>(ClockId::realtime);
  }

  void add_clock(const Subscription& s) {
    if (clock_error(s) != Errno::success) {
      ready_now_ = true;
    } else if (is_wall_clock(s)) {
      wall_deadline_ = std::min(wall_deadline_, s.timeout);
    } else {
      deadline_ = std::min(deadline_, is_absolute(s) ? s.timeout : relative_deadline(s));
    }
  }

  // What is wrong with waiting for this descriptor, if anything.
  Errno descriptor_error(const Subscription& s, const Entry* entry) const {
    if (entry == nullptr) return Errno::badf;
    const Rights direction = s.type == EventType::fd_read ? Rights::fd_read : Rights::fd_write;
    const bool allowed =
        entry->kind != Kind::directory && entry->may(Rights::poll_fd_readwrite | direction);
    return allowed ? Errno::success : Errno::notcapable;
  }

  void add_descriptor(const Subscription& s) {
    const u32 fd = std::to_underlying(s.fd);
    const Entry* entry = call_.fds.find(fd);
    if (descriptor_error(s, entry) != Errno::success || entry->descriptor->poll_source().fd < 0) {
      ready_now_ = true;
      return;
    }
    const auto [at, added] = index_.try_emplace(fd, polled_.size());
    if (added)
      polled_.push_back({.fd = entry->descriptor->poll_source().fd, .events = 0, .revents = 0});
    const auto wanted = s.type == EventType::fd_read ? POLLIN : POLLOUT;
    polled_[at->second].events = static_cast<short>(polled_[at->second].events | wanted);
  }

  // The one case that most sleeps are: no set-up, and the kernel's own handling of clock changes.
  [[nodiscard]] bool only_a_clock() const { return count_ == 1 && polled_.empty() && !ready_now_; }

  Result<void> sleep_alone() const {
    return wall_deadline_ != never ? sleep_until_realtime(wall_deadline_, call_.run)
                                   : sleep_until(deadline_, call_.run);
  }

  // A deadline on the wall clock is looked at once a second, since that clock may be set.
  u64 next_deadline() const {
    if (ready_now_) return 0;
    if (wall_deadline_ == never) return deadline_;
    const u64 wall = clock_now(ClockId::realtime);
    const u64 left = wall_deadline_ > wall ? wall_deadline_ - wall : 0;
    return std::min(deadline_, clock_now(ClockId::monotonic) + std::min(left, kSecond));
  }

  Result<void> wait_for_something() {
    const u64 deadline = next_deadline();
    if (polled_.empty()) {
      return deadline == 0 ? Result<void>{} : sleep_until(deadline, call_.run);
    }
    const auto ready = wait_ready(polled_, deadline, call_.run);
    return ready ? Result<void>{} : fail(ready.error());
  }

  // The second pass: one event per subscription that is ready, in their order.
  Result<u32> report() {
    const u64 monotonic = clock_now(ClockId::monotonic);
    const u64 wall = clock_now(ClockId::realtime);
    u32 events = 0;
    for (u32 i = 0; i < count_; ++i) {
      if ((i & kStopCheck) == kStopCheck && call_.run.stopping()) return fail(Errno::intr);
      const Subscription s = subscription(i);
      if (!is_valid(s)) return fail(Errno::inval);
      const auto event =
          s.type == EventType::clock ? clock_event(s, monotonic, wall) : descriptor_event(s);
      if (!event) continue;
      wire::store_event(call_.memory, out_ + events * kEventSize, *event);
      ++events;
    }
    return events;
  }

  std::optional<Event> clock_event(const Subscription& s, u64 monotonic, u64 wall) const {
    Event event{.userdata = s.userdata, .type = s.type};
    if (const Errno error = clock_error(s); error != Errno::success) {
      event.error = static_cast<u16>(error);
      return event;
    }
    const u64 deadline = is_absolute(s) ? s.timeout : relative_deadline(s);
    const bool expired = (is_wall_clock(s) ? wall : monotonic) >= deadline && deadline != never;
    return expired ? std::optional(event) : std::nullopt;
  }

  std::optional<Event> descriptor_event(const Subscription& s) {
    Event event{.userdata = s.userdata, .type = s.type};
    Entry* entry = call_.fds.find(std::to_underlying(s.fd));
    if (const Errno error = descriptor_error(s, entry); error != Errno::success) {
      event.error = static_cast<u16>(error);
      return event;
    }
    if (const auto at = index_.find(std::to_underlying(s.fd)); at != index_.end()) {
      if (!polled_event(event, *entry, polled_[at->second].revents)) return std::nullopt;
    } else {
      event.nbytes = s.type == EventType::fd_read ? readable(*entry) : 1;
    }
    return event;
  }

  // Files: what is left of them. Streams and sockets: what a read would give.
  static u64 readable(Entry& entry) {
    if (entry.kind != Kind::file) return entry.descriptor->available().value_or(1);
    const u64 size = entry.descriptor->size().value_or(0);
    const u64 at = entry.at_end ? size : entry.offset;
    return size > at ? size - at : 0;
  }

  // Fills in what ppoll said; false when it said nothing about this subscription.
  static bool polled_event(Event& event, Entry& entry, short revents) {
    const bool reading = event.type == EventType::fd_read;
    const short wanted = reading ? POLLIN : POLLOUT;
    if ((revents & (wanted | POLLHUP | POLLERR | POLLNVAL)) == 0) return false;
    const bool socket = entry.kind == Kind::socket || entry.kind == Kind::listener;
    if ((revents & POLLNVAL) != 0) {
      event.error = static_cast<u16>(Errno::badf);
    } else if ((revents & POLLERR) != 0 && !socket && !reading) {
      event.error = static_cast<u16>(Errno::pipe);  // nobody reads this pipe any more
    } else {
      // A hang-up means that both directions are over. POLLRDHUP alone does not: such a peer can
      // still receive, and wasi-libc takes POLLOUT away when it sees the flag.
      if ((revents & (POLLHUP | POLLERR)) != 0) event.flags = EventRwFlags::fd_readwrite_hangup;
      if (!reading) {
        event.nbytes = 1;
      } else if ((revents & POLLIN) != 0) {
        event.nbytes = entry.descriptor->available().value_or(1);
      }
    }
    return true;
  }

  Call& call_;
  GuestMemory from_;  ///< where the subscriptions are: the guest's memory, or `copy_`
  std::vector<std::byte> copy_;
  u32 in_;
  u32 out_;
  u32 count_;
  u32 size_;
  u64 start_;
  u64 deadline_ = never;       ///< the earliest on the monotonic clock
  u64 wall_deadline_ = never;  ///< the earliest absolute one on the wall clock
  bool ready_now_ = false;     ///< something is ready or wrong already: do not wait
  std::vector<pollfd> polled_;
  std::unordered_map<u32, std::size_t> index_;  ///< guest descriptor → place in polled_
};

}  // namespace

Result<Size> poll_oneoff(Call& call, const PollArraysV1& arrays) {
  return Poll(call, arrays.subscriptions, arrays.events, arrays.count, 48).run();
}

Result<Size> poll_oneoff_v0(Call& call, const PollArraysV0& arrays) {
  return Poll(call, arrays.subscriptions, arrays.events, arrays.count, 56).run();
}

}  // namespace limen::calls

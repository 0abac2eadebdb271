// sock.cpp - sock_accept, sock_recv, sock_send, sock_shutdown.
#include "calls/calls.hpp"

namespace limen::calls {

// The connection has the rights that its listener hands on, and blocks unless asked not to.
Result<Fd> sock_accept(Call& call, const Socket& socket, FdFlags flags) {
  if ((flags & ~FdFlags::nonblock) != FdFlags::none) return fail(Errno::inval);
  auto accepted = socket->descriptor->accept(flags);
  if (!accepted) return fail(accepted.error());
  return call.fds.insert(make_entry(std::move(*accepted), socket->inheriting, Rights::none, flags));
}

Result<std::pair<Size, RoFlags>> sock_recv(Call&, const Socket& socket, const IoVecs& into,
                                           RiFlags flags) {
  // The kernel would wait for data that nobody asked for.
  if (into.count == 0 && socket->kind == Kind::socket) return std::pair{Size{0}, RoFlags::none};
  const auto received = socket->descriptor->receive(into.spans(), flags);
  if (!received) return fail(received.error());
  return std::pair{Size{static_cast<u32>(received->bytes)}, received->flags};
}

Result<Size> sock_send(Call&, const Socket& socket, const ConstIoVecs& from, SiFlags) {
  if (from.count == 0) return Size{0};
  const auto sent = socket->descriptor->send(from.spans());
  if (!sent) return fail(sent.error());
  return Size{static_cast<u32>(*sent)};
}

Result<void> sock_shutdown(Call&, const Socket& socket, SdFlags how) {
  if (how == SdFlags::none) return fail(Errno::inval);
  return socket->descriptor->shutdown(how);
}

}  // namespace limen::calls

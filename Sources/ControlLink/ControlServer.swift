import CLinux
import Control
import Fleet
import Foundation
import Glibc
import Synchronization
import Threads

/// The engine's end: answers consoles and command lines, each in a thread of its own.
///
/// Everybody on this machine may connect; what a caller may do is decided for each request by the
/// roles that were given, so that a change of them holds at once for open connections, too.
package final class ControlServer: Sendable {
  /// What a server answers from.
  package struct Desk: Sendable {
    package var answering: any Answering
    package var commanding: any Commanding
    package var info: @Sendable () -> EngineInfo
    package var clock: @Sendable () -> Instant
    /// Roles as they are given now.
    package var roles: @Sendable () throws -> [RoleGrant]
    /// Raised when something changed.
    package var changes: ChangeSignal

    package init(
      answering: any Answering, commanding: any Commanding,
      info: @escaping @Sendable () -> EngineInfo, clock: @escaping @Sendable () -> Instant,
      roles: @escaping @Sendable () throws -> [RoleGrant], changes: ChangeSignal
    ) {
      self.answering = answering
      self.commanding = commanding
      self.info = info
      self.clock = clock
      self.roles = roles
      self.changes = changes
    }
  }

  /// Least time between two answers to one watcher, in milliseconds.
  private static let watchPause: Int64 = 250

  package let path: String
  private let descriptor: Int32
  private let desk: Desk
  private let owner: UInt32
  private let isStopped = Atomic<Bool>(false)
  private let open = Monitor<[Int32: Bool]>([:])

  /// Listens at once. A socket file that a killed engine left is replaced: the caller holds the
  /// database's lock, so no other engine can be using it.
  ///
  /// - Parameter owner: the user who needs no role to be an admin.
  package init(path: String, desk: Desk, owner: UInt32 = getuid()) throws(LinkError) {
    self.path = path
    self.desk = desk
    self.owner = owner
    var address = try UnixSocket.address(path)
    unlink(path)
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .system(call: "socket", code: errno) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard bound == 0, chmod(path, 0o666) == 0, listen(descriptor, 64) == 0 else {
      let code = errno
      close(descriptor)
      throw .system(call: "bind \(path)", code: code)
    }
    Foundation.Thread.detachNewThread { [self] in accept() }
  }

  /// Consoles that wait for a change now.
  package var watchers: Int { open.withLock { $0.values.count { $0 } } }

  /// Ends every connection; an answer under way still goes out.
  package func stop() {
    isStopped.store(true, ordering: .relaxed)
    shutdown(descriptor, Int32(SHUT_RDWR))
    unlink(path)
    open.withLock { for client in $0.keys { shutdown(client, Int32(SHUT_RD)) } }
  }

  private func accept() {
    while true {
      let client = accept4(descriptor, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
      if client >= 0 {
        open.withLock { $0[client] = false }
        if isStopped.load(ordering: .relaxed) { shutdown(client, Int32(SHUT_RD)) }
        Foundation.Thread.detachNewThread { [self] in
          let socket = UnixSocket(descriptor: client)
          serve(socket)
          // Before the descriptor is closed: its number may be another's then.
          open.withLock { $0[client] = nil }
        }
      } else if isStopped.load(ordering: .relaxed) || (errno != EINTR && errno != ECONNABORTED) {
        close(descriptor)
        return
      }
    }
  }

  private func serve(_ socket: UnixSocket) {
    guard let peer = Peer(socket: socket.descriptor) else { return }
    var watchedAt: Int64?
    do {
      while let request = try socket.read(Request.self) {
        if case .watch(let seen) = request {
          guard let response = watch(socket, seen, peer, last: &watchedAt) else { return }
          try socket.write(response)
        } else {
          try socket.write(response { try answer(request, peer) })
        }
      }
    } catch {
      // A console that left, or one that speaks another language: nothing of it is kept.
      return
    }
  }

  /// Nil when the console left while it waited, or this server stopped.
  private func watch(
    _ socket: UnixSocket, _ seen: UInt64, _ peer: Peer, last: inout Int64?
  ) -> Response? {
    open.withLock { $0[socket.descriptor] = true }
    defer { open.withLock { $0[socket.descriptor] = false } }
    if let refusal = refusal(of: peer) { return refusal }
    guard desk.changes.wait(after: seen, orInputOf: socket.descriptor) != nil else { return nil }
    if let last {
      let rest = last + Self.watchPause - Self.milliseconds
      if rest > 0, !socket.isQuiet(for: Int32(rest)) { return nil }
    }
    last = Self.milliseconds
    // Its role may have been taken back meanwhile.
    return refusal(of: peer) ?? .changed(desk.changes.now)
  }

  private func refusal(of peer: Peer) -> Response? {
    let verdict = response { .caller(try caller(peer, for: "watching")) }
    if case .error = verdict { return verdict }
    return nil
  }

  private static var milliseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  private func answer(_ request: Request, _ peer: Peer) throws -> Response {
    switch request {
    case .ask(let question):
      _ = try caller(peer, for: "looking at this inventory")
      return .reply(try desk.answering.answer(question, at: desk.clock()))
    case .perform(let command):
      // A role that is too small is the engine's to refuse: it audits who tried what.
      let caller = try caller(peer, needing: command.role, for: command.word)
      return .outcome(try desk.commanding.perform(command, by: caller))
    case .engine:
      _ = try caller(peer, for: "looking at this engine")
      var info = desk.info()
      info.watchers = watchers
      return .engine(info)
    case .whoAmI: return .caller(try caller(peer, for: "looking at this engine"))
    case .watch: throw ControlError.invalid("A watch is not a question.")
    }
  }

  private func response(_ body: () throws -> Response) -> Response {
    do {
      return try body()
    } catch let error as ControlError {
      return .error(error)
    } catch {
      return .error(.failed("\(error)"))
    }
  }

  /// Whoever was given any role; nobody else gets as far as the engine.
  private func caller(
    _ peer: Peer, needing needs: Role = .viewer, for action: String
  ) throws -> Caller {
    guard let role = try peer.role(owner: owner, grants: desk.roles) else {
      throw ControlError.forbidden(
        needs: needs, has: nil, action: action, whoMay: try desk.roles().who(mayActAs: needs))
    }
    return Caller(name: peer.name, role: role)
  }

  /// Whoever runs this process, for work without an engine: the file's own permissions decide.
  package static var ownCaller: Caller { Caller(name: Peer.own.name, role: .admin) }
}

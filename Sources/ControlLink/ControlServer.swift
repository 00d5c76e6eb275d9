import CLinux
import Control
import Fleet
import Foundation
import Glibc
import Synchronization

/// The engine's end: answers consoles and command lines, each in a thread of its own.
package final class ControlServer: Sendable {
  package let path: String
  private let descriptor: Int32
  private let answering: any Answering
  private let commanding: any Commanding
  private let info: @Sendable () -> EngineInfo
  private let clock: @Sendable () -> Instant
  private let isStopped = Atomic<Bool>(false)

  /// Listens at once. A socket file that a killed engine left is replaced: the caller holds the
  /// database's lock, so no other engine can be using it.
  package init(
    path: String, answering: any Answering, commanding: any Commanding,
    info: @escaping @Sendable () -> EngineInfo, clock: @escaping @Sendable () -> Instant
  ) throws(LinkError) {
    self.path = path
    self.answering = answering
    self.commanding = commanding
    self.info = info
    self.clock = clock
    var address = try UnixSocket.address(path)
    unlink(path)
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .system(call: "socket", code: errno) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard bound == 0, chmod(path, 0o660) == 0, listen(descriptor, 64) == 0 else {
      let code = errno
      close(descriptor)
      throw .system(call: "bind \(path)", code: code)
    }
    Foundation.Thread.detachNewThread { [self] in accept() }
  }

  package func stop() {
    isStopped.store(true, ordering: .relaxed)
    shutdown(descriptor, Int32(SHUT_RDWR))
    unlink(path)
  }

  private func accept() {
    while true {
      let client = accept4(descriptor, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
      if client >= 0 {
        Foundation.Thread.detachNewThread { [self] in serve(UnixSocket(descriptor: client)) }
      } else if isStopped.load(ordering: .relaxed) || (errno != EINTR && errno != ECONNABORTED) {
        return
      }
    }
  }

  private func serve(_ socket: UnixSocket) {
    guard let peer = socket.peer else { return }
    let caller = Self.caller(uid: peer.uid)
    do {
      while let request = try socket.read(Request.self) {
        try socket.write(answer(request, caller))
      }
    } catch {
      // A console that left, or one that speaks another language: nothing of it is kept.
      return
    }
  }

  private func answer(_ request: Request, _ caller: Caller) -> Response {
    do {
      switch request {
      case .ask(let question): return .reply(try answering.answer(question, at: clock()))
      case .perform(let command): return .outcome(try commanding.perform(command, by: caller))
      case .engine: return .engine(info())
      }
    } catch let error as ControlError {
      return .error(error)
    } catch {
      return .error(.failed("\(error)"))
    }
  }

  /// The engine's own user and root may do everything; whom else the socket's mode lets in may look.
  static func caller(uid: UInt32) -> Caller {
    let name = getpwuid(uid).map { String(cString: $0.pointee.pw_name) } ?? "uid \(uid)"
    return Caller(name: name, role: uid == getuid() || uid == 0 ? .admin : .viewer)
  }

  /// Whoever runs this process, for work without an engine.
  package static var ownCaller: Caller { caller(uid: getuid()) }
}

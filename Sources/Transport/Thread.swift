import CLinux
import Glibc

/// One work item of a loop's or worker's inbox.
enum Job {
  case closure(@Sendable () -> Void)
  case actor(UnownedJob)

  func run(on executor: UnownedSerialExecutor) {
    switch self {
    case .closure(let body): body()
    case .actor(let job): job.runSynchronously(on: executor)
    }
  }
}

/// A joinable system thread with a name.
struct Thread: Sendable {
  let id: pthread_t

  /// The name is cut to the 15 bytes that Linux keeps.
  static func start(
    named name: String, _ body: @escaping @Sendable () -> Void
  ) throws(TransportError) -> Thread {
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    var id = pthread_t()
    let code = pthread_create(
      &id, nil,
      { argument in
        // The argument is the `Start` retained above, handed over exactly once.
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        _ = swell_name_thread(String(start.name.prefix(15)))
        start.body()
        return nil
      }, start.toOpaque())
    guard code == 0 else {
      start.release()
      throw .system(call: "pthread_create", code: code)
    }
    return Thread(id: id)
  }

  static var currentID: pthread_t { pthread_self() }

  func join() { pthread_join(id, nil) }

  private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
}

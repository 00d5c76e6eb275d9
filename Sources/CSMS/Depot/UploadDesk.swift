import Control
import Fleet
import Threads
import Transport

/// Takes the files that chargers were asked for. A wrong or expired link is a 404, as in the depot.
final class UploadDesk: Sendable {
  static let prefix = "/upload/"

  private struct Running {
    var last = 0
    var places: [String: Int] = [:]
    var count: Int { places.values.reduce(0, +) }
  }

  let settings: UploadSettings
  private let key: [UInt8]
  private let log: Log
  private let worker: WorkerThread
  /// Touched on the worker's thread only, so that nobody else ever waits for the disk.
  private let files: Monitor<UploadFiles>
  private let running = Monitor(Running())

  init(_ settings: UploadSettings, key: [UInt8], log: Log) throws {
    self.settings = settings
    self.key = key
    self.log = log
    files = Monitor(UploadFiles(settings))
    worker = try WorkerThread(name: "uploads")
    worker.submit { [self] in files.withLock { $0.start() } }
  }

  /// Runs what is queued and ends.
  func stop() { worker.stop() }

  /// Where a charger is to leave a file.
  func path(of link: UploadLink) -> String {
    "\(Self.prefix)\(link.token(key: key))/\(link.kind.rawValue).log"
  }

  /// Answers a plain request below the prefix. On its loop.
  /// - Parameter refused: hears why a request with a bad link got nothing.
  func answer(_ connection: ServerConnection, _ head: RequestHead, refused: (String) -> Void) {
    let path = head.target.prefix { $0 != "?" }
    let parts = path.dropFirst(Self.prefix.count).split(separator: "/")
    guard let token = parts.first, let link = UploadLink(token: token, key: key),
      link.expires > SystemClock.now
    else {
      refused("refused an upload: its link is wrong or has expired")
      return connection.respond(HTTPResponse(404, "Not Found", text: "No such place."))
    }
    guard head.method == "PUT" || head.method == "POST" else {
      return connection.respond(
        HTTPResponse(405, "Method Not Allowed", headers: [("Allow", "PUT, POST")]))
    }
    let reader: MultipartReader?
    do throws(MultipartReader.Flaw) {
      let type = head.fields["Content-Type"] ?? ""
      reader = try MultipartReader.boundary(type).map { MultipartReader(boundary: $0) }
    } catch {
      return connection.respond(HTTPResponse(400, "Bad Request", text: "No boundary is given."))
    }
    guard let ticket = enter(link.place) else {
      return connection.respond(
        HTTPResponse(503, "Service Unavailable", headers: [("Retry-After", "60")]))
    }
    let name = parts.count > 1 ? String(parts[parts.count - 1]) : "log"
    let expected = head.fields["Content-Length"].flatMap { Int($0) } ?? 0
    let upload = Upload(
      connection, link, ticket: ticket, name: name, reader, desk: self,
      expecting: min(max(0, expected), settings.each))
    connection.receiveBody(of: head, limit: settings.each, to: upload)
  }

  private func enter(_ place: String) -> Int? {
    running.withLock { running in
      guard running.count < settings.atOnce, running.places[place, default: 0] < settings.atOnceEach
      else { return nil }
      running.places[place, default: 0] += 1
      running.last += 1
      return running.last
    }
  }

  private func leave(_ place: String) {
    running.withLock { running in
      running.places[place, default: 0] -= 1
      if running.places[place] == 0 { running.places[place] = nil }
    }
  }

  /// What is to be done with a file; a job of its own, behind those before it.
  enum Step: Sendable {
    case begin(expecting: Int)
    case write([UInt8])
    case finish(given: String)
    case abandon
  }

  /// Does it on the worker's thread, and says on the loop how it went.
  func perform(
    _ step: Step, _ ticket: Int, _ link: UploadLink, _ done: LoopBound<Upload>? = nil
  ) {
    worker.submit { [self] in
      let fault = files.withLock { files -> UploadFiles.Fault? in
        do throws(UploadFiles.Fault) {
          try Self.carry(out: step, ticket, link, &files)
          return nil
        } catch {
          return error
        }
      }
      note(step, link, fault)
      done?.loop.submit { done?.value.performed(step, fault) }
    }
  }

  private static func carry(
    out step: Step, _ ticket: Int, _ link: UploadLink, _ files: inout UploadFiles
  ) throws(UploadFiles.Fault) {
    switch step {
    case .begin(let bytes): try files.begin(ticket, in: link.place, expecting: bytes)
    case .write(let bytes): try files.write(ticket, bytes)
    case .finish(let given):
      try files.finish(
        ticket, named: UploadName.stored(link, given: given, at: SystemClock.now))
    case .abandon: files.abandon(ticket)
    }
  }

  private func note(_ step: Step, _ link: UploadLink, _ fault: UploadFiles.Fault?) {
    let charger = UploadName.identity(link.place) ?? link.place
    switch (step, fault) {
    case (_, .full):
      log(
        .error, "no room for what \(charger) uploads: free some on the disk, or under the caps",
        charger: charger)
    case (_, .system(let call, let code)):
      log(
        .error, "what \(charger) uploads can't be kept: \(call) failed with \(code)",
        charger: charger)
    case (.finish, nil):
      log(.info, "\(charger) has left its \(link.kind.rawValue) log", charger: charger)
    case (.abandon, nil): leave(link.place)
    default: break
    }
    if case .finish = step, fault == nil { leave(link.place) }
  }
}

import Fleet
import Glibc
import Rollout
import Threads
import Transport

/// Serves firmware images to the chargers that were sent there, and counts what left.
///
/// A wrong or expired link is a 404, so that nobody learns what exists.
package final class Depot: Sendable {
  package static let prefix = "/firmware/"

  private let key: [UInt8]
  private let images = Monitor<[FirmwareID: Image]>([:])
  private let log: Log
  private let bandwidth: DepotBandwidth?
  /// Downloads that run, by upgrade.
  private let running = Monitor<[UpgradeID: Int]>([:])
  /// Of one upgrade: a charger needs one, and each takes two descriptors.
  private static let atOnce = 4

  init(key: [UInt8], bandwidth: Bandwidth.Limits, log: Log) {
    self.key = key
    self.log = log
    self.bandwidth = bandwidth.areNone ? nil : DepotBandwidth(bandwidth)
  }

  /// Takes the catalogue over. Files that are new to the depot are read once, to see that they are
  /// what was added: a charger that runs anything else may be lost.
  func stock(_ catalogue: [FirmwareID: Firmware]) {
    let known = images.withLock { $0 }
    let stocked = catalogue.mapValues { firmware in
      if let image = known[firmware.id], image.firmware == firmware, image.isUnchanged {
        return image
      }
      return Image(firmware)
    }
    images.withLock { $0 = stocked }
  }

  /// Why an image must not be sent, if so; a file that changed since it was read is read again.
  func flaw(of firmware: Firmware, trusting authorities: [String], at now: Instant) -> ImageFlaw? {
    var image = images.withLock { $0[firmware.id] }
    if image?.firmware != firmware || image?.isUnchanged == false {
      let fresh = Image(firmware)
      images.withLock { $0[firmware.id] = fresh }
      image = fresh
    }
    return image?.flaw(trusting: authorities, at: now.milliseconds / 1000)
  }

  /// Where the downloads of a loop wait for their share; nil: there are no limits.
  func gate(on loop: EventLoop) -> DepotGate? { bandwidth.map { DepotGate($0, on: loop) } }

  /// Answers a plain request.
  /// - Parameters:
  ///   - changed: hears of an image whose file is not as it was read; it should be read again.
  ///   - refused: hears why a request with a bad link got nothing.
  ///   - served: hears how far a transfer got in the image, in bytes.
  func answer(
    _ connection: ServerConnection, _ head: RequestHead, gate: DepotGate?,
    changed: (FirmwareID) -> Void,
    refused: (String) -> Void, served: @escaping (UpgradeID, Int64, Int64) -> Void
  ) {
    let path = head.target.prefix { $0 != "?" }
    guard path.hasPrefix(Self.prefix) else {
      return connection.respond(
        HTTPResponse(
          404, "Not Found", text: "Chargers connect here by WebSocket, at /ocpp/<identity>.\n"))
    }
    let token = path.dropFirst(Self.prefix.count).prefix { $0 != "/" }
    guard let link = DepotLink(token: token, key: key), link.expires > SystemClock.now,
      let image = images.withLock({ $0[link.firmware] }), let file = image.path
    else {
      refused("refused a download: its link is wrong or has expired")
      return connection.respond(HTTPResponse(404, "Not Found", text: "No such image.\n"))
    }
    let later = HTTPResponse(503, "Service Unavailable", headers: [("Retry-After", "30")])
    guard enter(link.upgrade) else { return connection.respond(later) }
    let descriptor: Int32
    let size: Int
    switch Self.open(image, file) {
    case .file(let opened, let bytes): (descriptor, size) = (opened, bytes)
    case .changed:
      leave(link.upgrade)
      changed(link.firmware)
      return connection.respond(later)
    case .failed(let code):
      leave(link.upgrade)
      log(.error, "image \(image.firmware.version) at \(file) can't be opened: errno \(code)")
      return connection.respond(later)
    case .lost(let why):
      leave(link.upgrade)
      log(.error, "image \(image.firmware.version) at \(file) \(why); add it again")
      return connection.respond(HTTPResponse(404, "Not Found", text: "No such image.\n"))
    }
    let tag = image.firmware.sha256.map { "\"\($0.prefix(32))\"" }
    var position = Self.start(of: head, size, tag)
    connection.serveFile(
      descriptor, size: size, for: head, tag: tag,
      headers: [(name: "Content-Type", value: "application/octet-stream")],
      allowance: gate?.allowance(of: link.upgrade.rawValue, site: link.site),
      progress: { count in
        position = min(position + count, size)
        served(link.upgrade, Int64(position), Int64(size))
      },
      done: { [self] _ in leave(link.upgrade) })
  }

  private func enter(_ upgrade: UpgradeID) -> Bool {
    running.withLock { running in
      guard running[upgrade, default: 0] < Self.atOnce else { return false }
      running[upgrade, default: 0] += 1
      return true
    }
  }

  private func leave(_ upgrade: UpgradeID) {
    running.withLock { running in
      running[upgrade, default: 1] -= 1
      if running[upgrade] == 0 { running[upgrade] = nil }
    }
  }

  private enum Opened {
    case file(Int32, size: Int)
    /// Not as it was read: it may be the same bytes all the same.
    case changed
    /// For now, as far as anybody knows.
    case failed(Int32)
    /// For good, and why.
    case lost(String)
  }

  private static func open(_ image: Image, _ path: String) -> Opened {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      return switch code {
      case ENOENT, ENOTDIR: .lost("is missing")
      case EACCES: .lost("must not be read by this engine")
      default: .failed(code)
      }
    }
    var status = stat()
    if fstat(descriptor, &status) == 0, image.isSame(as: status) {
      return .file(descriptor, size: Int(status.st_size))
    }
    close(descriptor)
    return image.isUnchanged ? .lost("is not the file that was added") : .changed
  }

  /// Reads an image again whose file has changed since.
  func look(again id: FirmwareID) {
    guard let image = images.withLock({ $0[id] }), !image.isUnchanged else { return }
    let fresh = Image(image.firmware)
    images.withLock { images in
      // It may be another entry of the catalogue by now.
      if images[id]?.firmware == fresh.firmware { images[id] = fresh }
    }
  }

  /// Where what is sent begins. Where a range counts for less here than for the transport, the
  /// count of what was served errs towards too little.
  private static func start(of head: RequestHead, _ size: Int, _ tag: String?) -> Int {
    let condition = head.fields["If-Range"]
    guard condition == nil || condition == tag,
      case .part(let offset, _) = ByteRange(header: head.fields["Range"], size: size)
    else { return 0 }
    return offset
  }
}

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

  /// Answers a plain request. `served` hears how far a transfer got in the image, in bytes.
  func answer(
    _ connection: ServerConnection, _ head: RequestHead, gate: DepotGate?,
    served: @escaping (UpgradeID, Int64, Int64) -> Void
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
      log(.warning, "refused a download: its link is wrong or has expired")
      return connection.respond(HTTPResponse(404, "Not Found", text: "No such image.\n"))
    }
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0, image.isSame(as: status) else {
      if descriptor >= 0 { close(descriptor) }
      log(
        .error,
        "image \(image.firmware.version) is missing at \(file), or is not the file that was added; add it again"
      )
      return connection.respond(HTTPResponse(404, "Not Found", text: "No such image.\n"))
    }
    let size = Int(status.st_size)
    let tag = image.firmware.sha256.map { "\"\($0.prefix(32))\"" }
    var position = Self.start(of: head, size, tag)
    connection.serveFile(
      descriptor, size: size, for: head, tag: tag,
      headers: [(name: "Content-Type", value: "application/octet-stream")],
      allowance: gate?.allowance(of: link.upgrade.rawValue, site: link.site),
      progress: { count in
        position = min(position + count, size)
        served(link.upgrade, Int64(position), Int64(size))
      })
  }

  /// Where what is sent begins. Where a range counts for less here than for the transport, the
  /// count of what was served errs towards too little.
  private static func start(of head: RequestHead, _ size: Int, _ tag: String?) -> Int {
    let condition = head.fields["If-Range"]
    guard condition == nil || condition == tag, let range = head.fields["Range"],
      range.hasPrefix("bytes=")
    else { return 0 }
    let ends = range.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = Int(ends[0]), first < size,
      ends[1].isEmpty || Int(ends[1]).map({ $0 >= first }) ?? false
    else { return 0 }
    return first
  }
}

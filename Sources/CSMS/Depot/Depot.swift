import Fleet
import Glibc
import Rollout
import Synchronization
import Transport

/// Serves firmware images to the chargers that were sent there, and counts what left.
///
/// A wrong or expired link is a 404, so that nobody learns what exists.
package final class Depot: Sendable {
  package static let prefix = "/firmware/"

  private let key: [UInt8]
  private let images = Mutex<[FirmwareID: Firmware]>([:])
  private let log: Log

  init(key: [UInt8], log: Log) {
    self.key = key
    self.log = log
  }

  func stock(_ catalogue: [FirmwareID: Firmware]) {
    images.withLock { $0 = catalogue }
  }

  /// Answers a plain request. `served` hears how far a transfer got in the image, in bytes.
  func answer(
    _ connection: ServerConnection, _ head: RequestHead,
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
      let image = images.withLock({ $0[link.firmware] }), case .depot(let file) = image.location
    else {
      log(.warning, "refused a download: its link is wrong or has expired")
      return connection.respond(HTTPResponse(404, "Not Found", text: "No such image.\n"))
    }
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0,
      image.size == nil || image.size == Int(status.st_size)
    else {
      if descriptor >= 0 { close(descriptor) }
      log(.error, "image \(image.version) is missing at \(file), or is not the file that was added")
      return connection.respond(HTTPResponse(404, "Not Found", text: "No such image.\n"))
    }
    let size = Int(status.st_size)
    var position = Int64(startOfRange(head, size))
    connection.serveFile(
      descriptor, size: size, for: head, tag: image.sha256.map { "\"\($0.prefix(32))\"" },
      headers: [(name: "Content-Type", value: "application/octet-stream")],
      progress: { count in
        position += Int64(count)
        served(link.upgrade, position, Int64(size))
      })
  }

  private func startOfRange(_ head: RequestHead, _ size: Int) -> Int {
    guard head.method == "GET", let range = head.fields["Range"], range.hasPrefix("bytes=") else {
      return 0
    }
    return range.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false).first
      .flatMap { Int($0) } ?? 0
  }
}

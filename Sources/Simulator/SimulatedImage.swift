import OCPP
import Trust

/// Firmware for chargers that do not exist: a line that names the format, a line of JSON that says
/// what it is, and bytes that only weigh.
package enum SimulatedImage {
  package static let magic = "SWELL-SIMULATED-IMAGE 1\n"
  /// No header line is longer, in bytes.
  static let headerLimit = 4096

  /// What an image says of itself.
  package struct Header: Sendable, Equatable {
    /// The hardware it is for: a charger's `model`, or `*` for any.
    package var model: String
    package var version: String
    /// What it offers in the handshake, newest first.
    package var protocols: [OCPPVersion]
    /// What it needs, in kB.
    package var flash: Int
    package var ram: Int
    /// SHA-256 of the payload in hexadecimal.
    package var sha256: String
  }

  /// An image of `size` payload bytes, the same for the same arguments.
  /// - Parameters:
  ///   - protocols: labels such as `1.6 2.0.1`.
  ///   - flash: what it needs, in kB; so is `ram`.
  package static func make(
    model: String, version: String, protocols: String, flash: Int, ram: Int, size: Int,
    seed: UInt64
  ) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var payload: [UInt8] = []
    payload.reserveCapacity(size + 8)
    while payload.count < size {
      withUnsafeBytes(of: generator.next().littleEndian) { payload.append(contentsOf: $0) }
    }
    payload.removeLast(payload.count - size)
    let header: JSON = [
      "model": .string(model), "version": .string(version), "protocols": .string(protocols),
      "flash": .int(Int64(flash)), "ram": .int(Int64(ram)),
      "sha256": .string(Hex.encode(Digest.sha256(payload))),
    ]
    return Array((magic + header.text + "\n").utf8) + payload
  }

  /// Reads a whole image.
  package static func read(_ bytes: [UInt8]) throws(SimulatorError) -> Received {
    var reader = Reader()
    try reader.append(bytes)
    return try reader.finish()
  }

  /// An image as it arrived.
  package struct Received: Sendable, Equatable {
    package var header: Header
    /// Whether the payload is what the header says.
    package var isIntact: Bool
    /// Bytes of the whole image.
    package var size: Int
  }

  /// Reads an image in pieces and keeps no payload.
  package struct Reader {
    private var head: [UInt8] = []
    private var header: Header?
    private var size = 0
    private let digest = SHA256()

    package init() {}

    package mutating func append(_ bytes: [UInt8]) throws(SimulatorError) {
      size += bytes.count
      guard header == nil else {
        digest.update(bytes)
        return
      }
      head.append(contentsOf: bytes)
      let magic = Array(SimulatedImage.magic.utf8)
      guard head.prefix(magic.count).elementsEqual(magic.prefix(head.count)) else {
        throw .notAnImage(reason: "does not start with \(SimulatedImage.magic.dropLast())")
      }
      guard head.count > magic.count,
        let end = head[magic.count...].firstIndex(of: UInt8(ascii: "\n"))
      else {
        guard head.count <= SimulatedImage.headerLimit else {
          throw .notAnImage(reason: "no end of the header")
        }
        return
      }
      header = try SimulatedImage.header(Array(head[magic.count..<end]))
      digest.update(Array(head[(end + 1)...]))
      head = []
    }

    package func finish() throws(SimulatorError) -> Received {
      guard let header else { throw .notAnImage(reason: "ends within its header") }
      let isIntact = Hex.encode(digest.finalize()) == header.sha256
      return Received(header: header, isIntact: isIntact, size: size)
    }
  }

  private static func header(_ line: [UInt8]) throws(SimulatorError) -> Header {
    let json: JSON
    do throws(JSONError) {
      json = JSON(try JSONDocument(bytes: line).root)
    } catch { throw .notAnImage(reason: "header: \(error)") }
    guard let model = json["model"]?.string, let version = json["version"]?.string,
      let protocols = json["protocols"]?.string, let sha256 = json["sha256"]?.string,
      let flash = json["flash"]?.int, let ram = json["ram"]?.int
    else { throw .notAnImage(reason: "header lacks a field") }
    return Header(
      model: model, version: version,
      protocols: try StationProfile.versions(protocols, column: "protocols"), flash: Int(flash),
      ram: Int(ram), sha256: sha256)
  }
}

import Control
import Fleet
import Glibc
import OCPP

/// What chargers have left, as its directory has it; also without an engine.
package struct UploadListing: Sendable {
  private let directory: String

  package init(_ directory: String) { self.directory = directory }

  /// Newest first.
  /// - Parameter charger: only one's; nil: everybody's.
  package func files(of charger: String? = nil) -> [UploadedFile] {
    let places = charger.map { [UploadName.place($0)] } ?? UploadFiles.names(in: directory)
    return places.flatMap { place in
      let path = directory + "/" + place
      return UploadFiles.names(in: path).compactMap { name in
        file(name, at: "\(path)/\(name)", of: UploadName.identity(place) ?? place)
      }
    }.sorted { ($0.name, $0.charger) > ($1.name, $1.charger) }
  }

  /// Nil for what no upload left.
  private func file(_ name: String, at path: String, of charger: String) -> UploadedFile? {
    let parts = name.split(separator: "-", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, let kind = ChargerLog(rawValue: String(parts[1])),
      let request = Int(parts[2]), let at = Self.time(parts[0]),
      let status = UploadFiles.status(of: path)
    else { return nil }
    return UploadedFile(
      charger: charger, kind: kind, request: request, name: name, bytes: Int(status.st_size),
      at: at, path: path)
  }

  /// `20261123T065800123Z`.
  private static func time(_ text: Substring) -> Instant? {
    let digits = Array(text)
    guard digits.count == 19 else { return nil }
    let shown = { (range: Range<Int>) in String(digits[range]) }
    return DateTime.parse(
      "\(shown(0..<4))-\(shown(4..<6))-\(shown(6..<11)):\(shown(11..<13)):\(shown(13..<15))."
        + shown(15..<19)
    ).map { Instant(milliseconds: $0.ms) }
  }
}

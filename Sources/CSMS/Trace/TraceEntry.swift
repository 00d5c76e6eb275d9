import Fleet
import OCPP

/// A line of the trace's files, read back.
enum TraceEntry: Sendable {
  case frame(Frame)
  /// So many frames could not be written here.
  case gap(Int)

  struct Frame: Sendable {
    var at: Instant
    var charger: String
    var isInbound: Bool
    var version: ProtocolVersion
    /// The frame as written down, or what came in place of one.
    var text: String
  }

  /// Nil for a line that no engine wrote.
  init?(_ line: ArraySlice<UInt8>) {
    guard let document = try? JSONDocument(bytes: Array(line)) else { return nil }
    let row = document.root
    if let count = row["dropped"]?.int {
      self = .gap(Int(clamping: count))
      return
    }
    guard let at = row["time"]?.string.flatMap({ DateTime.parse($0) }),
      let charger = row["charger"]?.string, let direction = row["direction"]?.string,
      let version = row["version"]?.string.flatMap({ ProtocolVersion(label: $0) }),
      let text = row["frame"]?.text ?? row["unreadable"]?.string
    else { return nil }
    self = .frame(
      Frame(
        at: Instant(milliseconds: at.ms), charger: charger,
        isInbound: direction == Trace.Direction.received.rawValue, version: version, text: text))
  }
}

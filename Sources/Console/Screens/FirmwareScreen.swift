import Canvas
import Control
import Fleet

extension ConsoleState {
  /// Rows of the list that a terminal of this size shows.
  static func firmwareRows(in size: Size) -> Int { max(1, bodyRows(in: size) - stripRows - 1) }

  /// The catalogue: which image is for whom, what it speaks and what it needs.
  func drawFirmware(in body: Rect, _ canvas: inout Canvas) {
    guard let entries = firmware else { return drawNothingYet(in: body, &canvas) }
    guard !entries.isEmpty else {
      return drawMessage(
        "No firmware yet.",
        "A charger can move once the catalogue has an image for its model that speaks 2.0.1.",
        keys: [("i", "add one")], in: body, &canvas)
    }
    let image = entries.indices.contains(list.cursor) ? entries[list.cursor] : nil
    drawList(
      [
        .init("MODEL", minimum: 12, ideal: 24, priority: 0),
        .init("VERSION", minimum: 10, ideal: 14, priority: 0),
        .init("INSTALLS ON", minimum: 11, ideal: 20, priority: 1),
        .init("SPEAKS", minimum: 10, ideal: 14, priority: 0),
        .init("FLASH kB", minimum: 8, ideal: 8, priority: 1, alignment: .right),
        .init("RAM kB", minimum: 6, ideal: 6, priority: 1, alignment: .right),
        .init("SIGNED", minimum: 6, ideal: 6, priority: 2),
        .init("VENDOR", minimum: 8, ideal: 16, priority: 3),
        .init("HARDWARE", minimum: 8, ideal: 10, priority: 3),
        .init("WHERE", minimum: 16, ideal: 50, priority: 4),
      ], count: entries.count, in: body, strip: image.map { Text(say(sentence($0))) }, &canvas
    ) { index, column, _ in cell(entries[index], column) }
  }

  private func cell(_ image: Firmware, _ column: Int) -> Text {
    func need(_ kilobytes: Int?) -> Text {
      kilobytes.map { Text(grouped($0)) } ?? Text("?", .dim)
    }
    switch column {
    case 0: return Text(say(image.model))
    case 1: return Text(say(image.version), .accent)
    case 2:
      return image.from.isEmpty ? Text("any", .dim) : Text(say(image.from.joined(separator: " ")))
    case 3: return Text(image.protocols.label)
    case 4: return need(image.flashNeeded)
    case 5: return need(image.ramNeeded)
    case 6: return image.signature == nil ? Text("no", .dim) : Text("yes", .good)
    case 7: return Text(say(image.vendor))
    case 8: return Text(say(image.hardware))
    default: return Text(say(image.place), .dim)
    }
  }

  private func sentence(_ image: Firmware) -> String {
    var text = "\(image.model) \(image.version), from \(image.place)."
    if let size = image.size { text += " \(grouped(size)) bytes." }
    if let hash = image.sha256 { text += " SHA-256 \(hash.prefix(16))\(setup.glyphs.ellipsis)" }
    return text
  }
}

extension Firmware {
  fileprivate var place: String {
    switch location {
    case .depot(let path): path
    case .external(let url): url
    }
  }
}

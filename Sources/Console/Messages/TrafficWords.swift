import Canvas
import Control
import Fleet

/// Frames in words.
extension ConsoleState {
  /// What a frame says, on one line.
  func gist(_ line: TrafficPage.Line) -> Text {
    if let fault = line.fault {
      let path = fault.path.isEmpty ? "" : fault.path + ": "
      return Text(say("\(setup.glyphs.cross) \(path)\(fault.what)"), .bad)
    }
    guard let payload = PayloadValue(line.payload) else { return Text(say(line.payload), .warning) }
    return Text(say(Self.gist(payload)), line.kind == .call ? .normal : .dim)
  }

  /// `status Available, connectorId 1, meterValue [3]`
  static func gist(_ payload: PayloadValue) -> String {
    guard case .object(let members) = payload else { return payload.json }
    return members.map { member in
      switch member.value {
      case .object(let inner):
        // What an answer says stands first in what it holds: idTagInfo, idTokenInfo.
        inner.first?.value.plain.map { "\(member.name).\(inner[0].name) \($0)" } ?? member.name
      case .list(let items): "\(member.name) [\(items.count)]"
      default: "\(member.name) \(member.value.plain ?? "")"
      }
    }.joined(separator: ", ")
  }

  /// The frame under the pointer in full: what it is, and its payload as a tree with the wrong field
  /// marked.
  func frameLines(width: Int) -> [PiecedLine] {
    guard let line = currentFrame else { return [] }
    let way = line.isInbound ? "from" : "to"
    let kind =
      switch line.kind {
      case .call: "call"
      case .result: "answer"
      case .error: "error"
      case .resultError: "error about the answer"
      case .send: "message without an answer"
      case .unreadable: "unreadable"
      }
    var head = "\(kind) \(way) \(line.charger), \(line.version.label)"
    if let latency = line.latency { head += ", after \(grouped(latency)) ms" }
    if !line.id.isEmpty { head += ", id \(line.id)" }
    let title = line.action.isEmpty ? "" : say(line.action) + "  "
    let beside = 14 + displayWidth(title)
    // Beside a long name there is no room for a sentence.
    let left = width - beside < 44 ? 2 : beside
    var lines = [
      PiecedLine((0, Text(setup.time.precise(line.at), .dim)), (14, Text(title, .title)))
    ]
    for (index, text) in wrapped(say(head), to: max(20, width - left)).enumerated() {
      if index == 0, left == beside {
        lines[0].pieces.append((left, Text(text)))
      } else {
        lines.append(PiecedLine((left, Text(text))))
      }
    }
    if let fault = line.fault {
      let path = fault.path.isEmpty ? "" : fault.path + ": "
      lines += wrapped(say("\(setup.glyphs.cross) \(path)\(fault.what)"), to: width - 2).map {
        PiecedLine((2, Text($0, .bad)))
      }
    }
    guard let payload = PayloadValue(line.payload) else {
      return lines
        + wrapped(say(line.payload), to: width - 2).map {
          PiecedLine((2, Text($0, .warning)))
        }
    }
    let rows = PayloadTree(payload, fault: line.fault).rows
    for row in rows { lines += treeLine(row, width: width) }
    if rows.isEmpty { lines.append(PiecedLine((2, Text("no fields", .dim)))) }
    return lines
  }

  /// A value under its name, wrapped beside it.
  func treeLine(_ row: PayloadTree.Row, width: Int) -> [PiecedLine] {
    let left = 2 + row.depth * 2
    let name = say(row.name)
    let start = left + displayWidth(name) + 2
    let holds = row.value == nil
    let values = wrapped(say(row.value ?? row.note), to: max(8, width - start))
    return values.enumerated().map { index, text in
      let mark = Text(index == 0 && row.isFaulty ? setup.glyphs.cross : "", .bad)
      let value = (start, Text(text, row.isFaulty ? .bad : holds ? .dim : .normal))
      let title = Text(name, row.isFaulty ? .bad : holds ? .title : .accent)
      return index == 0 ? PiecedLine((0, mark), (left, title), value) : PiecedLine(value)
    }
  }
}

/// The rows of a payload, and which of them a fault is about.
struct PayloadTree: Sendable, Equatable {
  struct Row: Sendable, Equatable {
    var name: String
    /// Nil for what holds others.
    var value: String?
    /// Of what holds others, how many.
    var note = ""
    var depth: Int
    var isFaulty = false
  }

  private(set) var rows: [Row] = []
  /// Whether the fault has a row of its own, or no path.
  private(set) var isPlaced = false

  init(_ payload: PayloadValue, fault: MessageFault? = nil) {
    if case .object(let members) = payload {
      add(members, [], fault?.path)
    } else {
      add("payload", payload, [], 0, fault?.path)
    }
    // A field that is missing is marked where it should stand.
    if let path = fault?.path, !path.isEmpty, !isPlaced { place(path, payload) }
  }

  private mutating func add(
    _ members: [PayloadValue.Member], _ path: [PayloadStep], _ fault: String?
  ) {
    for member in members {
      add(member.name, member.value, path + [.member(member.name)], path.count, fault)
    }
  }

  private mutating func add(
    _ name: String, _ value: PayloadValue, _ path: [PayloadStep], _ depth: Int, _ fault: String?
  ) {
    let isFaulty = !path.isEmpty && PayloadValue.label(path) == fault
    isPlaced = isPlaced || isFaulty
    var row = Row(name: name, value: value.plain, depth: depth, isFaulty: isFaulty)
    switch value {
    case .object(let members):
      row.note = members.isEmpty ? "empty" : ""
      rows.append(row)
      add(members, path, fault)
    case .list(let items):
      row.note = items.count == 1 ? "1 item" : "\(items.count) items"
      rows.append(row)
      for (index, item) in items.enumerated() {
        add("[\(index)]", item, path + [.item(index)], depth + 1, fault)
      }
    default: rows.append(row)
    }
  }

  /// Puts a row for a field that is not there behind what its parent has.
  private mutating func place(_ path: String, _ payload: PayloadValue) {
    let steps = path.split(whereSeparator: { ".[]".contains($0) })
    guard let last = steps.last else { return }
    let depth = steps.count - 1
    var at = 0
    for (level, step) in steps.dropLast().enumerated() {
      let name = Int(step) == nil ? String(step) : "[\(step)]"
      guard
        let index = rows[at...].firstIndex(where: { $0.depth == level && $0.name == name })
      else { return }
      at = index + 1
    }
    let end = rows[at...].firstIndex { $0.depth < depth } ?? rows.count
    rows.insert(Row(name: String(last), value: "missing", depth: depth, isFaulty: true), at: end)
    isPlaced = true
  }
}

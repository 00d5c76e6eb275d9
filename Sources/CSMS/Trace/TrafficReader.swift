import Control
import Fleet
import OCPP

/// What went over the wire, from the trace's files: a page of what is stored, and then what comes.
package struct TrafficReader {
  /// Bytes of files that one page may cost.
  private static let budget = 4 << 20
  /// Bytes of payloads that one page may carry.
  private static let carried = 2 << 20
  /// An answer may come so long after its call; beyond it the call counts as not answered.
  static let patience = AnswerSlot.patience

  private let directory: String
  private let query: TrafficQuery
  private let messages: MessageCatalogue
  private var tail: TraceTail
  private var pairing: TrafficPairing
  private var dropped = 0

  package init(_ directory: String, _ query: TrafficQuery, messages: MessageCatalogue) {
    (self.directory, self.query, self.messages) = (directory, query, messages)
    // The answers to the last calls of an older page stand behind it.
    tail = TraceTail(directory, until: query.before.map { $0 + Self.patience })
    pairing = TrafficPairing(messages: messages)
  }

  /// The newest lines that are wanted, oldest first. To be asked once.
  package mutating func page(all: Bool = false, at now: Instant) -> TrafficPage {
    var entries: [TraceEntry] = []
    var lines: [TrafficPage.Line] = []
    var (stretch, spent) = (256 << 10, 0)
    repeat {
      let size = min(stretch, Self.budget - spent)
      entries = tail.before(size).compactMap(entry) + entries
      spent += size
      lines = paired(entries, now)
      // What was paired before is paired again: few steps, large ones.
      stretch *= 4
    } while lines.count < query.limit && !tail.isAtStart && spent < Self.budget
    lines = Array(lines.suffix(max(0, query.limit)))
    var bytes = 0
    let fitting = lines.reversed().prefix { line in
      bytes += line.payload.utf8.count
      return bytes <= Self.carried
    }
    return TrafficPage(
      at: now, query: query, traced: all ? nil : TraceChoice.read(directory).sorted(),
      lines: fitting.reversed(), dropped: dropped)
  }

  /// What was written since, oldest first.
  package mutating func next() -> [TrafficPage.Line] {
    tail.since().compactMap { line in
      guard case .frame(let frame) = entry(line) else { return nil }
      return pairing.take(frame)
    }.filter(isWanted)
  }

  /// Starts the pairing anew, so that more of the past can stand before what is known.
  private mutating func paired(_ entries: [TraceEntry], _ now: Instant) -> [TrafficPage.Line] {
    pairing = TrafficPairing(messages: messages)
    dropped = 0
    var lines: [TrafficPage.Line] = []
    var open: [TrafficPairing.Call: Int] = [:]
    for entry in entries {
      switch entry {
      case .gap(let count): dropped += count
      case .frame(let frame):
        let line = pairing.take(frame)
        let call = TrafficPairing.Call(line)
        if line.kind == .call { open[call] = lines.count } else { open[call] = nil }
        lines.append(line)
      }
    }
    for index in open.values where now - lines[index].at > Self.patience {
      if lines[index].fault == nil {
        lines[index].fault = MessageFault(path: "", what: "not answered")
      }
    }
    return lines.filter(isWanted)
  }

  /// Nil where the line is of another charger.
  private func entry(_ line: ArraySlice<UInt8>) -> TraceEntry? {
    guard let entry = TraceEntry(line) else { return nil }
    guard case .frame(let frame) = entry, let wanted = query.charger else { return entry }
    // Identities are the same without regard to case.
    return frame.charger.lowercased() == wanted.lowercased() ? entry : nil
  }

  private func isWanted(_ line: TrafficPage.Line) -> Bool {
    if query.onlyErrors, line.fault == nil { return false }
    if let before = query.before, line.at >= before { return false }
    return query.action.isEmpty
      || line.action.lowercased().hasPrefix(query.action.lowercased())
  }
}

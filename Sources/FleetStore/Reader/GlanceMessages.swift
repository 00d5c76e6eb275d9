import Control
import Fleet
import Rollout

/// What a charger said and was told.
extension Glance {
  private static let listed = 30
  /// Rows of the ledger that are looked through: some milliseconds' worth.
  private static let searched: Int64 = 50_000

  /// Newest first. The ledger has no index by charger, which would cost more than the ledger
  /// itself; so it is looked through backwards from when the charger was last heard, and what is
  /// further back is not found. What was sent is in the attempts.
  func messages(of charger: Charger) throws(StoreError) -> [MessageRow] {
    let end = try lastEntry(of: charger)
    let inbound = try connection.rows(
      """
      SELECT at, version, action, substr(body, 1, 600) FROM ledger
        WHERE id > ? AND id <= ? AND charger = ? AND version IS NOT NULL
        ORDER BY id DESC LIMIT ?
      """,
      [
        .int(end - Self.searched), .int(end), .int(charger.id.rawValue), .int(Self.listed),
      ]
    ) { row in
      MessageRow(
        at: Instant(milliseconds: row.int(0)), isInbound: true,
        version: row.optionalInt(1).flatMap { ProtocolVersion(rawValue: Int($0)) },
        action: row.text(2), gist: Gist.of(row.blob(3)))
    }
    let outbound = try connection.rows(
      """
      SELECT a.written_at, a.step, a.state, a.evidence FROM upgrades u
        JOIN attempts a ON a.upgrade = u.id WHERE u.charger = ?
        ORDER BY a.written_at DESC LIMIT ?
      """, [.int(charger.id.rawValue), .int(Self.listed)]
    ) { row in
      let state = Attempt.State(rawValue: row.text(2))?.label ?? row.text(2)
      let evidence = row.text(3)
      return MessageRow(
        at: Instant(milliseconds: row.int(0)), isInbound: false, version: nil, action: row.text(1),
        gist: evidence.isEmpty ? state : "\(state): \(evidence)")
    }
    return Array((inbound + outbound).sorted { $0.at > $1.at }.prefix(Self.listed))
  }

  /// The ledger's newest entry of a charger that is here; of an absent one about the last that it
  /// can have, found by its time.
  private func lastEntry(of charger: Charger) throws(StoreError) -> Int64 {
    let newest = try connection.int("SELECT max(id) FROM ledger") ?? 0
    guard !charger.online, let seen = charger.lastSeen else { return newest }
    let limit = seen + .minutes(1)
    var (low, high) = (Int64(0), newest)
    while low < high {
      let middle = low + (high - low + 1) / 2
      let at = try connection.int(
        "SELECT at FROM ledger WHERE id >= ? ORDER BY id LIMIT 1", [.int(middle)])
      if at ?? .max <= limit.milliseconds { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// Newest first.
  func sessions(of charger: ChargerID) throws(StoreError) -> [SessionRow] {
    try connection.rows(
      """
      SELECT started_at, stopped_at, evse, connector, version, token, meter_start,
        ifnull(meter_stop, meter_last), stop_reason FROM sessions WHERE charger = ?
        ORDER BY id DESC LIMIT 20
      """, [.int(charger.rawValue)]
    ) { row throws(StoreError) in
      guard let version = ProtocolVersion(rawValue: Int(row.int(4))) else {
        throw .damaged(subject: "A session", reason: "version \(row.int(4))")
      }
      var energy: Double?
      if let start = row.real(6), let end = row.real(7) { energy = end - start }
      return SessionRow(
        startedAt: Instant(milliseconds: row.int(0)),
        stoppedAt: row.optionalInt(1).map { Instant(milliseconds: $0) },
        connector: ConnectorID(evse: Int(row.int(2)), connector: Int(row.int(3))),
        version: version, token: row.text(5), energy: energy, stopReason: row.optionalText(8))
    }
  }
}

/// A JSON payload in one line: `connectorId 1, status Charging`.
enum Gist {
  private static let longest = 160

  static func of(_ body: [UInt8]) -> String {
    var text = ""
    var isInString = false
    var isEscaped = false
    for scalar in String(decoding: body, as: UTF8.self).unicodeScalars {
      if text.unicodeScalars.count >= longest { return text + "…" }
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if scalar == "\\" {
          isEscaped = true
          continue
        } else if scalar == "\"" {
          isInString = false
          continue
        }
        text.unicodeScalars.append(scalar.value < 0x20 ? " " : scalar)
        continue
      }
      switch scalar {
      case "\"": isInString = true
      case "{", "}", "[", "]", " ", "\n", "\r", "\t": break
      case ":": text += " "
      case ",": text += ", "
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

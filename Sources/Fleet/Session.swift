/// A charging session's row; also the 1.6 transactionId, hence 31 bits.
package struct SessionID: RawRepresentable, Sendable, Hashable, Codable {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A session as one protocol-neutral record.
package struct Session: Sendable, Equatable {
  package var id: SessionID
  package var charger: ChargerID
  /// What makes a repeat of its start recognisable: the 2.x transactionId, or for 1.6 connector,
  /// time, token and register of the start.
  package var key: String
  package var version: ProtocolVersion
  package var connector: ConnectorID
  package var token: String
  package var startedAt: Instant
  /// Register at the start in Wh; nil when the start never arrived.
  package var meterStart: Double?
  /// Last register seen in Wh.
  package var meterLast: Double?
  package var stoppedAt: Instant?
  package var meterStop: Double?
  package var stopReason: String?
  /// Sequence numbers seen (2.x), to know repeats and gaps.
  package var sequence: SequenceSet

  package init(
    id: SessionID, charger: ChargerID, key: String, version: ProtocolVersion,
    connector: ConnectorID, token: String, startedAt: Instant, meterStart: Double?
  ) {
    self.id = id
    self.charger = charger
    self.key = key
    self.version = version
    self.connector = connector
    self.token = token
    self.startedAt = startedAt
    self.meterStart = meterStart
    sequence = SequenceSet()
  }
  package var isOpen: Bool { stoppedAt == nil }
}

package struct SessionStart: Sendable, Equatable {
  package var key: String
  package var connector: ConnectorID
  package var token: String
  package var at: Instant
  package var register: Double?
  package var sequence: Int?
  package init(
    key: String, connector: ConnectorID, token: String, at: Instant, register: Double?,
    sequence: Int?
  ) {
    self.key = key
    self.connector = connector
    self.token = token
    self.at = at
    self.register = register
    self.sequence = sequence
  }
}

/// How a message names the session it belongs to.
package enum SessionReference: Sendable, Equatable {
  /// OCPP 1.6: the number this engine gave; -1, 0 and absurd numbers occur and match nothing.
  case number(Int64)
  /// OCPP 2.x: the station's own transactionId.
  case key(String)
}

package struct SessionUpdate: Sendable, Equatable {
  package var session: SessionReference
  package var connector: ConnectorID
  package var at: Instant
  package var register: Double?
  package var token: String?
  package var sequence: Int?
  package init(
    session: SessionReference, connector: ConnectorID, at: Instant, register: Double?,
    token: String? = nil, sequence: Int?
  ) {
    self.session = session
    self.connector = connector
    self.at = at
    self.register = register
    self.token = token
    self.sequence = sequence
  }
}

package struct SessionStop: Sendable, Equatable {
  package var session: SessionReference
  package var connector: ConnectorID?
  package var token: String?
  package var at: Instant
  package var register: Double?
  package var reason: String?
  package var sequence: Int?
  package init(
    session: SessionReference, connector: ConnectorID?, token: String?, at: Instant,
    register: Double?, reason: String?, sequence: Int?
  ) {
    self.session = session
    self.connector = connector
    self.token = token
    self.at = at
    self.register = register
    self.reason = reason
    self.sequence = sequence
  }
}

/// The sequence numbers seen of one transaction, as closed ranges (OCPP 2.0.1 part 2, block E
/// 1.3.2.1: they grow by one; retries may arrive late).
package struct SequenceSet: Sendable, Equatable, Codable {
  package private(set) var ranges: [ClosedRange<Int>] = []
  package init() {}

  package func contains(_ n: Int) -> Bool { ranges.contains { $0.contains(n) } }

  /// Adds `n`; false when it was there already.
  package mutating func insert(_ n: Int) -> Bool {
    if contains(n) { return false }
    let at = ranges.firstIndex { $0.lowerBound > n } ?? ranges.count
    ranges.insert(n...n, at: at)
    if at + 1 < ranges.count, ranges[at + 1].lowerBound == n + 1 {
      ranges[at] = ranges[at].lowerBound...ranges[at + 1].upperBound
      ranges.remove(at: at + 1)
    }
    if at > 0, ranges[at - 1].upperBound == n - 1 {
      ranges[at - 1] = ranges[at - 1].lowerBound...ranges[at].upperBound
      ranges.remove(at: at)
    }
    return true
  }

  /// `0-5 7`; empty when nothing was seen.
  package var text: String {
    ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: " ")
  }

  /// Reads what `text` wrote; nil when it is not in that form or not in order.
  package init?(text: String) {
    for part in text.split(separator: " ") {
      let ends = part.split(separator: "-").map { Int($0) }
      guard let first = ends.first, let low = first, let last = ends.last, let high = last,
        ends.count <= 2, low <= high, ranges.last.map({ $0.upperBound + 1 < low }) ?? true
      else { return nil }
      ranges.append(low...high)
    }
  }

  /// Numbers missing between the smallest and the largest seen.
  package var gaps: Int {
    guard let first = ranges.first, let last = ranges.last else { return 0 }
    return last.upperBound - first.lowerBound + 1 - ranges.reduce(0) { $0 + $1.count }
  }
}

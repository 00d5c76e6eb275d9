import Fleet

/// Which sessions are wanted, newest first.
package struct SessionQuery: Sendable, Equatable, Codable {
  /// Filter language of the fleet: sessions of the chargers it selects; empty: of all.
  package var chargers: String
  package var token: String?
  /// Begun at or after.
  package var from: Instant?
  /// Begun before.
  package var until: Instant?
  package var onlyOpen: Bool
  /// Only older than the session of this number: where the page before ended.
  package var below: Int64?
  package var limit: Int
  package init(
    chargers: String = "", token: String? = nil, from: Instant? = nil, until: Instant? = nil,
    onlyOpen: Bool = false, below: Int64? = nil, limit: Int = 100
  ) {
    self.chargers = chargers
    self.token = token
    self.from = from
    self.until = until
    self.onlyOpen = onlyOpen
    self.below = below
    self.limit = limit
  }
}

/// A charging session in no version's words.
package struct SessionRecord: Sendable, Equatable, Codable {
  /// What is odd about it, for whoever bills.
  package enum Remark: String, Sendable, Codable, CaseIterable {
    /// Its start never came.
    case startUnknown
    /// Its end is an estimate: the charger changed version, the next session began, or its end
    /// came without a register.
    case endEstimated
    /// Sequence numbers are missing (2.x).
    case messagesMissing
    /// The register at the end is below the one at the start.
    case meterBackwards
    /// It began before the charger was known here.
    case beforeOnboarding
  }
  /// Also the 1.6 transactionId.
  package var number: Int64
  package var charger: String
  package var site: String
  package var version: ProtocolVersion
  /// The charger's own name of it; empty in 1.6.
  package var transactionID: String
  package var connector: ConnectorID
  package var token: String
  /// IdTokenEnumType of 2.x; empty in 1.6.
  package var tokenType: String
  package var startedAt: Instant
  package var stoppedAt: Instant?
  /// Registers in Wh.
  package var meterStart: Double?
  package var meterStop: Double?
  /// Wh; nil while a register is missing.
  package var energy: Double?
  package var stopReason: String?
  package var tariff: String?
  /// Total as the charger gave it, in `currency`.
  package var cost: Double?
  package var currency: String?
  package var remarks: [Remark]
  package init(
    number: Int64, charger: String, site: String, version: ProtocolVersion, transactionID: String,
    connector: ConnectorID, token: String, tokenType: String, startedAt: Instant,
    stoppedAt: Instant?, meterStart: Double?, meterStop: Double?, energy: Double?,
    stopReason: String?, tariff: String? = nil, cost: Double? = nil, currency: String? = nil,
    remarks: [Remark] = []
  ) {
    self.number = number
    self.charger = charger
    self.site = site
    self.version = version
    self.transactionID = transactionID
    self.connector = connector
    self.token = token
    self.tokenType = tokenType
    self.startedAt = startedAt
    self.stoppedAt = stoppedAt
    self.meterStart = meterStart
    self.meterStop = meterStop
    self.energy = energy
    self.stopReason = stopReason
    self.tariff = tariff
    self.cost = cost
    self.currency = currency
    self.remarks = remarks
  }
}

package struct SessionPage: Sendable, Equatable, Codable {
  package var at: Instant
  package var query: SessionQuery
  /// Newest first.
  package var sessions: [SessionRecord]
  /// Ask again with `below` the last one's number.
  package var hasMore: Bool
  package init(at: Instant, query: SessionQuery, sessions: [SessionRecord], hasMore: Bool) {
    self.at = at
    self.query = query
    self.sessions = sessions
    self.hasMore = hasMore
  }
}

/// One sampled value of a session.
package struct MeterSample: Sendable, Equatable, Codable {
  package var at: Instant
  /// In 1.6's words as in 2.x's: `Energy.Active.Import.Register`.
  package var measurand: String
  /// In the unit without a prefix: kWh come as Wh. Nil where only signed data came.
  package var value: Double?
  package var unit: String
  package var phase: String?
  /// `Sample.Periodic`, `Transaction.Begin`, …
  package var context: String?
  /// The meter's signed data, as it came.
  package var signed: String?
  package init(
    at: Instant, measurand: String, value: Double?, unit: String, phase: String? = nil,
    context: String? = nil, signed: String? = nil
  ) {
    self.at = at
    self.measurand = measurand
    self.value = value
    self.unit = unit
    self.phase = phase
    self.context = context
    self.signed = signed
  }
}

/// A session with everything that was said of it.
package struct SessionDetail: Sendable, Equatable, Codable {
  /// A message of the ledger.
  package struct Entry: Sendable, Equatable, Codable {
    package var at: Instant
    package var version: ProtocolVersion
    package var action: String
    /// The payload as it came.
    package var payload: String
    package init(at: Instant, version: ProtocolVersion, action: String, payload: String) {
      self.at = at
      self.version = version
      self.action = action
      self.payload = payload
    }
  }
  package var record: SessionRecord
  /// Oldest first.
  package var entries: [Entry]
  /// Oldest first; read from the entries.
  package var samples: [MeterSample]
  /// What of it may be missing here, and why; nil: nothing.
  package var note: String?
  package init(record: SessionRecord, entries: [Entry], samples: [MeterSample] = []) {
    self.record = record
    self.entries = entries
    self.samples = samples
  }
}

/// Whether billing noticed a migration: what sessions were like before it and are after it.
package struct Continuity: Sendable, Equatable, Codable {
  /// One side of the comparison.
  package struct Span: Sendable, Equatable, Codable {
    package var from: Instant
    package var until: Instant
    package var sessions: Int
    /// Of the sessions whose registers are both known, in Wh.
    package var energy: Double
    /// Different tokens.
    package var tokens: Int
    /// Sessions with a remark.
    package var remarked: Int
    package init(
      from: Instant, until: Instant, sessions: Int, energy: Double, tokens: Int, remarked: Int
    ) {
      self.from = from
      self.until = until
      self.sessions = sessions
      self.energy = energy
      self.tokens = tokens
      self.remarked = remarked
    }
  }
  /// A charger or a site by name.
  package var subject: String
  /// Chargers that are compared: those of it that migrated.
  package var chargers: Int
  package var before: Span
  package var after: Span
  /// Tokens seen after and never before, and the other way round.
  package var newTokens: Int
  package var lostTokens: Int
  /// The last register before in Wh, and the first after; nil for a site, or while one is missing.
  package var registerBefore: Double?
  package var registerAfter: Double?
  /// Sentences for whoever bills; empty: nothing that billing would notice.
  package var findings: [String]
  package init(
    subject: String, chargers: Int, before: Span, after: Span, newTokens: Int, lostTokens: Int,
    registerBefore: Double? = nil, registerAfter: Double? = nil, findings: [String]
  ) {
    self.subject = subject
    self.chargers = chargers
    self.before = before
    self.after = after
    self.newTokens = newTokens
    self.lostTokens = lostTokens
    self.registerBefore = registerBefore
    self.registerAfter = registerAfter
    self.findings = findings
  }

  package enum Subject: Sendable, Equatable, Codable {
    case charger(String)
    case site(String)
  }
}

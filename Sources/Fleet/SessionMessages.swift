/// What messages say of a session besides its time, place and registers.
package struct SessionTerms: Sendable, Equatable {
  /// IdTokenEnumType of 2.x; nil in 1.6.
  package var tokenType: String?
  package var tariff: String?
  /// The total as the charger gave it, with taxes where it gave those, in `currency`.
  package var cost: Double?
  package var currency: String?
  package init(
    tokenType: String? = nil, tariff: String? = nil, cost: Double? = nil, currency: String? = nil
  ) {
    self.tokenType = tokenType
    self.tariff = tariff
    self.cost = cost
    self.currency = currency
  }

  /// Takes what is new, in place of what was known; the kind of token is that of the first.
  mutating func renew(from newer: SessionTerms) {
    tokenType = tokenType ?? newer.tokenType
    tariff = newer.tariff ?? tariff
    if let cost = newer.cost { (self.cost, currency) = (cost, newer.currency) }
  }

  /// Takes what was not known yet.
  mutating func fill(from older: SessionTerms) {
    tokenType = tokenType ?? older.tokenType
    tariff = tariff ?? older.tariff
    if cost == nil { (cost, currency) = (older.cost, older.currency) }
  }
}

package struct SessionStart: Sendable, Equatable {
  package var key: String
  package var connector: ConnectorID
  package var token: String
  package var terms: SessionTerms
  package var at: Instant
  package var register: Double?
  package var sequence: Int?
  package init(
    key: String, connector: ConnectorID, token: String, terms: SessionTerms = SessionTerms(),
    at: Instant, register: Double?, sequence: Int?
  ) {
    self.key = key
    self.connector = connector
    self.token = token
    self.terms = terms
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
  /// Nil when the message does not say.
  package var connector: ConnectorID?
  package var at: Instant
  package var register: Double?
  package var token: String?
  package var terms: SessionTerms
  package var sequence: Int?
  package init(
    session: SessionReference, connector: ConnectorID?, at: Instant, register: Double?,
    token: String? = nil, terms: SessionTerms = SessionTerms(), sequence: Int?
  ) {
    self.session = session
    self.connector = connector
    self.at = at
    self.register = register
    self.token = token
    self.terms = terms
    self.sequence = sequence
  }
}

package struct SessionStop: Sendable, Equatable {
  /// What an end says again of the beginning.
  package struct First: Sendable, Equatable {
    package var at: Instant
    /// Nil: a value is there, but not one of the very beginning.
    package var register: Double?
    package init(at: Instant, register: Double?) { (self.at, self.register) = (at, register) }
  }
  package var session: SessionReference
  package var connector: ConnectorID?
  package var token: String?
  package var terms: SessionTerms
  package var at: Instant
  package var register: Double?
  package var reason: String?
  package var first: First?
  /// It happened while the charger was not connected: of history, not of now.
  package var isOffline: Bool
  package var sequence: Int?
  package init(
    session: SessionReference, connector: ConnectorID?, token: String?,
    terms: SessionTerms = SessionTerms(), at: Instant, register: Double?, reason: String?,
    first: First? = nil, isOffline: Bool = false, sequence: Int?
  ) {
    self.session = session
    self.connector = connector
    self.token = token
    self.terms = terms
    self.at = at
    self.register = register
    self.reason = reason
    self.first = first
    self.isOffline = isOffline
    self.sequence = sequence
  }
}

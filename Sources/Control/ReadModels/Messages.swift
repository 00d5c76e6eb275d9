import Fleet

/// A message that a CSMS may send, as the composer lists it.
package struct MessageAction: Sendable, Equatable, Codable {
  /// The action as it stands in a frame.
  package var name: String
  /// The profile of 1.6 or the functional block of 2.x it belongs to.
  package var group: String
  package init(name: String, group: String) { (self.name, self.group) = (name, group) }
}

/// What the fields of a message are: what the composer makes its form from.
package struct MessageForm: Sendable, Equatable, Codable {
  package var version: ProtocolVersion
  package var action: String
  package var fields: [MessageField]
  package init(version: ProtocolVersion, action: String, fields: [MessageField]) {
    (self.version, self.action, self.fields) = (version, action, fields)
  }
}

/// A field of a message and what may stand in it.
package struct MessageField: Sendable, Equatable, Codable {
  /// What one value of the field is.
  package indirect enum Kind: Sendable, Equatable, Codable {
    case any
    case boolean
    /// At most so many characters; nil: any number.
    case text(limit: Int?)
    /// A timestamp by RFC 3339.
    case dateTime
    case uri
    /// Bounds are inclusive.
    case whole(least: Int?, most: Int?)
    /// `tenths`: a multiple of 0.1.
    case number(least: Int?, most: Int?, tenths: Bool)
    case choice([String])
    /// An object. Empty where the type repeats one that it stands in, or allows anything.
    case group([MessageField])
  }
  package var name: String
  package var isRequired: Bool
  /// How many items a list may have; nil for a single value. `Int.max`: no limit.
  package var items: ClosedRange<Int>?
  package var kind: Kind
  package init(name: String, isRequired: Bool, items: ClosedRange<Int>? = nil, kind: Kind) {
    self.name = name
    self.isRequired = isRequired
    self.items = items
    self.kind = kind
  }
}

/// The first rule that a payload breaks.
package struct MessageFault: Sendable, Equatable, Codable {
  /// Where, from the payload: `evse.id`; empty for the payload itself.
  package var path: String
  package var what: String
  package init(path: String, what: String) { (self.path, self.what) = (path, what) }
}

/// Which frames of the message trace are wanted.
package struct TrafficQuery: Sendable, Equatable, Codable {
  /// One charger's; nil: of all that are traced.
  package var charger: String?
  /// Actions whose name begins with this, whatever the case; empty: all.
  package var action: String
  /// Only errors, refusals, frames against a rule, and calls nobody answered.
  package var onlyErrors: Bool
  /// Only what is older than this.
  package var before: Instant?
  package var limit: Int
  package init(
    charger: String? = nil, action: String = "", onlyErrors: Bool = false, before: Instant? = nil,
    limit: Int = 200
  ) {
    self.charger = charger
    self.action = action
    self.onlyErrors = onlyErrors
    self.before = before
    self.limit = limit
  }
}

/// Frames of the message trace.
package struct TrafficPage: Sendable, Equatable, Codable {
  package struct Line: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable {
      case call, result, error, resultError, send, unreadable
    }
    package var at: Instant
    package var charger: String
    /// From the charger to the engine.
    package var isInbound: Bool
    package var version: ProtocolVersion
    package var kind: Kind
    package var id: String
    /// Of an answer, that of its call where that is in the trace too; else empty.
    package var action: String
    /// Payload as JSON, redacted; of an error `{"code":…,"description":…,"details":…}`; of an
    /// unreadable frame its text.
    package var payload: String
    /// Since the call that this answers, in milliseconds.
    package var latency: Int?
    /// The rule that the frame breaks, or the error that it carries; nil when all is well.
    package var fault: MessageFault?
    package init(
      at: Instant, charger: String, isInbound: Bool, version: ProtocolVersion, kind: Kind,
      id: String, action: String, payload: String, latency: Int? = nil, fault: MessageFault? = nil
    ) {
      self.at = at
      self.charger = charger
      self.isInbound = isInbound
      self.version = version
      self.kind = kind
      self.id = id
      self.action = action
      self.payload = payload
      self.latency = latency
      self.fault = fault
    }
  }
  package var at: Instant
  package var query: TrafficQuery
  /// Chargers that are traced; nil: all of them.
  package var traced: [String]?
  /// Oldest first.
  package var lines: [Line]
  /// Frames that a full or slow disk cost, in the stretch that was read.
  package var dropped: Int
  package init(
    at: Instant, query: TrafficQuery, traced: [String]?, lines: [Line], dropped: Int
  ) {
    self.at = at
    self.query = query
    self.traced = traced
    self.lines = lines
    self.dropped = dropped
  }
}

/// Questions that the message tables and the trace answer, not the inventory.
package enum MessageQuestion: Sendable, Equatable, Codable {
  /// What a CSMS may send in that version.
  case actions(ProtocolVersion)
  case form(ProtocolVersion, action: String)
  /// Whether a payload would be sent.
  case check(ProtocolVersion, action: String, payload: String)
  case traffic(TrafficQuery)
}

package enum MessageReply: Sendable, Equatable, Codable {
  case actions([MessageAction])
  /// Nil: no such message that a CSMS sends.
  case form(MessageForm?)
  case fault(MessageFault?)
  case traffic(TrafficPage)
}

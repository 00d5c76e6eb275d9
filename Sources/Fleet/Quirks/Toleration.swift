/// A kind of message against a rule that was let pass, and how often.
package struct Toleration: Sendable, Equatable {
  package struct Kind: Sendable, Hashable {
    package var version: ProtocolVersion
    package var action: String
    /// Where in the payload, without the numbers of list items; empty for the whole message.
    package var path: String
    /// What was wrong with it.
    package var what: String
    /// The quirk that let it pass; empty: the answer policy.
    package var quirk: String

    /// Texts of a charger are cut: nobody knows what it sends.
    package init(
      version: ProtocolVersion, action: String, path: String, what: String, quirk: String
    ) {
      self.version = version
      self.action = action.bounded(to: 50)
      self.path = path.bounded(to: 100)
      self.what = what.bounded(to: 100)
      self.quirk = quirk
    }

    /// Stands for all kinds beyond those that are kept apart.
    package static func other(_ version: ProtocolVersion) -> Kind {
      Kind(version: version, action: "", path: "", what: "other", quirk: "")
    }
  }

  package var kind: Kind
  package var count: Int
  package var first: Instant
  package var last: Instant
  package init(kind: Kind, count: Int, first: Instant, last: Instant) {
    (self.kind, self.count, self.first, self.last) = (kind, count, first, last)
  }

  /// A path as rules are written: `meterValue[3].sampledValue[0].value` is
  /// `meterValue.sampledValue.value`.
  package static func path(_ place: String) -> String {
    guard place.utf8.contains(UInt8(ascii: "[")) else { return place }
    var path = ""
    var isNumber = false
    for scalar in place.unicodeScalars {
      switch scalar {
      case "[": isNumber = true
      case "]": isNumber = false
      default: if !isNumber { path.unicodeScalars.append(scalar) }
      }
    }
    return path
  }
}

/// What was let pass of one charger, counted; what changed since it was last written is known.
package struct TolerationBook: Sendable, Equatable {
  /// Kinds that are kept apart. A charger may think up field names without end.
  package static let limit = 64

  private var entries: [Toleration.Kind: Toleration]
  private var changed: Set<Toleration.Kind> = []

  package init(_ stored: [Toleration] = []) {
    entries = Dictionary(stored.map { ($0.kind, $0) }) { _, new in new }
  }

  package var all: [Toleration] { Array(entries.values) }
  package var isChanged: Bool { !changed.isEmpty }

  package mutating func note(_ kind: Toleration.Kind, times: Int = 1, at now: Instant) {
    let known = entries[kind] != nil || entries.count < Self.limit
    let kind = known ? kind : .other(kind.version)
    var entry = entries[kind] ?? Toleration(kind: kind, count: 0, first: now, last: now)
    entry.count += times
    entry.last = max(entry.last, now)
    entries[kind] = entry
    changed.insert(kind)
  }

  /// What is to be written; from now on it is known to be.
  package mutating func takeChanged() -> [Toleration] {
    defer { changed = [] }
    return changed.compactMap { entries[$0] }
  }
}

/// Where counts of what was let pass are kept.
package protocol TolerationStore: AnyObject {
  func tolerations(of charger: ChargerID) throws -> [Toleration]
  /// Writes these kinds over what is there of them.
  func save(_ tolerations: [Toleration], of charger: ChargerID) throws
}

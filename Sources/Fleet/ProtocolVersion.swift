/// A released version of OCPP that Swell speaks, oldest first.
package enum ProtocolVersion: Int, Sendable, CaseIterable, Comparable, Codable {
  case ocpp16 = 0
  case ocpp201 = 1
  case ocpp21 = 2

  /// As people write it: `1.6`, `2.0.1`, `2.1`.
  package var label: String {
    switch self {
    case .ocpp16: "1.6"
    case .ocpp201: "2.0.1"
    case .ocpp21: "2.1"
    }
  }

  package init?(label: some StringProtocol) {
    guard let version = Self.allCases.first(where: { $0.label == label }) else { return nil }
    self = version
  }

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// As its label.
  package init(from decoder: any Decoder) throws {
    self = try LabelCoding.value(from: decoder, among: Self.allCases, \.label)
  }

  package func encode(to encoder: any Encoder) throws {
    try LabelCoding.encode(label, to: encoder)
  }
}

/// A set of protocol versions, for example those released for a charger.
package struct VersionSet: OptionSet, Sendable, Hashable, Codable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  package static let ocpp16 = VersionSet(.ocpp16)
  package static let ocpp201 = VersionSet(.ocpp201)
  package static let ocpp21 = VersionSet(.ocpp21)
  package static let all: VersionSet = [.ocpp16, .ocpp201, .ocpp21]

  package init(_ version: ProtocolVersion) { rawValue = 1 << version.rawValue }

  /// As a list of versions.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self = try container.decode([ProtocolVersion].self).reduce(into: []) { $0.insert(Self($1)) }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(versions)
  }

  package var versions: [ProtocolVersion] {
    ProtocolVersion.allCases.filter { contains(VersionSet($0)) }
  }
  package var newest: ProtocolVersion? { versions.last }

  /// `1.6 2.0.1`, or `none`.
  package var label: String {
    isEmpty ? "none" : versions.map(\.label).joined(separator: " ")
  }

  /// Reads labels separated by spaces, commas, semicolons, slashes or pluses; nil when one is no version.
  package init?(label: some StringProtocol) {
    var set = VersionSet()
    for part in label.split(whereSeparator: { " ,;/+|".contains($0) }) {
      guard let version = ProtocolVersion(label: part) else { return nil }
      set.insert(VersionSet(version))
    }
    self = set
  }
}

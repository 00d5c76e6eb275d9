/// What rows of the quirk table look at: what a charger is, as far as anybody knows. Empty: unknown.
package struct QuirkSubject: Sendable, Hashable {
  package var vendor: String
  package var model: String
  package var firmware: String
  package init(vendor: String = "", model: String = "", firmware: String = "") {
    (self.vendor, self.model, self.firmware) = (vendor, model, firmware)
  }
}

extension Charger {
  package var quirkSubject: QuirkSubject {
    QuirkSubject(
      vendor: vendor.value ?? "", model: model.value ?? "", firmware: firmware.value ?? "")
  }
}

/// Versions of firmware: `*`, a pattern such as `v5*`, or bounds such as `>=1.2 <2.4`.
package struct FirmwarePattern: Sendable, Equatable {
  private enum Kind: Sendable, Equatable {
    case glob(Glob)
    case bounds([Bound])
  }
  private struct Bound: Sendable, Equatable {
    var comparison: FleetFilter.Comparison
    var limit: FirmwareVersion

    func holds(_ version: FirmwareVersion) -> Bool { comparison.holds(version, limit) }
  }

  private let kind: Kind

  /// Nil when a bound has no number.
  package init?(_ text: String) {
    guard let first = text.first, first == "<" || first == ">" else {
      kind = .glob(Glob(text))
      return
    }
    var bounds: [Bound] = []
    for part in text.split(separator: " ") {
      guard
        let comparison = FleetFilter.Comparison.allCases.first(where: {
          $0 != .equal && part.hasPrefix($0.rawValue)
        }), case let rest = part.dropFirst(comparison.rawValue.count),
        !rest.contains(where: { "<>=*?".contains($0) }), let limit = FirmwareVersion(rest)
      else { return nil }
      bounds.append(Bound(comparison: comparison, limit: limit))
    }
    kind = .bounds(bounds)
  }

  package func matches(_ firmware: String) -> Bool {
    switch kind {
    case .glob(let glob): glob.matches(firmware)
    case .bounds(let bounds):
      FirmwareVersion(firmware).map { version in bounds.allSatisfy { $0.holds(version) } } ?? false
    }
  }
}

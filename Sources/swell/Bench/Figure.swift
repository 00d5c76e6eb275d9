/// One measured number beside what it must reach.
struct Figure: Sendable, Encodable {
  /// Which way is better.
  enum Bound: Sendable {
    case atMost(Double)
    case atLeast(Double)
    /// Shown only.
    case none
  }

  var name: String
  var value: Double
  var unit: String
  var bound: Bound

  init(_ name: String, _ value: Double, _ unit: String, _ bound: Bound = .none) {
    self.name = name
    self.value = value
    self.unit = unit
    self.bound = bound
  }

  var holds: Bool {
    switch bound {
    case .atMost(let limit): value <= limit
    case .atLeast(let limit): value >= limit
    case .none: true
    }
  }

  /// `≤ 5`, `≥ 200`, or nothing.
  var reach: String {
    switch bound {
    case .atMost(let limit): "≤ \(Self.spelt(limit))"
    case .atLeast(let limit): "≥ \(Self.spelt(limit))"
    case .none: ""
    }
  }

  private enum CodingKeys: CodingKey { case name, value, unit, reach, holds }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(value, forKey: .value)
    try container.encode(unit, forKey: .unit)
    try container.encode(reach, forKey: .reach)
    try container.encode(holds, forKey: .holds)
  }

  static func spelt(_ number: Double) -> String {
    if number == number.rounded(), number.magnitude < 1e15 { return String(Int(number)) }
    // Three digits that count.
    let scale = number.magnitude >= 100 ? 1.0 : number.magnitude >= 10 ? 10 : 100
    return String((number * scale).rounded() / scale)
  }
}

extension [Double] {
  /// The smallest value that at least this share of all does not exceed; 0 of none.
  func percentile(_ share: Double) -> Double {
    guard !isEmpty else { return 0 }
    let sorted = self.sorted()
    let rank = Int((share * Double(sorted.count)).rounded(.up))
    return sorted[Swift.max(0, Swift.min(sorted.count, rank) - 1)]
  }
}

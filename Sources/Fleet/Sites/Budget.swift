/// How many chargers of a group may be out of service at once, those already down included.
package enum Budget: Sendable, Hashable, Codable {
  case count(Int)
  /// From above 0 to 1.
  case share(Double)

  /// How many of a group that is so large. A share is rounded down, but never to less than one: it
  /// would forbid small sites for ever. Only a count of 0 allows nobody.
  package func places(of total: Int) -> Int {
    switch self {
    case .count(let count): count
    case .share(let share): max(1, Int((Double(total) * share + 1e-9).rounded(.down)))
    }
  }

  package var allowsNobody: Bool { self == .count(0) }

  /// `3`, `25 %`.
  package var label: String {
    switch self {
    case .count(let count): return "\(count)"
    case .share(let share):
      let percent = (share * 10_000).rounded() / 100
      return percent == percent.rounded() ? "\(Int(percent)) %" : "\(percent) %"
    }
  }

  /// Reads `3`, `25 %`, `25%`; nil when it is neither a number up to a million nor a share from
  /// 0.01 % to 100 %.
  package init?(label: some StringProtocol) {
    if label.hasSuffix("%") {
      guard let percent = Double(String(label.dropLast().filter { $0 != " " })), percent >= 0.01,
        percent <= 100
      else { return nil }
      self = .share((percent * 100).rounded() / 10_000)
    } else {
      guard let count = Int(label), (0...1_000_000).contains(count) else { return nil }
      self = .count(count)
    }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Budget(label: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "no budget \"\(text)\"")
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    try LabelCoding.encode(label, to: encoder)
  }
}

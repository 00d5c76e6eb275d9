/// What is odd about the times in a message. They are read as well as they can be; the message is
/// kept as it came.
struct ClockFlaws: OptionSet, Sendable {
  let rawValue: UInt8

  /// Without a zone: read as UTC (evcc-io/evcc#10399).
  static let noZone = ClockFlaws(rawValue: 1)
  /// From before OCPP 1.6 was published: the time of receipt counts (matth-x/MicroOcpp#354).
  static let beforeFloor = ClockFlaws(rawValue: 2)
  /// More than a day ahead: the time of receipt counts.
  static let future = ClockFlaws(rawValue: 4)
  /// None there, or none that can be read: the time of receipt counts.
  static let missing = ClockFlaws(rawValue: 8)
  /// A little ahead, where order matters: the time of receipt counts.
  static let ahead = ClockFlaws(rawValue: 16)

  /// Worth a word in the ledger; the others are everyday.
  static let telling: ClockFlaws = [.noZone, .beforeFloor, .future]
  private static let receipt: ClockFlaws = [.beforeFloor, .future, .missing, .ahead]

  /// The time of receipt stands for one of the charger's own.
  var isReceiptTime: Bool { !isDisjoint(with: Self.receipt) }

  /// For the ledger: what is wrong, and what is done about it.
  var sentence: String {
    var parts: [String] = []
    if contains(.noZone) { parts.append("gives times without a zone: read as UTC") }
    if contains(.beforeFloor) {
      parts.append("gives times before October 2015: the time of receipt is taken")
    }
    if contains(.future) {
      parts.append("gives times more than a day ahead: the time of receipt is taken")
    }
    return parts.joined(separator: "; ")
  }
}

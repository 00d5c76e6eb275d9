import Fleet

/// Filters and chargers for properties of the filter language.
enum RandomFilter {
  static func expression<R: RandomNumberGenerator>(
    depth: Int, _ random: inout R
  ) -> FleetFilter.Expression {
    switch depth == 0 ? 9 : Int.random(in: 0...9, using: &random) {
    case 0, 1: .all(parts(depth, &random))
    case 2, 3: .any(parts(depth, &random))
    case 4: .not(expression(depth: depth - 1, &random))
    default: .term(condition(&random))
    }
  }

  private static func parts<R: RandomNumberGenerator>(
    _ depth: Int, _ random: inout R
  ) -> [FleetFilter.Expression] {
    (0..<Int.random(in: 2...3, using: &random)).map { _ in
      expression(depth: depth - 1, &random)
    }
  }

  static func condition<R: RandomNumberGenerator>(_ random: inout R) -> FleetFilter.Condition {
    let comparison = pick(FleetFilter.Comparison.allCases, &random)
    switch Int.random(in: 0...11, using: &random) {
    case 0:
      // What it looks for is a part unless it is a pattern.
      return .identity(pattern: pattern(&random) + "*")
    case 1: return .identities([text(&random), text(&random)])
    case 2, 3:
      let key = pick(FleetFilter.TextKey.allCases, &random)
      return .text(key, pattern: key == .notes ? "*\(text(&random))" : pattern(&random))
    case 4, 5:
      return .number(
        pick(FleetFilter.NumberKey.allCases, &random), comparison,
        pick([0, 1, 2, 3, 96, 128, 256, 512], &random))
    case 6:
      return FirmwareVersion(pick(["2.3.1", "2.4", "2.10", "3"], &random)).map {
        .firmware(comparison, than: $0)
      } ?? .pending
    case 7:
      return .seen(
        comparison == .equal ? .less : comparison,
        ago: pick([.seconds(30), .minutes(90), .hours(24), .hours(336)], &random))
    case 8:
      return Bool.random(using: &random)
        ? .speaks(pick([nil, .ocpp16, .ocpp201, .ocpp21], &random))
        : .released(pick(ProtocolVersion.allCases, &random))
    case 9: return .ready(pick(Readiness.Verdict.allCases, &random))
    case 10: return .unknown(pick(FleetFilter.Fact.allCases, &random))
    default: return pick([.online(true), .online(false), .pending], &random)
    }
  }

  static func subject<R: RandomNumberGenerator>(_ random: inout R) -> FleetFilter.Subject {
    var subject = FleetFilter.Subject(identity: text(&random))
    subject.model = pick(["", "AC22", text(&random)], &random)
    subject.firmware = pick(["", "2.3.1", "2.10", "x"], &random)
    subject.flash = pick([nil, 128, 256], &random)
    subject.ram = pick([nil, 96], &random)
    subject.connectors = pick([nil, 1, 2], &random)
    subject.speaks = pick([nil, .ocpp16, .ocpp201], &random)
    subject.online = Bool.random(using: &random)
    subject.unseenFor = pick([nil, .seconds(5), .hours(50)], &random)
    subject.verdict = pick(Readiness.Verdict.allCases, &random)
    subject.wave = pick([nil, 1, 2], &random)
    subject.campaign = subject.wave == nil ? nil : text(&random)
    return subject
  }

  private static func pattern<R: RandomNumberGenerator>(_ random: inout R) -> String {
    pick(["AC*", "*2*", "?P-1*", "Site_1*", "2.3*", "*", text(&random)], &random)
  }

  static func text<R: RandomNumberGenerator>(_ random: inout R) -> String {
    pick(
      [
        "CP-1", "a b", "a,b", "a:b", "a\"b", "(", "x)", "online", "not", "@x", "<2", "a=b", "%",
        "_",
        "\\", "Köln", "é", "!", "\t", "a%b_c",
      ], &random)
  }

  static func pick<Value, R: RandomNumberGenerator>(_ values: [Value], _ random: inout R) -> Value {
    values[Int.random(in: values.indices, using: &random)]
  }
}

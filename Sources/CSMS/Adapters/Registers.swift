import Fleet
import OCPP

/// The energy register in a list of meter values: its first and its last value in Wh.
struct Registers {
  struct Value {
    /// Wh.
    var value: Double
    /// The meter value's own time; looked at only where there are several.
    var at: Instant?
    /// Its context is the beginning of the transaction.
    var isBeginning: Bool
  }
  private(set) var first: Value?
  private(set) var last: Value?

  /// - Parameter meterValues: a list; an object in its place occurs (lbbrhzn/ocpp#1144).
  /// - Parameter wantsBeginning: `beginning` will be asked for.
  init(_ meterValues: JSONValue?, _ version: ProtocolVersion, wantsBeginning: Bool = false) {
    guard let meterValues else { return }
    let isOne = meterValues.kind == .object || meterValues.count == 1
    // Lists are in the order of time, unless a charger shuffles them.
    let wantsTime = wantsBeginning || !isOne
    if meterValues.kind == .object {
      take(meterValues, version, wantsTime: wantsTime)
    } else {
      for item in meterValues.elements { take(item, version, wantsTime: wantsTime) }
    }
  }

  private mutating func take(_ meterValue: JSONValue, _ version: ProtocolVersion, wantsTime: Bool) {
    guard let samples = meterValue["sampledValue"] else { return }
    var at: Instant?
    if wantsTime, let time = meterValue["timestamp"]?.time, time.ms >= Reading.floor {
      at = Instant(milliseconds: time.ms)
    }
    for sample in samples.elements {
      if let measurand = sample["measurand"], measurand.kind == .string,
        !measurand.isString(Self.register)
      {
        continue
      }
      guard sample["phase"] == nil else { continue }
      // Of several meters that of the outlet counts, which is also the default of both versions.
      if let place = sample["location"], place.kind == .string, !place.isString("Outlet"),
        !place.isString("Inlet") || last != nil
      {
        continue
      }
      guard let number = SampleUnit.number(sample["value"]),
        let value = SampleUnit(of: sample, version).base(number)
      else { continue }
      let new = Value(
        value: value, at: at,
        isBeginning: wantsTime && sample["context"]?.isString("Transaction.Begin") == true)
      if first.map({ new.isBefore($0) }) ?? true { first = new }
      if last.map({ !new.isBefore($0) }) ?? true { last = new }
    }
  }

  static let register: StaticString = "Energy.Active.Import.Register"

  /// What the list tells of the beginning of a session that ended at `end`.
  func beginning(before end: Instant) -> SessionStop.First? {
    guard let first, let at = first.at, at <= end else { return nil }
    return .init(at: at, register: first.isBeginning ? first.value : nil)
  }
}

extension Registers.Value {
  fileprivate func isBefore(_ other: Self) -> Bool {
    guard let at, let otherAt = other.at else { return false }
    return at < otherAt
  }
}

/// In what a sampled value is counted.
struct SampleUnit {
  /// As the charger names it; the default where it does not.
  let name: String
  /// The charger named it.
  let isNamed: Bool
  /// 10 to this is the value of 1 (OCPP 2.x UnitOfMeasureType.multiplier).
  let exponent: Int

  init(of sample: JSONValue, _ version: ProtocolVersion) {
    if version == .ocpp16 {
      let own = sample["unit"]?.string
      (name, isNamed) = (own ?? "Wh", own != nil)
      exponent = 0
    } else {
      let unit = sample["unitOfMeasure"]
      let own = unit?["unit"]?.string
      (name, isNamed) = (own ?? "Wh", own != nil)
      exponent = Reading.whole(unit?["multiplier"]) ?? 0
    }
  }

  /// Whether a meter can have measured that: a terawatt-hour in mWh is less.
  static func isPlausible(_ value: Double) -> Bool { value.magnitude < 1e15 }

  /// The value in the unit without a prefix: kWh become Wh, and a multiplier is worked in. Nil when
  /// it is beyond what any meter measures.
  func base(_ value: Double) -> Double? {
    var value = value
    // Beyond that no meter counts; a wild exponent is taken for none.
    if exponent != 0, (-12...12).contains(exponent) {
      for _ in 0..<exponent.magnitude { value = exponent > 0 ? value * 10 : value / 10 }
    }
    if isKilo, baseName != name { value *= 1000 }
    return Self.isPlausible(value) ? value : nil
  }

  /// Whether it may be the thousandfold of another.
  private var isKilo: Bool { name.utf8.first == UInt8(ascii: "k") }

  /// The name of the unit that `base` gives values in.
  var baseName: String {
    guard isKilo else { return name }
    return switch name {
    case "kWh": "Wh"
    case "kW": "W"
    case "kVA": "VA"
    case "kvar": "var"
    case "kvarh": "varh"
    case "kVAh": "VAh"
    default: name
    }
  }

  /// A number, or one written as text; empty texts occur (evcc-io/evcc#17836).
  static func number(_ value: JSONValue?) -> Double? {
    guard let value else { return nil }
    guard let number = value.double ?? value.numeral ?? value.string.flatMap(Double.init),
      isPlausible(number)
    else { return nil }
    return number
  }
}

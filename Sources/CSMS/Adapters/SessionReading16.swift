import Fleet
import OCPP

/// What messages of OCPP 1.6 say of charging sessions.
enum SessionReading16 {
  static func start(
    _ p: JSONValue, receivedAt: Instant, _ flaws: inout ClockFlaws
  ) -> ChargerEvent {
    let number = Reading.whole(p["connectorId"]) ?? 0
    let token = SessionReading.token(p["idTag"]) ?? ""
    let time = p["timestamp"]?.string?.bounded(to: 64) ?? ""
    let meter = p["meterStart"]?.text.bounded(to: 64) ?? ""
    return .sessionStarted(
      SessionStart(
        key: "\(number)|\(time)|\(token)|\(meter)", connector: Adapter16.connector(number),
        token: token, at: Reading.instant(p["timestamp"], receivedAt: receivedAt, &flaws),
        register: Reading.whole(p["meterStart"]).map(Double.init), sequence: nil))
  }

  static func stop(
    _ p: JSONValue, receivedAt: Instant, _ flaws: inout ClockFlaws
  ) -> ChargerEvent {
    let at = Reading.instant(p["timestamp"], receivedAt: receivedAt, &flaws)
    let registers = Registers(p["transactionData"], .ocpp16, wantsBeginning: true)
    var register = Reading.whole(p["meterStop"]).map(Double.init)
    // A meterStop that is missing, or 0 where the samples are not: they are the better witness.
    if register == nil || register == 0, let last = registers.last { register = last.value }
    return .sessionStopped(
      SessionStop(
        session: .number(Reading.whole(p["transactionId"]).map(Int64.init) ?? -1), connector: nil,
        token: SessionReading.token(p["idTag"]), at: at, register: register,
        reason: SessionReading.reason(p["reason"]), first: registers.beginning(before: at),
        sequence: nil))
  }

  static func meterValues(_ p: JSONValue, receivedAt: Instant) -> ChargerEvent {
    let connector = Adapter16.connector(Reading.whole(p["connectorId"]) ?? 0)
    let register = Registers(p["meterValue"], .ocpp16).last?.value
    // 9223372036854775807 and negatives stand for "no transaction" (steve-community/steve#740).
    guard let id = Reading.whole(p["transactionId"]).map(Int64.init),
      (1...Int64(Int32.max)).contains(id)
    else {
      return .meter(connector, register: register)
    }
    return .sessionUpdated(
      SessionUpdate(
        session: .number(id), connector: connector, at: receivedAt, register: register,
        sequence: nil))
  }
}

/// Bounded reading of what sessions keep, shared by all versions.
enum SessionReading {
  /// 2.1's idToken is the longest; what is longer is nobody's.
  static func token(_ value: JSONValue?) -> String? { Reading.text(value)?.bounded(to: 255) }

  /// Local is what both versions take a missing reason for (OCPP 1.6 §6.49, OCPP 2.0.1 part 2
  /// TransactionType).
  static func reason(_ value: JSONValue?) -> String { value?.string?.bounded(to: 50) ?? "Local" }
}

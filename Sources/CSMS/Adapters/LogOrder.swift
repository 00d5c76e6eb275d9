import Control
import Fleet
import OCPP

/// How a version asks for a log.
enum LogOrder {
  /// 1.6 has GetDiagnostics for what every charger has, and GetLog in its security extension for
  /// security events; 2.x has GetLog for both (N01).
  static func message(
    _ request: LogRequest, in version: ProtocolVersion, number: Int, location: String
  ) -> (action: String, payload: JSON) {
    let since = request.since.map { JSON.string(DateTime.format($0.milliseconds)) }
    let until = request.until.map { JSON.string(DateTime.format($0.milliseconds)) }
    if version == .ocpp16, request.kind == .diagnostics {
      return (
        "GetDiagnostics",
        .compact([("location", .string(location)), ("startTime", since), ("stopTime", until)])
      )
    }
    return (
      "GetLog",
      .compact([
        ("logType", .string(request.kind == .security ? "SecurityLog" : "DiagnosticsLog")),
        ("requestId", .int(Int64(number))),
        (
          "log",
          .compact([
            ("remoteLocation", .string(location)), ("oldestTimestamp", since),
            ("latestTimestamp", until),
          ])
        ),
      ])
    )
  }

  /// What the charger answered, for a person.
  /// - Throws: `ControlError.refused` when nothing will come.
  static func outcome(
    _ request: LogRequest, number: Int, answer: String
  ) throws(ControlError) -> Outcome {
    let payload = try? JSON(text: answer)
    let name = (payload?["filename"] ?? payload?["fileName"])?.string?.bounded(to: 255)
    let status = payload?["status"]?.string
    // GetDiagnostics has no status: no name is how it says that there is nothing.
    guard status == "Accepted" || status == "AcceptedCanceled" || status == nil && name != nil
    else {
      throw .refused(
        "\(request.charger) has no \(request.kind.rawValue) log to give"
          + (status.map { ": it answers \($0.bounded(to: 50))." } ?? "."))
    }
    var outcome = Outcome(
      message: "\(request.charger) uploads its \(request.kind.rawValue) log"
        + (name.map { " \($0)" } ?? "") + " (request \(number)). See swell logs list.")
    outcome.request = number
    return outcome
  }
}

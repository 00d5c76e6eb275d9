import Control
import Dispatch
import Fleet
import FleetStore
import OCPP
import Stock
import Testing
import Threads

@testable import CSMS

/// Asking chargers for their logs.
struct LogTests {
  private static func bench(_ identity: String = "CP1") throws -> Workbench {
    try Workbench("identity,vendor,model,versions\n\(identity),Volta,AC22,1.6 2.0.1\n") {
      $0.uploads = UploadSettings(directory: "/tmp/swell-logs-none")
    }
  }

  /// What became of a request that runs beside the test.
  private final class Asked: Sendable {
    let result = Monitor<Result<Outcome, ControlError>?>(nil)

    init(_ bench: Workbench, _ request: LogRequest) {
      let engine = bench.engine
      DispatchQueue.global().async { [self] in
        do {
          let outcome = try engine.perform(
            .getLog(request), by: Caller(name: "tess", role: .technician))
          result.withLock { $0 = .success(outcome) }
        } catch {
          let failure = error as? ControlError ?? .failed("\(error)")
          result.withLock { $0 = .failure(failure) }
        }
      }
    }

    func wait() throws -> Result<Outcome, ControlError> {
      #expect(eventually { result.withLock { $0 != nil } })
      return try #require(result.withLock { $0 })
    }
  }

  private static let since = Instant(seconds: 1_795_000_000)

  @Test(
    "a log is asked for in the words of the version",
    arguments: [
      ("ocpp1.6", ChargerLog.diagnostics, "GetDiagnostics"), ("ocpp1.6", .security, "GetLog"),
      ("ocpp2.0.1", .diagnostics, "GetLog"), ("ocpp2.1", .security, "GetLog"),
    ])
  func words(offer: String, kind: ChargerLog, action: String) throws {
    let bench = try Self.bench()
    let station = try Station("CP1", port: bench.port, offers: offer)
    try station.boot()
    let asked = Asked(bench, LogRequest(charger: "CP1", kind: kind, since: Self.since))
    let call = try station.expectCall(action)
    #expect(
      try Messages.violation(request: call.payload, of: action, in: station.version) == nil)
    let location: String?
    if action == "GetDiagnostics" {
      location = call.payload["location"]?.string
      #expect(call.payload["startTime"] == "2026-11-18T11:06:40Z")
      station.answer(call, #"{"fileName":"d.zip"}"#)
    } else {
      location = call.payload["log"]?["remoteLocation"]?.string
      #expect(call.payload["logType"] == (kind == .security ? "SecurityLog" : "DiagnosticsLog"))
      #expect(call.payload["log"]?["oldestTimestamp"] == "2026-11-18T11:06:40Z")
      station.answer(call, #"{"status":"Accepted","filename":"d.zip"}"#)
    }
    let outcome = try asked.wait().get()
    #expect(outcome.message.contains("CP1 uploads its \(kind.rawValue) log d.zip"))
    #expect(location?.hasPrefix("http://127.0.0.1:\(bench.port)/upload/") == true)
    #expect(location.map { $0.utf8.count <= 512 } == true)
    // Whoever may read the audit may not upload.
    let reader = try Reader(
      bench.directory + "/fleet.db", schema: Stock.files(below: "Inventory/migrations/").count)
    guard case .audit(let page) = try reader.answer(.audit(RegisterQuery()), at: SystemClock.now)
    else { return }
    #expect(page.entries.contains { $0.outcome.contains("asked for: \(action), request ") })
    #expect(!page.entries.contains { $0.outcome.contains("/upload/") })
  }

  @Test("a charger that has none, or knows of none, is told as it is")
  func refused() throws {
    let bench = try Self.bench()
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    var asked = Asked(bench, LogRequest(charger: "CP1"))
    station.answer(try station.expectCall("GetDiagnostics"), "{}")
    #expect(try asked.wait() == .failure(.refused("CP1 has no diagnostics log to give.")))
    asked = Asked(bench, LogRequest(charger: "CP1", kind: .security))
    station.answer(try station.expectCall("GetLog"), #"{"status":"Rejected"}"#)
    #expect(
      try asked.wait()
        == .failure(
          .refused("CP1 has no security log to give: it answers Rejected.")))
    asked = Asked(bench, LogRequest(charger: "CP1", kind: .security))
    station.refuse(try station.expectCall("GetLog"), "NotImplemented")
    #expect(throws: ControlError.self) { try asked.wait().get() }
  }

  @Test("nobody less than a technician asks, and nobody who is not there is asked")
  func guarded() throws {
    let bench = try Self.bench()
    #expect(throws: ControlError.refused("CP1 is not connected.")) {
      try bench.perform(.getLog(LogRequest(charger: "CP1")), as: .technician)
    }
    #expect(throws: ControlError.unknownCharger("CP9")) {
      try bench.perform(.getLog(LogRequest(charger: "CP9")), as: .technician)
    }
    #expect {
      try bench.perform(.getLog(LogRequest(charger: "CP1")), as: .viewer)
    } throws: { error in
      guard case ControlError.forbidden(needs: .technician, _, _, _) = error else { return false }
      return true
    }
  }
}

import OCPP
import Testing

@testable import Simulator

@Suite("Logs that are asked for")
struct LogTests {
  private static let log: JSON = [
    "logType": "SecurityLog", "requestId": 9, "log": ["remoteLocation": "http://127.0.0.1:1/u"],
  ]

  @Test("diagnostics of 1.6 are left where they were asked for, and both ends of it are told")
  func diagnostics() {
    var bench = Bench(profile())
    bench.powerOn()
    bench.ask("GetDiagnostics", ["location": "http://127.0.0.1:1/d"])
    #expect(bench.run { $0.uploads.count == 1 })
    #expect(bench.uploads.first?.url == "http://127.0.0.1:1/d")
    #expect((bench.uploads.first?.body.count ?? 0) > 1000)
    #expect(bench.run { $0.actions("DiagnosticsStatusNotification").count == 2 })
    #expect(
      bench.actions("DiagnosticsStatusNotification").map { $0.payload["status"]?.string }
        == ["Uploading", "Uploaded"])
  }

  @Test(
    "a log's statuses carry the number of its request, and a failure is one",
    arguments: [(true, "Uploaded"), (false, "UploadFailure")])
  func log(isTaken: Bool, end: String) {
    var bench = Bench(profile { $0.isSigned = true })
    bench.isUploadTaken = isTaken
    bench.powerOn()
    #expect(bench.status("GetLog", Self.log) == "Accepted")
    #expect(bench.run { $0.actions("LogStatusNotification").count == 2 })
    let told = bench.actions("LogStatusNotification").map(\.payload)
    #expect(told.map { $0["status"]?.string } == ["Uploading", end])
    #expect(told.allSatisfy { $0["requestId"]?.int == 9 })
  }
}

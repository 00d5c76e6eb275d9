import Control
import Fleet
import Foundation
import OCPP
import Testing

@testable import CSMS

/// What a charger is spared right after it came.
struct QuietTests {
  @Test("a charger that repeats its boot faster than the quiet after a boot is asked all the same")
  func repeatedBoots() throws {
    let bench = try Workbench("identity\nCP1\n") { $0.quietAfterBoot = .milliseconds(400) }
    defer { bench.stop() }
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    let slot = AnswerSlot()
    try bench.look { core in
      try core.send(
        .send(charger: "CP1", action: "GetConfiguration", payload: "{}", override: nil),
        by: Caller(name: "admin", role: .admin), into: slot, now: SystemClock.now)
    }
    let end = Date().addingTimeInterval(10)
    while station.waiting.isEmpty, Date() < end { try station.boot() }
    let call = try #require(station.waiting.first)
    #expect(call.action == "GetConfiguration")
    station.answer(call, #"{"configurationKey":[]}"#)
    #expect(try slot.wait() == #"{"configurationKey":[]}"#)
  }
}

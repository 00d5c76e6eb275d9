import Control
import Fleet
import Rollout
import Testing

@testable import CSMS
@testable import FleetStore

/// What is counted of a charger's health while it talks.
struct VitalsTests {
  private func counts(_ bench: Workbench) throws -> [Int64] {
    let connection = try Connection(path: bench.directory + "/fleet.db", mode: .reader)
    let sums = try connection.first(
      "SELECT ifnull(sum(reconnects), 0), ifnull(sum(boots), 0), ifnull(sum(faults), 0) FROM troubles"
    ) { [$0.int(0), $0.int(1), $0.int(2)] }
    return sums ?? []
  }

  private func heard(_ bench: Workbench) throws -> Int64 {
    let connection = try Connection(path: bench.directory + "/fleet.db", mode: .reader)
    return try connection.int("SELECT count(*) FROM heard WHERE hours <> 0") ?? 0
  }

  @Test("connections that end, boots and connectors that fail are counted; repeats are not")
  func counted() throws {
    let bench = try Workbench("identity\nCP1\n")
    let first = try Station("CP1", port: bench.port)
    try first.boot()
    // An answer to a trigger, on the same connection: no reboot.
    try first.boot()
    #expect(try counts(bench) == [0, 1, 0])
    // Written with the other rows of the charger.
    #expect(try eventually { try heard(bench) == 1 })
    let faulted =
      #"{"connectorId":1,"errorCode":"GroundFailure","status":"Faulted","timestamp":"2026-01-01T00:00:0"#
    try first.call("StatusNotification", faulted + #"1Z"}"#)
    try first.call("StatusNotification", faulted + #"2Z"}"#)
    #expect(try counts(bench) == [0, 1, 1])
    try first.status()
    try first.call(
      "StatusNotification", #"{"connectorId":1,"errorCode":"GroundFailure","status":"Faulted"}"#)
    #expect(try counts(bench) == [0, 1, 2])
    first.hangUp()
    #expect(try eventually { try counts(bench) == [1, 1, 2] })
    let second = try Station("CP1", port: bench.port)
    try second.boot()
    #expect(try counts(bench) == [1, 2, 2])
  }

  @Test("an engine that stops ends no connection of a charger")
  func stopped() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    try bench.restart()
    #expect(try counts(bench) == [0, 1, 0])
  }
}

import Fleet
import Testing

@testable import Rollout

@Suite("Restarts of the engine")
struct RestartTests {
  /// The engine died with the order on its way; the charger does only what the test says.
  private func unknownOrder() throws -> Bench {
    let bench = Bench(.unsignedOnly)
    bench.deliver(.leased)
    bench.run { bench.upgrade.phase == .ordering && bench.upgrade.memory.open != nil }
    bench.dropAll()
    bench.isStorm = true
    restart(bench)
    #expect(bench.upgrade.isUnknown)
    return bench
  }

  /// It is back, and left alone for as long as it may need to boot.
  private func restart(_ bench: Bench) {
    bench.charger.online = false
    bench.deliver(.restarted)
    bench.charger.online = true
    bench.deliver(.connected(bench.charger.speaks))
    bench.now = bench.now + .seconds(5)
    bench.deliver(.due)
  }

  private func refuseQuestion(_ bench: Bench) {
    guard let pending = bench.upgrade.pending else { return }
    bench.deliver(.answered(messageID: pending.messageID, .notSupported("NotImplemented")))
  }

  @Test("a charger that does not know the signed question is asked in the other form")
  func plainQuestion() throws {
    let bench = try unknownOrder()
    #expect(bench.upgrade.pending?.order == .triggerFirmwareStatus)
    #expect(bench.upgrade.asksSigned)
    refuseQuestion(bench)
    #expect(bench.upgrade.pending?.order == .triggerFirmwareStatus)
    #expect(!bench.upgrade.asksSigned)
    let id = try #require(bench.upgrade.pending?.messageID)
    bench.deliver(.answered(messageID: id, .accepted))
    bench.deliver(.firmwareStatus(.idle, requestID: nil))
    bench.now = bench.now + bench.playbook.limits.answer
    bench.deliver(.due)
    #expect(!bench.upgrade.isUnknown, bench.text)
    #expect(bench.broken == [])
  }

  @Test("who can't be asked what became of an order is not waited for anew at each restart")
  func askedInVain() throws {
    let bench = try unknownOrder()
    let begin = bench.now
    while bench.upgrade.isUnknown, bench.now - begin < .hours(12) {
      refuseQuestion(bench)
      refuseQuestion(bench)
      bench.now = bench.now + .minutes(20)
      bench.deliver(.due)
      if bench.upgrade.isUnknown { restart(bench) }
    }
    #expect(!bench.upgrade.isUnknown)
    #expect(bench.now - begin < .hours(3))
    #expect(bench.broken == [])
  }

  @Test("a charger that probes before each connection is in no boot loop for it")
  func probes() {
    let bench = Bench(.good, until: .soakingOnFirmware)
    for _ in 0..<10 {
      bench.restartEngine()
      bench.reconnect(boots: true)
    }
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.broken == [])
  }

  @Test("a soak does not end on a charger that keeps coming anew")
  func comingAnewAtTheEnd() {
    let bench = Bench(.good, until: .soakingOnFirmware)
    bench.dropAll()
    bench.now = bench.upgrade.enteredAt + .hours(24)
    bench.charger.online = false
    bench.deliver(.disconnected)
    bench.charger.online = true
    for _ in 0..<5 {
      bench.deliver(.connected(.ocpp16))
      bench.now = bench.now + .seconds(3)
      bench.deliver(.due)
      #expect(bench.upgrade.phase == .soakingOnFirmware)
    }
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
  }
}

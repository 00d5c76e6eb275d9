import Fleet
import Testing

@testable import Rollout

@Suite("Images that start without a boot")
struct BootlessTests {
  /// The order was taken and nothing more is heard of it; the charger has gone down and come back.
  private func cameBackSilently(firmware: String) -> Bench {
    let bench = Bench(.neverBoots)
    bench.deliver(.leased)
    bench.run { bench.upgrade.phase == .downloading }
    bench.dropAll()
    bench.charger.job = .idle
    bench.charger.firmware = firmware
    bench.reconnect(boots: false)
    return bench
  }

  @Test("Idle after a new connection is no proof that nothing was installed: a boot is asked for")
  func newImage() {
    let bench = cameBackSilently(firmware: "2.4.0")
    bench.run()
    #expect(bench.upgrade.sends["firmware update firmware"] == 1, bench.text)
    #expect(bench.phases.contains(.firmwareProved), bench.text)
    #expect(bench.broken == [])
  }

  @Test("once it has booted the old image, Idle says that the order came to nothing")
  func oldImage() {
    let bench = cameBackSilently(firmware: "2.3.1")
    bench.run { bench.upgrade.sends["firmware update firmware"] == 2 }
    #expect(bench.upgrade.sends["firmware update firmware"] == 2, bench.text)
    #expect(bench.broken == [])
  }

  @Test("the first sign of a running update is an answer, not its outcome")
  func firstSign() {
    let bench = Bench(.neverAnswersUpdate)
    bench.deliver(.leased)
    bench.run { bench.upgrade.phase == .downloading }
    let states = bench.commands.compactMap { command in
      if case .settle(let attempt) = command, attempt.order.isDisruptive {
        attempt.state
      } else {
        nil
      }
    }
    #expect(!states.contains(.tookEffect), bench.text)
  }

  @Test("one that comes back from somebody else's update while it drains is sent no image")
  func updatedWhileDraining() {
    let bench = Bench(.busy)
    bench.deliver(.leased)
    bench.run { bench.upgrade.phase == .draining && bench.charger.inoperative }
    bench.charger.firmware = "9.9.9"
    bench.reconnect(boots: true)
    bench.run()
    #expect(bench.upgrade.phase == .skipped, bench.text)
    #expect(bench.upgrade.sends["firmware update firmware"] == nil)
    #expect(!bench.upgrade.memory.owesConnectors)
    #expect(bench.broken == [])
  }
}

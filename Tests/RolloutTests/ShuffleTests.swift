import Fleet
import Testing

@testable import Rollout

@Suite("Firmware statuses in any order")
struct ShuffleTests {
  @Test("late, doubled, shuffled, lost and without an id: right boots still lead to migrated")
  func shuffled() {
    let statuses: [FirmwareStatus] = [
      .downloadScheduled, .downloading, .downloadPaused, .downloaded, .signatureVerified,
      .installScheduled, .installing, .installRebooting, .installed,
    ]
    for seed in 0..<300 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let bench = Bench(.silent, id: Int64(seed + 1))
      bench.deliver(.leased)
      bench.run(until: { bench.upgrade.phase == .ordered })
      let request = bench.upgrade.memory.requestID
      for status in statuses {
        for _ in 0..<random.below(4) {
          let id = random.below(2) == 0 ? nil : request
          // From the order to long after the boot, and some in the second outage.
          let after = Span.seconds(Double(random.below(random.below(4) == 0 ? 100_000 : 1500)))
          bench.enqueue(
            .init(
              after: after, life: nil, change: nil,
              event: { $0.online ? .firmwareStatus(status, requestID: id) : nil }))
        }
      }
      bench.run()
      #expect(
        bench.upgrade.phase == .migrated, "seed \(seed): \(bench.story.joined(separator: "\n"))")
      #expect(bench.broken == [], "seed \(seed)")
      #expect(bench.upgrade.sends["firmware update firmware"] == 1, "seed \(seed)")
    }
  }

  @Test("late words of failure, after the boot that proved the image, change nothing")
  func lateFailures() {
    for phase in [Upgrade.Phase.firmwareProved, .soakingOnFirmware, .switching, .soaking] {
      let bench = Bench(.good, until: phase)
      for status in FirmwareStatus.allCases {
        bench.deliver(.firmwareStatus(status, requestID: bench.upgrade.memory.requestID))
      }
      #expect(bench.upgrade.phase == phase)
      bench.run()
      #expect(bench.upgrade.phase == .migrated)
    }
  }
}

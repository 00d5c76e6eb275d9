import Foundation
import Proof
import Testing

@testable import Rehearsal

@Suite("Random campaigns with faults")
struct CampaignTests {
  @Test("whatever happens, no invariant breaks and every campaign ends")
  func campaigns() {
    let given = ProcessInfo.processInfo.environment
    let first = UInt64(given["SWELL_SEED"] ?? "") ?? 1
    let count = UInt64(given["SWELL_CAMPAIGNS"] ?? "") ?? 40
    var (deaths, inWindows) = (0, 0)
    for seed in first..<first + count {
      let scenario = Scenario.random(seed: seed)
      var stage = Stage(scenario)
      stage.run()
      deaths += stage.deaths
      inWindows += stage.checker.checks[8]
      guard let failing = Failing(stage, scenario) else { continue }
      let least = scenario.shrunk(from: failing)
      Issue.record("\(failing.sentence); least: \(least)")
      return
    }
    print("\(count) campaigns from seed \(first), \(deaths) deaths, \(inWindows) orders in windows")
    #expect(deaths > 0 && inWindows > 0)
  }
}

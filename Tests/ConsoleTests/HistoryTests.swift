import Canvas
import Control
import Fleet
import Testing

@testable import Console

@Suite("The chart of versions")
struct HistoryTests {
  @Test(
    "its marks differ from each other, however short the history is", arguments: [40, 200, 7200])
  func marks(seconds: Int) {
    var dashboard = Fixture.dashboard
    dashboard.history = [
      .init(at: now + .seconds(Double(-seconds)), speaking: [9, 0, 0], held: 0),
      .init(at: now, speaking: [5, 4, 0], held: 0),
    ]
    var state = Fixture.state(size: Fixture.large)
    state.dashboard = dashboard
    let labels = state.lines().compactMap { line -> [String]? in
      let words = line.split(separator: " ").map(String.init).filter { $0.contains(":") }
      return words.count == 3 ? words : nil
    }
    #expect(labels.contains { Set($0).count == 3 }, "\(labels)")
  }
}

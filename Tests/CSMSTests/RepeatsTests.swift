import Fleet
import Testing

@testable import CSMS

struct RepeatsTests {
  @Test("a refusal is told once in a while, each for itself, and again after a clock was set back")
  func onceInAWhile() {
    var repeats = Repeats(pause: .minutes(10))
    let now = Instant(seconds: 1_000_000)
    let asked: [(String, Instant)] = [
      ("A", now), ("A", now + .minutes(9)), ("B", now), ("A", now + .minutes(10)),
      ("A", Instant(seconds: 900_000)),
    ]
    var told: [Bool] = []
    for (what, at) in asked { told.append(repeats.mayTell(what, at: at)) }
    #expect(told == [true, false, true, true, true])
  }

  @Test("names without end cost no memory without end, and silence nobody for good")
  func bounded() {
    var repeats = Repeats(pause: .minutes(10), limit: 3)
    let now = Instant(seconds: 1_000_000)
    var told = 0
    for n in 0..<10 where repeats.mayTell("stranger \(n)", at: now) { told += 1 }
    #expect(told == 3)
    let later = repeats.mayTell("A", at: now + .minutes(10))
    #expect(later)
  }
}

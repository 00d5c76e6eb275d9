import Canvas
import Control
import Fleet
import Testing

@testable import Console

/// SplitMix64, so that a printed seed repeats a run.
struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

private func page(_ query: FleetQuery, of count: Int) -> FleetPage {
  guard case .fleet(let page) = Fixture.answer(.fleet(query), matching: count) else {
    preconditionFailure("a fleet question has a fleet answer")
  }
  return page
}

@Suite("Scrolling through a large fleet")
struct FleetListTests {
  @Test("any walk through 100,000 rows shows its rows after one bounded page", arguments: 0..<4)
  func walk(run: Int) {
    let seed = UInt64(run) &* 7919 &+ UInt64.random(in: 0..<1_000_000)
    print("seed \(seed)")
    var dice = Dice(state: seed)
    let count = 100_000
    var list = FleetList()
    list.fit(visible: Int.random(in: 1...80, using: &dice))
    list.take(page(list.wanted, of: count))
    for _ in 0..<150 {
      switch Int.random(in: 0..<9, using: &dice) {
      case 0: list.moveToFirst()
      case 1: list.moveToLast()
      case 2: list.page(by: -1)
      case 3: list.page(by: 1)
      case 4: list.fit(visible: Int.random(in: 1...80, using: &dice))
      case 5: list.move(by: Int.random(in: -count...count, using: &dice))
      case 6: list.move(by: -1)
      default: list.move(by: 1)
      }
      let query = list.wanted
      #expect(query.limit <= FleetList.limit(visible: list.visible), "seed \(seed)")
      #expect((0..<count).contains(query.offset), "seed \(seed)")
      list.take(page(query, of: count))
      #expect((list.top..<list.top + list.visible).contains(list.cursor), "seed \(seed)")
      let screen = list.top..<min(count, list.top + list.visible)
      let isThere = screen.allSatisfy { list.row($0)?.identity == Fixture.row($0).identity }
      #expect(isThere, "seed \(seed): rows \(screen)")
      #expect(list.wanted == query, "seed \(seed): the page that came is the page wanted")
    }
  }

  @Test("every one of 100,000 rows can be reached, by line or by page")
  func reach() {
    let count = 100_000
    var list = FleetList()
    list.take(page(list.wanted, of: count))
    for index in 0..<count where list.cursor == index { list.move(by: 1) }
    #expect(list.cursor == count - 1)
    list.moveToFirst()
    for _ in 0..<count / list.visible { list.page(by: 1) }
    #expect(list.cursor == count - 1)
    #expect(list.top == count - list.visible)
  }

  @Test("walking line by line asks about once a screen")
  func thrift() {
    var list = FleetList()
    list.fit(visible: 16)
    var query = list.wanted
    list.take(page(query, of: 100_000))
    var asked = 0
    for _ in 0..<1600 {
      list.move(by: 1)
      if list.wanted != query {
        query = list.wanted
        asked += 1
        list.take(page(query, of: 100_000))
      }
    }
    #expect((1...220).contains(asked))
  }

  @Test("the pointer stays on its charger when rows come in before it")
  func anchor() {
    var list = FleetList()
    list.take(page(list.wanted, of: 1000))
    list.move(by: 30)
    list.take(page(list.wanted, of: 1000))
    let held = list.current?.identity
    let top = list.top
    var shifted = page(list.wanted, of: 1000)
    var newcomer = Fixture.row(0)
    newcomer.identity = "AAA"
    shifted.rows.insert(newcomer, at: 0)
    shifted.matching += 1
    list.take(shifted)
    #expect(list.current?.identity == held)
    #expect(list.cursor == 31)
    #expect(list.top == top + 1)
  }

  @Test("a fleet that shrinks takes the pointer along")
  func shrink() {
    var list = FleetList()
    list.take(page(list.wanted, of: 1000))
    list.moveToLast()
    list.take(page(list.wanted, of: 3))
    #expect(list.cursor == 2)
    #expect(list.top == 0)
  }

  @Test("a page of another order is dropped")
  func late() {
    var list = FleetList()
    let old = list.wanted
    list.sortByNextColumn()
    list.take(page(old, of: 10))
    #expect(list.row(0) == nil)
    #expect(list.at == nil)
  }

  @Test("marks outlast a change of order, and sorting passes every column")
  func marks() {
    var list = FleetList()
    list.take(page(list.wanted, of: 10))
    list.toggleMark()
    let marked = list.marked
    #expect(marked.count == 1)
    var seen: [FleetQuery.Column] = []
    for _ in FleetQuery.Column.allCases {
      seen.append(list.sort)
      list.sortByNextColumn()
    }
    #expect(seen == FleetQuery.Column.allCases)
    list.reverse()
    #expect(list.descending)
    #expect(list.marked == marked)
  }

  @Test("what moved says so once")
  func noRepetition() {
    var row = Fixture.row(0)
    (row.verdict, row.upgrade) = (.migrated, "migrated")
    row.reason = "migrated: 2.0.1 was proved on 29 Nov."
    var state = Fixture.state()
    state.screens = [.dashboard, .fleet]
    let query = state.fleet.wanted
    state.fleet.take(FleetPage(at: now, query: query, matching: 1, total: 1, rows: [row]))
    let strip = state.lines().suffix(4).joined()
    #expect(strip.contains("online, migrated: 2.0.1 was proved on 29 Nov."))
  }
}

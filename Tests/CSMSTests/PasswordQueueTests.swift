import Fleet
import Testing
import Trust

@testable import CSMS

struct PasswordQueueTests {
  private let now = Instant(seconds: 1_000_000)

  private func job(_ charger: Int64, _ peer: String, _ connection: UInt64) -> PasswordQueue.Job {
    .init(
      knock: Knock(
        connection: ConnectionRef(loop: 0, id: connection), identity: "CP\(charger)", offered: [],
        offeredNames: [], isValidIn2x: true, userName: nil, password: [1], peer: peer, at: now),
      charger: ChargerID(rawValue: charger), secrets: [])
  }

  private func waits(_ place: PasswordQueue.Place) -> Bool {
    if case .waits = place { true } else { false }
  }

  @Test("a flood fills no more than its share, and one is checked at a time")
  func bounds() {
    var queue = PasswordQueue()
    var taken = 0
    for n in 0..<1000 {
      let place = queue.add(job(Int64(n), "192.0.2.\(n)", UInt64(n)), at: now)
      if waits(place) { taken += 1 }
    }
    #expect(taken == PasswordQueue.limit)
    let first = queue.next()
    #expect(first?.charger.rawValue == 0)
    #expect(queue.next() == nil)
    queue.ended(ConnectionRef(loop: 0, id: 999), from: "x", isRight: true, at: now)
    #expect(queue.next() == nil)
    queue.ended(ConnectionRef(loop: 0, id: 0), from: "192.0.2.0", isRight: true, at: now)
    #expect(queue.next()?.charger.rawValue == 1)
  }

  @Test("of one charger few wait, and the newest attempt of an address stands for those before")
  func ofOneCharger() {
    var queue = PasswordQueue()
    #expect(waits(queue.add(job(1, "a", 1), at: now)))
    guard case .replaces(let older) = queue.add(job(1, "a", 2), at: now) else {
      Issue.record("not replaced")
      return
    }
    #expect(older.connection.id == 1)
    let places = ["b", "c", "d", "e", "f"].enumerated().map { n, peer in
      waits(queue.add(job(1, peer, UInt64(10 + n)), at: now))
    }
    #expect(places == [true, true, true, false, false])
    #expect(waits(queue.add(job(2, "e", 20), at: now)))
    #expect(queue.next()?.knock.connection.id == 2)
  }

  @Test("who was wrong lately comes behind those who were not, and comes all the same")
  func lanes() {
    var queue = PasswordQueue()
    queue.ended(ConnectionRef(loop: 0, id: 0), from: "bad", isRight: false, at: now)
    #expect(waits(queue.add(job(1, "bad", 1), at: now)))
    for n in 2...8 { #expect(waits(queue.add(job(Int64(n), "good \(n)", UInt64(n)), at: now))) }
    var order: [UInt64] = []
    while let next = queue.next() {
      order.append(next.knock.connection.id)
      queue.ended(next.knock.connection, from: next.knock.peer, isRight: true, at: now)
    }
    #expect(order == [2, 3, 4, 5, 1, 6, 7, 8])
    // A flood of them leaves the others their places.
    queue.ended(ConnectionRef(loop: 0, id: 0), from: "bad", isRight: false, at: now)
    let flood = (0..<200).count { waits(queue.add(job(Int64(100 + $0), "bad", 1), at: now)) }
    #expect(flood == PasswordQueue.limit / 2)
    #expect(waits(queue.add(job(1, "good", 500), at: now)))
    #expect(queue.next()?.knock.connection.id == 500)
  }
}

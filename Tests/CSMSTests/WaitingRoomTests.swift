import Fleet
import Testing

@testable import CSMS

struct WaitingRoomTests {
  private let now = Instant(seconds: 1_000_000)

  @Test("so many wait and no more, until some were accepted")
  func limit() {
    var room = WaitingRoom()
    var inventory = WaitingRoom.limit - 2
    var counts = 0
    func count() -> Int {
      counts += 1
      return inventory
    }
    func knock(_ at: Instant) -> Bool {
      let isIn = room.takesOneMore(at: at, waiting: count)
      if isIn { inventory += 1 }
      return isIn
    }
    #expect(knock(now) && knock(now))
    #expect(!knock(now + .milliseconds(1)))
    #expect(inventory == WaitingRoom.limit)
    // Somebody accepts five; it is seen when the room is counted again.
    inventory -= 5
    #expect(!knock(now + .milliseconds(59_999)))
    var taken = 0
    for _ in 0..<10 where knock(now + .minutes(1)) { taken += 1 }
    #expect(taken == 5)
    // A full room is no reason to count at each knock.
    #expect(counts <= 3)
  }
}

/// What the transaction in progress wants the loops to do, by loop.
struct Outbox {
  private var loops: [[Outbound]] = []
  /// How many items a loop was handed last: about as many as it will be handed next.
  private var usual = 0

  var isEmpty: Bool { loops.allSatisfy(\.isEmpty) }
  var items: some Sequence<Outbound> { loops.joined() }

  mutating func add(_ item: Outbound, for loop: Int) {
    while loops.count <= loop { loops.append([]) }
    if loops[loop].isEmpty { loops[loop].reserveCapacity(usual) }
    loops[loop].append(item)
  }

  /// Hands each loop what is for it.
  mutating func empty(into deliver: (Int, [Outbound]) -> Void) {
    for loop in loops.indices where !loops[loop].isEmpty {
      usual = min(loops[loop].count, 4096)
      let items = loops[loop]
      loops[loop] = []
      deliver(loop, items)
    }
  }
}

import Testing

@testable import Rollout

/// What a schedule keeps its moments in, against a list that is sorted.
@Suite("Lines of moments")
struct WaitingLineTests {
  @Test("the earliest comes first whatever came in whatever order, and equal ones by number")
  func heap() {
    for seed in 0..<40 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      var heap = TimeHeap()
      var list: [(at: Int64, number: Int)] = []
      // Few different moments, so that many are equal.
      let moments = 1 + random.below(60)
      for number in 0..<(200 + random.below(400)) {
        let at = Int64(random.below(moments))
        heap.push(at, number)
        list.append((at, number))
        guard random.below(3) == 0 else { continue }
        list.sort { $0 < $1 }
        #expect(heap.first == list[0].at && heap.top == list[0].number, "seed \(seed)")
        heap.pop()
        list.removeFirst()
      }
      list.sort { $0 < $1 }
      for expected in list {
        #expect(heap.first == expected.at && heap.top == expected.number, "seed \(seed)")
        heap.pop()
      }
      #expect(heap.isEmpty && heap.first == .max, "seed \(seed)")
    }
  }

  @Test("soaks end in the order in which they began, however many run at once")
  func soaks() {
    for seed in 0..<8 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      var line = Replay.SoakLine()
      var (begun, ended) = (0, 0)
      #expect(line.first == .max)
      while ended < 20_000 {
        for _ in 0..<random.below(6000) where begun < 20_000 {
          line.append(Int64(10 * begun), begun)
          begun += 1
        }
        for _ in 0..<random.below(6000) where ended < begun {
          #expect(line.first == Int64(10 * ended), "seed \(seed)")
          #expect(line.next() == ended, "seed \(seed)")
          ended += 1
        }
      }
      #expect(line.first == .max, "seed \(seed)")
    }
  }
}

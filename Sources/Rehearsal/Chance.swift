/// SplitMix64: a seed says it all.
package struct Chance: RandomNumberGenerator, Sendable, Hashable {
  private var state: UInt64
  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  package mutating func below(_ n: Int) -> Int { n <= 1 ? 0 : Int(next() % UInt64(n)) }
  /// Once in `n` times.
  package mutating func once(in n: Int) -> Bool { below(n) == 0 }
  package mutating func pick<T>(_ all: [T]) -> T { all[below(all.count)] }
}

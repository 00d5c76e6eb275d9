import Fleet

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Random numbers of a replay from its seed (SplitMix64: Steele, Lea, Flood 2014).
struct ReplayRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0xD134_2543_DE82_EF95 &+ 1 }

  @inline(__always)
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// From 0 to below 1.
  mutating func share() -> Double { Double(next() >> 11) * 0x1p-53 }
  mutating func below(_ n: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(n)).high) }

  mutating func normal() -> Double {
    let radius = (-2 * log(max(share(), 1e-300))).squareRoot()
    return radius * cos(2 * Double.pi * share())
  }

  /// A factor whose logarithm deviates by `doubt` from 0.
  mutating func scale(_ doubt: Double) -> Double { exp(doubt * normal()) }

  mutating func exponential(_ mean: Span) -> Int64 {
    Int64(-log(max(share(), 1e-300)) * Double(mean.milliseconds))
  }

  /// Marsaglia and Tsang 2000.
  private mutating func gamma(_ shape: Double) -> Double {
    if shape < 1 { return gamma(shape + 1) * pow(max(share(), 1e-300), 1 / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = 1 + c * x
      if v <= 0 { continue }
      let cube = v * v * v
      if log(max(share(), 1e-300)) < 0.5 * x * x + d - d * cube + d * log(cube) { return d * cube }
    }
  }

  mutating func beta(_ a: Double, _ b: Double) -> Double {
    let x = gamma(max(a, 1e-3))
    return x / (x + gamma(max(b, 1e-3)))
  }
}

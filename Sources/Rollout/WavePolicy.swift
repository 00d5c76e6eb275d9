import Fleet

/// How a stratum is laid into waves.
package struct WavePolicy: Sendable, Equatable, Codable {
  /// How large the waves after the canary are.
  package enum Shape: Sendable, Equatable, Codable {
    /// Each at most `growth` times the one before.
    case growing
    /// Shares of the stratum, of what ends with each wave: 0.01, 0.1, 0.5; the rest is the last.
    case shares([Double])
    /// So many chargers each; what is left goes on in waves of the last size.
    case counts([Int])
    /// Each as large as the risk allows once all before it have passed: ⌊H/U⌋.
    case atRisk
  }
  /// Each wave after the canary is at most this many times the one before.
  package var growth = 2.0
  /// Least canary of a stratum; the planner raises it to what the gate needs to decide.
  package var canaryAtLeast = 3
  /// Failures the canary may see and still pass: its size is the fixed n for that many.
  package var canaryFailures = 0
  package var shape = Shape.growing
  package init() {}
}

extension WavePolicy {
  package init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    growth = try values.decodeIfPresent(Double.self, forKey: .growth) ?? growth
    canaryAtLeast = try values.decodeIfPresent(Int.self, forKey: .canaryAtLeast) ?? canaryAtLeast
    canaryFailures =
      try values.decodeIfPresent(Int.self, forKey: .canaryFailures) ?? canaryFailures
    shape = try values.decodeIfPresent(Shape.self, forKey: .shape) ?? shape
  }

  /// `{ canaryAtLeast: 3, growth: 2 }`, or instead of `growth` one of `shares: ["1 %", "10 %"]`,
  /// `counts: [3, 50, 500]`, `atRisk: true`.
  init(reading value: JSON5Value) throws(PlaybookError) {
    self.init()
    var fields = try Fields(value, of: "`waves`")
    var shapes = 0
    if let value = fields.take("growth") {
      growth = try value.asNumber(1...100)
      shapes += 1
    }
    if let value = fields.take("canaryAtLeast") { canaryAtLeast = try value.asCount(from: 1) }
    if let value = fields.take("canaryFailures") { canaryFailures = try value.asCount(from: 0) }
    if let value = fields.take("shares") {
      shape = .shares(try value.rising { value throws(PlaybookError) in try value.asShare() })
      shapes += 1
    }
    if let value = fields.take("counts") {
      var counts: [Int] = []
      for value in try value.asList() { counts.append(try value.asCount(from: 1)) }
      shape = .counts(counts)
      shapes += 1
    }
    if let value = fields.take("atRisk"), try value.asFlag() {
      shape = .atRisk
      shapes += 1
    }
    if shapes > 1 {
      throw value.error("only one of `growth`, `shares`, `counts` and `atRisk` shapes the waves")
    }
    try fields.end()
  }

  /// Empty for the default, so that plans made before there were shapes keep their hash.
  var canonical: [String] {
    switch shape {
    case .growing: []
    case .shares(let shares): ["shares \(shares)"]
    case .counts(let counts): ["counts \(counts)"]
    case .atRisk: ["at risk"]
    }
  }

  /// The waves of a stratum. The first lets the gate decide: at least `needed`. A stratum too small
  /// for that sends a few and keeps the rest behind the gate, so that a person decides on evidence.
  package func sizes(of size: Int, needed: Int, gate: GatePolicy) -> [Int] {
    let least = max(1, canaryAtLeast)
    if size <= least { return size > 0 ? [size] : [] }
    if size < needed { return [least, size - least] }
    var sizes = [min(size, max(least, needed))]
    var sum = sizes[0]
    while sum < size {
      let next = min(size - sum, max(1, wave(sizes.count, of: size, after: sizes, gate)))
      sizes.append(next)
      sum += next
    }
    return sizes
  }

  private func wave(_ index: Int, of size: Int, after sizes: [Int], _ gate: GatePolicy) -> Int {
    let sum = sizes.reduce(0, +)
    switch shape {
    case .growing:
      return Int(min(Double(size), (Double(sizes[index - 1]) * max(1, growth)).rounded(.down)))
    case .shares(let shares):
      // The gate may have asked for a larger canary than the first shares.
      let next = shares.map { Int((Double(size) * $0).rounded(.up)) }.first { $0 > sum }
      return (next ?? size) - sum
    case .counts(let counts):
      return index < counts.count ? counts[index] : counts.last ?? size
    case .atRisk: return AtRisk.allowance(done: sum, failed: 0, policy: gate)
    }
  }
}

extension JSON5Value {
  func asList() throws(PlaybookError) -> [JSON5Value] {
    guard case .list(let values) = kind, !values.isEmpty else {
      throw error("a list is wanted here")
    }
    return values
  }

  fileprivate func rising(
    _ read: (JSON5Value) throws(PlaybookError) -> Double
  ) throws(PlaybookError) -> [Double] {
    var numbers: [Double] = []
    for value in try asList() {
      let number = try read(value)
      if let last = numbers.last, number <= last {
        throw value.error("each is more than the one before")
      }
      numbers.append(number)
    }
    return numbers
  }
}

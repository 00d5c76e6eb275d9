#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Answers whether one more charger may be at risk, without looking for the bound itself: the bound
/// U is within H / (n + 1) exactly when the mixture's likelihood ratio there has reached 1/α. That
/// is one comparison of sums, where `AtRisk.allowance` looks for the root.
struct RiskTable: Sendable {
  private let harm: Double
  private let wanted: Double
  /// ln n!
  private let lnFactorial: [Double]
  /// ln p and ln (1 - p) for p = H / n.
  private let lnP: [Double]
  private let lnQ: [Double]

  /// For strata of up to `most` chargers.
  init(policy: GatePolicy, most: Int) {
    harm = Double(policy.acceptedHarm)
    wanted = -log(1 - policy.confidence)
    var sum = 0.0
    var factorials = [0.0]
    factorials.reserveCapacity(most + 3)
    for n in 1...max(1, most + 2) {
      sum += log(Double(n))
      factorials.append(sum)
    }
    lnFactorial = factorials
    var (logs, complements) = ([0.0], [0.0])
    logs.reserveCapacity(most + 2)
    complements.reserveCapacity(most + 2)
    for n in 1...max(1, most + 1) {
      let p = harm / Double(n)
      logs.append(p < 1 ? log(p) : 0)
      complements.append(p < 1 ? log1p(-p) : 0)
    }
    (lnP, lnQ) = (logs, complements)
  }

  /// Whether ⌊H / U⌋ after `failed` of `done` allows `count` at once; one is always allowed.
  func allows(_ count: Int, done: Int, failed: Int) -> Bool {
    if count <= 1 { return true }
    guard count < lnP.count else { return false }
    let p = harm / Double(count)
    // The bound is never above 1, nor below 1e-9.
    if p >= 1 { return true }
    if p < 1e-9 || done <= 0 || failed >= done || done + 1 >= lnFactorial.count { return false }
    let (k, m) = (Double(failed), Double(done - failed))
    if p <= k / Double(done) { return false }
    let mixture = lnFactorial[failed] + lnFactorial[done - failed] - lnFactorial[done + 1]
    return mixture - k * lnP[count] - m * lnQ[count] >= wanted
  }
}

/// How many must have come to an end for the gate of a stratum to pass, by the number that failed.
struct GateTable: Sendable {
  private let needed: [Int]
  let manual: ManualGate

  /// - Parameter failures: up to how many failures are looked up.
  init(policy: GatePolicy, population: Int, failures: Int) {
    manual = policy.manual
    let (limit, confidence) = (policy.maxFailureRate, policy.confidence)
    guard Gate.bound(policy, population: population) == .clopperPearson else {
      var list: [Int] = []
      while list.count <= failures,
        let next = Gate.needed(policy, failures: list.count, population: population)
      {
        list.append(next)
      }
      needed = list
      return
    }
    var list = [Gate.needed(limit: limit, confidence: confidence, failures: 0)]
    var step = list[0]
    while list.count <= failures, let last = list.last, last <= population {
      let k = list.count
      // Each failure asks for about as many more as the one before.
      var (low, high) = (last + 1, last + step + 1)
      while !Self.passes(k, high, limit, confidence) {
        low = high + 1
        high += step
      }
      while low < high {
        let middle = (low + high) / 2
        if Self.passes(k, middle, limit, confidence) { high = middle } else { low = middle + 1 }
      }
      step = max(1, low - last)
      list.append(low)
    }
    needed = list
  }

  private static func passes(_ k: Int, _ n: Int, _ limit: Double, _ confidence: Double) -> Bool {
    FailureRate.isWithin(limit, failed: k, done: n, confidence: confidence)
  }

  func needed(failed: Int) -> Int { failed < needed.count ? needed[failed] : .max }

  /// Whether a wave that ended lets the next one begin without a person.
  func passes(wave: Int, done: Int, failed: Int) -> Bool {
    done >= needed(failed: failed) && !manual.holds(wave: wave)
  }
}

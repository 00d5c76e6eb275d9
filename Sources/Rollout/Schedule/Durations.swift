import Fleet

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How long outages and their phases took, and what is to be expected from that.
///
/// A stratum's own observations count as n of n + 8; what they leave open is filled by those of
/// its model, then of the fleet, then by what the playbook's limits let expect. So the first
/// chargers of a new model borrow from the others, and a stratum with fifty of its own is itself.
package struct Durations: Sendable {
  /// What was measured: a whole outage by its number, or one phase.
  package enum Measure: Hashable, Sendable {
    case outage(Int)
    case phase(Upgrade.Phase)
  }

  private struct Key: Hashable {
    /// Empty: the fleet's.
    var vendor = ""
    var model = ""
    var stratum: Stratum?
    var measure: Measure
  }

  /// The newest observations in a ring.
  private struct Sample {
    var spans: [Int64] = []
    var count = 0
    mutating func add(_ span: Int64) {
      if spans.count < Durations.most {
        spans.append(span)
      } else {
        spans[count % Durations.most] = span
      }
      count += 1
    }
  }

  /// Observations kept for each stratum, model and the fleet.
  static let most = 512
  /// How many observations of its own let a stratum speak for half of what is expected of it.
  static let shrinkage = 8.0
  /// Values of a table.
  static let size = 256

  private var samples: [Key: Sample] = [:]
  /// Observations of outages, over all strata.
  package private(set) var count = 0

  package init() {}

  package mutating func add(_ span: Span, of measure: Measure, stratum: Stratum) {
    guard span.milliseconds > 0 else { return }
    if case .outage = measure { count += 1 }
    let model = Key(vendor: stratum.vendor, model: stratum.model, measure: measure)
    var own = model
    own.stratum = stratum
    for key in [own, model, Key(measure: measure)] {
      samples[key, default: Sample()].add(span.milliseconds)
    }
  }

  /// Takes in what an upgrade saw since `before`; nil: all of it.
  package mutating func add(_ upgrade: Upgrade, before: Upgrade? = nil, stratum: Stratum) {
    guard let seen = upgrade.observed, seen != before?.observed else { return }
    for outage in seen.outages.dropFirst(before?.observed?.outages.count ?? 0) {
      add(outage.span, of: .outage(outage.number), stratum: stratum)
    }
    for (phase, span) in seen.phases where before?.observed?.phases[phase] != span {
      add(span, of: .phase(phase), stratum: stratum)
    }
  }

  /// How many observations of its own a stratum has.
  package func observed(_ measure: Measure, of stratum: Stratum) -> Int {
    sample(measure, stratum)?.count ?? 0
  }

  private func sample(_ measure: Measure, _ stratum: Stratum) -> Sample? {
    samples[
      Key(vendor: stratum.vendor, model: stratum.model, stratum: stratum, measure: measure)]
  }

  /// What is expected: so many values, sorted, of equal weight.
  func table(_ measure: Measure, of stratum: Stratum, prior: [Int64]) -> [Int64] {
    var left = 1.0
    var parts: [(spans: [Int64], weight: Double)] = []
    let levels = [
      sample(measure, stratum),
      samples[Key(vendor: stratum.vendor, model: stratum.model, measure: measure)],
      samples[Key(measure: measure)],
    ]
    for level in levels {
      guard let level else { continue }
      let n = Double(level.count)
      let share = left * n / (n + Self.shrinkage)
      parts.append((level.spans.sorted(), share))
      left -= share
    }
    parts.append((prior, left))
    // Equal weights, by the middle of each value's share.
    var weighted: [(Int64, Double)] = []
    for (spans, weight) in parts where weight > 1e-4 {
      weighted += spans.map { ($0, weight / Double(spans.count)) }
    }
    weighted.sort { $0.0 < $1.0 }
    let total = weighted.reduce(0) { $0 + $1.1 }
    var table: [Int64] = []
    table.reserveCapacity(Self.size)
    var sum = 0.0
    var at = 0
    for index in 0..<Self.size {
      let wanted = (Double(index) + 0.5) / Double(Self.size) * total
      while at < weighted.count - 1, sum + weighted[at].1 < wanted {
        sum += weighted[at].1
        at += 1
      }
      table.append(weighted[at].0)
    }
    return table
  }

  /// The value that so many of a sorted table do not exceed.
  static func quantile(_ table: [Int64], _ share: Double) -> Int64 {
    table.isEmpty ? 0 : table[min(table.count - 1, Int(share * Double(table.count)))]
  }

  /// Half, and 95 of 100, take no longer.
  package func typical(
    outage: Int, of stratum: Stratum, limits: Limits
  ) -> (half: Span, long: Span) {
    let table = table(
      .outage(outage), of: stratum, prior: Self.prior(Self.expected(outage, limits)))
    return (
      .milliseconds(Self.quantile(table, 0.5)), .milliseconds(Self.quantile(table, 0.95))
    )
  }

  // MARK: Before anything was observed

  /// Half of the outages take no longer than this, as long as nothing was observed: a share of each
  /// limit of the playbook, as a limit is set for the slowest.
  static func expected(_ outage: Int, _ limits: Limits) -> Int64 {
    let drain = limits.quiet.milliseconds + limits.drain.milliseconds / 24
    let firmware =
      limits.download.milliseconds / 8 + limits.install.milliseconds / 6
      + limits.reboot.milliseconds / 3
    let version = limits.reboot.milliseconds / 3 + limits.verify.milliseconds / 3
    return drain + (outage == 0 ? firmware : version)
  }

  /// Deviation of the logarithm of the prior's durations: 95 of 100 take less than 2.5 times the
  /// middle.
  static let deviation = 0.55
  /// How far off the prior's middle may itself be, likewise: a factor of two is nothing special.
  static let doubt = 0.6

  /// The prior around its middle, as a table.
  static func prior(_ middle: Int64) -> [Int64] { factors.map { Int64(Double(middle) * $0) } }

  private static let factors = (0..<size).map {
    exp(deviation * Normal.quantile((Double($0) + 0.5) / Double(size)))
  }

  /// What is left of the doubt about the prior.
  var doubt: Double { Self.doubt * Self.shrinkage / (Double(count) + Self.shrinkage) }
}

/// The normal distribution.
enum Normal {
  /// The value that a share of all does not exceed (Acklam 2003; relative error below 1.2e-9).
  static func quantile(_ p: Double) -> Double {
    let a = [
      -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.3577518672690,
      -30.66479806614716, 2.506628277459239,
    ]
    let b = [
      -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972,
      -13.28068155288572,
    ]
    let c = [
      -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734,
      4.374664141464968, 2.938163982698783,
    ]
    let d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416]
    func polynomial(_ list: [Double], _ x: Double) -> Double { list.reduce(0) { $0 * x + $1 } }
    if p <= 0 { return -.infinity }
    if p >= 1 { return .infinity }
    if p < 0.02425 {
      let q = (-2 * log(p)).squareRoot()
      return polynomial(c, q) / (polynomial(d, q) * q + 1)
    }
    if p > 1 - 0.02425 { return -quantile(1 - p) }
    let q = p - 0.5
    let r = q * q
    return polynomial(a, r) * q / (polynomial(b, r) * r + 1)
  }
}

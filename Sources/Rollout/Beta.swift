#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The beta function and its regularised incomplete form, as far as gates need them.
enum Beta {
  /// ln Γ(x) for x > 0: Stirling's series above 10, the recurrence below it.
  static func lnGamma(_ x: Double) -> Double {
    var x = x
    var shift = 0.0
    while x < 10 {
      shift += log(x)
      x += 1
    }
    let r = 1 / (x * x)
    let series = (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r / 1188)))) / x
    return (x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi) + series - shift
  }

  static func ln(_ a: Double, _ b: Double) -> Double {
    lnGamma(a) + lnGamma(b) - lnGamma(a + b)
  }

  /// I_x(a, b) by Lentz's continued fraction (DLMF 8.17.22).
  static func regularised(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - regularised(1 - x, b, a) }
    let front = exp(a * log(x) + b * log1p(-x) - ln(a, b)) / a
    let tiny = 1e-300
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    d = 1 / (abs(d) < tiny ? tiny : d)
    var f = d
    for i in 1...10_000 {
      let m = Double(i)
      var step = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      for pass in 0...1 {
        if pass == 1 { step = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)) }
        d = 1 + step * d
        d = 1 / (abs(d) < tiny ? tiny : d)
        c = 1 + step / c
        if abs(c) < tiny { c = tiny }
        f *= c * d
      }
      if abs(c * d - 1) < 1e-15 { break }
    }
    return front * f
  }

  /// The x in 0…1 where a rising `isAbove` turns true, to 1e-12.
  static func bisect(from low: Double = 0, isAbove: (Double) -> Bool) -> Double {
    var (low, high) = (low, 1.0)
    while high - low > 1e-12 {
      let middle = (low + high) / 2
      if isAbove(middle) { high = middle } else { low = middle }
    }
    return high
  }
}

/// Bounds of a failure rate after `failed` of `done`; both one-sided.
package enum FailureRate {
  /// Clopper-Pearson: for one planned look.
  package static func upper(failed: Int, done: Int, confidence: Double) -> Double {
    if failed >= done { return 1 }
    let alpha = 1 - confidence
    if failed == 0 { return 1 - exp(log(alpha) / Double(done)) }
    let (a, b) = (Double(failed + 1), Double(done - failed))
    return Beta.bisect { Beta.regularised($0, a, b) >= confidence }
  }

  /// Clopper-Pearson from below.
  package static func lower(failed: Int, done: Int, confidence: Double) -> Double {
    if failed <= 0 || done <= 0 { return 0 }
    let (a, b) = (Double(failed), Double(done - failed + 1))
    return Beta.bisect { Beta.regularised($0, a, b) >= 1 - confidence }
  }

  /// Holds at every look, however often one looks: the beta mixture with a uniform prior
  /// (Robbins 1970). The least p above the rate seen at which the mixture's likelihood ratio
  /// reaches 1/α.
  package static func anytimeUpper(failed: Int, done: Int, confidence: Double) -> Double {
    if done <= 0 || failed >= done { return 1 }
    let (k, m) = (Double(failed), Double(done - failed))
    let mixture = Beta.ln(k + 1, m + 1)
    let wanted = -log(1 - confidence)
    return Beta.bisect(from: k / Double(done)) { p in
      if p >= 1 { return true }
      return mixture - (k > 0 ? k * log(p) : 0) - m * log1p(-p) >= wanted
    }
  }
}

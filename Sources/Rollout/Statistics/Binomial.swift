#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The binomial distribution to the last digits, for any n: Loader's saddle-point expansion, "Fast
/// and accurate computation of binomial probabilities", 2000. A difference of logarithms of
/// factorials has lost seven digits at n = 10⁶.
enum Binomial {
  /// P(X = k) of `n` trials of chance `p`.
  static func pmf(_ k: Int, _ n: Int, _ p: Double) -> Double {
    if k < 0 || k > n { return 0 }
    if p <= 0 { return k == 0 ? 1 : 0 }
    if p >= 1 { return k == n ? 1 : 0 }
    if k == 0 { return exp(Double(n) * log1p(-p)) }
    if k == n { return exp(Double(n) * log(p)) }
    let (x, y, all) = (Double(k), Double(n - k), Double(n))
    let exponent =
      stirlingError(n) - stirlingError(k) - stirlingError(n - k) - deviance(x, all * p)
      - deviance(y, all * (1 - p))
    return exp(exponent) * (all / (2 * Double.pi * x * y)).squareRoot()
  }

  /// P(X ≤ k). All terms are positive, and they are summed on the thin side of the mode.
  static func atMost(_ k: Int, _ n: Int, _ p: Double) -> Double {
    if k < 0 { return 0 }
    if k >= n || p <= 0 { return 1 }
    if p >= 1 { return 0 }
    if Double(k) < Double(n + 1) * p { return lower(k, n, p) }
    return 1 - upper(k + 1, n, p)
  }

  /// P(X ≥ k).
  static func atLeast(_ k: Int, _ n: Int, _ p: Double) -> Double {
    if k <= 0 { return 1 }
    if k > n || p <= 0 { return 0 }
    if p >= 1 { return 1 }
    if Double(k) > Double(n + 1) * p { return upper(k, n, p) }
    return 1 - lower(k - 1, n, p)
  }

  private static func lower(_ k: Int, _ n: Int, _ p: Double) -> Double {
    let odds = (1 - p) / p
    return TailSum.of(pmf(k, n, p), from: k, by: -1) { i in
      Double(i) / Double(n - i + 1) * odds
    }
  }

  private static func upper(_ k: Int, _ n: Int, _ p: Double) -> Double {
    let odds = p / (1 - p)
    return TailSum.of(pmf(k, n, p), from: k, by: 1) { i in
      Double(n - i) / Double(i + 1) * odds
    }
  }

  /// ln n! less Stirling's formula.
  private static func stirlingError(_ n: Int) -> Double {
    let x = Double(n)
    if n < 16 {
      if n == 0 { return 0 }
      let factorial = (1...n).reduce(1.0) { $0 * Double($1) }
      return log(factorial) - (x + 0.5) * log(x) + x - 0.5 * log(2 * Double.pi)
    }
    let r = 1 / (x * x)
    return (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r / 1188)))) / x
  }

  /// x ln(x / m) + m − x without cancellation where x is near m.
  private static func deviance(_ x: Double, _ m: Double) -> Double {
    guard abs(x - m) < 0.1 * (x + m) else { return x * log(x / m) + m - x }
    let v = (x - m) / (x + m)
    var sum = (x - m) * v
    var term = 2 * x * v
    for j in 1...1000 {
      term *= v * v
      let next = sum + term / Double(2 * j + 1)
      if next == sum { break }
      sum = next
    }
    return sum
  }
}

/// Draws without putting back.
enum Hypergeometric {
  /// P(X = k): of `bad` among `population`, `k` are among the `drawn`.
  static func pmf(_ k: Int, drawn: Int, bad: Int, population: Int) -> Double {
    if k < max(0, drawn - (population - bad)) || k > min(drawn, bad) { return 0 }
    if drawn == 0 || drawn == population { return 1 }
    let p = Double(drawn) / Double(population)
    return Binomial.pmf(k, bad, p) * Binomial.pmf(drawn - k, population - bad, p)
      / Binomial.pmf(drawn, population, p)
  }

  /// P(X ≤ k).
  static func atMost(_ k: Int, drawn: Int, bad: Int, population: Int) -> Double {
    let least = max(0, drawn - (population - bad))
    if k < least { return 0 }
    if k >= min(drawn, bad) { return 1 }
    let (n, d, rest) = (Double(drawn), Double(bad), Double(population - bad - drawn))
    let mode = (n + 1) * (d + 1) / Double(population + 2)
    if Double(k) < mode {
      let first = pmf(k, drawn: drawn, bad: bad, population: population)
      return TailSum.of(first, from: k, by: -1) { i in
        let x = Double(i)
        return x * (rest + x) / ((d - x + 1) * (n - x + 1))
      }
    }
    let first = pmf(k + 1, drawn: drawn, bad: bad, population: population)
    return 1
      - TailSum.of(first, from: k + 1, by: 1) { i in
        let x = Double(i)
        return (d - x) * (n - x) / ((x + 1) * (rest + x + 1))
      }
  }
}

/// The sum of terms that fall away from a mode.
private enum TailSum {
  /// - Parameter ratio: of the next term to the one at this index; 0 at the end of the tail.
  static func of(
    _ first: Double, from index: Int, by step: Int, ratio: (Int) -> Double
  ) -> Double {
    var (term, sum, index) = (first, first, index)
    while term > sum * 1e-18 {
      term *= max(0, ratio(index))
      sum += term
      index += step
    }
    return min(sum, 1)
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How many chargers may be at risk at once.
enum RiskBound {
  /// ⌊H / U⌋, U the upper bound of the failure rate that holds at every look (beta mixture, uniform
  /// prior); never less than one, or nothing would ever begin.
  static func allowance(harm: Int, done: Int, failed: Int, confidence: Double) -> Int {
    max(1, Int(Double(harm) / upper(done: done, failed: failed, confidence: confidence)))
  }

  /// The least p above the rate seen whose likelihood lies 1/α below that of the mixture.
  static func upper(done: Int, failed: Int, confidence: Double) -> Double {
    guard done > failed else { return 1 }
    let (bad, good) = (Double(failed), Double(done - failed))
    let mixture = lgamma(bad + 1) + lgamma(good + 1) - lgamma(bad + good + 2)
    func isImprobable(_ p: Double) -> Bool {
      let likelihood = (bad == 0 ? 0 : bad * log(p)) + good * log1p(-p)
      return mixture - likelihood >= -log(1 - confidence)
    }
    var low = bad / Double(done)
    var high = 1.0
    for _ in 0..<60 {
      let middle = low + (high - low) / 2
      if middle >= 1 || isImprobable(middle) { high = middle } else { low = middle }
    }
    return high
  }
}

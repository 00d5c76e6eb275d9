/// Wilcoxon's signed-rank test, exact: under no change each difference would as soon have had the
/// other sign. It weighs by size, and a single wild charger counts for no more than one.
enum SignedRank {
  /// The chance of a rank sum of the positive ones as great as this one or greater. Zeros say
  /// nothing and are left out; equal sizes share their ranks.
  ///
  /// - Complexity: O(n³) for n differences.
  static func chance(asGreatAs differences: [Double]) -> Double {
    let sorted = differences.filter { $0 != 0 }.sorted { abs($0) < abs($1) }
    guard !sorted.isEmpty else { return 1 }
    let ranks = doubledRanks(of: sorted.map { abs($0) })
    let seen = zip(sorted, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    // Chance of each sum, one difference after the other.
    var chances = [1.0]
    for rank in ranks {
      var next = [Double](repeating: 0, count: chances.count + rank)
      for (sum, chance) in chances.enumerated() {
        next[sum] += chance / 2
        next[sum + rank] += chance / 2
      }
      chances = next
    }
    return min(1, chances[seen...].reduce(0, +))
  }

  /// Twice the rank, so that the mean of two ranks is whole.
  private static func doubledRanks(of sizes: [Double]) -> [Int] {
    var ranks: [Int] = []
    var start = 0
    while start < sizes.count {
      var end = start + 1
      while end < sizes.count, sizes[end] - sizes[start] <= 1e-12 * sizes[end] { end += 1 }
      ranks += [Int](repeating: start + 1 + end, count: end - start)
      start = end
    }
    return ranks
  }
}

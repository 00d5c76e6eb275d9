import Foundation

/// How long tests wait for what must come.
///
/// A wait ends as soon as it came, so that a long patience costs nothing but with a failure. A
/// sanitizer makes everything five to fifteen times slower: `.ci/sanitize` sets
/// SWELL_TEST_PATIENCE, by which every wait is multiplied. Waits for what must not come stay
/// as they are.
package enum Patience {
  private static let factor =
    ProcessInfo.processInfo.environment["SWELL_TEST_PATIENCE"].flatMap(Double.init) ?? 1

  /// So many seconds of a run without a sanitizer.
  package static func seconds(_ usual: Double) -> Double { usual * factor }
}

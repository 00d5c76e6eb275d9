import Testing

@testable import Proof

@Suite("The checker")
struct CheckerTests {
  @Test("its bound of a failure rate is the one that the model demands")
  func bound() {
    for (n, k, most) in [
      (69, 0, 0.10), (158, 0, 0.05), (451, 0, 0.02), (94, 1, 0.10), (254, 2, 0.05),
    ] {
      #expect(RiskBound.upper(done: n, failed: k, confidence: 0.95) <= most)
      #expect(RiskBound.upper(done: n - 1, failed: k, confidence: 0.95) > most)
    }
  }
}

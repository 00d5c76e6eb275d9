import Canvas
import Control
import Fleet
import Testing

@testable import Console

@Suite("The proof that billing noticed nothing")
struct ContinuityTests {
  private static func proof(_ findings: [String]) -> Continuity {
    let at = Instant(seconds: 1_794_441_600)
    let before = Continuity.Span(
      from: at + .hours(-240), until: at, sessions: 42, energy: 310_400, tokens: 12, remarked: 0)
    let after = Continuity.Span(
      from: at, until: at + .hours(240), sessions: 1, energy: 9100, tokens: 1, remarked: 1)
    return Continuity(
      subject: "CP1", chargers: 1, before: before, after: after, newTokens: 1, lostTokens: 12,
      registerBefore: 1_234_500, registerAfter: 1_222_500, findings: findings)
  }

  private static func text(_ lines: [PiecedLine]) -> [String] {
    lines.map { $0.pieces.map(\.text.text).joined(separator: " ") }
  }

  @Test("it stands in lines that fit, each side with its figures", arguments: [58, 78, 118])
  func lines(width: Int) {
    let sentence =
      "Back by 12.0 kWh: the register of CP1 connector 1.1 went from 1234.5 kWh to "
      + "1222.5 kWh at the switch. Energy must not be billed across it."
    let lines = Person().state.billing(Self.proof([sentence]), width)
    for piece in lines.flatMap(\.pieces) {
      #expect(piece.column + displayWidth(piece.text.text) <= width)
    }
    let text = Self.text(lines).joined(separator: "\n")
    #expect(text.contains("before 42 sessions, 310.4 kWh, 12 tokens"))
    #expect(text.contains("after 1 session, 9.1 kWh, 1 token, 1 with a remark"))
    #expect(text.contains("register 1234.5 kWh last in 1.6"))
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("billing " + sentence))
  }

  @Test("nothing found is said too, and nothing is said of one that did not migrate")
  func calm() {
    let state = Person().state
    #expect(
      Self.text(state.billing(Self.proof([]), 78)).last
        == "billing nothing that billing would notice")
    #expect(state.billing(nil, 78).isEmpty)
    var silent = Self.proof([])
    silent.after.sessions = 0
    #expect(
      Self.text(state.billing(silent, 78)).last
        == "billing no session since the switch: nothing can be said yet")
  }
}

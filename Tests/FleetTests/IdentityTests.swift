import Fleet
import Testing

@Suite struct IdentityTests {
  @Test(
    "An identity is decoded once, from exactly one segment",
    arguments: [
      ("/ocpp/CS001", "CS001", []),
      ("/ocpp/RDAM%20123", "RDAM 123", [.invalidIn2x]),
      ("/ocpp/RDAM%7C123", "RDAM|123", []),
      ("/ocpp/+49*861*0125*0013", "+49*861*0125*0013", []),
      ("/ocpp/%2B49*1", "+49*1", []),
      ("/ocpp/CP:1", "CP:1", [.invalidIn2x]),
      ("/ocpp/CP1/", "CP1", [.trailingSlash]),
      ("/ocpp/CP1/CP1", "CP1", [.doubled]),
      ("/ocpp/CP1/CP1/", "CP1", [.trailingSlash, .doubled]),
      ("/ocpp//CP1", "CP1", []),
      ("/ocpp/%43%50%31", "CP1", []),
      ("/ocpp/%2541", "%41", [.invalidIn2x]),
      ("/ocpp/%C3%82-1", "Â-1", [.invalidIn2x]),
      ("/ocpp/CP1?token=x", "CP1", []),
      ("/ocpp/CP1#a/b", "CP1", []),
      ("/ocpp/" + String(repeating: "A", count: 48), String(repeating: "A", count: 48), []),
      (
        "/ocpp/" + String(repeating: "A", count: 49), String(repeating: "A", count: 49),
        [.invalidIn2x]
      ),
      (
        "/ocpp/" + String(repeating: "A", count: 255), String(repeating: "A", count: 255),
        [.invalidIn2x]
      ),
    ] as [(String, String, [Identity.Warning])])
  func decodes(target: String, text: String, warnings: [Identity.Warning]) throws {
    #expect(try Identity.decode(target: target) == Identity(text: text, warnings: warnings))
  }

  @Test(
    "A target that names no charger is refused with its status",
    arguments: [
      ("/ocpp/", .empty, 404), ("/ocpp", .empty, 404), ("/", .notBelowPrefix("/ocpp"), 404),
      ("/ocpp//", .empty, 404), ("/other/CP1", .notBelowPrefix("/ocpp"), 404),
      ("/ocppx/CP1", .notBelowPrefix("/ocpp"), 404), ("/ocpp/CP1/CP2", .tooManySegments, 404),
      ("/ocpp/CP1//", .tooManySegments, 404),
      ("/ocpp/ws://192.0.2.1:9000/CP_1/SERIAL", .tooManySegments, 404),
      ("/ocpp/..", .dotSegment, 400), ("/ocpp/%2e%2e", .dotSegment, 400),
      ("/ocpp/a%2Fb", .forbiddenCharacter(0x2F), 400),
      ("/ocpp/a%5Cb", .forbiddenCharacter(0x5C), 400),
      ("/ocpp/%00CP1", .forbiddenCharacter(0), 400), ("/ocpp/%FF", .invalidUTF8, 400),
      ("/ocpp/CP%", .malformedEscape, 400), ("/ocpp/CP%4", .malformedEscape, 400),
      ("/ocpp/CP%G1", .malformedEscape, 400),
      ("/ocpp/" + String(repeating: "A", count: 256), .tooLong, 400),
    ] as [(String, IdentityError, Int)])
  func refuses(target: String, error: IdentityError, status: Int) {
    #expect(throws: error) { try Identity.decode(target: target) }
    #expect(error.httpStatus == status)
  }

  @Test("Identities compare without regard to case and to the composition of letters")
  func keys() {
    #expect(Identity.key(for: "cp1") == Identity.key(for: "CP1"))
    #expect(Identity.key(for: "CP 1") != Identity.key(for: "CP1"))
    let composed = Identity.key(for: "\u{C2}-1")
    #expect(Array(composed.utf8) == Array(Identity.key(for: "a\u{302}-1").utf8))
  }
}

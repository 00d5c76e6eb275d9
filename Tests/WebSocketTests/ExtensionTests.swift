import Testing

@testable import WebSocket

private func fields(_ lines: [String]) -> HeaderFields {
  var fields = HeaderFields()
  for line in lines { fields.append("sec-websocket-extensions", line) }
  return fields
}

/// What a server answers to the lines of an offer; nil without an agreement.
private func answer(_ lines: String...) throws -> String? {
  Deflate.agreement(to: try #require(WebSocketExtension.read(fields(lines))))?.answer
}

private let plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

@Suite("Extension negotiation") struct ExtensionTests {
  @Test(
    "an offer is agreed to, without context takeover on either side",
    arguments: [
      ("permessage-deflate", plain),
      ("permessage-deflate; client_max_window_bits", plain),
      ("permessage-deflate; client_max_window_bits=8", plain),
      ("permessage-deflate;server_no_context_takeover;client_no_context_takeover", plain),
      ("permessage-deflate; server_max_window_bits=10", plain + "; server_max_window_bits=10"),
      ("permessage-deflate; server_max_window_bits=\"8\"", plain + "; server_max_window_bits=8"),
      (
        "permessage-deflate; server_max_window_bits = \"1\\5\"",
        plain + "; server_max_window_bits=15"
      ),
      ("x-webkit-deflate-frame, foo; bar=\"baz\";q, permessage-deflate", plain),
      ("permessage-deflate; server_max_window_bits=7, permessage-deflate", plain),
      (" , permessage-deflate ,", plain),
    ])
  func agreed(_ offer: String, _ expected: String) throws {
    #expect(try answer(offer) == expected)
  }

  @Test(
    "an offer with what is unknown, twice there or out of range is declined",
    arguments: [
      "", "permessage-bzip2", "Permessage-Deflate", "permessage-deflate; unknown",
      "permessage-deflate; server_no_context_takeover=1",
      "permessage-deflate; client_no_context_takeover=true",
      "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
      "permessage-deflate; server_max_window_bits",
      "permessage-deflate; server_max_window_bits=16",
      "permessage-deflate; server_max_window_bits=08",
      "permessage-deflate; server_max_window_bits=+9",
      "permessage-deflate; client_max_window_bits=7",
      "permessage-deflate; client_max_window_bits; client_max_window_bits=9",
    ])
  func declined(_ offer: String) throws {
    #expect(try answer(offer) == nil)
  }

  @Test("offers in several lines are one list, and the first that fits is taken")
  func severalLines() throws {
    let taken = try answer(
      "foo", "permessage-deflate; mystery",
      "permessage-deflate; server_max_window_bits=9, permessage-deflate")
    #expect(taken == plain + "; server_max_window_bits=9")
  }

  @Test(
    "what is not of the header's grammar fails the handshake",
    arguments: [
      ";", "foo bar", "permessage-deflate;", "permessage-deflate; =9", "permessage-deflate; a=",
      "permessage-deflate; a=\"", "permessage-deflate; a=\"\"", "permessage-deflate; a=\"b c\"",
      "permessage-deflate; a=\"b\"c", "permessage-deflate; a=\"b\\", "=x", "fo(o",
    ])
  func malformed(_ line: String) {
    #expect(WebSocketExtension.read(fields(["permessage-deflate", line])) == nil)
  }

  @Test(
    "a client takes the answers that its offer allows",
    arguments: [
      (plain, 15), (plain + "; client_max_window_bits=9", 9),
      ("permessage-deflate; server_no_context_takeover; server_max_window_bits=10", 15),
      (plain + "; client_max_window_bits=8", 8),
    ])
  func accepted(_ answer: String, _ bits: Int) throws {
    let answer = try #require(WebSocketExtension.read(fields([answer]))?.first)
    #expect(Deflate.accepted(answer)?.windowBits == bits)
  }

  @Test(
    "a client fails on answers that its offer does not allow",
    arguments: [
      "permessage-deflate", "permessage-deflate; client_no_context_takeover",
      plain + "; client_max_window_bits", plain + "; server_max_window_bits=16",
      plain + "; unknown", "foo",
    ])
  func notAccepted(_ answer: String) throws {
    let answer = try #require(WebSocketExtension.read(fields([answer]))?.first)
    #expect(Deflate.accepted(answer) == nil)
  }
}

/// What both ends agreed on of permessage-deflate (RFC 7692 §7). Swell agrees to nothing with
/// context takeover, in either direction.
package struct Deflate: Equatable, Sendable {
  static let name = "permessage-deflate"

  /// The window that this end's deflater may use, in bits: 8 to 15.
  package let windowBits: Int
  /// What a server answers; empty at a client.
  let answer: String

  init(windowBits: Int, answer: String = "") {
    self.windowBits = windowBits
    self.answer = answer
  }

  /// What a client offers. It takes any window from the server and can be told its own.
  static let offer =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits"

  /// A server's agreement to the first offer that it can take, or nil when there is none.
  ///
  /// It forbids context takeover unasked on both sides: a server may (RFC 7692 §7.1.1), every
  /// client must support it, and an idle connection owns no window then. It leaves the client's
  /// window alone: the one inflater of a loop has the largest.
  static func agreement(to offers: [WebSocketExtension]) -> Deflate? {
    for offer in offers where offer.name == name {
      guard let parameters = Parameters(offer, isOffer: true) else { continue }
      var answer = "\(name); server_no_context_takeover; client_no_context_takeover"
      if let bits = parameters.serverBits { answer += "; server_max_window_bits=\(bits)" }
      return Deflate(windowBits: parameters.serverBits ?? 15, answer: answer)
    }
    return nil
  }

  /// A client's reading of the server's answer to `offer`; nil when it does not fit the offer.
  static func accepted(_ answer: WebSocketExtension) -> Deflate? {
    guard answer.name == name, let parameters = Parameters(answer, isOffer: false),
      parameters.forbidsServerContext
    else { return nil }
    return Deflate(windowBits: parameters.clientBits ?? 15)
  }

  /// The four parameters (§7.1), each at most once and with a value that it may have.
  private struct Parameters {
    var forbidsServerContext = false
    var forbidsClientContext = false
    var serverBits: Int?
    var clientBits: Int?

    init?(_ described: WebSocketExtension, isOffer: Bool) {
      var seen: Set<String> = []
      for (key, value) in described.parameters {
        guard seen.insert(key).inserted else { return nil }
        switch key {
        case "server_no_context_takeover":
          guard value == nil else { return nil }
          forbidsServerContext = true
        case "client_no_context_takeover":
          guard value == nil else { return nil }
          forbidsClientContext = true
        case "server_max_window_bits":
          guard let bits = Self.bits(value) else { return nil }
          serverBits = bits
        case "client_max_window_bits":
          // Only an offer may say no more than that it knows the parameter (§7.1.2.2).
          if value == nil, isOffer { continue }
          guard let bits = Self.bits(value) else { return nil }
          clientBits = bits
        default: return nil
        }
      }
    }

    /// A decimal integer without leading zeros from 8 to 15.
    private static func bits(_ value: String?) -> Int? {
      guard let value, let bits = (8...15).first(where: { String($0) == value }) else { return nil }
      return bits
    }
  }
}

/// One element of Sec-WebSocket-Extensions (RFC 6455 §9.1).
struct WebSocketExtension: Equatable {
  var name: String
  /// In their order, duplicates kept; quotes taken off the values.
  var parameters: [(key: String, value: String?)] = []

  static func == (a: WebSocketExtension, b: WebSocketExtension) -> Bool {
    a.name == b.name && a.parameters.elementsEqual(b.parameters, by: ==)
  }

  /// Reads all lines of the header; nil when one is not of its grammar. Empty elements are none
  /// (RFC 9110 §5.6.1).
  static func read(_ fields: HeaderFields) -> [WebSocketExtension]? {
    var all: [WebSocketExtension] = []
    for line in fields.values(of: "Sec-WebSocket-Extensions") {
      var scanner = Scanner(rest: line.utf8[...])
      repeat {
        if scanner.isAtElementEnd { continue }
        guard let next = scanner.element() else { return nil }
        all.append(next)
      } while scanner.take(",")
      guard scanner.isAtEnd else { return nil }
    }
    return all
  }

  private struct Scanner {
    var rest: Substring.UTF8View

    var isAtEnd: Bool { rest.isEmpty }

    var isAtElementEnd: Bool {
      mutating get {
        skipBlanks()
        return rest.isEmpty || rest.first == UInt8(ascii: ",")
      }
    }

    mutating func skipBlanks() { rest = rest.drop(while: \.isBlank) }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      skipBlanks()
      guard rest.first == UInt8(ascii: character) else { return false }
      rest = rest.dropFirst()
      skipBlanks()
      return true
    }

    mutating func token() -> String? {
      let word = rest.prefix(while: \.isTokenCharacter)
      rest = rest[word.endIndex...]
      return word.isEmpty ? nil : String(Substring(word))
    }

    mutating func element() -> WebSocketExtension? {
      guard let name = token() else { return nil }
      var element = WebSocketExtension(name: name)
      while take(";") {
        guard let key = token() else { return nil }
        var value: String?
        if take("=") {
          value = rest.first == UInt8(ascii: "\"") ? quoted() : token()
          if value == nil { return nil }
        }
        element.parameters.append((key, value))
      }
      return element
    }

    /// A quoted string, whose content must be a token when its escapes are gone.
    private mutating func quoted() -> String? {
      rest = rest.dropFirst()
      var word: [UInt8] = []
      while let byte = rest.first, byte != UInt8(ascii: "\"") {
        rest = rest.dropFirst()
        if byte == UInt8(ascii: "\\") {
          guard let escaped = rest.popFirst() else { return nil }
          word.append(escaped)
        } else {
          word.append(byte)
        }
      }
      guard rest.popFirst() != nil, !word.isEmpty, word.allSatisfy(\.isTokenCharacter) else {
        return nil
      }
      return String(decoding: word, as: UTF8.self)
    }
  }
}

import Trust

/// What an `Authorization: Basic` header says (RFC 7617): split at the first colon; the password is
/// bytes, because 1.6 keys need not be text.
struct BasicCredentials {
  var user: String
  var password: [UInt8]

  init?(header: String?) {
    guard let header, header.prefix(6).lowercased() == "basic ",
      let bytes = Base64.decode(String(header.dropFirst(6).drop { $0 == " " })),
      let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
      let user = String(validating: bytes[..<colon], as: UTF8.self)
    else { return nil }
    self.user = user
    password = Array(bytes[(colon + 1)...])
  }
}

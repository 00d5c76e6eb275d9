import Testing

@testable import Trust

@Suite struct CertificateTests {
  /// The DER form of a PEM text.
  private func der(_ pem: String) throws -> [UInt8] {
    let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }
    return try #require(Base64.decode(lines.joined()))
  }

  @Test("a certificate says what was certified")
  func facts() throws {
    let authority = try DemoAuthority("Root", organization: "Swell, Inc.")
    var request = DemoAuthority.Request("CP-ü\n1", organization: "Charge Co")
    request.serialNumber = "00ab12"
    request.isRSA = true
    let issued = try authority.issue(request)
    let bytes = try der(issued.certificate)
    let certificate = try #require(Certificate(der: bytes))
    #expect(certificate.commonName == "CP-ü\n1")
    #expect(certificate.organization == "Charge Co")
    // What goes into logs stays on its line.
    #expect(certificate.subject == "O=Charge Co,CN=CP-ü\\0A1")
    #expect(certificate.serialNumber == "ab12")
    #expect(issued.serialNumber == "ab12")
    #expect(certificate.key == .rsa(bits: 2048))
    #expect(certificate.fingerprint == Hex.encode(Digest.sha256(bytes)))
    #expect(certificate.notAfter - certificate.notBefore == 3600 + 30 * 86_400)
    let root = try #require(Certificate(der: try der(authority.certificate)))
    #expect(root.key == .ecdsa(bits: 256))
    #expect(root.organization == "Swell, Inc.")
  }

  @Test("a certificate is expired from the second behind its last")
  func expiry() throws {
    let issued = try DemoAuthority("Root").issue(.init("CP-1"))
    let certificate = try #require(Certificate(der: try der(issued.certificate)))
    #expect(!PeerCertificate(certificate, at: certificate.notAfter).isExpired)
    #expect(PeerCertificate(certificate, at: certificate.notAfter + 1).isExpired)
  }

  @Test(
    "what is no certificate is none", arguments: [[], [0x30], Array("hello".utf8)] as [[UInt8]])
  func garbage(_ bytes: [UInt8]) {
    #expect(Certificate(der: bytes) == nil)
  }

  @Test("a key shows no text")
  func secrecy() throws {
    let issued = try DemoAuthority("Root").issue(.init("CP-1"))
    #expect(!"\(issued)".contains("PRIVATE"))
  }
}

import Testing

@testable import Trust

/// Signatures that OpenSSL makes over images, and chains to who signed them.
@Suite struct SigningTests {
  static let image = [UInt8](repeating: 7, count: 10_000) + Array("end".utf8)
  private let root: DemoAuthority
  private let between: DemoAuthority

  init() throws {
    root = try DemoAuthority("Root", organization: "Volta")
    between = try root.makeAuthority(.init("Images", use: .authority))
  }

  private func issued(
    isRSA: Bool = false, _ change: (inout DemoAuthority.Request) -> Void = { _ in }
  ) throws -> DemoAuthority.Issued {
    var request = DemoAuthority.Request("Volta images")
    request.isRSA = isRSA
    change(&request)
    return try between.issue(request)
  }

  private func check(_ certificate: String, _ signature: [UInt8], over image: [UInt8]) throws
    -> SigningCertificate.Scheme
  {
    let signer = try SigningCertificate(pem: certificate)
    return try signer.check(
      signature, sha256: Digest.sha256(image), sha384: Digest.sha384(image))
  }

  @Test(
    "A signature of each kind holds for its image and its key, and for no other",
    arguments: [SigningCertificate.Scheme.rsaPSS, .rsaPKCS1, .ecdsa, .ecdsa384])
  func schemes(scheme: SigningCertificate.Scheme) throws {
    let isRSA = scheme == .rsaPSS || scheme == .rsaPKCS1
    let signer = try issued(isRSA: isRSA)
    let signature = try DemoSigner.sign(Self.image, key: signer.key, as: scheme)
    #expect(try check(signer.certificate, signature, over: Self.image) == scheme)
    var other = Self.image
    other[4000] ^= 1
    #expect(throws: SigningFlaw.signature) {
      try check(signer.certificate, signature, over: other)
    }
    let stranger = try issued(isRSA: isRSA)
    #expect(throws: SigningFlaw.signature) {
      try check(stranger.certificate, signature, over: Self.image)
    }
    for broken in [
      [], Array(signature.dropLast()), signature + [0], [UInt8](repeating: 0, count: 5),
    ] {
      #expect(throws: SigningFlaw.signature) {
        try check(signer.certificate, broken, over: Self.image)
      }
    }
  }

  @Test("A chain leads to a trusted authority, over those between, at the time it is asked for")
  func chains() throws {
    let signer = try issued()
    let now = try SigningCertificate(pem: signer.certificate).facts.notBefore + 7200
    let alone = try SigningCertificate(pem: signer.certificate)
    let whole = try SigningCertificate(pem: signer.certificate + between.certificate)
    try whole.checkChain(authorities: [root.certificate], at: now)
    // The one that signed it may be trusted by itself.
    try alone.checkChain(authorities: [between.certificate], at: now)
    try alone.checkChain(authorities: ["text\\n" + root.certificate + between.certificate], at: now)
    #expect(throws: SigningFlaw.self) {
      try alone.checkChain(authorities: [root.certificate], at: now)
    }
    let stranger = try DemoAuthority("Root", organization: "Volta")
    #expect(throws: SigningFlaw.self) {
      try whole.checkChain(authorities: [stranger.certificate], at: now)
    }
    #expect(throws: SigningFlaw.noAuthority) {
      try whole.checkChain(authorities: ["nothing"], at: now)
    }
    let end = whole.facts.notAfter
    #expect(throws: SigningFlaw.expired(at: end)) {
      try whole.checkChain(authorities: [root.certificate], at: end + 1)
    }
    let start = whole.facts.notBefore
    #expect(throws: SigningFlaw.notYetValid(from: start)) {
      try whole.checkChain(authorities: [root.certificate], at: start - 1)
    }
  }

  @Test("A certificate whose key may not sign is refused, and so is what is no certificate")
  func unfit() throws {
    // An authority's key signs certificates only.
    let signer = try SigningCertificate(pem: between.certificate)
    #expect(throws: SigningFlaw.notForSigning) {
      try signer.checkChain(authorities: [root.certificate], at: signer.facts.notBefore + 7200)
    }
    for text in ["", "-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n", "x"] {
      #expect(throws: SigningFlaw.noCertificate) { try SigningCertificate(pem: text) }
    }
  }
}

import Glibc
import Testing
import Trust

@testable import Transport

/// Whom a server lets in by certificate.
@Suite struct TLSClientCertificateTests {
  typealias Agreed = TLSTests.Agreed

  private struct Outcome {
    var agreed: [Agreed]
    var failures: [TLSFailure]
    var client: CloseReason?
  }

  /// Connects once with a certificate, and tells how it ended on both sides.
  private func connect(
    _ ground: TLSGround, showing issued: DemoAuthority.Issued?,
    maximum: TLSVersion = .tls13,
    _ change: (inout ServerTLS.Configuration) throws -> Void = { _ in }
  ) throws -> Outcome {
    let server = try ground.server {
      $0.clientAuthorities = try ground.root()
      $0.requiresClientCertificate = true
      try change(&$0)
    }
    let client = try ground.client {
      $0.maximumVersion = maximum
      $0.certificate = try issued.map { try ground.pair($0) }
    }
    let agreed = Watched<[Agreed]>([])
    let seen = Watched(Caller.Seen())
    let script = TLSTests.script(agreed)
    try withLoop { loop in
      TLSTests.call(loop, try script.listen(on: loop, tls: server).port, seen, tls: client)
      #expect(seen.wait { $0.reasons.count == 1 })
      #expect(script.seen.wait { $0.reasons.count + $0.failures.count == 1 })
    }
    return Outcome(
      agreed: agreed.value, failures: script.seen.value.failures,
      client: seen.value.reasons.first)
  }

  private func refusal(_ outcome: Outcome) -> String? {
    guard case .insecure(let failure)? = outcome.client,
      case .refusedByPeer(let alert) = failure.reason
    else { return nil }
    return alert
  }

  @Test("a certificate of the authority is known by its facts", arguments: [false, true])
  func good(_ isRSA: Bool) throws {
    let ground = try TLSGround()
    var request = DemoAuthority.Request("CP-0815", organization: "Charge Co")
    request.isRSA = isRSA
    let issued = try ground.authority.issue(request)
    let outcome = try connect(ground, showing: issued)
    let peer = try #require(outcome.agreed.first?.peer)
    #expect(peer.commonName == "CP-0815")
    #expect(peer.organization == "Charge Co")
    #expect(peer.serialNumber == issued.serialNumber)
    #expect(!peer.isExpired)
    #expect(peer.fingerprint.count == 64)
    #expect(peer.notAfter - peer.notBefore == 3600 + 30 * 86_400)
    #expect(outcome.client == .local(.normal, reason: "done"))
  }

  @Test(
    "a flaw fails the handshake, is told to both sides, and names the certificate",
    arguments: [TLSVersion.tls12, .tls13])
  func flaws(_ version: TLSVersion) throws {
    let ground = try TLSGround()
    let stranger = try DemoAuthority("Somebody").issue(.init("CP-1"))
    let unknown = try connect(ground, showing: stranger, maximum: version)
    #expect(unknown.failures.map(\.reason) == [.unknownAuthority])
    #expect(unknown.failures.first?.subject == "CN=CP-1")
    #expect(unknown.failures.first?.serialNumber == stranger.serialNumber)
    #expect(refusal(unknown) == "unknown CA")

    let lost = try ground.authority.issue(.init("CP-2"))
    let revoked = try connect(ground, showing: lost, maximum: version) {
      $0.revocationLists = [
        try ground.file(try ground.authority.revocationList(of: [lost.serialNumber]))
      ]
    }
    #expect(revoked.failures.map(\.reason) == [.revoked])
    #expect(refusal(revoked) == "certificate revoked")

    var request = DemoAuthority.Request("CP-3")
    request.validUntil = -60
    let expired = try connect(
      ground, showing: try ground.authority.issue(request), maximum: version)
    #expect(expired.failures.map(\.reason) == [.expired])
    #expect(refusal(expired) == "certificate expired")

    request.validUntil = 3600
    request.validFrom = 60
    let early = try connect(
      ground, showing: try ground.authority.issue(request), maximum: version)
    #expect(early.failures.map(\.reason) == [.notYetValid])

    let server = try ground.authority.issue(.init("x", use: .server(["127.0.0.1"])))
    let purpose = try connect(ground, showing: server, maximum: version)
    #expect(purpose.failures.map(\.reason) == [.wrongPurpose])

    let none = try connect(ground, showing: nil, maximum: version)
    #expect(none.failures.map(\.reason) == [.noCertificate])
    #expect(none.failures.first?.subject == nil)
    #expect(refusal(none) != nil)
  }

  @Test("an expired certificate is let in, marked, where that is allowed; a revoked one is not")
  func expired() throws {
    let ground = try TLSGround()
    var request = DemoAuthority.Request("CP-4")
    request.validUntil = -60
    let issued = try ground.authority.issue(request)
    let outcome = try connect(ground, showing: issued) { $0.allowsExpiredClients = true }
    #expect(outcome.agreed.first?.peer?.isExpired == true)
    #expect(outcome.agreed.first?.peer?.commonName == "CP-4")
    let revoked = try connect(ground, showing: issued) {
      $0.allowsExpiredClients = true
      $0.revocationLists = [
        try ground.file(try ground.authority.revocationList(of: [issued.serialNumber]))
      ]
    }
    #expect(revoked.failures.map(\.reason) == [.revoked])
  }

  @Test("a list that is out of date revokes whom it names, and locks nobody else out")
  func outdatedList() throws {
    let ground = try TLSGround()
    let lost = try ground.authority.issue(.init("CP-5"))
    let list = try ground.file(
      try ground.authority.revocationList(
        of: [lost.serialNumber], validFrom: -7200, validUntil: -3600))
    let revoked = try connect(ground, showing: lost) { $0.revocationLists = [list] }
    #expect(revoked.failures.map(\.reason) == [.revoked])
    let other = try connect(ground, showing: try ground.authority.issue(.init("CP-6"))) {
      $0.revocationLists = [list]
    }
    #expect(other.agreed.first?.peer?.commonName == "CP-6")
    let server = try ground.server {
      $0.clientAuthorities = try ground.root()
      $0.revocationLists = [list]
    }
    let now = Int64(time(nil))
    #expect(server.warnings(at: now).count == 1)
    #expect(server.warnings(at: now - 5400).isEmpty)
  }

  @Test("an authority that ran out is named, in the refusal and before it comes to that")
  func outdatedAuthority() throws {
    let ground = try TLSGround()
    var request = DemoAuthority.Request("Old Root", use: .authority)
    request.validUntil = -60
    let old = try ground.authority.makeAuthority(request)
    let issued = try old.issue(.init("CP-7"))
    let root = try ground.file(old.certificate)
    let server = try ground.server { $0.clientAuthorities = root }
    let now = Int64(time(nil))
    #expect(server.warnings(at: now - 120).isEmpty)
    #expect(server.warnings(at: now).contains { $0.contains("Old Root") })
    let outcome = try connect(ground, showing: issued) { $0.clientAuthorities = root }
    let failure = try #require(outcome.failures.first)
    #expect(failure.reason == .expired && failure.isAuthority)
    #expect(failure.subject?.contains("Old Root") == true)
    #expect("\(failure)".hasPrefix("the certificate of one that signed its own has expired"))
  }

  @Test("where certificates are only asked for, a client without one is let in unnamed")
  func optional() throws {
    let ground = try TLSGround()
    let outcome = try connect(ground, showing: nil) { $0.requiresClientCertificate = false }
    #expect(outcome.agreed.count == 1)
    #expect(outcome.agreed.first?.peer == nil)
  }

  @Test("a client resumes with its name, and after a reload that revokes it, does not")
  func resuming() throws {
    let ground = try TLSGround()
    let issued = try ground.authority.issue(.init("CP-7"))
    let list = try ground.file(try ground.authority.revocationList(of: []))
    let server = try ground.server {
      $0.clientAuthorities = try ground.root()
      $0.requiresClientCertificate = true
      $0.revocationLists = [list]
    }
    let client = try ground.client {
      $0.certificate = try ground.pair(issued)
      $0.resumes = true
    }
    let agreed = Watched<[Agreed]>([])
    let seen = Watched(Caller.Seen())
    let script = TLSTests.script(agreed)
    try withLoop { loop in
      let port = try script.listen(on: loop, tls: server).port
      for count in 1...2 {
        TLSTests.call(loop, port, seen, tls: client)
        #expect(seen.wait { $0.reasons.count == count })
      }
      #expect(agreed.value.map(\.isResumed) == [false, true])
      #expect(agreed.value.map(\.peer?.commonName) == ["CP-7", "CP-7"])
      ground.replace(
        list, by: try ground.authority.revocationList(of: [issued.serialNumber]))
      try server.reload()
      TLSTests.call(loop, port, seen, tls: client)
      #expect(seen.wait { $0.reasons.count == 3 })
      #expect(script.seen.wait { $0.failures.map(\.reason) == [.revoked] })
    }
    #expect(agreed.value.count == 2)
  }
}

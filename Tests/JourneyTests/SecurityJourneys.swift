import Foundation
import Testing
import Trust

extension JourneyTests {
  /// Security profiles as operators set them up and as independent chargers meet them.
  @Suite(.serialized)
  struct Security {
    /// Certificates in files of the journey.
    private final class Ground {
      let journey: Journey
      let authority: DemoAuthority
      let root: String

      init(_ journey: Journey) throws {
        self.journey = journey
        authority = try DemoAuthority("Fleet Root")
        root = try journey.write("root.pem", authority.certificate)
      }

      /// Words that name a certificate and its key; for a client, or for a server of some days.
      func pair(_ name: String, server days: Int64? = nil, isRSA: Bool = false) throws
        -> (certificate: String, key: String, serialNumber: String)
      {
        var request = DemoAuthority.Request(
          name, use: days == nil ? .client : .server(["127.0.0.1"]))
        request.isRSA = isRSA
        request.validUntil = (days ?? 60) * 86_400
        let issued = try authority.issue(request)
        let file = "\(name)\(isRSA ? "-rsa" : "")"
        return (
          try journey.write(file + ".pem", issued.certificate),
          try journey.write(file + ".key", String(decoding: issued.key.bytes, as: UTF8.self)),
          issued.serialNumber
        )
      }
    }

    private func urls(_ engine: SwellProcess) -> [String] {
      engine.talk.matches(of: /wss?:\/\/[^<\s]*/).map { String($0.output.dropLast()) }
    }

    @Test(
      "chargers of each profile come over ws and wss in both versions, and lower ones not again")
    func profiles() throws {
      let journey = try Journey()
      let ground = try Ground(journey)
      let python = try Places.python()
      let secret = "0011aabb-secret-text"
      let fleet = try journey.write(
        "fleet.csv",
        """
        identity,serial,password
        PY-16,S16,\(secret)
        PY-201,S201,\(secret)

        """)
      #expect(try journey.swell("import", fleet).code == 0)
      let ecdsa = try ground.pair("csms", server: 60)
      let rsa = try ground.pair("csms", server: 60, isRSA: true)
      let list = try journey.write("list.pem", try ground.authority.revocationList(of: []))
      let engine = try journey.start(
        Places.binary,
        [
          "serve", "--listen", "127.0.0.1:0,profile=1", "--tls-listen", "127.0.0.1:0",
          "--tls-listen", "127.0.0.1:0,profile=3", "--cert", ecdsa.certificate, "--key", ecdsa.key,
          "--cert", rsa.certificate, "--key", rsa.key, "--client-ca", ground.root, "--crl", list,
        ])
      try engine.wait(for: "an engine that serves") { $0.talk.contains("<identity>") }
      let urls = urls(engine)
      try #require(urls.count == 3, "\(engine.talk)")

      func come(
        _ identity: String, _ offer: String, _ url: String, _ wish: String, _ more: [String]
      ) throws {
        let station = try journey.start(
          python,
          [Places.stations + "secured.py", url, identity, offer, wish, "ca:" + ground.root] + more)
        #expect(
          try station.exitCode() == 0, "\(identity) \(url): \(station.output) \(station.talk)")
      }

      for (identity, offer, serial) in [
        ("PY-16", "ocpp1.6", "S16"), ("PY-201", "ocpp2.0.1", "S201"),
      ] {
        let password = "password:" + secret
        let own = try ground.pair(serial)
        let certificate = ["cert:" + own.certificate, "key:" + own.key, "serial:" + serial]
        let other = try ground.pair("X" + serial)
        try come(identity, offer, urls[0], "401", [])
        try come(identity, offer, urls[0], "401", ["password:wrong"])
        try come(identity, offer, urls[0], "401", ["user:ELSE", password])
        try come(identity, offer, urls[0], "Accepted", [password, "serial:" + serial])
        try come(identity, offer, urls[1], "Accepted", [password, "serial:" + serial])
        try come(identity, offer, urls[0], "403", [password])
        try come(identity, offer, urls[2], "tls", [password])
        try come(
          identity, offer, urls[2], "403", ["cert:" + other.certificate, "key:" + other.key])
        try come(identity, offer, urls[2], "Accepted", certificate)
        try come(identity, offer, urls[1], "403", [password])
        let shown = try journey.swell("chargers", "show", identity)
        #expect(shown.output.contains("3 (TLS, client certificate)"), "\(shown.output)")
        // One admin's leave, once.
        let leave = try journey.swell(
          "chargers", "allow-downgrade", identity, "--reason", "its certificate is lost")
        #expect(leave.code == 0, "\(leave)")
        try come(identity, offer, urls[1], "Accepted", [password, "serial:" + serial])
        // Whoever is revoked is out at once, without a restart.
        try journey.write(
          "list.pem", try ground.authority.revocationList(of: [own.serialNumber]))
        let reloaded = try journey.swell("certificates", "reload")
        #expect(reloaded.code == 0 && reloaded.output.contains("until"), "\(reloaded)")
        try come(identity, offer, urls[2], "tls", certificate)
      }
      let events = try journey.swell("security", "list", "--format", "json").rows()
      let details = events.compactMap { $0["detail"] as? String }
      for part in [
        "wrong password", "comes without TLS", "no certificate", "revoked", "another by",
      ] {
        #expect(details.contains { $0.contains(part) }, "\(part) in \(details)")
      }
      #expect(!details.contains { $0.contains(secret) })
      let audit = try journey.swell("audit")
      #expect(audit.output.contains("allow downgrade") && audit.output.contains("reload"))
    }

    @Test("HUP reads certificates anew, and what expires soon is warned of")
    func reload() throws {
      let journey = try Journey()
      let ground = try Ground(journey)
      #expect(try journey.swell("import", try journey.write("f.csv", "identity\nCP1\n")).code == 0)
      let soon = try ground.pair("csms", server: 5)
      let engine = try journey.start(
        Places.binary,
        [
          "serve", "--tls-listen", "127.0.0.1:0", "--cert", soon.certificate, "--key", soon.key,
        ])
      try engine.wait(for: "an engine that serves") { $0.talk.contains("wss://") }
      #expect(engine.talk.contains("expires on"))
      let before = try journey.swell("status")
      #expect(before.output.contains("wss://") && before.output.contains("expires on"))
      _ = try ground.pair("csms", server: 90)
      kill(engine.pid, SIGHUP)
      try engine.wait(for: "a reload") { $0.talk.contains("Loaded anew") }
      #expect(!(try journey.swell("status").output.contains("expires on")))
      let status = try journey.swell("status", "--format", "json").object()
      let listeners = (status["engine"] as? [String: Any])?["listeners"] as? [[String: Any]]
      #expect(listeners?.first?["minimum"] as? Int == 2)
      // A broken file is told, and changes nothing.
      try journey.write("csms.pem", "nothing")
      let failed = try journey.swell("certificates", "reload")
      #expect(failed.code == 1 && failed.talk.contains("stays as it was"), "\(failed)")
      let listed = try journey.swell("certificates", "list")
      #expect(listed.output.contains("CN=csms") || listed.output.contains("csms"), "\(listed)")
    }

    @Test("options of TLS that contradict each other say how to mend them")
    func options() throws {
      let journey = try Journey()
      for (words, hint) in [
        (["--tls-listen", "127.0.0.1:0"], "--cert FILE --key FILE"),
        (["--cert", "a"], "--tls-listen HOST:PORT"),
        (["--listen", "127.0.0.1:0,profile=2"], "--tls-listen 127.0.0.1:0,profile=2"),
        (["--tls-listen", "127.0.0.1:0,profile=1"], "--listen"),
        (["--tls-listen", "h:0,profile=3", "--cert", "a", "--key", "b"], "--client-ca FILE"),
        (["--tls-listen", "h:0", "--cert", "a", "--key", "b", "--crl", "c"], "--client-ca FILE"),
        (["--tls-listen", "h:0", "--cert", "a"], "1 --cert and 0 --key"),
        (["--listen", "127.0.0.1"], "HOST:PORT"),
        (["--listen", "127.0.0.1:0,profil=1"], "profile=N"),
      ] {
        let process = try journey.start(Places.binary, ["serve"] + words)
        #expect(try process.exitCode() == 2, "\(words)")
        #expect(process.talk.contains(hint), "\(words): \(process.talk)")
      }
      let missing = try journey.start(
        Places.binary,
        ["serve", "--tls-listen", "127.0.0.1:0", "--cert", "no.pem", "--key", "no.key"])
      #expect(try missing.exitCode() == 1)
      #expect(missing.talk.contains("TLS can't be served: no.pem can't be read"), "\(missing.talk)")
    }

    @Test("a password is made, set and taken away from the command line")
    func passwords() throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", "identity\nCP1\n")).code == 0)
      let made = try journey.swell("chargers", "password", "CP1", "--generate")
      #expect(made.code == 0)
      let text = try #require(made.output.firstMatch(of: /password: ([A-Za-z0-9_-]{20})\n/))
      let hex = try #require(made.output.firstMatch(of: /AuthorizationKey: ([0-9a-f]{40})\n/))
      #expect(Hex.decode(String(hex.1)) == Array(String(text.1).utf8))
      let bad = try journey.swell("chargers", "password", "CP1", input: "too short\n")
      #expect(bad.code == 1 && bad.talk.contains("16 to 64 characters"), "\(bad)")
      let good = try journey.swell(
        "chargers", "password", "CP1", input: "correct-horse-battery\n")
      #expect(good.code == 0 && good.output.contains("until it comes with the new one"), "\(good)")
      #expect(try journey.swell("chargers", "password", "CP1", "--remove").code == 0)
      let twice = try journey.swell("chargers", "password", "CP1", "--remove", "--generate")
      #expect(twice.code == 2)
      // What was said is in the audit, and no secret with it.
      let audit = try journey.swell("audit").output
      #expect(audit.contains("set password"))
      #expect(!audit.contains(String(text.1)) && !audit.contains("correct-horse-battery"))
    }
  }
}

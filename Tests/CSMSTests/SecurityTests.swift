import Control
import Fleet
import Glibc
import Testing
import Transport
import Trust

@testable import CSMS

/// Security profiles on real connections, plain and with TLS.
struct SecurityTests {
  static let password = "correct-horse-battery"

  /// An engine with a plain address, one with TLS and one that demands certificates.
  final class House {
    let bench: Workbench
    let authority: DemoAuthority
    let folder: String
    private var files: [String] = []
    var plain: UInt16 { bench.engine.ports[0] }
    var secure: UInt16 { bench.engine.ports[1] }
    var strict: UInt16 { bench.engine.ports[2] }

    init(
      _ chargers: String, expired: Bool = false, admit: EngineSettings.Admit = .known,
      minimumGiven: Bool = false
    ) throws {
      var template = Array("/tmp/swell-sec-XXXXXX".utf8CString)
      _ = try #require(mkdtemp(&template))
      folder = String(
        decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      authority = try DemoAuthority("Fleet Root")
      let own = try authority.issue(.init("csms", use: .server(["127.0.0.1"])))
      var configuration = ServerTLS.Configuration(certificates: [
        (
          chain: try Self.write(own.certificate, folder + "/own.pem"),
          key: try Self.write(String(decoding: own.key.bytes, as: UTF8.self), folder + "/own.key")
        )
      ])
      configuration.clientAuthorities = try Self.write(
        authority.certificate, folder + "/authority.pem")
      configuration.revocationLists = [
        try Self.write(try authority.revocationList(of: []), folder + "/list.pem")
      ]
      configuration.allowsExpiredClients = expired
      let tls = configuration
      bench = try Workbench(chargers) { settings in
        var secure = ListenerSettings(port: 0)
        secure.tls = tls
        secure.minimum = .tls
        secure.isMinimumGiven = minimumGiven
        var strict = secure
        strict.minimum = .clientCertificate
        settings.listeners += [secure, strict]
        settings.admit = admit
      }
    }

    deinit {
      bench.stop()
      for name in ["own.pem", "own.key", "authority.pem", "list.pem"] + files {
        unlink(folder + "/" + name)
      }
      rmdir(folder)
    }

    static func write(_ text: String, _ path: String) throws -> String {
      let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      try #require(file >= 0)
      let bytes = Array(text.utf8)
      #expect(Glibc.write(file, bytes, bytes.count) == bytes.count)
      close(file)
      return path
    }

    /// A client with a certificate of this name, or without one.
    func client(_ name: String? = nil, until: Int64 = 86_400, by other: DemoAuthority? = nil) throws
      -> (tls: ClientTLS, serialNumber: String)
    {
      var configuration = ClientTLS.Configuration()
      configuration.authorities = folder + "/authority.pem"
      var number = ""
      if let name {
        var request = DemoAuthority.Request(name)
        request.validUntil = until
        let issued = try (other ?? authority).issue(request)
        number = issued.serialNumber
        let file = "client\(files.count)"
        files += [file + ".pem", file + ".key"]
        configuration.certificate = (
          chain: try Self.write(issued.certificate, "\(folder)/\(file).pem"),
          key: try Self.write(
            String(decoding: issued.key.bytes, as: UTF8.self), "\(folder)/\(file).key")
        )
      }
      return (try ClientTLS(configuration), number)
    }

    /// 101, the status of a refusal, or 0 when the handshake of TLS failed.
    func status(
      _ identity: String, _ port: UInt16, user: String? = nil, password: String? = nil,
      _ tls: ClientTLS? = nil
    ) throws -> Int {
      do {
        return try Station.status(identity, port: port, user: user, password: password, tls: tls)
      } catch is RawSocket.Failure { return 0 }
    }

    func events() throws -> [String] {
      try bench.ledger.filter { $0.kind == .security }
        .map { "\($0.action): \(String(decoding: $0.body, as: UTF8.self))" }
    }
  }
}

extension Station {
  static func status(
    _ identity: String, port: UInt16, user: String?, password: String?, tls: ClientTLS?
  ) throws -> Int {
    do {
      _ = try Station(identity, port: port, user: user, password: password, tls: tls)
      return 101
    } catch let refused as Refused {
      return refused.status
    }
  }
}

extension SecurityTests {
  @Test("each profile is let in where it is proved, and refused where it is not")
  func profiles() throws {
    let house = try House(
      """
      identity,serial,password
      FREE,,
      CP1,S1,\(Self.password)
      CP2,S2,
      """)
    let bare = try house.client().tls
    let good = try house.client("S1").tls
    // 0 and 1, plain.
    #expect(try house.status("FREE", house.plain) == 101)
    #expect(try house.status("CP1", house.plain) == 401)
    #expect(try house.status("CP1", house.plain, password: "wrong") == 401)
    #expect(try house.status("CP1", house.plain, password: Self.password) == 101)
    #expect(try house.bench.stored("CP1").profileSeen?.value == .password)
    // 2: TLS with the password; TLS alone is nothing.
    #expect(try house.status("FREE", house.secure, bare) == 403)
    #expect(try house.status("CP1", house.secure, bare) == 401)
    #expect(try house.status("CP1", house.secure, password: "wrong", bare) == 401)
    #expect(try house.status("CP1", house.secure, password: Self.password, bare) == 101)
    #expect(try house.bench.stored("CP1").profileSeen?.value == .tls)
    #expect(try house.status("CP1", house.plain, password: Self.password) == 403)
    // 3: the certificate in place of the password.
    #expect(try house.status("CP1", house.strict, password: Self.password, bare) == 0)
    #expect(try house.status("CP1", house.strict, good) == 101)
    #expect(try house.bench.stored("CP1").profileSeen?.value == .clientCertificate)
    #expect(try house.status("CP1", house.secure, password: Self.password, bare) == 403)
    #expect(try house.status("CP1", house.secure, good) == 101)
    // Another's certificate, and a name that differs.
    #expect(try house.status("CP2", house.strict, good) == 403)
    #expect(try house.status("CP1", house.strict, user: "CP2", password: "x", good) == 401)
    #expect(try house.status("NONE", house.strict, good) == 404)
    let events = try house.events()
    for part in ["wrong password", "comes without TLS", "serial number is S2", "its user name"] {
      #expect(events.contains { $0.contains(part) }, "\(part)")
    }
    #expect(!events.contains { $0.contains(Self.password) })
    // It survives a restart.
    try house.bench.restart()
    #expect(try house.status("CP1", house.secure, password: Self.password, bare) == 403)
  }

  @Test("a certificate is for the serial number or the identity; without a serial, nobody's")
  func names() throws {
    let house = try House("identity,serial\nCP1,S1\nCP2,\n")
    #expect(try house.status("CP1", house.strict, try house.client("CP1").tls) == 101)
    #expect(try house.status("CP2", house.strict, try house.client("S2").tls) == 403)
    #expect(try house.events().contains { $0.contains("import it in the column serial") })
    #expect(try house.status("CP2", house.strict, try house.client("cp2").tls) == 101)
    // Observed at a boot, it counts as well as imported.
    let station = try Station("CP2", port: house.strict, tls: try house.client("CP2").tls)
    try station.call(
      "BootNotification",
      #"{"chargePointVendor":"V","chargePointModel":"M","chargePointSerialNumber":"S2"}"#)
    #expect(try house.status("CP2", house.strict, try house.client("S2").tls) == 101)
    // Without a path the certificate says who it is.
    let anonymous = try Station(
      "", port: house.strict, prefix: "/", tls: try house.client("CP1").tls)
    try anonymous.boot()
  }

  @Test(
    "what anybody can say of itself binds no certificate, and nothing does against the inventory")
  func saidSerials() throws {
    let house = try House(
      """
      identity,serial,password
      CP1,S1,\(Self.password)
      CP2,,
      CP3,,\(Self.password)
      """)
    let bare = try house.client().tls
    let others = try house.client("S9").tls
    func boot(_ station: Station) throws {
      try station.call(
        "BootNotification",
        #"{"chargePointVendor":"V","chargePointModel":"M","chargePointSerialNumber":"S9"}"#)
    }
    // Proved by its password, and yet the inventory knows better.
    try boot(try Station("CP1", port: house.secure, password: Self.password, tls: bare))
    #expect(try house.status("CP1", house.secure, others) == 403)
    #expect(try house.status("CP1", house.secure, password: Self.password, bare) == 101)
    // Nobody proved anything.
    try boot(try Station("CP2", port: house.plain))
    #expect(try house.status("CP2", house.secure, others) == 403)
    #expect(try house.status("CP2", house.plain) == 101)
    // Said before the one that was heard in the clear had to prove itself over TLS.
    try boot(try Station("CP3", port: house.plain, password: Self.password))
    #expect(try house.status("CP3", house.secure, password: Self.password, bare) == 101)
    #expect(try house.status("CP3", house.secure, others) == 403)
    // Said then, and read only now.
    try house.bench.look { core in
      guard let charger = try core.store.charger(identity: "CP3") else { return }
      try core.handle(
        Message(
          connection: ConnectionRef(loop: 0, id: 999_999), charger: charger.id, messageID: nil,
          action: "BootNotification", version: .ocpp16,
          event: .booted(Boot(vendor: "V", model: "M", serial: "S9")), flaws: [],
          payload: Array("{}".utf8), at: SystemClock.now))
    }
    #expect(try house.status("CP3", house.secure, others) == 403)
    // Said where nobody else could: it counts as well as imported.
    try boot(try Station("CP3", port: house.secure, password: Self.password, tls: bare))
    #expect(try house.status("CP3", house.secure, others) == 101)
  }

  @Test("names thought up by the thousand keep no wrong password off the record")
  func manyNames() throws {
    let bench = try Workbench("identity,password\nCP1,\(Self.password)\n")
    try bench.look { core in
      for number in 0..<10_001 {
        try core.admit(
          Knock(
            connection: ConnectionRef(loop: 0, id: UInt64(1_000_000 + number)),
            identity: "NOBODY-\(number)", offered: [.ocpp16], offeredNames: ["ocpp1.6"],
            isValidIn2x: true, at: SystemClock.now))
      }
    }
    #expect(try Station.status("CP1", port: bench.port, password: "wrong") == 401)
    let notes = try bench.ledger("connection refused").map {
      String(decoding: $0.body, as: UTF8.self)
    }
    #expect(notes.contains { $0.contains("wrong password") })
    #expect(notes.count == 101)
    #expect(bench.log.contains("refused CP1: wrong password"))
  }

  @Test("strangers come in only where they can be told apart, and fill no inventory where not")
  func strangers() throws {
    let house = try House("identity\nCP1\n", admit: .any, minimumGiven: true)
    let bare = try house.client().tls
    #expect(try house.status("NEW1", house.plain) == 101)
    #expect(try house.status("NEW2", house.secure, password: Self.password, bare) == 403)
    #expect(try house.status("NEW3", house.strict, try house.client("S3").tls) == 403)
    #expect(try house.status("NEW4", house.strict, try house.client("NEW4").tls) == 101)
    let known = try house.bench.look { core in
      try ["NEW1", "NEW2", "NEW3", "NEW4"].map { try core.store.charger(identity: $0) != nil }
    }
    #expect(known == [true, false, false, true])
  }

  @Test("where anybody may come and no profile is asked for, TLS without a password will do")
  func anybody() throws {
    let house = try House(
      "identity,security_profile,password\nCP1,,\nCP2,,\(Self.password)\n", admit: .any)
    let bare = try house.client().tls
    #expect(try house.status("NEW1", house.secure, bare) == 101)
    #expect(try house.status("CP1", house.secure, bare) == 101)
    #expect(try house.status("CP2", house.secure, bare) == 401)
    #expect(try house.status("CP2", house.secure, password: Self.password, bare) == 101)
  }

  @Test("a boot that names another serial number than the certificate ends the connection")
  func bootDiffers() throws {
    let house = try House("identity,serial\nCP1,S1\n")
    let good = try house.client("S1").tls
    let honest = try Station("CP1", port: house.strict, offers: "ocpp2.0.1", tls: good)
    try honest.boot()
    let liar = try Station("CP1", port: house.strict, offers: "ocpp1.6", tls: good)
    _ = liar.send(
      "BootNotification",
      #"{"chargePointVendor":"V","chargePointModel":"M","chargePointSerialNumber":"S9"}"#)
    #expect(liar.end() == 1001)
    #expect(try house.events().contains { $0.hasPrefix("serial number differs") })
    #expect(try house.bench.charger("CP1").serial.observed == nil)
  }

  @Test("handshakes that fail are told, once for each reason, and of nobody")
  func handshakes() throws {
    let house = try House("identity,serial\nCP1,S1\n")
    let stranger = try DemoAuthority("Somebody")
    let old = try house.client("S1", until: -60).tls
    for _ in 0..<3 {
      #expect(try house.status("CP1", house.strict, try house.client("S1", by: stranger).tls) == 0)
      #expect(try house.status("CP1", house.strict, old) == 0)
      #expect(try house.status("CP1", house.strict, try house.client().tls) == 0)
      _ = try? http("/", port: house.strict)
    }
    #expect(try eventually { try house.events().count == 4 })
    #expect(try house.bench.ledger("TLS handshake failed").allSatisfy { $0.charger == nil })
    let events = try house.events()
    for part in ["no authority", "has expired", "no certificate", "HTTP without TLS"] {
      #expect(events.contains { $0.contains(part) }, "\(part)")
    }
  }

  @Test("who is revoked after a reload is out, and connections stay as they are")
  func reload() throws {
    let house = try House("identity,serial\nCP1,S1\nCP2,S2\n")
    let (one, number) = try house.client("S1")
    let (two, _) = try house.client("S2")
    let open = try Station("CP1", port: house.strict, tls: one)
    _ = try House.write(
      try house.authority.revocationList(of: [number]), house.folder + "/list.pem")
    #expect(try house.status("CP1", house.secure, one) == 101)
    let outcome = try house.bench.perform(.reloadCertificates)
    #expect(outcome.message.contains("until"))
    #expect(try house.status("CP1", house.secure, one) == 0)
    #expect(try house.status("CP2", house.strict, two) == 101)
    _ = open
    // A broken file changes nothing.
    _ = try House.write("nothing", house.folder + "/own.pem")
    #expect(throws: ControlError.self) { try house.bench.perform(.reloadCertificates) }
    #expect(try house.status("CP2", house.strict, two) == 101)
    #expect(throws: ControlError.self) {
      try house.bench.perform(.reloadCertificates, as: .approver)
    }
  }

  @Test("an expired certificate may wait for a new one: its boots are answered Pending")
  func expired() throws {
    let house = try House("identity,serial\nCP1,S1\n", expired: true)
    let old = try Station(
      "CP1", port: house.strict, offers: "ocpp2.0.1", tls: try house.client("S1", until: -60).tls)
    #expect(try old.boot()["status"] == "Pending")
    #expect(try house.events().contains { $0.contains("expired: let in as Pending") })
    let new = try Station(
      "CP1", port: house.strict, offers: "ocpp2.0.1", tls: try house.client("S1").tls)
    #expect(try new.boot()["status"] == "Accepted")
  }

  @Test(
    "what the inventory asks for is lowered by a reset with a reason, not by taking a password away"
  )
  func removal() throws {
    let house = try House("identity,security_profile,password\nCP1,2,\(Self.password)\n")
    #expect(throws: ControlError.self) {
      try house.bench.perform(.setPassword(charger: "CP1", password: nil))
    }
    #expect(try house.status("CP1", house.plain) == 403)
    let outcome = try house.bench.perform(
      .resetSecurity(charger: "CP1", profile: .unsecured, reason: "no TLS at that site"))
    #expect(outcome.message.contains("Its password is still asked for"))
    #expect(try house.status("CP1", house.plain) == 401)
    try house.bench.perform(.setPassword(charger: "CP1", password: nil))
    #expect(try house.status("CP1", house.plain) == 101)
  }

  @Test("chargers behind one address are told apart by their certificates")
  func oneAddress() throws {
    let house = try House("identity,serial\nCP1,S1\nCP2,S2\n")
    let (one, number) = try house.client("S1", until: -60)
    let (two, another) = try house.client("S2", until: -60)
    for _ in 0..<2 {
      #expect(try house.status("CP1", house.strict, one) == 0)
      #expect(try house.status("CP2", house.strict, two) == 0)
    }
    #expect(try eventually { try house.events().count == 2 })
    let events = try house.events().joined()
    #expect(events.contains(number) && events.contains(another))
  }

  @Test("3 to 2 once when an admin allows it, and a reset for new hardware; nothing else goes back")
  func downgrade() throws {
    let house = try House("identity,serial,password\nCP1,S1,\(Self.password)\n")
    let good = try house.client("S1").tls
    let bare = try house.client().tls
    #expect(throws: ControlError.self) {
      try house.bench.perform(.allowDowngrade(charger: "CP1", reason: "r"))
    }
    #expect(try house.status("CP1", house.strict, good) == 101)
    #expect(throws: ControlError.self) {
      try house.bench.perform(.allowDowngrade(charger: "CP1", reason: "r"), as: .approver)
    }
    try house.bench.perform(.allowDowngrade(charger: "CP1", reason: "its certificate is lost"))
    #expect(try house.status("CP1", house.plain, password: Self.password) == 403)
    #expect(try house.status("CP1", house.secure, password: Self.password, bare) == 101)
    #expect(try house.status("CP1", house.secure, password: Self.password, bare) == 101)
    #expect(try house.status("CP1", house.strict, good) == 101)
    #expect(try house.status("CP1", house.secure, password: Self.password, bare) == 403)
    #expect(throws: ControlError.self) {
      try house.bench.perform(.setPassword(charger: "CP1", password: nil))
    }
    try house.bench.perform(.resetSecurity(charger: "CP1", profile: nil, reason: "new board"))
    #expect(try house.status("CP1", house.plain, password: Self.password) == 101)
  }

  @Test("a key in hexadecimal is compared as bytes, a password for what OCPP allows is checked")
  func keys() throws {
    let house = try House(
      "identity,authorization_key\nCP1,\(Hex.encode(Array(Self.password.prefix(16).utf8)))\n")
    let text = String(Self.password.prefix(16))
    #expect(try house.status("CP1", house.plain, password: text) == 101)
    let bench = house.bench
    for (password, form) in [
      ("short", PasswordForm.text), ("sixteen characters and spaces", .text),
      ("äöüäöüäöüäöüäöüäöü", .text), ("0011", .hex), ("zz112233445566778899aabbccddeeff", .hex),
      ("", .anyText),
    ] {
      #expect(throws: ControlError.self) {
        try bench.perform(.setPassword(charger: "CP1", password: password, form: form))
      }
    }
    try bench.perform(.setPassword(charger: "CP1", password: "short", form: .anyText))
    #expect(try house.status("CP1", house.plain, password: "short") == 101)
    #expect(try house.status("CP1", house.plain, password: text) == 401)
  }

  @Test("a flood of wrong passwords is turned away, and the right one comes through")
  func flood() throws {
    let house = try House("identity\n" + (1...20).map { "CP\($0)\n" }.joined())
    for n in 1...20 {
      try house.bench.perform(.setPassword(charger: "CP\(n)", password: Self.password))
    }
    let sockets = try (0..<200).map { n in
      let socket = try RawSocket(port: house.plain)
      let credentials = Base64.encode(Array("CP\(n % 20 + 1):guess-\(n)-guess-guess".utf8))
      socket.say(
        "GET /ocpp/CP\(n % 20 + 1) HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
          + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ocpp1.6\r\n"
          + "Authorization: Basic \(credentials)\r\n\r\n")
      return socket
    }
    let statuses = try sockets.map { try $0.response().status }
    #expect(Set(statuses).isSubset(of: [401, 503]))
    #expect(statuses.contains(503))
    #expect(
      try eventually {
        try house.status("CP7", house.plain, password: Self.password) == 101
      })
  }
}

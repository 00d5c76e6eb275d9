import Fleet
import Trust

/// How chargers prove who they are.
extension Core {
  /// Lets a known charger in if what it proves is what is asked of it.
  func enter(_ knock: Knock, _ charger: Charger) throws {
    let stored = charger.passwordHash ?? charger.nextPasswordHash
    let password: Door.Password =
      stored == nil ? .notKept : knock.password == nil ? .missing : .right
    let entry: Door.Entry
    do throws(EntryRefusal) {
      entry = try verdict(knock, charger, password)
    } catch {
      // As if its password were right: a slow check would be in vain.
      return try turnAway(knock, charger, error)
    }
    guard password == .right, entry.profile != .clientCertificate else {
      return try letIn(knock, charger, entry)
    }
    try checkPassword(of: charger, knock, entry)
  }

  /// Why one that is not in the inventory can't come in here, whatever `--admit` says: no password
  /// of it is kept, and whoever asks for more than nothing must be able to tell it from others.
  func strangerRefusal(_ knock: Knock) -> Refusal? {
    do throws(EntryRefusal) {
      _ = try verdict(
        knock, Charger(id: ChargerID(rawValue: 0), identity: knock.identity), .notKept)
      return nil
    } catch {
      return .entry(error)
    }
  }

  private func verdict(
    _ knock: Knock, _ charger: Charger, _ password: Door.Password
  ) throws(EntryRefusal) -> Door.Entry {
    try Door.decide(
      .init(
        isEncrypted: knock.entrance.isEncrypted, password: password,
        certificate: owner(of: knock.certificate, charger),
        isExpired: knock.certificate?.isExpired ?? false,
        isAnotherUser: !isNamed(charger, by: knock)),
      .init(
        minimum: knock.entrance.minimum, claimed: charger.securityProfile,
        seen: charger.profileSeen?.value, mayStepDown: charger.downgrade != nil,
        letsExpiredWait: knock.entrance.letsExpiredWait,
        takesAnybody: settings.admit == .any && !knock.entrance.isMinimumGiven))
  }

  /// Whose a client certificate is. Its CN should be the serial number (OCPP 2.0.1 A00.FR.405); some
  /// public key infrastructures write the identity there.
  private func owner(of certificate: ShownCertificate?, _ charger: Charger) -> Door.Certificate {
    guard let name = certificate?.commonName else { return .none }
    let serial = Self.serial(of: charger)
    if name == serial { return .serial }
    if Identity.key(for: name) == Identity.key(for: charger.identity) { return .identity }
    return serial == nil ? .unknown : .another
  }

  /// The serial number that a certificate may name: the inventory's, and only where that has none
  /// what the charger said itself, if TLS protected who it is by then. What anybody could have said
  /// of itself must bind nobody's certificate.
  private static func serial(of charger: Charger) -> String? {
    if let claimed = charger.serial.claimed?.value { return claimed }
    guard let seen = charger.profileSeen?.value, seen >= .tls else { return nil }
    return charger.serial.observed?.value
  }

  // MARK: Passwords

  private func checkPassword(of charger: Charger, _ knock: Knock, _ entry: Door.Entry) throws {
    let texts = [charger.passwordHash, charger.nextPasswordHash].compactMap { $0 }
    let secrets: [StoredSecret]
    do {
      secrets = try texts.map { try StoredSecret(text: $0) }
    } catch {
      return try turnAway(knock, charger, .passwordUnreadable)
    }
    if let password = knock.password {
      for text in texts {
        if let right = rightPasswords[charger.id],
          constantTimeEquals(right, digest(password, [text]))
        {
          return try letIn(knock, charger, entry, by: text)
        }
      }
      if let wrong = wrongPasswords[charger.id],
        constantTimeEquals(wrong, digest(password, texts))
      {
        return try turnAway(knock, charger, .wrongPassword)
      }
    }
    let isSlow = secrets.contains {
      if case .scrypt = $0 { true } else { false }
    }
    guard isSlow else {
      return try passwordChecked(
        knock, charger.id, fitting: secrets.first { knock.fits($0) }?.text)
    }
    let job = PasswordQueue.Job(knock: knock, charger: charger.id, secrets: secrets)
    switch passwordQueue.add(job, at: knock.at) {
    case .waits: break
    case .replaces(let older): try turnAway(older, charger, .busy)
    case .none: return try turnAway(knock, charger, .busy)
    }
    checkNextPassword()
  }

  func checkNextPassword() {
    if let job = passwordQueue.next() { checkPassword(job) }
  }

  /// - Parameter fitting: the stored text that the password is of; nil when it is wrong.
  func passwordChecked(_ knock: Knock, _ id: ChargerID, fitting text: String?) throws {
    passwordQueue.ended(
      knock.connection, from: knock.peer, isRight: text != nil, at: knock.at)
    defer { checkNextPassword() }
    guard let charger = try live[id]?.charger ?? store.charger(id) else {
      return out(knock.connection, .refuse(knock.connection.id, .unknownIdentity))
    }
    let texts = [charger.passwordHash, charger.nextPasswordHash].compactMap { $0 }
    guard let text, texts.contains(text) else {
      if let password = knock.password { remember(wrong: digest(password, texts), of: id) }
      return try turnAway(knock, charger, .wrongPassword)
    }
    if let password = knock.password { rightPasswords[id] = digest(password, [text]) }
    let entry: Door.Entry
    do throws(EntryRefusal) {
      // What is asked may have changed while it was checked.
      entry = try verdict(knock, charger, .right)
    } catch {
      return try turnAway(knock, charger, error)
    }
    try letIn(knock, charger, entry, by: text)
  }

  /// One for each charger: most that are refused come again with the same.
  private func remember(wrong digest: [UInt8], of id: ChargerID) {
    if wrongPasswords.count >= 10_000 { wrongPasswords.removeAll() }
    wrongPasswords[id] = digest
  }

  /// It depends on the stored hashes too: a changed password forgets what was right or wrong.
  private func digest(_ password: [UInt8], _ stored: [String]) -> [UInt8] {
    HMAC.sha256(key: processKey, password + Array(stored.joined(separator: " ").utf8))
  }

  func turnAway(_ knock: Knock, _ charger: Charger, _ refusal: EntryRefusal) throws {
    // The ledger only grows: a stranger must not be able to fill it by guessing.
    if mentions.refusals.mayTell("\(charger.id.rawValue) \(refusal)", at: knock.at) {
      let why = refusal.sentence(charger, knock)
      log(.warning, "refused \(knock.identity): \(why)", charger: knock.identity)
      let from = knock.peer.isEmpty ? "" : " (from \(knock.peer))"
      try note(charger.id, .security, "connection refused", why + from, at: knock.at)
    }
    out(knock.connection, .refuse(knock.connection.id, .entry(refusal)))
  }

  /// The user name must be the identity (OCPP 2.0.1 A00.FR.207), but for kinds of chargers that
  /// are known to come with another.
  private func isNamed(_ charger: Charger, by knock: Knock) -> Bool {
    guard let user = knock.userName else { return true }
    // An empty one names nobody else; as a name it proves nothing where a password is asked.
    if user.isEmpty, charger.passwordHash == nil { return true }
    if user == knock.identity || user == charger.identity { return true }
    return quirks(of: charger).mayBeNamed(user, serial: charger.serial.value)
  }

  // MARK: What is kept of it

  /// Takes down how it came in, in the transaction that lets it in.
  func noteEntry(
    _ entry: Door.Entry, of charger: LiveCharger, _ knock: Knock, by text: String?
  ) throws {
    let id = charger.charger.id
    charger.certificateSerial = nil
    charger.hasExpiredCertificate = entry.isExpired
    var news: [String] = []
    if let certificate = knock.certificate {
      if Self.serial(of: charger.charger) == certificate.commonName {
        charger.certificateSerial = certificate.commonName
      }
      if charger.charger.certificate != certificate.kept {
        let whose = charger.certificateSerial == nil ? "identity" : "serial number"
        news.append(
          "shows a certificate for \(certificate.commonName), its \(whose), number "
            + certificate.kept.serialNumber)
        charger.charger.certificate = certificate.kept
      }
      if entry.isExpired {
        news.append("its certificate has expired: let in as Pending until it has a new one")
      }
    }
    if let text, text == charger.charger.nextPasswordHash {
      charger.charger.passwordHash = text
      charger.charger.nextPasswordHash = nil
      news.append("came with its new password; the old one is no longer right")
    }
    if entry.stepsDown {
      news.append("came with security profile 2 after 3, as was allowed; that leave is used up")
      charger.charger.downgrade = nil
      charger.charger.securityProfile = min(charger.charger.securityProfile, 2)
      charger.charger.profileSeen = .init(entry.profile, source: "handshake", at: knock.at)
    } else if entry.profile > charger.charger.profileSeen?.value ?? .unsecured
      || charger.charger.profileSeen == nil
    {
      if entry.profile > .unsecured {
        news.append("connects with security profile \(entry.profile.rawValue) from now on")
      }
      // What was said before anybody had to prove who it is proves nothing now: its next boot says it.
      if entry.profile >= .tls, (charger.charger.profileSeen?.value ?? .unsecured) < .tls {
        charger.charger.serial.observed = nil
      }
      charger.charger.profileSeen = .init(entry.profile, source: "handshake", at: knock.at)
    }
    guard !news.isEmpty else { return }
    let sentence = news.joined(separator: "; ")
    if !entry.isExpired || mentions.refusals.mayTell("\(id.rawValue) \(sentence)", at: knock.at) {
      log(.info, "\(charger.charger.identity) \(sentence)", charger: charger.charger.identity)
      try note(id, .security, "connection", sentence, at: knock.at)
    }
    // What is refused from now on must not be forgotten by a crash.
    try store.save(charger.charger)
  }

  /// Whether a boot names another serial number than the certificate (OCPP 2.0.1 B01.FR.11): then
  /// its connection is ended (B01.FR.12).
  func contradictsCertificate(_ boot: Boot, of charger: LiveCharger, _ message: Message) throws
    -> Bool
  {
    guard let expected = charger.certificateSerial, charger.connection == message.connection,
      let serial = boot.serial, !serial.isEmpty, serial != expected
    else { return false }
    let text =
      "its certificate is for the serial number \(expected), it says \(serial.bounded(to: 50))"
    log(.warning, "\(charger.charger.identity): \(text); connection ended")
    if mentions.refusals.mayTell("\(message.charger.rawValue) serial", at: message.at) {
      try note(message.charger, .security, "serial number differs", text, at: message.at)
    }
    out(
      message.connection,
      .close(message.connection.id, reason: "serial number and certificate differ"))
    return true
  }

  /// A handshake of TLS failed before anybody said a name.
  func handshakeFailed(_ failure: HandshakeFailure, at now: Instant) throws {
    guard mentions.handshakes.mayTell("\(failure.peer) \(failure.kind)", at: now) else { return }
    log(.warning, "TLS handshake with \(failure.peer) failed: \(failure.sentence)")
    try note(
      nil, .security, "TLS handshake failed", "\(failure.sentence) (from \(failure.peer))", at: now)
  }
}

/// A handshake of TLS that came to nothing.
struct HandshakeFailure: Sendable {
  var peer: String
  /// What is told once in a while for each peer.
  var kind: String
  var sentence: String
}

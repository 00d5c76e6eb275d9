extension FleetFilter {
  /// What a filter looks at. Empty texts and nil are unknown.
  package struct Subject: Sendable, Equatable {
    package var identity: String
    package var site = ""
    package var zone = ""
    package var vendor = ""
    package var model = ""
    package var hardware = ""
    package var serial = ""
    package var firmware = ""
    package var flash: Int?
    package var ram: Int?
    package var connectors: Int?
    package var profile = 0
    package var speaks: ProtocolVersion?
    package var released: VersionSet = []
    package var online = false
    /// Since it was seen last; nil: never.
    package var unseenFor: Span?
    package var verdict = Readiness.Verdict.unknown
    /// Versions on its way to the target.
    package var hops: [String] = []
    package var isPending = false
    package var notes = ""
    /// Of its newest upgrade.
    package var campaign: String?
    package var wave: Int?

    package init(identity: String) { self.identity = identity }

    package init(_ charger: Charger, site: Site?, readiness: Readiness, at now: Instant) {
      identity = charger.identity
      self.site = site?.name ?? ""
      zone = site?.zone ?? ""
      vendor = charger.vendor.value ?? ""
      model = charger.model.value ?? ""
      hardware = charger.hardware.value ?? ""
      serial = charger.serial.value ?? ""
      firmware = charger.firmware.value ?? ""
      flash = charger.flashFree.value
      ram = charger.ramFree.value
      connectors = charger.connectorCount.value
      profile = charger.knownProfile
      speaks = charger.speaks
      released = charger.released
      online = charger.online
      unseenFor =
        charger.online ? .milliseconds(0) : charger.lastSeen.map { now - $0 }
      verdict = readiness.verdict
      hops = readiness.through
      isPending = charger.admission == .pending
      notes = charger.notes
    }
  }

  /// A saved selection that was not put in selects nobody.
  package func matches(_ subject: Subject) -> Bool { Self.holds(expression, subject) }

  private static func holds(_ expression: Expression, _ subject: Subject) -> Bool {
    switch expression {
    case .all(let parts): parts.allSatisfy { holds($0, subject) }
    case .any(let parts): parts.contains { holds($0, subject) }
    case .not(let part): !holds(part, subject)
    case .term(let condition): holds(condition, subject)
    case .saved: false
    }
  }

  private static func holds(_ condition: Condition, _ subject: Subject) -> Bool {
    switch condition {
    case .identity(let pattern): Glob(pattern).matches(subject.identity)
    case .identities(let identities):
      identities.contains { Identity.key(for: $0) == Identity.key(for: subject.identity) }
    case .text(let key, let pattern): holds(key, Glob(pattern), subject)
    case .number(let key, let comparison, let limit):
      number(key, subject).map { comparison.holds($0, limit) } ?? false
    case .firmware(let comparison, let limit):
      FirmwareVersion(subject.firmware).map { comparison.holds($0, limit) } ?? false
    case .seen(let comparison, let span):
      (subject.online ? .milliseconds(0) : subject.unseenFor)
        .map { comparison.holds($0, span) } ?? false
    case .speaks(let version): subject.speaks == version
    case .released(let version): subject.released.contains(VersionSet(version))
    case .ready(let verdict): subject.verdict == verdict
    case .online(let online): subject.online == online
    case .pending: subject.isPending
    case .unknown(let fact): isUnknown(fact, subject)
    }
  }

  private static func holds(_ key: TextKey, _ pattern: Glob, _ subject: Subject) -> Bool {
    switch key {
    case .model: pattern.matches(subject.model)
    case .vendor: pattern.matches(subject.vendor)
    case .site: pattern.matches(subject.site)
    case .hardware: pattern.matches(subject.hardware)
    case .serial: pattern.matches(subject.serial)
    case .zone: pattern.matches(subject.zone)
    case .firmware: pattern.matches(subject.firmware)
    case .campaign: subject.campaign.map { pattern.matches($0) } ?? false
    case .hop: subject.hops.contains { pattern.matches($0) }
    case .notes: !subject.notes.isEmpty && pattern.matches(subject.notes)
    }
  }

  private static func number(_ key: NumberKey, _ subject: Subject) -> Int? {
    switch key {
    case .flash: subject.flash
    case .ram: subject.ram
    case .connectors: subject.connectors
    case .profile: subject.profile
    case .wave: subject.wave
    }
  }

  private static func isUnknown(_ fact: Fact, _ subject: Subject) -> Bool {
    switch fact {
    case .model: subject.model.isEmpty
    case .vendor: subject.vendor.isEmpty
    case .hardware: subject.hardware.isEmpty
    case .serial: subject.serial.isEmpty
    case .site: subject.site.isEmpty
    case .firmware: subject.firmware.isEmpty
    case .flash: subject.flash == nil
    case .ram: subject.ram == nil
    case .connectors: subject.connectors == nil
    case .seen: !subject.online && subject.unseenFor == nil
    }
  }
}

/// The sentences of readiness: what holds with its numbers, its effect, the next step.
struct ReadinessWording {
  /// A fact without which nothing can be said.
  enum Missing: String {
    case model
    case vendor
    case hardware = "hardware revision"
    case firmware = "firmware version"
    case flash = "free flash"
    case ram = "free RAM"

    /// Who can supply it.
    var supplier: String {
      switch self {
      case .model, .vendor, .firmware: "its next boot or an import"
      case .hardware: "an import from its nameplate"
      case .flash, .ram: "an import of its datasheet or of what a technician reads at the charger"
      }
    }
  }

  private let charger: Charger
  private let policy: ReadinessPolicy
  private let withEvidence: Bool

  init(_ charger: Charger, _ policy: ReadinessPolicy, withEvidence: Bool) {
    (self.charger, self.policy, self.withEvidence) = (charger, policy, withEvidence)
  }

  private var stays: String { "Stays on \((charger.speaks ?? .ocpp16).label)." }
  /// For one that nobody plans to move, whatever it has come to.
  private var staysAsItIs: String {
    let speaks = charger.speaks ?? .ocpp16
    let firmware = charger.firmware.value.map { " with firmware \($0)" } ?? ""
    // Before any move the image it happens to run says nothing.
    return "Stays on \(speaks.label)\(speaks == .ocpp16 ? "" : firmware); no campaign takes it."
  }
  private var kind: String {
    [charger.vendor.value, charger.model.value, charger.hardware.value].compactMap(\.self)
      .joined(separator: " ")
  }

  private func make(
    _ verdict: Readiness.Verdict, _ text: String, evidence: [String]? = nil
  ) -> Readiness {
    Readiness(
      verdict: verdict, reason: "\(verdict.label): \(text)", evidence: evidence ?? facts())
  }

  func endOfLife(_ end: EndOfLife) -> Readiness {
    let evidence = end.evidence.isEmpty ? "" : ", \(end.evidence)"
    let next = end.replacement.isEmpty ? "" : " Replaced by \(end.replacement)."
    return make(
      .endOfLife,
      "\(end.reason.rawValue)\(evidence) (\(end.by) \(CivilDay(end.at).label)). \(staysAsItIs)\(next)"
    )
  }

  func pinned(_ pin: Pin) -> Readiness {
    make(
      .pinned,
      "\(pin.reason) (\(pin.by) \(CivilDay(pin.at).label)). Nothing is sent until the pin is taken off."
    )
  }

  func quarantined(_ quarantine: Quarantine) -> Readiness {
    make(
      .quarantined,
      "\(quarantine.reason) (\(quarantine.campaign), \(CivilDay(quarantine.at).label)). "
        + "Nothing is sent until a technician looks at it; then swell chargers repaired.")
  }

  func regressed(_ migration: MigrationRecord, at: Instant) -> Readiness {
    make(
      .regressed,
      "\(migration.proved.label) was proved on \(CivilDay(migration.at).label), since "
        + "\(CivilDay(at).label) it speaks \((charger.speaks ?? .ocpp16).label) again. "
        + "Look at its firmware and its connection settings.")
  }

  func migrated(_ migration: MigrationRecord) -> Readiness {
    make(
      .migrated, "\(migration.proved.label) was proved on \(CivilDay(migration.at).label).")
  }

  func unproved(_ version: ProtocolVersion) -> Readiness {
    make(
      .claimedOnly,
      "it connects with \(version.label), but no campaign has proved it. "
        + "Nothing has to be installed.")
  }

  func unknown(_ missing: [Missing]) -> Readiness {
    var bySupplier: [(supplier: String, facts: [String])] = []
    for fact in missing {
      if let at = bySupplier.firstIndex(where: { $0.supplier == fact.supplier }) {
        bySupplier[at].facts.append(fact.rawValue)
      } else {
        bySupplier.append((fact.supplier, [fact.rawValue]))
      }
    }
    let parts = bySupplier.map { part in
      "\(part.facts.joined(separator: " and ")) \(part.facts.count == 1 ? "is" : "are") missing; "
        + "\(part.supplier) can supply \(part.facts.count == 1 ? "it" : "them")"
    }
    return make(.unknown, parts.joined(separator: ". ") + ".")
  }

  func tooSmall(_ image: Firmware?, flash: Bool, ram: Bool) -> Readiness {
    var parts: [String] = []
    if flash {
      parts.append(
        part("flash", image?.flashNeeded, policy.flashNeeded, charger.flashFree))
    }
    if ram { parts.append(part("RAM", image?.ramNeeded, policy.ramNeeded, charger.ramFree)) }
    let subject = image?.version ?? policy.target.label
    return make(.tooSmall, "\(subject) needs \(parts.joined(separator: ", and ")). \(stays)")
  }

  private func part(_ name: String, _ image: Int?, _ usual: Int, _ fact: Fact<Int>) -> String {
    let need =
      image.map { "\($0) kB of \(name) free" }
      ?? "\(usual) kB of \(name) free (as claimed for a usual stack)"
    return "\(need), it has \(fact.value.map(String.init) ?? "?")\(origin(of: fact))"
  }

  func noFirmware() -> Readiness {
    make(
      .noFirmware,
      "the catalogue has no image for \(kind) that speaks \(policy.target.label). \(stays)")
  }

  /// No way leads to any of the images that speak the target; each with what stands against it.
  func unreachable(
    _ targets: [(image: Firmware, obstacle: VersionGraph.Obstacle?)], from current: String
  ) -> Readiness {
    var parts: [String] = []
    func versions(_ suits: (VersionGraph.Obstacle?) -> Bool) -> String {
      targets.filter { suits($0.obstacle) }.map(\.image.version).joined(separator: ", ")
    }
    let older = versions { $0 == .downgrade }
    if !older.isEmpty {
      parts.append(
        "\(older) is older than \(current), and the catalogue allows no downgrade from it")
    }
    var patterns: [String] = []
    for case (_, .from(let some)) in targets { patterns += some }
    if !patterns.isEmpty {
      let bound = versions { if case .from = $0 { true } else { false } }
      parts.append(
        "\(bound) installs only on \(patterns.joined(separator: ", ")), and no image leads there "
          + "from \(current)")
    }
    for case (let image, .through(let version)) in targets {
      parts.append(
        "\(image.version) goes through \(version), and no image leads there from \(current)")
    }
    if parts.isEmpty { parts = ["no image leads on from \(current)"] }
    return make(.noFirmware, "\(parts.joined(separator: "; ")). \(stays)")
  }

  func needsRename() -> Readiness {
    let identity = charger.identity
    let why =
      identity.utf8.count > 48
      ? "it has \(identity.utf8.count) characters, 2.x allows 48"
      : "2.x allows only letters, digits and . * - _ = + | @"
    return make(.needsRename, "the identity \"\(identity)\" is not valid in 2.x: \(why). \(stays)")
  }

  func needsHop(_ route: [Firmware]) -> Readiness {
    let through = route.dropLast().map(\.version).joined(separator: ", then ")
    let current = charger.firmware.value ?? "?"
    return make(
      .needsHop,
      "\(route.last?.version ?? "?") does not install on \(current); it goes through \(through).")
  }

  func needsSecurity() -> Readiness {
    make(
      .needsSecurity,
      "it \(charger.profileSeen == nil ? "has" : "connects with") security profile "
        + "\(charger.knownProfile), \(policy.securityProfile) is asked for before the move. "
        + "Raise it under 1.6 first.")
  }

  func claimedOnly(_ image: Firmware) -> Readiness {
    make(
      .claimedOnly,
      "\(image.version) would suit, but \(charger.firmware.value ?? "?") is only what "
        + "\(charger.firmware.claimed?.source ?? "an import") says; the charger never reported it. "
        + "Its next boot proves it.")
  }

  func ready(_ image: Firmware, isRunning: Bool) -> Readiness {
    let text =
      isRunning
      ? "\(image.version) runs already and speaks \(policy.target.label); only the version has to be switched."
      : "\(image.version) installs on \(charger.firmware.value ?? "?") and speaks \(policy.target.label)."
    var evidence = facts()
    if withEvidence, !isRunning {
      for (name, need, usual) in [
        ("flash", image.flashNeeded, policy.flashNeeded),
        ("RAM", image.ramNeeded, policy.ramNeeded),
      ] {
        evidence.append(
          need.map { "needs \($0) kB of \(name): catalogue" }
            ?? "needs \(usual) kB of \(name): claimed for a usual stack")
      }
    }
    return make(.ready, text, evidence: evidence)
  }

  /// ` (technician 12 Nov; fleet.csv line 7 claimed 256)`.
  private func origin(of fact: Fact<Int>) -> String {
    if let observed = fact.observed {
      let claim = fact.claimed.flatMap { claimed in
        claimed.value == observed.value ? nil : "; \(claimed.source) claimed \(claimed.value)"
      }
      return " (\(observed.source) \(CivilDay(observed.at).label)\(claim ?? ""))"
    }
    return fact.claimed.map { " (\($0.source))" } ?? ""
  }

  /// One line per known fact that a verdict can rest on.
  private func facts() -> [String] {
    guard withEvidence else { return [] }
    return [
      line("model", charger.model), line("hardware", charger.hardware),
      line("firmware", charger.firmware), line("free flash", charger.flashFree, unit: " kB"),
      line("free RAM", charger.ramFree, unit: " kB"),
    ].compactMap(\.self)
  }

  private func line<Value>(_ name: String, _ fact: Fact<Value>, unit: String = "") -> String? {
    guard let best = fact.best else { return nil }
    let word = fact.observed == nil ? "claimed by \(best.source)" : best.source
    var text = "\(name) \(best.value)\(unit): \(word), \(CivilDay(best.at).label)"
    if fact.observed != nil, let claimed = fact.claimed, claimed.value != best.value {
      text += "; \(claimed.source) claimed \(claimed.value)\(unit)"
    }
    return text
  }
}

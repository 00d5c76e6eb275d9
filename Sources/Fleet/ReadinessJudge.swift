/// Judges chargers against one catalogue; keeps the catalogue's patterns compiled and remembers
/// which images suit which hardware, because a fleet has few kinds.
package struct ReadinessJudge: Sendable {
  package let policy: ReadinessPolicy
  private let withEvidence: Bool
  private let images: [CompiledImage]
  private var known: [Kind: [CompiledImage]] = [:]
  private var routes: [Start: [Firmware]] = [:]
  private static let mostRemembered = 4_096

  private struct Kind: Hashable {
    var vendor: String?
    var model: String
    var hardware: String?
  }

  /// Where a way begins, and what it may lead over.
  private struct Start: Hashable {
    var reported: String
    var images: [FirmwareID]
  }

  /// `withEvidence` false: verdict and reason only, for whole fleets.
  package init(catalogue: [Firmware], policy: ReadinessPolicy, withEvidence: Bool = true) {
    self.policy = policy
    self.withEvidence = withEvidence
    images = catalogue.filter { !$0.isRetired }.map(CompiledImage.init)
  }

  package mutating func judge(_ charger: Charger) -> Readiness {
    if let verdict = settled(charger) { return verdict }
    let missing = missingFacts(of: charger)
    guard missing.isEmpty, let model = charger.model.value, let current = charger.firmware.value
    else { return ReadinessWording(charger, policy, withEvidence: withEvidence).unknown(missing) }

    let wording = ReadinessWording(charger, policy, withEvidence: withEvidence)
    let suiting = images(for: charger, model: model)
    let targets = suiting.filter { $0.image.protocols.contains(VersionSet(policy.target)) }
    let running = targets.first { $0.isReported(as: current) }
    if running == nil {
      if let short = shortage(of: charger, targets) {
        return wording.tooSmall(short.image, flash: short.flash, ram: short.ram)
      }
      if targets.isEmpty { return wording.noFirmware() }
    }
    // Only images that fit are steps of the version graph for this charger.
    let fitting = suiting.filter { fits($0.image, charger) }
    let route = running == nil ? route(from: current, over: fitting) : []
    guard let target = running?.image ?? route.last else {
      let graph = VersionGraph(compiled: fitting)
      return wording.unreachable(
        targets.filter { fits($0.image, charger) }
          .map { ($0.image, graph.obstacle(to: $0.image, from: current)) }, from: current)
    }
    var readiness = verdict(on: target, over: route, of: charger, wording)
    readiness.target = target.id
    readiness.route = route.map(\.id)
    readiness.through = route.dropLast().map(\.version)
    return readiness
  }

  /// Of a charger that an image leads to the version: what must come before.
  private func verdict(
    on target: Firmware, over route: [Firmware], of charger: Charger, _ wording: ReadinessWording
  ) -> Readiness {
    if policy.target > .ocpp16, !Identity.isValidIn2x(charger.identity) {
      return wording.needsRename()
    }
    if route.count > 1 { return wording.needsHop(route) }
    if charger.knownProfile < policy.securityProfile { return wording.needsSecurity() }
    if charger.firmware.observed == nil { return wording.claimedOnly(target) }
    return wording.ready(target, isRunning: route.isEmpty)
  }

  /// Verdicts that rest on no image: a person's word, or what the charger has already done.
  private func settled(_ charger: Charger) -> Readiness? {
    let wording = ReadinessWording(charger, policy, withEvidence: withEvidence)
    if let end = charger.endOfLife { return wording.endOfLife(end) }
    if let pin = charger.pin { return wording.pinned(pin) }
    if let quarantine = charger.quarantine { return wording.quarantined(quarantine) }
    if let migration = charger.migration, migration.proved >= policy.target {
      if let at = migration.regressedAt { return wording.regressed(migration, at: at) }
      return wording.migrated(migration)
    }
    if let speaks = charger.speaks, speaks >= policy.target {
      return wording.unproved(speaks)
    }
    return nil
  }

  private mutating func missingFacts(of charger: Charger) -> [ReadinessWording.Missing] {
    var missing: [ReadinessWording.Missing] = []
    guard let model = charger.model.value else {
      missing.append(.model)
      if charger.firmware.value == nil { missing.append(.firmware) }
      return missing
    }
    let candidates = images(for: charger, model: model)
    if candidates.isEmpty {
      // An image may be hidden behind a fact nobody knows.
      let loose = images.filter { $0.model.matches(model) }
      if charger.vendor.value == nil, loose.contains(where: { $0.image.vendor != "*" }) {
        missing.append(.vendor)
      }
      if charger.hardware.value == nil, loose.contains(where: { $0.image.hardware != "*" }) {
        missing.append(.hardware)
      }
    }
    let targets = candidates.filter { $0.image.protocols.contains(VersionSet(policy.target)) }
    if let current = charger.firmware.value {
      // What runs has the room it needs.
      if targets.contains(where: { $0.isReported(as: current) }) { return missing }
    } else {
      missing.append(.firmware)
    }
    let needs = targets.isEmpty ? [nil] : targets.map { Optional($0.image) }
    if charger.flashFree.value == nil, needs.allSatisfy({ flashNeeded($0) > 0 }) {
      missing.append(.flash)
    }
    if charger.ramFree.value == nil, needs.allSatisfy({ ramNeeded($0) > 0 }) {
      missing.append(.ram)
    }
    // A shortage that is known already is a verdict, whatever else is missing.
    if missing.allSatisfy({ $0 == .flash || $0 == .ram }), shortage(of: charger, targets) != nil {
      return []
    }
    return missing
  }

  /// The image that asks for least when none fits; nil when one fits.
  private func shortage(
    of charger: Charger, _ targets: [CompiledImage]
  ) -> (image: Firmware?, flash: Bool, ram: Bool)? {
    let candidates = targets.isEmpty ? [nil] : targets.map { Optional($0.image) }
    if candidates.contains(where: { fits($0, charger) }) { return nil }
    let least = candidates.min {
      (flashNeeded($0), ramNeeded($0)) < (flashNeeded($1), ramNeeded($1))
    }
    guard let image = least else { return nil }
    return (
      image, charger.flashFree.value.map { $0 < flashNeeded(image) } ?? false,
      charger.ramFree.value.map { $0 < ramNeeded(image) } ?? false
    )
  }

  private func fits(_ image: Firmware?, _ charger: Charger) -> Bool {
    (charger.flashFree.value ?? .max) >= flashNeeded(image)
      && (charger.ramFree.value ?? .max) >= ramNeeded(image)
  }

  private func flashNeeded(_ image: Firmware?) -> Int { image?.flashNeeded ?? policy.flashNeeded }
  private func ramNeeded(_ image: Firmware?) -> Int { image?.ramNeeded ?? policy.ramNeeded }

  private mutating func images(for charger: Charger, model: String) -> [CompiledImage] {
    let kind = Kind(vendor: charger.vendor.value, model: model, hardware: charger.hardware.value)
    if let images = known[kind] { return images }
    if known.count >= Self.mostRemembered { known.removeAll() }
    let suiting = images.filter { $0.suits(kind.vendor, model, kind.hardware) }
    known[kind] = suiting
    return suiting
  }

  /// The way over the images that fit; remembered, because a fleet has few kinds and versions.
  private mutating func route(
    from current: String, over fitting: [CompiledImage]
  ) -> [Firmware] {
    let start = Start(reported: current, images: fitting.map(\.image.id))
    if let route = routes[start] { return route }
    // What chargers report is theirs to choose, and so how many of these there are.
    if routes.count >= Self.mostRemembered { routes.removeAll() }
    let route = VersionGraph(compiled: fitting).route(from: current, to: policy.target)
    routes[start] = route
    return route
  }
}

extension Readiness {
  /// Judges one charger; for many, keep a `ReadinessJudge`.
  package static func judge(
    _ charger: Charger, catalogue: [Firmware], policy: ReadinessPolicy
  ) -> Readiness {
    var judge = ReadinessJudge(catalogue: catalogue, policy: policy)
    return judge.judge(charger)
  }
}

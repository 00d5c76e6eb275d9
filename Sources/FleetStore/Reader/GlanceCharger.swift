import Control
import Fleet

extension TolerationRow {
  init(_ toleration: Toleration) {
    let kind = toleration.kind
    self.init(
      version: kind.version, action: kind.action, path: kind.path, what: kind.what,
      quirk: kind.quirk, count: toleration.count, first: toleration.first, last: toleration.last)
  }
}

extension Glance {
  func charger(_ identity: String, at now: Instant) throws(StoreError) -> ChargerDetail? {
    guard let charger = try ChargerTable.chargers(like: identity, connection).first,
      let row = try row(charger.id)
    else { return nil }
    let id = SQLValue.int(charger.id.rawValue)
    let open = try connection.int(
      "SELECT count(*) FROM sessions WHERE charger = ? AND stopped_at IS NULL", [id])
    var detail = ChargerDetail(
      row: row, readiness: try judged(charger), known: Self.known(of: charger, at: now),
      released: charger.released, connectors: try ConnectorTable.read(charger.id, connection),
      openSessions: Int(open ?? 0), endOfLife: charger.endOfLife, pin: charger.pin,
      lastSeen: charger.lastSeen, story: try story(of: charger.id))
    detail.quarantine = charger.quarantine
    detail.notes = charger.notes
    detail.sessions = try sessions(of: charger.id)
    detail.messages = try messages(of: charger)
    detail.upgrade = try upgrade(of: charger, at: now)
    detail.tolerations = try TolerationTable.read(charger.id, connection).map(TolerationRow.init)
    detail.holdings = try holdings(of: charger.id, at: now)
    return detail
  }

  private static func known(of charger: Charger, at now: Instant) -> [ChargerDetail.Known] {
    [
      known("vendor", charger.vendor) { $0 },
      known("model", charger.model) { $0 },
      known("hardware", charger.hardware) { $0 },
      known("serial", charger.serial) { $0 },
      known("firmware", charger.firmware) { $0 },
      known("flash free", charger.flashFree) { "\($0) kB" },
      known("RAM free", charger.ramFree) { "\($0) kB" },
      known("versions", charger.versions) { $0.label },
      known("connectors", charger.connectorCount) { "\($0)" },
      ChargerDetail.Known(
        name: "security profile",
        claimed: charger.securityProfile > 0 ? "at least \(charger.securityProfile)" : nil,
        claimedBy: nil, observed: charger.profileSeen?.value.label,
        observedBy: charger.profileSeen.map { "\($0.source), \(CivilDay($0.at).label)" }),
    ]
      + (charger.certificate.map { certificate in
        [
          ChargerDetail.Known(
            name: "certificate", claimed: nil, claimedBy: nil,
            observed: "for \(certificate.commonName)",
            observedBy: certificate.notAfter < now
              ? "EXPIRED on \(CivilDay(certificate.notAfter).dated); Pending until it has a new one"
              : "until \(CivilDay(certificate.notAfter).dated)")
        ]
      } ?? [])
  }

  private static func known<Value>(
    _ name: String, _ fact: Fact<Value>, _ text: (Value) -> String
  ) -> ChargerDetail.Known {
    func by(_ sighting: Fact<Value>.Sighting?) -> String? {
      sighting.map { "\($0.source), \(CivilDay($0.at).label)" }
    }
    return ChargerDetail.Known(
      name: name, claimed: fact.claimed.map { text($0.value) }, claimedBy: by(fact.claimed),
      observed: fact.observed.map { text($0.value) }, observedBy: by(fact.observed))
  }
}

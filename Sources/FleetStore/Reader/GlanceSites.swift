import Control
import Fleet
import Rollout

extension Glance {
  /// - Parameter name: of one site; nil: all of them.
  func sites(_ name: String?) throws(StoreError) -> [SiteRow] {
    let counts = try connection.rows(
      """
      SELECT site, count(*), sum(online = 0 AND verdict <> ?) FROM chargers
        WHERE site IS NOT NULL GROUP BY site
      """, [.int(Readiness.Verdict.endOfLife.rawValue)]
    ) { (SiteID(rawValue: $0.int(0)), (all: Int($0.int(1)), offline: Int($0.int(2)))) }
    let known = Dictionary(uniqueKeysWithValues: counts)
    return try SiteTable.sites(connection).filter { name == nil || $0.name == name }.map { site in
      let count = known[site.id]
      return SiteRow(site: site, chargers: count?.all ?? 0, offline: count?.offline ?? 0)
    }
  }

  /// Of every quarantined charger, or of those that a campaign left so, the longest first.
  func workOrders(campaign: String?) throws -> [WorkOrder] {
    if let campaign, try named(campaign) == nil { throw ControlError.unknownCampaign(campaign) }
    let sites = Dictionary(
      uniqueKeysWithValues: try SiteTable.sites(connection).map { ($0.id, $0) })
    let chargers = try connection.rows(
      ChargerTable.select + "WHERE d.quarantine IS NOT NULL ORDER BY c.id"
    ) { row throws(StoreError) in try ChargerTable.read(row) }
    var orders: [WorkOrder] = []
    for charger in chargers {
      guard let quarantine = charger.quarantine,
        campaign == nil || quarantine.campaign == campaign
      else { continue }
      orders.append(try workOrder(charger, quarantine, charger.site.flatMap { sites[$0] }))
    }
    return orders.sorted { ($0.since, $0.charger) < ($1.since, $1.charger) }
  }

  private func workOrder(
    _ charger: Charger, _ quarantine: Quarantine, _ site: Site?
  ) throws(StoreError) -> WorkOrder {
    var order = WorkOrder(charger: charger.identity, since: quarantine.at)
    (order.site, order.zone) = (site?.name ?? "", site?.zone ?? "")
    order.vendor = charger.vendor.value ?? ""
    order.model = charger.model.value ?? ""
    order.hardware = charger.hardware.value ?? ""
    order.serial = charger.serial.value ?? ""
    order.firmware = charger.firmware.value ?? ""
    (order.reason, order.campaign) = (quarantine.reason, quarantine.campaign)
    (order.online, order.lastSeen, order.notes) = (charger.online, charger.lastSeen, charger.notes)
    order.connectors = try ConnectorTable.read(charger.id, connection).map {
      "\($0.id.evse).\($0.id.connector) \($0.state.label)"
    }.joined(separator: "; ")
    guard let upgrade = try UpgradeTable.newest(of: charger.id, connection) else { return order }
    let target = try FirmwareTable.catalogue(connection).first { $0.id == upgrade.target }
    order.target = target?.version ?? ""
    order.tried = try AttemptTable.attempts(of: upgrade.id, connection)
      .filter(\.order.isDisruptive)
      .map { "\($0.step): \($0.state.label)\($0.evidence.isEmpty ? "" : " (\($0.evidence))")" }
      .joined(separator: "; ")
    return order
  }

  /// The newest first.
  func notices(limit: Int) throws(StoreError) -> [Announcement] {
    try OutboxTable.notices(connection, "ORDER BY id DESC LIMIT ?", [.int(limit)])
  }
}

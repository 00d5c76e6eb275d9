import Fleet
import Rollout

package struct FleetRow: Sendable, Equatable, Codable {
  package var identity: String
  package var site: String
  package var vendor: String
  package var model: String
  package var firmware: String
  package var flashFree: Int?
  package var ramFree: Int?
  package var speaks: ProtocolVersion?
  package var online: Bool
  package var verdict: Readiness.Verdict
  package var reason: String
  /// Phase of its upgrade in a running campaign, as people say it.
  package var upgrade: String?
  /// Hardware revision; empty: not known.
  package var hardware = ""
  /// The time zone of its site; empty: not known.
  package var zone = ""
  package init(
    identity: String, site: String, vendor: String, model: String, firmware: String,
    flashFree: Int?, ramFree: Int?, speaks: ProtocolVersion?, online: Bool,
    verdict: Readiness.Verdict, reason: String, upgrade: String?
  ) {
    self.identity = identity
    self.site = site
    self.vendor = vendor
    self.model = model
    self.firmware = firmware
    self.flashFree = flashFree
    self.ramFree = ramFree
    self.speaks = speaks
    self.online = online
    self.verdict = verdict
    self.reason = reason
    self.upgrade = upgrade
  }
}

package struct FleetPage: Sendable, Equatable, Codable {
  package var at: Instant
  package var query: FleetQuery
  /// Chargers that match the filter, and all there are.
  package var matching: Int
  package var total: Int
  package var rows: [FleetRow]
  /// Names of saved selections, in order, for whoever types a filter.
  package var selections: [String]
  package init(
    at: Instant, query: FleetQuery, matching: Int, total: Int, rows: [FleetRow],
    selections: [String] = []
  ) {
    self.at = at
    self.query = query
    self.matching = matching
    self.total = total
    self.rows = rows
    self.selections = selections
  }
}

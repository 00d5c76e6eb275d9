import Fleet
import Rollout

/// Something a console or a command line wants to know.
package enum Question: Sendable, Equatable, Codable {
  case dashboard
  case fleet(FleetQuery)
  case charger(String)
  case campaigns
  case campaign(String)
  /// Upgrades of a campaign, in the order of waves and identities.
  case upgrades(campaign: String)
  case wave(campaign: String, number: Int)
  /// The gates of every stratum of a campaign.
  case gates(campaign: String)
  /// The newest upgrade of a charger.
  case upgrade(charger: String)
  /// The site of that name; nil: all of them.
  case sites(name: String?)
  /// Of quarantined chargers; of a campaign, or of all.
  case workOrders(campaign: String?)
  /// The newest so many.
  case notices(limit: Int)
  case firmware
  /// The firmware with who runs it, and whose signatures are believed.
  case catalogue
  case endOfLife(RegisterQuery)
  case audit(RegisterQuery)
  case security(SecurityQuery)
  case roles
  /// In the order of names.
  case selections
  case rolePolicy
  case sessions(SessionQuery)
  /// The session of that number.
  case session(Int64)
  case continuity(Continuity.Subject)
  case messages(MessageQuestion)
  /// What a charger has left; nil: everybody.
  case uploads(charger: String?)
}

package enum Reply: Sendable, Equatable, Codable {
  case dashboard(Dashboard)
  case fleet(FleetPage)
  case charger(ChargerDetail?)
  case campaigns([CampaignSummary])
  case campaign(CampaignDetail?)
  case upgrades([UpgradeRow])
  case wave(WaveDetail?)
  case gates([GateDetail])
  case upgrade(UpgradeDetail?)
  case sites([SiteRow])
  case workOrders([WorkOrder])
  case notices([Announcement])
  case firmware([Firmware])
  case catalogue(CatalogueView)
  case endOfLife(EndOfLifePage)
  case audit(AuditPage)
  case security(SecurityPage)
  case roles([RoleGrant])
  case selections([SavedSelection])
  case rolePolicy(RolePolicy)
  case sessions(SessionPage)
  case session(SessionDetail?)
  /// Nil: nothing of it migrated.
  case continuity(Continuity?)
  case messages(MessageReply)
  /// Newest first.
  case uploads([UploadedFile])
}

/// A stretch of the fleet.
package struct FleetQuery: Sendable, Equatable, Codable {
  package enum Column: String, Sendable, CaseIterable, Codable {
    case charger
    case site
    case model
    case firmware
    case flash
    case speaks
    case ready
    case upgrade
  }
  /// Filter language: see `FleetFilter`.
  package var filter: String
  package var sort: Column
  package var descending: Bool
  package var offset: Int
  package var limit: Int
  package init(
    filter: String = "", sort: Column = .charger, descending: Bool = false, offset: Int = 0,
    limit: Int = 50
  ) {
    self.filter = filter
    self.sort = sort
    self.descending = descending
    self.offset = offset
    self.limit = limit
  }
}

/// Who answers questions: the inventory itself (read-only), or an engine over its socket.
package protocol Answering: Sendable {
  /// Throws `ControlError`.
  func answer(_ question: Question, at now: Instant) throws -> Reply
}

/// Who carries commands out.
package protocol Commanding: Sendable {
  /// Throws `ControlError`. Blocks until the result is durable.
  func perform(_ command: Command, by caller: Caller) throws -> Outcome
}

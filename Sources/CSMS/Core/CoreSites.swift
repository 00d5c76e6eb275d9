import Control
import Fleet
import Rollout

/// What people say of sites.
extension Core {
  func importSites(_ csv: String, source: String, dryRun: Bool) throws -> Outcome {
    let parsed = SiteImport.parse(csv: csv, source: source)
    var refused = parsed.refused
    let rows = parsed.rows.filter { row in
      guard let flaw = Self.zoneFlaw(row.zone) else { return true }
      refused.append(RefusedRow(line: row.line, column: "zone", reason: flaw))
      return false
    }
    let report = try store.importSites(rows, dryRun: dryRun)
    if !dryRun { try sitesChanged() }
    var outcome = Self.outcome(
      report.counts, (refused + report.refused).sorted { $0.line < $1.line }, "sites", dryRun)
    outcome.unread = UnreadColumns.sentences(
      parsed.ignoredColumns, known: SiteImport.Column.allCases.map(\.rawValue))
    return outcome
  }

  func setSite(_ row: ImportedSite) throws -> Outcome {
    if let flaw = Self.zoneFlaw(row.zone) { throw ControlError.invalid(flaw) }
    let report = try store.importSites([row], dryRun: false)
    if let refused = report.refused.first {
      throw ControlError.invalid("\(refused.column ?? "site"): \(refused.reason).")
    }
    try sitesChanged()
    let word = report.counts.added > 0 ? "added" : report.counts.changed > 0 ? "changed" : nil
    return Outcome(message: "\(row.name) is \(word ?? "as it was: nothing new was said of it").")
  }

  /// - Parameter by: whose word it is, of the system's own people.
  func signOff(
    _ name: String, _ integration: String, by: String?, _ now: Instant
  ) throws -> Outcome {
    try change(name, integration) { site, index in
      let known = site.terms.integrations[index].signOff
      if let by, let known {
        throw ControlError.refused(
          "\(integration) at \(name) was signed off by \(known.by) already; \(by) need not.")
      }
      if by == nil, known == nil {
        throw ControlError.refused("\(integration) at \(name) is not signed off.")
      }
      site.terms.integrations[index].signOff = by.map { .init(by: $0, at: now) }
      let left = site.terms.unsigned.map(\.name)
      if by == nil {
        return
          "\(integration) at \(name) is no longer signed off: what requires it begins nothing new there."
      }
      return "\(integration) at \(name) is signed off."
        + (left.isEmpty ? " All are." : " Still to sign off: \(left.joined(separator: ", ")).")
    }
  }

  private func change(
    _ name: String, _ integration: String, _ body: (inout Site, Int) throws -> String
  ) throws -> Outcome {
    guard var site = try store.sites().first(where: { $0.name == name }) else {
      throw ControlError.invalid("No site \"\(name)\" in the inventory: see swell sites list.")
    }
    let names = site.terms.integrations.map(\.name)
    guard let index = names.firstIndex(of: integration) else {
      let known = names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"
      throw ControlError.invalid(
        "\(name) has no integration \"\(integration)\"; \(known). Name them with swell sites set.")
    }
    let message = try body(&site, index)
    try store.save(site)
    try sitesChanged()
    return Outcome(message: message)
  }

  /// Campaigns that run go by it from now on.
  private func sitesChanged() throws {
    sites = Dictionary(uniqueKeysWithValues: try store.sites().map { ($0.id, $0) })
    calendar.forgetSites()
    hasNews = true
    dispatchSoon(SystemClock.now)
  }

  static func zoneFlaw(_ zone: String?) -> String? {
    guard let zone, !SystemZones.knows(zone) else { return nil }
    return
      "this system knows no time zone \"\(zone)\"; an IANA name is, for example, Europe/Berlin"
  }

  /// What the places of a plan would have it wait for, said when planning and not discovered at
  /// night; and whether nobody at all could begin.
  func placeWarnings(
    _ plan: Plan, at now: Instant
  ) throws -> (warnings: [String], isBlocked: Bool) {
    let known = Dictionary(uniqueKeysWithValues: try store.sites().map { ($0.id, $0) })
    let members = try store.siteMembers()
    var book = calendar.book(plan.playbook.windows)
    var longest: [SiteID: Span] = [:]
    var counts: [SiteID: Int] = [:]
    var free = 0
    for place in plan.upgrades {
      guard let site = plan.candidates[place.candidate].site else {
        free += plan.playbook.budget(of: nil).allowsNobody ? 0 : 1
        continue
      }
      let expected = ExpectedDurations(
        durations, of: plan.strata[place.stratum].stratum, limits: plan.playbook.limits)
      longest[site] = max(longest[site] ?? expected.firmware, expected.firmware)
      counts[site, default: 0] += 1
    }
    var warnings: [String] = []
    for (id, count) in counts.sorted(by: { $0.key < $1.key }) {
      guard let site = known[id] else { continue }
      let chargers = members[id] ?? []
      let budget = plan.playbook.budget(of: site)
      let places = budget.places(of: chargers.count)
      let down = chargers.count { live[$0]?.connection == nil }
      if let flaw = windowFlaw(
        book.openings(of: site), site, longest[id] ?? .milliseconds(0), now)
      {
        warnings.append("\(site.name): \(flaw); \(count) \(count == 1 ? "waits" : "wait")")
      } else if budget.allowsNobody {
        continue
      } else if down >= places {
        warnings.append(
          "\(site.name): \(down) of its chargers are offline and \(places) may be out at once; "
            + "nobody there begins before some are back")
      } else {
        free += count
      }
    }
    return (warnings, free == 0)
  }

  /// Why a site never opens for long enough; nil when it does.
  private func windowFlaw(
    _ openings: Openings, _ site: Site, _ takes: Span, _ now: Instant
  ) -> String? {
    if openings.isAlways { return nil }
    if openings == .never {
      return "this system has no data of the time zone \(site.zone), so its windows never open"
    }
    let coming = openings.openings(in: now..<now + .hours(366 * 24))
    guard let longest = coming.max(by: { $0.length < $1.length }) else {
      return "no window opens within a year"
    }
    guard longest.length < takes else { return nil }
    return
      "its longest window has \(Int(longest.length.seconds / 60)) min, and 95 of 100 take up to "
      + "\(Int(takes.seconds / 60)) min"
  }
}

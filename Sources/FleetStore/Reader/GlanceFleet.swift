import Control
import Fleet
import Rollout

extension Glance {
  func fleet(_ query: FleetQuery, at now: Instant) throws -> FleetPage {
    let filter = try SelectionTable.filter(query.filter, connection)
    let total = Int(try connection.int("SELECT sum(n) FROM tallies") ?? 0)
    let limit = max(0, query.limit)
    let offset = max(0, query.offset)
    let matching: Int
    let ids: [Int64]
    if filter.isEmpty, let columns = query.sort.indexed {
      // An index has the order, and skips to the page without touching a row; from the end that is
      // nearer.
      matching = total
      let count = max(0, min(limit, total - offset))
      let isNearEnd = offset > total / 2
      let found = try connection.rows(
        "SELECT id FROM chargers ORDER BY \(columns.ordered(query.descending != isNearEnd)) "
          + "LIMIT ? OFFSET ?",
        [.int(count), .int(isNearEnd ? total - offset - count : offset)]
      ) { $0.int(0) }
      ids = isNearEnd ? found.reversed() : found
    } else {
      // What depends on time is right to the minute.
      let minute = filter.dependsOnTime ? now.milliseconds / 60_000 : 0
      let key = "\(query.sort)|\(query.descending)|\(minute)|\(query.filter)"
      let all = try order(key) { () throws(StoreError) in
        try ordered(by: query.sort, query.descending, keeping: try matches(filter, at: now))
      }
      matching = all.count
      ids = Array(all.dropFirst(offset).prefix(limit))
    }
    let rows = try ids.compactMap { try row(ChargerID(rawValue: $0)) }
    return FleetPage(
      at: now, query: query, matching: matching, total: total, rows: rows,
      selections: try connection.rows("SELECT name FROM selections ORDER BY name") { $0.text(0) })
  }

  /// Which ids a filter leaves, by number.
  private func matches(
    _ filter: FleetFilter, at now: Instant
  ) throws(StoreError) -> [Bool] {
    let most = Int(try connection.int("SELECT max(id) FROM chargers") ?? 0)
    var matches = [Bool](repeating: false, count: most + 1)
    let condition = FilterSQL(filter, at: now)
    try connection.each(
      "SELECT c.id FROM chargers c WHERE \(condition.text)", condition.values
    ) { matches[Int($0.int(0))] = true }
    return matches
  }

  /// The kept ids in the order of an index. Walking an index and looking each id up here takes a
  /// tenth of the time that SQLite needs to fetch each row for the filter in that order.
  private func ordered(
    by sort: FleetQuery.Column, _ descending: Bool, keeping matches: [Bool]
  ) throws(StoreError) -> [Int64] {
    var left = matches
    var ids: [Int64] = []
    func take(_ sql: String) throws(StoreError) {
      try connection.each(sql) { row in
        let id = row.int(0)
        if left[Int(id)] {
          left[Int(id)] = false
          ids.append(id)
        }
      }
    }
    if sort == .upgrade {
      // Chargers of campaigns under way come first, whichever way the rest goes.
      let order = ["u.has_ended", "u.phase", "c.key"].ordered(descending)
      try take(
        """
        SELECT u.charger FROM upgrades u JOIN chargers c ON c.id = u.charger WHERE u.is_live = 1
          ORDER BY \(order)
        """)
    }
    let columns = sort.indexed ?? ["key"]
    try take("SELECT id FROM chargers ORDER BY \(columns.ordered(descending))")
    return ids
  }

  func row(_ id: ChargerID) throws(StoreError) -> FleetRow? {
    try connection.first(
      """
      SELECT c.identity, c.site_name, c.vendor, c.model, c.firmware, c.flash_free, c.ram_free,
        c.speaks, c.online, c.verdict, d.reason,
        (SELECT u.phase FROM upgrades u WHERE u.charger = c.id AND u.is_live = 1
          ORDER BY u.has_ended, u.id DESC LIMIT 1),
        c.hardware, (SELECT s.zone FROM sites s WHERE s.name = c.site_name)
      FROM chargers c JOIN dossiers d ON d.charger = c.id WHERE c.id = ?
      """, [.int(id.rawValue)]
    ) { row throws(StoreError) in
      guard let verdict = Readiness.Verdict(rawValue: Int(row.int(9))) else {
        throw .damaged(subject: "Charger \(row.text(0))", reason: "verdict \(row.int(9))")
      }
      var charger = FleetRow(
        identity: row.text(0), site: row.text(1), vendor: row.text(2), model: row.text(3),
        firmware: row.text(4), flashFree: row.optionalInt(5).map { Int($0) },
        ramFree: row.optionalInt(6).map { Int($0) },
        speaks: row.optionalInt(7).flatMap { ProtocolVersion(rawValue: Int($0)) },
        online: row.bool(8), verdict: verdict, reason: row.text(10),
        upgrade: row.optionalText(11).flatMap { Upgrade.Phase(rawValue: $0)?.wording })
      (charger.hardware, charger.zone) = (row.text(12), row.optionalText(13) ?? "")
      return charger
    }
  }
}

extension FleetQuery.Column {
  /// Columns of an index, where one has this order.
  fileprivate var indexed: [String]? {
    switch self {
    case .charger: ["key"]
    case .site: ["site_name", "key"]
    case .model: ["vendor", "model", "key"]
    case .firmware: ["firmware_key", "firmware", "key"]
    case .flash: ["flash_free", "key"]
    case .speaks: ["speaks", "key"]
    case .ready: ["verdict", "key"]
    case .upgrade: nil
    }
  }
}

extension [String] {
  fileprivate func ordered(_ descending: Bool) -> String {
    map { descending ? "\($0) DESC" : $0 }.joined(separator: ", ")
  }
}

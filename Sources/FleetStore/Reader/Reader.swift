import Control
import Fleet
import Threads

/// Answers questions from the inventory's file, from any thread, beside a running engine or without
/// one. Never writes and never checkpoints.
package final class Reader: Answering {
  private let path: String
  private let policy: ReadinessPolicy
  private let idle = Monitor<[Glance]>([])

  /// Throws when there is no inventory at `path`, or one of another schema.
  package init(
    _ path: String, schema known: Int, policy: ReadinessPolicy = ReadinessPolicy()
  ) throws(StoreError) {
    self.path = path
    self.policy = policy
    let glance = try Glance(path: path, policy: policy)
    let found = Int(try glance.connection.int("SELECT count(*) FROM migrations") ?? 0)
    guard found <= known else {
      throw .newerSchema(path: path, found: found, known: known)
    }
    // Only a writer may bring it up to date.
    guard found == known else {
      throw .olderSchema(path: path, found: found, known: known)
    }
    if !glance.connection.isSnapshot { idle.withLock { $0.append(glance) } }
  }

  package func answer(_ question: Question, at now: Instant) throws -> Reply {
    do {
      return try read { glance in
        switch question {
        case .dashboard: .dashboard(try glance.dashboard(at: now))
        case .fleet(let query): .fleet(try glance.fleet(query, at: now))
        case .charger(let identity): .charger(try glance.charger(identity, at: now))
        case .campaigns: .campaigns(try glance.campaigns(at: now))
        case .campaign(let name): .campaign(try glance.campaign(name, at: now))
        case .upgrades(let name): .upgrades(try glance.upgrades(of: name))
        case .firmware:
          .firmware(try FirmwareTable.catalogue(glance.connection).filter { !$0.isRetired })
        case .catalogue: .catalogue(try glance.catalogue(at: now))
        case .audit(let query): .audit(try glance.audit(query, at: now))
        case .security(let query): .security(try glance.security(query, at: now))
        case .wave(let name, let number): .wave(try glance.wave(number, of: name, at: now))
        case .gates(let name): .gates(try glance.gates(of: name, at: now))
        case .upgrade(let charger): .upgrade(try glance.upgrade(of: charger, at: now))
        case .endOfLife(let query): .endOfLife(try glance.endOfLife(query, at: now))
        case .sites(let name): .sites(try glance.sites(name))
        case .workOrders(let campaign): .workOrders(try glance.workOrders(campaign: campaign))
        case .notices(let limit): .notices(try glance.notices(limit: limit))
        case .roles: .roles(try RoleTable.grants(glance.connection))
        case .selections: .selections(try SelectionTable.selections(glance.connection))
        case .rolePolicy: .rolePolicy(try RoleTable.policy(glance.connection))
        case .sessions(let query): .sessions(try glance.sessions(query, at: now))
        case .session(let number): .session(try glance.session(number))
        case .continuity(let subject): .continuity(try glance.continuity(of: subject, at: now))
        case .uploads:
          throw ControlError.failed("The inventory holds no uploads; they lie beside it.")
        case .messages:
          throw ControlError.failed("The inventory holds no messages; its engine's trace does.")
        }
      }
    } catch let error as StoreError {
      throw ControlError.failed(error.message)
    } catch let error as FleetFilterError {
      throw ControlError.invalid(error.message)
    }
  }

  /// Writes the whole fleet as CSV, line by line, as it is at this moment.
  package func export(_ write: (String) -> Void) throws {
    try read { glance in
      let sites = Dictionary(
        uniqueKeysWithValues: try SiteTable.sites(glance.connection).map { ($0.id, $0) })
      write(FleetExport.header)
      try glance.connection.each(ChargerTable.select + "ORDER BY c.id") { row throws(StoreError) in
        let charger = try ChargerTable.read(row)
        write(FleetExport.line(charger, site: charger.site.flatMap { sites[$0] }))
      }
    }
  }

  /// Hands the sessions of a query to `body`, oldest first, as they are at this moment: however many
  /// there are, one is in memory. `below` and `limit` of the query don't count.
  package func export(
    _ query: SessionQuery, at now: Instant, _ body: (SessionRecord) throws -> Void
  ) throws {
    var query = query
    query.below = nil
    var failure: (any Error)?
    do {
      try read { glance in
        try glance.eachSession(query, at: now, "ASC") { session throws(StoreError) in
          do {
            try body(session)
          } catch {
            failure = error
            throw .missing(subject: "Whoever wants session \(session.number)")
          }
        }
      }
    } catch let error as FleetFilterError {
      throw ControlError.invalid(error.message)
    } catch {
      throw failure ?? error
    }
  }

  /// Lends a connection in a transaction, so that all of an answer is of one moment.
  private func read<Result>(
    _ body: (Glance) throws -> Result
  ) throws -> Result {
    let glance = try idle.withLock { $0.popLast() } ?? Glance(path: path, policy: policy)
    try glance.begin()
    defer {
      glance.end()
      // A snapshot would not see what an engine writes once it can.
      if !glance.connection.isSnapshot { idle.withLock { $0.append(glance) } }
    }
    return try body(glance)
  }
}

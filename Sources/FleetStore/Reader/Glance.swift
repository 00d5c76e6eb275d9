import Control
import Fleet
import Rollout

/// A read-only connection with what it remembers until somebody writes.
// Safe: the pool lends it to one thread at a time.
final class Glance: @unchecked Sendable {
  let connection: Connection
  let policy: ReadinessPolicy
  private var version: Int64 = -1
  private var orders: [String: [Int64]] = [:]
  private var judge: ReadinessJudge?
  var counted: [CampaignID: CampaignCounts] = [:]
  /// Ends of campaigns that are over, which change no more: every upgrade is looked at for one.
  var ended: [CampaignID: (revision: Int, at: Instant?)] = [:]
  /// Some hundred chargers each: kept for a while even when somebody writes.
  var healths: [HealthKey: (at: Instant, sample: HealthSample)] = [:]

  init(path: String, policy: ReadinessPolicy) throws(StoreError) {
    connection = try Connection(path: path, mode: .reader)
    self.policy = policy
    try connection.execute("PRAGMA mmap_size = 1073741824; PRAGMA temp_store = MEMORY")
  }

  func begin() throws(StoreError) {
    try connection.execute("BEGIN")
    let now = try connection.int("PRAGMA data_version") ?? 0
    if now == version { return }
    version = now
    orders.removeAll()
    counted.removeAll()
    judge = nil
  }

  func end() {
    // Nothing can be lost by it: the transaction read only.
    try? connection.execute("COMMIT")
  }

  /// The ids that a filter leaves, in order; kept until somebody writes.
  func order(
    _ key: String, _ compute: () throws(StoreError) -> [Int64]
  ) throws(StoreError) -> [Int64] {
    if let ids = orders[key] { return ids }
    let ids = try compute()
    if orders.count > 4 { orders.removeAll() }
    orders[key] = ids
    return ids
  }

  func judged(_ charger: Charger) throws(StoreError) -> Readiness {
    if let readiness = judge?.judge(charger) { return readiness }
    var fresh = ReadinessJudge(catalogue: try FirmwareTable.catalogue(connection), policy: policy)
    defer { judge = fresh }
    return fresh.judge(charger)
  }
}

import Fleet

/// Who may send how many bytes when, so that downloads leave room on the uplink of the engine and
/// of each site.
///
/// A pool fills at the rate of its limit, up to a fifth of a second's worth. Every tick the pools
/// are shared out: nobody gets less than another that wants no more, but for what a site's own
/// limit keeps from its transfers. What was not used goes back before the next sharing, so that a
/// slow peer holds nothing back from the others. It reads no clock: times are milliseconds of any
/// one that only goes forward.
struct Bandwidth: Sendable {
  /// Bytes a second; nil: no limit.
  struct Limits: Sendable, Equatable {
    var fleet: Int?
    /// Of each site by itself.
    var site: Int?
    var areNone: Bool { fleet == nil && site == nil }
  }

  /// Milliseconds between two sharings, and how long a transfer waits for the next at least.
  static let tick: UInt64 = 20
  /// Less is not worth sending: where the shares would be smaller, some wait for the next time.
  static let piece = 1024

  private struct Pool {
    let rate: Int
    var level: Int
    /// Parts of a byte, in thousandths.
    private var rest = 0

    init(rate: Int) {
      self.rate = rate
      level = Pool.capacity(rate)
    }

    static func capacity(_ rate: Int) -> Int { max(rate / 5, Bandwidth.piece) }

    mutating func fill(_ milliseconds: UInt64) {
      // Beyond a second it is full anyway.
      let grown = rate * Int(min(milliseconds, 1000)) + rest
      (level, rest) = (level + grown / 1000, grown % 1000)
      level = min(level, Self.capacity(rate))
    }
  }

  private struct Member {
    var site: SiteID?
    /// Transfers of it that run.
    var count = 1
    var allowance = 0
    /// Used since the last sharing.
    var used = 0
    /// Whether it asked for more than it had.
    var wantsMore = true
    /// Its number in the line when it was last given something: whoever waited longest is first.
    var served: UInt64 = 0
  }

  private let limits: Limits
  private var fleet: Pool?
  private var sites: [SiteID: Pool] = [:]
  private var members: [Int64: Member] = [:]
  private var gifts: UInt64 = 0
  private var filled: UInt64 = 0

  init(_ limits: Limits) {
    self.limits = limits
    fleet = limits.fleet.map { Pool(rate: $0) }
  }

  /// Members that run.
  var count: Int { members.count }

  /// A transfer of `member` begins. Several of one member share what it gets.
  mutating func begin(_ member: Int64, site: SiteID?) {
    members[member, default: Member(site: site, count: 0)].count += 1
    if let rate = limits.site, let site, sites[site] == nil { sites[site] = Pool(rate: rate) }
  }

  mutating func end(_ member: Int64) {
    guard var gone = members[member] else { return }
    gone.count -= 1
    guard gone.count == 0 else { return members[member] = gone }
    giveBack(gone.allowance, gone.site)
    members[member] = nil
  }

  /// Bytes of so many that may leave now; 0: none before the next tick.
  mutating func take(_ member: Int64, upTo wanted: Int, now: UInt64) -> Int {
    if now >= filled + Self.tick { share(now) }
    guard var taker = members[member] else { return 0 }
    let count = min(wanted, taker.allowance)
    taker.allowance -= count
    taker.used += count
    if count < wanted { taker.wantsMore = true }
    members[member] = taker
    return count
  }

  /// Bytes that were taken and did not leave.
  mutating func giveBack(_ member: Int64, _ count: Int) {
    members[member]?.allowance += count
    members[member]?.used -= count
  }

  private mutating func giveBack(_ count: Int, _ site: SiteID?) {
    fleet?.level += count
    if let site { sites[site]?.level += count }
  }

  private mutating func share(_ now: UInt64) {
    let elapsed = now - filled
    filled = now
    for member in members.values { giveBack(member.allowance, member.site) }
    fleet?.fill(elapsed)
    for site in sites.keys { sites[site]?.fill(elapsed) }
    // Who used all it had may have as much as there is; the others twice what they used.
    var wishes = members.map { id, member in
      Wish(
        id: id, site: member.site, served: member.served,
        bytes: member.wantsMore ? Int.max / 4096 : max(Self.piece, 2 * member.used))
    }
    wishes.sort { ($0.served, $0.id) < ($1.served, $1.id) }
    if limits.site != nil {
      for (site, places) in Dictionary(grouping: wishes.indices, by: { wishes[$0].site }) {
        guard let site, let pool = sites[site] else { continue }
        let shares = Self.shares(of: pool.level, places.map { wishes[$0].bytes })
        for (place, share) in zip(places, shares) { wishes[place].bytes = share }
      }
      // A full pool that nobody draws from would be made anew as it is.
      sites = sites.filter { site, pool in
        pool.level < Pool.capacity(pool.rate) || wishes.contains { $0.site == site }
      }
    }
    if let fleet {
      let shares = Self.shares(of: fleet.level, wishes.map(\.bytes))
      for (place, share) in shares.enumerated() { wishes[place].bytes = share }
    }
    for wish in wishes {
      guard var member = members[wish.id] else { continue }
      (member.allowance, member.used, member.wantsMore) = (wish.bytes, 0, false)
      if wish.bytes > 0 {
        gifts += 1
        member.served = gifts
      } else {
        member.wantsMore = true
      }
      members[wish.id] = member
      giveBack(-wish.bytes, wish.site)
    }
  }

  private struct Wish {
    var id: Int64
    var site: SiteID?
    var served: UInt64
    var bytes: Int
  }

  /// Shares of an amount, each no more than is wished for and none smaller than another that could
  /// have been larger. Where they would be less than a piece, the first in line get one each.
  static func shares(of amount: Int, _ wishes: [Int]) -> [Int] {
    var left = max(0, amount)
    var level = Int.max
    let sorted = wishes.sorted()
    for (place, wish) in sorted.enumerated() {
      let even = left / (sorted.count - place)
      guard wish <= even else {
        level = even
        break
      }
      left -= wish
    }
    if level >= piece { return wishes.map { min($0, level) } }
    left = max(0, amount)
    return wishes.map { wish in
      let share = min(wish, piece)
      guard share <= left else { return 0 }
      left -= share
      return share
    }
  }
}

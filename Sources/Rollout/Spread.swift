import Fleet

/// Candidates by stratum and target, each charger once, in an order that does not depend on theirs.
struct CandidateGroups {
  struct Group {
    let stratum: Stratum
    let target: FirmwareID
    /// Indices into `candidates`, in order.
    let members: [Int32]
  }
  /// By charger, each once.
  let candidates: [Candidate]
  /// Their sites once more: they are gone through often, and candidates are large.
  let sites: [SiteID?]
  /// In the order of their strata, then targets.
  let list: [Group]

  init(_ given: [Candidate]) {
    candidates = Self.sorted(given)
    var sites: [SiteID?] = []
    sites.reserveCapacity(candidates.count)
    var finder = GroupFinder()
    for (index, candidate) in candidates.enumerated() {
      sites.append(candidate.site)
      finder.add(Int32(index), candidate)
    }
    self.sites = sites
    list = zip(finder.kinds, finder.members)
      .map { Group(stratum: $0.stratum, target: $0.target, members: $1) }
      .sorted { ($0.stratum, $0.target.rawValue) < ($1.stratum, $1.target.rawValue) }
  }

  /// Mostly they come so already, and are not copied then.
  private static func sorted(_ given: [Candidate]) -> [Candidate] {
    var isSorted = true
    for index in given.indices.dropFirst()
    where given[index - 1].charger >= given[index].charger {
      isSorted = false
      break
    }
    if isSorted { return given }
    let order = given.indices.sorted {
      (given[$0].charger, $0) < (given[$1].charger, $1)
    }
    var result: [Candidate] = []
    result.reserveCapacity(given.count)
    for index in order where result.last?.charger != given[index].charger {
      result.append(given[index])
    }
    return result
  }
}

/// Finds the group of each candidate: neighbours are mostly of one kind, and kinds are few.
private struct GroupFinder {
  struct Kind: Hashable {
    var stratum: Stratum
    var target: FirmwareID
  }
  /// Up to so many are looked through one by one.
  private static let few = 16

  private(set) var kinds: [Kind] = []
  private(set) var members: [[Int32]] = []
  private var numbers: [Kind: Int] = [:]
  private var recent = 0

  mutating func add(_ index: Int32, _ candidate: Candidate) {
    let kind = Kind(stratum: candidate.stratum, target: candidate.target)
    if recent >= kinds.count || kinds[recent] != kind { recent = find(kind) }
    members[recent].append(index)
  }

  private mutating func find(_ kind: Kind) -> Int {
    if kinds.count <= Self.few {
      if let found = kinds.firstIndex(of: kind) { return found }
    } else if let found = numbers[kind] {
      return found
    }
    kinds.append(kind)
    members.append([])
    if kinds.count == Self.few + 1 {
      for (number, kind) in kinds.enumerated() { numbers[kind] = number }
    } else if kinds.count > Self.few {
      numbers[kind] = kinds.count - 1
    }
    return kinds.count - 1
  }
}

/// A number for the uplink of each site; sites without a named one have one each.
struct UplinkNumbers {
  private var numbers: [Int64: Int] = [:]

  /// - Parameter sites: of each candidate.
  init(_ sites: [SiteID?], _ uplink: (SiteID) -> String?) {
    var named: [String: Int] = [:]
    var last: SiteID?
    for site in sites {
      guard let site, site != last else { continue }
      last = site
      if numbers[site.rawValue] != nil { continue }
      guard let name = uplink(site) else { continue }
      let number = named[name] ?? named.count
      named[name] = number
      numbers[site.rawValue] = number
    }
    isEmpty = named.isEmpty
  }

  /// No site has a named uplink.
  let isEmpty: Bool
  func number(of site: Int64) -> Int? { numbers[site] }
}

/// The order in which the chargers of a stratum begin: no site has a second one while another site
/// has none, and no uplink while another uplink has none.
enum Spread {
  /// - Parameter sites: of each candidate; `members` are indices into it.
  static func order(
    _ members: [Int32], _ sites: [SiteID?], _ uplinks: UplinkNumbers
  ) -> [Int32] {
    // Members of each site, in order of the sites; those without a site stand each for itself.
    var keyed: [(site: Int64, member: Int32)] = []
    keyed.reserveCapacity(members.count)
    var alone: [Int32] = []
    for member in members {
      if let site = sites[Int(member)] {
        keyed.append((site.rawValue, member))
      } else {
        alone.append(member)
      }
    }
    // Members come by charger, and within a site they stay so.
    let ids = keyed.reduce(into: (least: Int64.max, most: Int64.min)) { ids, entry in
      ids.least = min(ids.least, entry.site)
      ids.most = max(ids.most, entry.site)
    }
    let (span, isWide) = ids.most.subtractingReportingOverflow(ids.least)
    if keyed.count > 1, !isWide, span < 4 * Int64(keyed.count) + 1024 {
      keyed = bySite(keyed, from: ids.least, span: Int(span) + 1)
    } else {
      keyed.sort { ($0.site, $0.member) < ($1.site, $1.member) }
    }
    var starts: [Int] = []
    for index in keyed.indices where index == 0 || keyed[index].site != keyed[index - 1].site {
      starts.append(index)
    }
    let ends = starts.dropFirst() + [keyed.count]
    var lines = zip(starts, ends).map { (at: $0, end: $1) }
    if !uplinks.isEmpty { lines = turns(lines) { uplinks.number(of: keyed[$0.at].site) } }
    var result: [Int32] = []
    result.reserveCapacity(members.count)
    var isFirst = true
    while !lines.isEmpty || isFirst {
      for line in lines { result.append(keyed[line.at].member) }
      if isFirst { result += alone }
      isFirst = false
      lines = lines.compactMap { $0.at + 1 < $0.end ? ($0.at + 1, $0.end) : nil }
    }
    return result
  }

  private static func bySite(
    _ keyed: [(site: Int64, member: Int32)], from least: Int64, span: Int
  ) -> [(site: Int64, member: Int32)] {
    var starts = [Int32](repeating: 0, count: span + 1)
    for entry in keyed { starts[Int(entry.site - least) + 1] += 1 }
    for at in 0..<span { starts[at + 1] += starts[at] }
    var result = keyed
    for entry in keyed {
      let at = Int(entry.site - least)
      result[Int(starts[at])] = entry
      starts[at] += 1
    }
    return result
  }

  /// Lines ordered so that the uplinks take turns.
  private static func turns(
    _ lines: [(at: Int, end: Int)], _ uplink: ((at: Int, end: Int)) -> Int?
  ) -> [(at: Int, end: Int)] {
    var seen: [Int: Int] = [:]
    let ranked = lines.enumerated().map { index, line in
      guard let number = uplink(line) else { return (0, index) }
      defer { seen[number, default: 0] += 1 }
      return (seen[number, default: 0], index)
    }
    return ranked.sorted { $0 < $1 }.map { lines[$0.1] }
  }
}

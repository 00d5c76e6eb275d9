import Fleet

/// Candidates by stratum and target, each charger once, in an order that does not depend on theirs.
struct CandidateGroups {
  /// Indices of the candidates of a stratum, by charger.
  private(set) var list: [(stratum: Stratum, target: FirmwareID, members: [Int32])] = []

  init(_ candidates: [Candidate]) {
    var order = candidates.indices.map { (candidates[$0].charger.rawValue, Int32($0)) }
    // Often they come so already.
    if !zip(order, order.dropFirst()).allSatisfy({ $0.0 < $1.0 }) { order.sort { $0 < $1 } }
    var known: [Stratum: [Int]] = [:]
    var recent = 0
    var last: Int64?
    for (charger, index) in order where charger != last {
      last = charger
      let at = Int(index)
      // Neighbours are mostly of one kind, and kinds are few.
      var found = -1
      if list.count <= 16 {
        if recent < list.count, list[recent].target == candidates[at].target,
          list[recent].stratum == candidates[at].stratum
        {
          found = recent
        } else {
          found =
            list.firstIndex {
              $0.target == candidates[at].target && $0.stratum == candidates[at].stratum
            } ?? -1
        }
      } else {
        if known.isEmpty {
          for (index, group) in list.enumerated() {
            known[group.stratum, default: []].append(index)
          }
        }
        found =
          known[candidates[at].stratum]?.first { list[$0].target == candidates[at].target } ?? -1
      }
      if found < 0 {
        found = list.count
        list.append((candidates[at].stratum, candidates[at].target, []))
        if !known.isEmpty { known[candidates[at].stratum, default: []].append(found) }
      }
      list[found].members.append(index)
      recent = found
    }
    list.sort { ($0.stratum, $0.target.rawValue) < ($1.stratum, $1.target.rawValue) }
  }
}

/// A number for the uplink of each site; sites without a named one have one each.
struct UplinkNumbers {
  private var numbers: [Int64: Int] = [:]

  init(_ candidates: [Candidate], _ uplink: (SiteID) -> String?) {
    var named: [String: Int] = [:]
    var last: SiteID?
    for candidate in candidates {
      guard let site = candidate.site, site != last else { continue }
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
  static func order(
    _ members: [Int32], _ candidates: [Candidate], _ uplinks: UplinkNumbers
  ) -> [Int32] {
    // Members of each site, in order of the sites; those without a site stand each for itself.
    var keyed: [(site: Int64, member: Int32)] = []
    keyed.reserveCapacity(members.count)
    var alone: [Int32] = []
    for member in members {
      if let site = candidates[Int(member)].site {
        keyed.append((site.rawValue, member))
      } else {
        alone.append(member)
      }
    }
    // Members come by charger, and within a site they stay so.
    let span = (keyed.map(\.site).max() ?? 0) - (keyed.map(\.site).min() ?? 0)
    if keyed.count > 1, span >= 0, span < 4 * Int64(keyed.count) + 1024 {
      keyed = bySite(keyed, from: keyed.map(\.site).min() ?? 0, span: Int(span) + 1)
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

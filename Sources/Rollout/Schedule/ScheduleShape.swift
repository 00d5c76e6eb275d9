import Fleet

/// What a schedule is made for: chargers, sites and strata by number, and every limit that holds.
package struct ScheduleInput: Sendable {
  /// A charger's place in the schedule.
  package struct Job: Sendable {
    private var placeNumber: Int32
    private var groupNumber: Int32
    private var waveNumber: Int32
    /// Index into `places`; nil: stands for itself.
    package var place: Int? { placeNumber < 0 ? nil : Int(placeNumber) }
    /// Index into `groups`.
    package var group: Int { Int(groupNumber) }
    package var wave: Int { Int(waveNumber) }
    package init(place: Int?, group: Int, wave: Int) {
      placeNumber = Int32(place ?? -1)
      groupNumber = Int32(group)
      waveNumber = Int32(wave)
    }
  }

  /// A site.
  package struct Place: Sendable {
    /// How many of it may be out at once; nil: as the campaign's playbook says.
    package var budget: Int?
    /// Index into `uplinks`.
    package var uplink: Int?
    /// Index into `openTimes`; nil: day and night.
    package var openTimes: Int?
    /// Where campaigns differ: by campaign, -1 for day and night. Stands for `openTimes`.
    package var openTimesByCampaign: [Int] = []
    /// How long after a window opens its first charger begins, so that not all begin at once.
    package var delay = Span.milliseconds(0)
    package init(budget: Int? = nil, uplink: Int? = nil, openTimes: Int? = nil) {
      (self.budget, self.uplink, self.openTimes) = (budget, uplink, openTimes)
    }
  }

  /// What several sites share towards the depot.
  package struct Uplink: Sendable {
    package var budget: Int?
    /// Bytes a second for downloads.
    package var rate: Int?
    package init(budget: Int? = nil, rate: Int? = nil) { (self.budget, self.rate) = (budget, rate) }
  }

  /// One outage of the chargers of a stratum, and the soak after it.
  package struct Outage: Sendable, Equatable {
    /// 95 of 100 take no longer: what must fit into the rest of a window.
    package var long: Span
    package var soak: Span
    /// Bytes that each charger downloads in it.
    package var bytes: Int64
    package init(long: Span, soak: Span, bytes: Int64 = 0) {
      (self.long, self.soak, self.bytes) = (long, soak, bytes)
    }
  }

  /// A stratum of a campaign.
  package struct Group: Sendable {
    /// Index into `campaigns`.
    package var campaign: Int
    /// Index into `modelBudgets`.
    package var model: Int
    package var outages: [Outage]
    package init(campaign: Int = 0, model: Int = 0, outages: [Outage]) {
      (self.campaign, self.model, self.outages) = (campaign, model, outages)
    }
  }

  package struct Campaign: Sendable {
    package var siteBudget: Int
    package var gate: GatePolicy
    package init(siteBudget: Int, gate: GatePolicy) {
      (self.siteBudget, self.gate) = (siteBudget, gate)
    }
  }

  /// The moment from which all times of the schedule count.
  package var origin: Instant
  package var jobs: [Job] = []
  package var places: [Place] = []
  package var uplinks: [Uplink] = []
  package var openTimes: [OpenTimes] = []
  package var groups: [Group] = []
  package var campaigns: [Campaign] = []
  /// How many of a model may be out at once; nil: any number.
  package var modelBudgets: [Int?] = [nil]
  /// Of chargers without a site: by campaign, -1 for day and night.
  package var openTimesOfNone: [Int] = []
  package var fleetBudget: Int?
  /// Bytes a second for all downloads together.
  package var fleetRate: Int?
  package init(origin: Instant) { self.origin = origin }
}

/// The part of a schedule that does not change while it runs, shared by all its replays. Arrays by
/// number; a cell is what one stratum has at one site.
package final class ScheduleShape: Sendable {
  let input: ScheduleInput
  /// As they are before anything has begun.
  let jobs: [JobRow]
  let cells: [CellRow]
  /// The last one is where those are that have no site.
  let places: [PlaceRow]
  let groups: [GroupRow]
  /// Cells of place `p`: `placeCells[placeStart[p]..<placeStart[p + 1]]`.
  let placeStart: [Int32]
  let placeCells: [Int32]
  let placeTimes: [Int32]
  let timesPlaces: [[Int32]]
  let uplinkPlaces: [[Int32]]
  /// Jobs of group `g` by wave: `members[memberStart[g]..<memberStart[g + 1]]`.
  let memberStart: [Int32]
  let members: [Int32]
  let outages: [ScheduleInput.Outage]
  /// Groups in the order in which they are served: longest outage first.
  let order: [Int]
  let risk: [RiskTable]
  /// All strata share a limit.
  let isTight: Bool

  package init(_ input: ScheduleInput) {
    self.input = input
    isTight = input.fleetBudget != nil || input.fleetRate != nil
    let (places, groups) = (input.places.count + 1, input.groups.count)
    var rows: [JobRow] = []
    rows.reserveCapacity(input.jobs.count)
    var known: [Int32]
    var (ofPlace, ofGroup): ([Int32], [Int32]) = ([], [])
    let isDense = places * max(1, groups) <= 4 << 20
    known = isDense ? [Int32](repeating: -1, count: places * max(1, groups)) : []
    var sparse: [Int: Int32] = [:]
    for job in input.jobs {
      let place = job.place ?? places - 1
      let key = place * groups + job.group
      var cell = isDense ? known[key] : sparse[key] ?? -1
      if cell < 0 {
        cell = Int32(ofPlace.count)
        ofPlace.append(Int32(place))
        ofGroup.append(Int32(job.group))
        if isDense { known[key] = cell } else { sparse[key] = cell }
      }
      rows.append(
        JobRow(cell: cell, group: Int32(job.group), place: Int32(place), wave: Int32(job.wave)))
    }
    jobs = rows
    let longest = input.groups.map { $0.outages.map(\.long.milliseconds).max() ?? 0 }
    order = (0..<groups).sorted { (-longest[$0], $0) < (-longest[$1], $1) }
    (placeStart, placeCells) = Self.sorted(ofPlace, into: places)
    var byTimes = Self.lists(
      input.places.map { $0.openTimes ?? -1 }, count: input.openTimes.count)
    for (place, value) in input.places.enumerated() {
      for index in Set(value.openTimesByCampaign) where index >= 0 && index != value.openTimes {
        byTimes[index].append(Int32(place))
      }
    }
    for index in Set(input.openTimesOfNone) where index >= 0 {
      byTimes[index].append(Int32(places - 1))
    }
    timesPlaces = byTimes
    cells = zip(ofPlace, ofGroup).map { place, group in
      CellRow(
        place: place, group: group,
        times: Int32(
          Self.times(of: Int(place), campaign: input.groups[Int(group)].campaign, input)))
    }
    uplinkPlaces = Self.lists(input.places.map { $0.uplink ?? -1 }, count: input.uplinks.count)
    placeTimes = input.places.map { Int32($0.openTimes ?? -1) } + [-1]
    self.places = input.places.map(PlaceRow.init) + [.nowhere]
    let byGroup = Self.sorted(rows.map { $0.group }, into: groups)
    memberStart = byGroup.starts
    var list = byGroup.items
    for group in 0..<groups {
      let range = Int(memberStart[group])..<Int(memberStart[group + 1])
      var isSorted = true
      for at in range.dropFirst() where rows[Int(list[at - 1])].wave > rows[Int(list[at])].wave {
        isSorted = false
        break
      }
      if isSorted { continue }
      list[range].sort { (rows[Int($0)].wave, $0) < (rows[Int($1)].wave, $1) }
    }
    members = list
    var all: [ScheduleInput.Outage] = []
    self.groups = input.groups.enumerated().map { number, group in
      defer { all += group.outages }
      return GroupRow(
        group, input, firstOutage: all.count, firstMember: byGroup.starts[number])
    }
    outages = all
    var largest = [Int](repeating: 0, count: input.campaigns.count)
    for group in 0..<groups {
      let size = Int(byGroup.starts[group + 1] - byGroup.starts[group])
      largest[input.groups[group].campaign] = max(largest[input.groups[group].campaign], size)
    }
    risk = input.campaigns.indices.map {
      RiskTable(policy: input.campaigns[$0].gate, most: largest[$0])
    }
  }

  /// Indices by key, in order: where each key's begin, and the indices.
  private static func sorted(
    _ keys: [Int32], into count: Int
  ) -> (starts: [Int32], items: [Int32]) {
    var starts = [Int32](repeating: 0, count: count + 1)
    for key in keys { starts[Int(key) + 1] += 1 }
    for at in 0..<count { starts[at + 1] += starts[at] }
    var next = starts
    var items = [Int32](repeating: 0, count: keys.count)
    for (index, key) in keys.enumerated() {
      items[Int(next[Int(key)])] = Int32(index)
      next[Int(key)] += 1
    }
    return (starts, items)
  }

  /// Index into the open times that hold at a place for a campaign; -1: day and night.
  private static func times(of place: Int, campaign: Int, _ input: ScheduleInput) -> Int {
    guard place < input.places.count else {
      return campaign < input.openTimesOfNone.count ? input.openTimesOfNone[campaign] : -1
    }
    let byCampaign = input.places[place].openTimesByCampaign
    return campaign < byCampaign.count
      ? byCampaign[campaign] : input.places[place].openTimes ?? -1
  }

  private static func lists(_ keys: [Int], count: Int) -> [[Int32]] {
    var lists = [[Int32]](repeating: [], count: count)
    for (index, key) in keys.enumerated() where key >= 0 { lists[key].append(Int32(index)) }
    return lists
  }

  var groupCount: Int { input.groups.count }
}

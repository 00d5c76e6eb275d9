import Fleet

/// Who may begin now: event-driven list scheduling over the sites that have room.
///
/// The engine and every replay in virtual time use this one. It is told what changes (a charger
/// comes, a lease is given back, a wave opens) and keeps what follows from it, so that a pass costs
/// what has changed and not what there is. A charger that may begin stands in the line of its cell
/// (its stratum at its site); a cell that has somebody in line and a free place at its site stands
/// in its stratum's heap, first where most work is left for each place of the site's budget.
///
/// Before anybody is let in it holds, in this order: the campaign runs and the stratum is open; no
/// more than ⌊H/U⌋ at risk; the budgets of fleet, model, site and uplink, each counting
/// leased ∪ down; a window that lasts as long as 95 of 100 outages; and a slot for the download.
/// Those that wait for their second outage come first, as they hold room at risk until they end;
/// then free chargers, then busy ones.
package struct Dispatcher: Sendable {
  package enum State: UInt8, Sendable, BitwiseCopyable {
    /// Not begun.
    case planned
    /// Holds a place at its site.
    case holding
    /// Between two outages.
    case resting
    /// Waits for its next outage.
    case ready
    case ended
  }

  /// How it counts as evidence.
  package enum Standing: UInt8, Sendable, BitwiseCopyable {
    case planned
    case underWay
    case succeeded
    /// Failed, and on its way back.
    case failing
    case failed
    case noEvidence
  }

  let shape: ScheduleShape
  let origin: Int64

  /// Chargers, cells, places and strata.
  var tables: DispatchTables
  var outages: [OutageRow]
  /// Of those put off until a moment.
  var notBefore: [Int: Int64] = [:]

  // Limits that sites share.
  let fleetBudget: Int32
  var uplinkOut: [Int32]
  var uplinkIsFull: [Bool]
  /// When the last download let in has had its bytes.
  var uplinkClear: [Int64]
  var modelOut: [Int32]
  var fleetOut: Int32 = 0
  var fleetClear: Int64 = 0

  // Strata: three heaps each.
  var heaps: [TimeHeap]
  var hasMoves = false
  var isRunning: [Bool]

  // Time.
  var times: [Stretches]
  var stretch: [Int]
  /// The stretch of each that is open or opens next.
  var current: [(opens: Int64, closes: Int64)]
  var timesTimers = TimeHeap()
  var placeTimers = TimeHeap()
  var jobTimers = TimeHeap()
  var now: Int64 = 0

  /// Whether reasons for waiting are kept.
  var tracks: Bool
  var touched: [Int32] = []
  var isTouched: [Bool]
  /// Jobs whose reason to wait has changed.
  var deferred: [Int32] = []
  /// What cells waited for and since when, and for how long by place and reason.
  var waits: WaitLog?

  package init(_ shape: ScheduleShape, tracks: Bool = false, logsWaits: Bool = false) {
    self.shape = shape
    self.tracks = tracks
    origin = shape.input.origin.milliseconds
    tables = DispatchTables(
      jobs: shape.jobs, cells: shape.cells, places: shape.places, groups: shape.groups)
    outages = shape.outages.map(OutageRow.init)
    fleetBudget = shape.input.fleetBudget.map { Int32(clamping: $0) } ?? .max
    uplinkOut = .init(repeating: 0, count: shape.input.uplinks.count)
    uplinkIsFull = .init(repeating: false, count: shape.input.uplinks.count)
    uplinkClear = .init(repeating: 0, count: shape.input.uplinks.count)
    modelOut = .init(repeating: 0, count: shape.input.modelBudgets.count)
    heaps = .init(repeating: TimeHeap(), count: 3 * shape.groupCount)
    isRunning = .init(repeating: true, count: shape.input.campaigns.count)
    times = shape.input.openTimes.map { Stretches($0, origin: shape.input.origin.milliseconds) }
    stretch = .init(repeating: 0, count: times.count)
    current = times.map { $0.opens.isEmpty ? (.max, 0) : ($0.opens[0], $0.closes[0]) }
    isTouched = .init(repeating: false, count: tracks || logsWaits ? shape.cells.count : 0)
    if logsWaits { waits = WaitLog(places: shape.places.count, cells: shape.cells.count) }
    for group in shape.groups { sumUp(group) }
    for job in shape.jobs {
      let work = left(Int(job.group), job.state, stage: Int(job.stage))
      places[Int(job.place)].work += work
    }
    for index in times.indices where !times[index].opens.isEmpty {
      timesTimers.push(times[index].opens[0], index)
    }
  }

  /// The next moment at which somebody may begin although nothing happened.
  @inline(__always)
  var nextWake: Int64 {
    min(timesTimers.first, min(placeTimers.first, jobTimers.first))
  }

  /// The same as a moment; nil where there is none.
  package var nextLook: Instant? {
    let next = nextWake
    return next == .max ? nil : Instant(milliseconds: origin + next)
  }

  // MARK: Budgets

  /// How many of a place may be out for a stratum to begin there.
  @inline(__always)
  func budget(_ place: Int, _ group: Int) -> Int32 {
    let common = groups[group].siteBudget
    if place == places.count - 1 { return common > 0 ? .max : 0 }
    let own = places[place].budget
    return own < 0 ? common : own
  }

  @inline(__always)
  mutating func addOut(_ place: Int, _ n: Int32) {
    let uplink = Int(places[place].uplink)
    if uplink >= 0 { uplinkOut[uplink] += n }
  }

  /// The charger counts as out at its model and in the fleet.
  @inline(__always)
  mutating func addModelOut(_ group: Int, _ n: Int32) {
    modelOut[groups[group].model] += n
    fleetOut += n
  }

  // MARK: Work

  /// After lengths of its outages have changed.
  mutating func sumUp(_ group: GroupRow) {
    var sum: Int64 = 0
    for outage in group.outages.reversed() {
      sum += outages[outage].long
      outages[outage].left = sum
    }
  }

  /// Milliseconds of outages that are left of a charger.
  @inline(__always)
  func left(_ group: Int, _ state: State, stage: Int) -> Int64 {
    if state == .ended || stage >= groups[group].outageCount { return 0 }
    return outages[groups[group].firstOutage + stage].left
  }
}

/// Its rows; `tables.own` comes before what changes them.
extension Dispatcher {
  var jobs: Rows<JobRow> {
    @inline(__always) get { tables.jobs }
    @inline(__always) _modify { yield &tables.jobs }
  }
  var cells: Rows<CellRow> {
    @inline(__always) get { tables.cells }
    @inline(__always) _modify { yield &tables.cells }
  }
  var places: Rows<PlaceRow> {
    @inline(__always) get { tables.places }
    @inline(__always) _modify { yield &tables.places }
  }
  var groups: Rows<GroupRow> {
    @inline(__always) get { tables.groups }
    @inline(__always) _modify { yield &tables.groups }
  }
}

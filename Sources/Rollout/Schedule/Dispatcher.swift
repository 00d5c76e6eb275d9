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
  package enum State: UInt8, Sendable {
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
  package enum Standing: UInt8, Sendable {
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

  // Jobs.
  var wave: [Int32]
  var state: [UInt8]
  var stage: [UInt8]
  var standing: [UInt8]
  var online: [Bool]
  var busy: [Bool]
  var notBefore: [Int64]
  /// The line it stands in: 0 none, 1 next outage, 2 free, 3 busy.
  var line: [UInt8]
  var after: [Int32]
  var ahead: [Int32]
  // Three lines to a cell.
  var head: [Int32]
  var tail: [Int32]
  /// In which of its stratum's heaps a cell stands: a bit each.
  var heaped: [UInt8]

  // Places.
  var down: [Int32]
  var leased: [Int32]
  var inLine: [Int32]
  /// Milliseconds of outages that are left.
  var work: [Int64]

  // Limits that sites share.
  var uplinkOut: [Int32]
  var uplinkIsFull: [Bool]
  /// When the last download let in has had its bytes.
  var uplinkClear: [Int64]
  var modelOut: [Int32]
  var fleetOut: Int32 = 0
  var fleetClear: Int64 = 0

  // Strata: three heaps each.
  var heaps: [TimeHeap]
  package internal(set) var openWave: [Int32]
  package internal(set) var isOpen: [Bool]
  var opened: [Int32]
  var hasMoves = false
  package internal(set) var done: [Int32]
  package internal(set) var failed: [Int32]
  package internal(set) var atRisk: [Int32]
  var isRunning: [Bool]
  /// Milliseconds that 95 of 100 take, by outage; observed ones take the plan's place.
  var long: [Int64]

  // Time.
  var times: [Stretches]
  var stretch: [Int]
  var timesTimers = TimeHeap()
  var placeTimers = TimeHeap()
  var jobTimers = TimeHeap()
  var now: Int64 = 0

  /// Whether reasons for waiting are kept.
  var tracks: Bool
  var reason: [UInt8]
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
    let (jobs, cells) = (shape.jobCount, shape.cellPlace.count)
    let (places, groups) = (shape.input.places.count + 1, shape.groupCount)
    wave = shape.jobWave
    state = .init(repeating: 0, count: jobs)
    stage = .init(repeating: 0, count: jobs)
    standing = .init(repeating: 0, count: jobs)
    online = .init(repeating: true, count: jobs)
    busy = .init(repeating: false, count: jobs)
    notBefore = .init(repeating: 0, count: jobs)
    line = .init(repeating: 0, count: jobs)
    after = .init(repeating: -1, count: jobs)
    ahead = .init(repeating: -1, count: jobs)
    head = .init(repeating: -1, count: 3 * cells)
    tail = .init(repeating: -1, count: 3 * cells)
    heaped = .init(repeating: 0, count: cells)
    down = .init(repeating: 0, count: places)
    leased = .init(repeating: 0, count: places)
    inLine = .init(repeating: 0, count: places)
    work = .init(repeating: 0, count: places)
    uplinkOut = .init(repeating: 0, count: shape.input.uplinks.count)
    uplinkIsFull = .init(repeating: false, count: shape.input.uplinks.count)
    uplinkClear = .init(repeating: 0, count: shape.input.uplinks.count)
    modelOut = .init(repeating: 0, count: shape.input.modelBudgets.count)
    heaps = .init(repeating: TimeHeap(), count: 3 * groups)
    openWave = .init(repeating: 0, count: groups)
    isOpen = .init(repeating: true, count: groups)
    opened = (0..<groups).map { shape.memberStart[$0] }
    done = .init(repeating: 0, count: groups)
    failed = .init(repeating: 0, count: groups)
    atRisk = .init(repeating: 0, count: groups)
    isRunning = .init(repeating: true, count: shape.input.campaigns.count)
    long = shape.outages.map(\.long.milliseconds)
    times = shape.input.openTimes.map { Stretches($0, origin: shape.input.origin.milliseconds) }
    stretch = .init(repeating: 0, count: times.count)
    reason = .init(repeating: 0, count: tracks ? jobs : 0)
    isTouched = .init(repeating: false, count: tracks || logsWaits ? cells : 0)
    if logsWaits { waits = WaitLog(places: places, cells: cells) }
    let left = (0..<groups).map { group in
      (shape.outageStart[group]..<shape.outageStart[group + 1]).reduce(Int64(0)) {
        $0 + long[Int($1)]
      }
    }
    for job in 0..<jobs {
      work[Int(shape.jobPlace[job])] += left[Int(shape.jobGroup[job])]
    }
    for index in times.indices where !times[index].opens.isEmpty {
      timesTimers.push(times[index].opens[0], index)
    }
  }

  /// The next moment at which somebody may begin although nothing happened.
  var nextWake: Int64 {
    min(timesTimers.first, min(placeTimers.first, jobTimers.first))
  }

  /// The same as a moment; nil where there is none.
  package var nextLook: Instant? {
    let next = nextWake
    return next == .max ? nil : Instant(milliseconds: origin + next)
  }

  // MARK: Budgets

  @inline(__always)
  func budget(_ place: Int, _ group: Int) -> Int32 {
    let input = shape.input
    let common = input.campaigns[Int(shape.groupCampaign[group])].siteBudget
    if place == shape.nowhere { return common > 0 ? .max : 0 }
    return Int32(truncatingIfNeeded: min(input.places[place].budget ?? common, Int(Int32.max)))
  }

  @inline(__always)
  mutating func addOut(_ place: Int, _ n: Int32) {
    let uplink = Int(shape.placeUplink[place])
    if uplink >= 0 { uplinkOut[uplink] += n }
  }

  /// The charger counts as out at its model and in the fleet.
  @inline(__always)
  mutating func addModelOut(_ job: Int, _ n: Int32) {
    modelOut[Int(shape.groupModel[Int(shape.jobGroup[job])])] += n
    fleetOut += n
  }
}

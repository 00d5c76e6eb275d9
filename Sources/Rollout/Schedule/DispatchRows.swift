import Fleet

// What a dispatcher knows of each charger, cell, place and stratum, one row each. It goes from one
// to another at random, a hundred thousand of them in a fleet: what is looked at together lies
// together.

/// A charger: where it belongs, and how it stands. Half a cache line.
struct JobRow: Sendable, BitwiseCopyable {
  let cell: Int32
  let group: Int32
  let place: Int32
  var wave: Int32
  /// Its neighbours in its line; -1: none.
  var after: Int32 = -1
  var ahead: Int32 = -1
  var state = Dispatcher.State.planned
  var stage: UInt8 = 0
  var standing = Dispatcher.Standing.planned
  /// The line it stands in: 0 none, 1 next outage, 2 free, 3 busy.
  var line: UInt8 = 0
  var isOnline = true
  var isBusy = false
  /// It may not begin before a moment that `Dispatcher.notBefore` has.
  var isPutOff = false
  /// Why it waits, where reasons are kept.
  var reason = WaitReason.none

  init(cell: Int32, group: Int32, place: Int32, wave: Int32) {
    (self.cell, self.group, self.place, self.wave) = (cell, group, place, wave)
  }
}

/// What one stratum has at one site.
struct CellRow: Sendable, BitwiseCopyable {
  /// First and last job in a line; -1: nobody.
  struct Line: Sendable, BitwiseCopyable {
    var head: Int32 = -1
    var tail: Int32 = -1
  }
  let place: Int32
  let group: Int32
  /// Its site's open times; -1: day and night.
  let times: Int32
  /// In which of its stratum's heaps it stands: a bit each.
  var heaped: UInt8 = 0
  /// Those who wait for their next outage, the free and the busy.
  var lines = InlineArray<3, Line>(repeating: Line())

  init(place: Int32, group: Int32, times: Int32) {
    (self.place, self.group, self.times) = (place, group, times)
  }
}

/// A site.
struct PlaceRow: Sendable, BitwiseCopyable {
  /// -1: as the campaign says.
  let budget: Int32
  /// -1: none that others share.
  let uplink: Int32
  /// Milliseconds after a window opens before its first charger begins.
  let delay: Int32
  var down: Int32 = 0
  var leased: Int32 = 0
  var inLine: Int32 = 0
  /// Milliseconds of outages that are left.
  var work: Int64 = 0

  init(_ place: ScheduleInput.Place) {
    budget = place.budget.map { Int32(clamping: max(0, $0)) } ?? -1
    uplink = Int32(place.uplink ?? -1)
    delay = Int32(clamping: place.delay.milliseconds)
  }

  /// Of chargers without a site, which has room for all of them unless a campaign allows nobody.
  static let nowhere = PlaceRow(ScheduleInput.Place())

  var out: Int32 { down + leased }
}

/// A stratum of a campaign, and how it stands.
struct GroupRow: Sendable, BitwiseCopyable {
  let campaign: Int
  let model: Int
  /// Of its campaign.
  let siteBudget: Int32
  /// How many of its model may be out at once.
  let modelBudget: Int32
  /// Its outages: indices into those of the schedule.
  let firstOutage: Int
  let outageCount: Int
  /// Planned ones may begin.
  var isOpen = true
  var openWave: Int32 = 0
  /// Where those of the next wave start among its members.
  var opened: Int32
  var done: Int32 = 0
  var failed: Int32 = 0
  var atRisk: Int32 = 0

  var outages: Range<Int> { firstOutage..<firstOutage + outageCount }

  init(
    _ group: ScheduleInput.Group, _ input: ScheduleInput, firstOutage: Int, firstMember: Int32
  ) {
    campaign = group.campaign
    model = group.model
    siteBudget = Int32(clamping: input.campaigns[campaign].siteBudget)
    modelBudget = input.modelBudgets[model].map { Int32(clamping: $0) } ?? .max
    self.firstOutage = firstOutage
    outageCount = group.outages.count
    opened = firstMember
  }
}

/// An outage of a stratum's chargers.
struct OutageRow: Sendable {
  /// Milliseconds that 95 of 100 take; observed ones take the plan's place.
  var long: Int64
  /// The same of all from this one on.
  var left: Int64 = 0
  /// Milliseconds of the soak after it.
  let soak: Int64
  let bytes: Int64

  init(_ outage: ScheduleInput.Outage) {
    long = outage.long.milliseconds
    soak = outage.soak.milliseconds
    bytes = outage.bytes
  }
}

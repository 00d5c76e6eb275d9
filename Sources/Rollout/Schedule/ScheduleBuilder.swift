import Fleet

/// What a schedule has to know of a site.
package struct ScheduleSite: Sendable {
  package var id: SiteID
  package var name: String
  /// How many of it may be out at once; nil: as the playbook says.
  package var budget: Int?
  /// Sites of one uplink share its bandwidth and its budget.
  package var uplink: String?
  /// Bytes a second of its uplink for downloads.
  package var rate: Int?
  /// What a megabyte over its uplink costs.
  package var costPerMegabyte: Double?
  /// Index into `ScheduleFacts.openTimes`; nil: day and night.
  package var openTimes: Int?
  /// Chargers of it that are offline.
  package var down = 0
  package init(id: SiteID, name: String) { (self.id, self.name) = (id, name) }
}

/// What a schedule has to know besides the plan.
package struct ScheduleFacts: Sendable {
  package var begins: Instant
  package var sites: [ScheduleSite] = []
  package var openTimes: [OpenTimes] = []
  /// Of chargers without a site: index into `openTimes`; nil: day and night.
  package var openTimesOfNone: Int?
  package var durations = Durations()
  package var uplinkBudget: Int?
  /// By the index of a stratum; nil: any number.
  package var modelBudget: [Int?] = []
  package var fleetBudget: Int?
  /// Bytes a second for all downloads together.
  package var fleetRate: Int?
  /// Bytes of the images.
  package var images: [FirmwareID: Int64] = [:]
  /// Offline at the beginning.
  package var offline: Set<ChargerID> = []
  package init(begins: Instant) { self.begins = begins }
}

/// A plan as a schedule.
package struct PlannedSchedule: Sendable {
  package let facts: ScheduleFacts
  package let playbook: Playbook
  package let strata: [Stratum]
  package internal(set) var input: ScheduleInput
  package internal(set) var model: ReplayModel

  package init(_ plan: Plan, _ facts: ScheduleFacts, failures: Int = 0) {
    self.facts = facts
    playbook = plan.playbook
    strata = plan.strata.map(\.stratum)
    var input = ScheduleInput(origin: facts.begins)
    input.campaigns = [
      .init(siteBudget: plan.playbook.siteBudget, gate: plan.playbook.gate)
    ]
    input.openTimes = facts.openTimes
    input.openTimesOfNone = [facts.openTimesOfNone ?? -1]
    input.fleetBudget = facts.fleetBudget
    input.fleetRate = facts.fleetRate
    var numbers: [Int64: Int] = [:]
    numbers.reserveCapacity(facts.sites.count)
    var uplinks: [String: Int] = [:]
    for (index, site) in facts.sites.enumerated() {
      numbers[site.id.rawValue] = index
      var place = ScheduleInput.Place(budget: site.budget, openTimes: site.openTimes)
      if let name = site.uplink {
        let number = uplinks[name] ?? input.uplinks.count
        if number == input.uplinks.count {
          uplinks[name] = number
          input.uplinks.append(.init(budget: facts.uplinkBudget))
        }
        // Its sites agree, or the narrowest is right.
        if let rate = site.rate {
          input.uplinks[number].rate = min(rate, input.uplinks[number].rate ?? rate)
        }
        place.uplink = number
      }
      input.places.append(place)
    }
    var models: [String: Int] = [:]
    input.modelBudgets = []
    var tables: [[Int64]] = []
    var weights: [Int] = []
    var hops = [Int](repeating: 1, count: plan.strata.count)
    var placeOf: [Int?] = []
    placeOf.reserveCapacity(plan.candidates.count)
    var hasHops = false
    for candidate in plan.candidates {
      placeOf.append(candidate.site.flatMap { numbers[$0.rawValue] })
      if candidate.hops.count > 1 { hasHops = true }
    }
    if hasHops {
      for place in plan.upgrades {
        let images = plan.candidates[place.candidate].hops.count
        if images > hops[place.stratum] { hops[place.stratum] = images }
      }
    }
    for (index, progress) in plan.strata.enumerated() {
      let stratum = progress.stratum
      let name = "\(stratum.vendor)\u{0}\(stratum.model)"
      let model = models[name] ?? input.modelBudgets.count
      if model == input.modelBudgets.count {
        models[name] = model
        input.modelBudgets.append(
          index < facts.modelBudget.count ? facts.modelBudget[index] : nil)
      }
      var outages: [ScheduleInput.Outage] = []
      for step in OutageStep.steps(of: plan.playbook, hops: hops[index]) {
        let table = facts.durations.table(
          .outage(step.number), of: stratum,
          prior: Durations.prior(Durations.expected(step.number, plan.playbook.limits)))
        outages.append(
          .init(
            long: .milliseconds(Durations.quantile(table, 0.95)), soak: step.soak,
            bytes: step.downloads ? facts.images[progress.target] ?? 0 : 0))
        tables.append(table)
        weights.append(facts.durations.observed(.outage(step.number), of: stratum))
      }
      input.groups.append(.init(model: model, outages: outages))
    }
    input.jobs = plan.upgrades.map {
      .init(place: placeOf[$0.candidate], group: $0.stratum, wave: $0.wave)
    }
    self.input = input
    let shape = ScheduleShape(input)
    model = ReplayModel(shape, tables: tables, weights: weights, failures: failures)
    model.doubt = facts.durations.doubt
    model.absence = plan.playbook.limits.absence
    for (index, site) in facts.sites.enumerated() where site.down > 0 {
      model.start.setDown(index, site.down)
    }
    guard !facts.offline.isEmpty else { return }
    for (job, place) in plan.upgrades.enumerated()
    where facts.offline.contains(plan.candidates[place.candidate].charger) {
      model.start.see(job, online: false, busy: false)
      model.absent.append(Int32(job))
    }
  }
}

/// An outage that a playbook asks of a charger.
package struct OutageStep: Sendable {
  /// 0: firmware, 1: version; what its durations are kept under.
  package var number: Int
  package var soak: Span
  package var downloads: Bool

  /// - Parameter hops: how many images the charger passes through.
  package static func steps(of playbook: Playbook, hops: Int) -> [OutageStep] {
    let version = OutageStep(number: 1, soak: playbook.soak.onVersion, downloads: false)
    guard playbook.route.installs else { return [version] }
    let images = (0..<max(1, hops)).map { hop in
      OutageStep(
        number: 0,
        soak: hop + 1 < hops ? playbook.soak.betweenHops : playbook.soak.onFirmware,
        downloads: true)
    }
    return images + [version]
  }
}

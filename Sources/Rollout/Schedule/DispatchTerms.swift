import Fleet

/// The limits that campaigns share at sites: budgets, windows, uplinks.
package struct DispatchTerms {
  var sites: [SiteID: Site]
  /// Every charger that counts for its site's budget.
  var members: [SiteID: [ChargerID]]
  var zone: (String) -> Zone?

  package init(
    sites: [SiteID: Site], members: [SiteID: [ChargerID]], zone: @escaping (String) -> Zone?
  ) {
    (self.sites, self.members, self.zone) = (sites, members, zone)
  }

  /// Adds places in the order of `ids`. Where campaigns allow different numbers, the least holds.
  func fill(_ input: inout ScheduleInput, _ ids: [SiteID], _ campaigns: [Campaign]) {
    var times = campaigns.map { SiteTimes($0.playbook.windows, zone: zone) }
    input.openTimesOfNone = times.indices.map {
      times[$0].number(of: nil, in: &input.openTimes) ?? -1
    }
    var uplinks: [String: Int] = [:]
    var onUplink: [Int] = []
    for id in ids {
      let site = sites[id]
      let count = members[id]?.count ?? 0
      var place = ScheduleInput.Place(
        budget: campaigns.map { $0.playbook.budget(of: site).places(of: count) }.min())
      place.openTimesByCampaign = times.indices.map {
        times[$0].number(of: site, in: &input.openTimes) ?? -1
      }
      if let uplink = site?.terms.uplink {
        let number = uplinks[uplink.name] ?? input.uplinks.count
        if number == input.uplinks.count {
          uplinks[uplink.name] = number
          input.uplinks.append(.init())
          onUplink.append(0)
        }
        onUplink[number] += count
        place.uplink = number
      }
      input.places.append(place)
    }
    let budgets = campaigns.map(\.playbook.budgets)
    for (number, count) in onUplink.enumerated() {
      input.uplinks[number].budget = budgets.compactMap { $0.uplink?.places(of: count) }.min()
    }
    let all = members.values.reduce(0) { $0 + $1.count }
    input.fleetBudget = budgets.compactMap { $0.fleet?.places(of: all) }.min()
    var ofModel = [Int](repeating: 0, count: input.modelBudgets.count)
    for job in input.jobs { ofModel[input.groups[job.group].model] += 1 }
    for (model, count) in ofModel.enumerated() {
      input.modelBudgets[model] = budgets.compactMap { $0.model?.places(of: count) }.min()
    }
  }
}

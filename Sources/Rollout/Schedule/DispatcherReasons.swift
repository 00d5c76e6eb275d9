import Fleet

/// Why chargers wait.
package enum WaitReason: UInt8, Sendable, Codable, CaseIterable {
  case none
  case busy
  case offline
  case window
  case budget
  case atRisk
  case uplink
  case model
  case fleet
  case bandwidth

  /// As an upgrade notes it.
  package var deferral: Upgrade.Deferral? {
    switch self {
    case .none: nil
    case .busy: .busy
    case .offline: .offline
    case .window: .window
    case .budget, .uplink, .model, .fleet, .bandwidth: .budget
    case .atRisk: .atRisk
    }
  }
}

/// For how long the cells of each place waited, by reason.
struct WaitLog: Sendable {
  private(set) var spans: [Int64]
  private var reason: [UInt8]
  private var since: [Int64]

  init(places: Int, cells: Int) {
    spans = .init(repeating: 0, count: places * WaitReason.allCases.count)
    reason = .init(repeating: 0, count: cells)
    since = .init(repeating: 0, count: cells)
  }

  mutating func note(_ cell: Int, at place: Int, _ new: WaitReason, now: Int64) {
    let old = Int(reason[cell])
    guard old != new.rawValue else { return }
    if old != 0 { spans[place * WaitReason.allCases.count + old] += now - since[cell] }
    reason[cell] = new.rawValue
    since[cell] = now
  }

  /// What kept a place longest.
  func binding(of place: Int) -> (WaitReason, Int64) {
    let first = place * WaitReason.allCases.count
    var best = (WaitReason.none, Int64(0))
    for reason in WaitReason.allCases where spans[first + Int(reason.rawValue)] > best.1 {
      best = (reason, spans[first + Int(reason.rawValue)])
    }
    return best
  }
}

extension Dispatcher {
  @inline(__always)
  mutating func touch(_ cell: Int) {
    guard !isTouched.isEmpty, !isTouched[cell] else { return }
    isTouched[cell] = true
    touched.append(Int32(cell))
  }

  mutating func wait(_ job: Int, _ why: WaitReason) {
    guard reason[job] != why.rawValue else { return }
    reason[job] = why.rawValue
    deferred.append(Int32(job))
  }

  /// Says of those still in line of what was touched why they wait.
  mutating func settle() {
    for cell in touched {
      isTouched[Int(cell)] = false
      settle(Int(cell))
    }
    touched.removeAll(keepingCapacity: true)
  }

  private mutating func settle(_ cell: Int) {
    let place = Int(shape.cellPlace[cell])
    let group = Int(shape.cellGroup[cell])
    let isFree = head[3 * cell + 1]
    let isBusy = head[3 * cell + 2]
    if waits != nil {
      let first = head[3 * cell] >= 0 ? head[3 * cell] : isFree >= 0 ? isFree : isBusy
      let why = first < 0 ? .none : reason(place, group, Int(first))
      waits?.note(cell, at: place, why, now: now)
    }
    guard tracks, isOpen[group], isRunning[Int(shape.groupCampaign[group])] else { return }
    var job = isBusy
    while job >= 0 {
      wait(Int(job), .busy)
      job = after[Int(job)]
    }
    guard isFree >= 0 else { return }
    let why = reason(place, group, Int(isFree))
    job = isFree
    while job >= 0 {
      wait(Int(job), why)
      job = after[Int(job)]
    }
  }

  /// What keeps one that is in line.
  func reason(_ place: Int, _ group: Int, _ job: Int) -> WaitReason {
    if down[place] + leased[place] >= budget(place, group) { return .budget }
    if !fits(place, group, job) { return .window }
    let uplink = Int(shape.placeUplink[place])
    if uplink >= 0 {
      if let budget = shape.input.uplinks[uplink].budget, uplinkOut[uplink] >= budget {
        return .uplink
      }
      if uplinkClear[uplink] > now { return .bandwidth }
    }
    let model = Int(shape.groupModel[group])
    if let budget = shape.input.modelBudgets[model], modelOut[model] >= budget { return .model }
    if let budget = shape.input.fleetBudget, fleetOut >= budget { return .fleet }
    if shape.input.fleetRate != nil, fleetClear > now { return .bandwidth }
    return .atRisk
  }

  /// Takes the changed reasons of planned ones out.
  package mutating func takeDeferred() -> [(job: Int, reason: Upgrade.Deferral)] {
    defer { deferred.removeAll(keepingCapacity: true) }
    return deferred.compactMap { job in
      guard state[Int(job)] == State.planned.rawValue else { return nil }
      return WaitReason(rawValue: reason[Int(job)])?.deferral.map { (Int(job), $0) }
    }
  }
}

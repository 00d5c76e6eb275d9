import Fleet

/// Why chargers wait.
package enum WaitReason: UInt8, Sendable, BitwiseCopyable, Codable, CaseIterable {
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
    guard jobs[job].reason != why else { return }
    jobs[job].reason = why
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
    let place = Int(cells[cell].place)
    let group = Int(cells[cell].group)
    let next = cells[cell].lines[0].head
    let isFree = cells[cell].lines[1].head
    let isBusy = cells[cell].lines[2].head
    if waits != nil {
      let first = next >= 0 ? next : isFree >= 0 ? isFree : isBusy
      let why = first < 0 ? .none : reason(place, cell, Int(first))
      waits?.note(cell, at: place, why, now: now)
    }
    guard tracks, groups[group].isOpen, isRunning[groups[group].campaign] else { return }
    var job = isBusy
    while job >= 0 {
      wait(Int(job), .busy)
      job = jobs[Int(job)].after
    }
    guard isFree >= 0 else { return }
    let why = reason(place, cell, Int(isFree))
    job = isFree
    while job >= 0 {
      wait(Int(job), why)
      job = jobs[Int(job)].after
    }
  }

  /// What keeps one that is in line.
  func reason(_ place: Int, _ cell: Int, _ job: Int) -> WaitReason {
    let group = Int(cells[cell].group)
    if places[place].out >= budget(place, group) { return .budget }
    if !fits(place, cell, job) { return .window }
    let uplink = Int(places[place].uplink)
    if uplink >= 0 {
      if let budget = shape.input.uplinks[uplink].budget, uplinkOut[uplink] >= budget {
        return .uplink
      }
      if uplinkClear[uplink] > now { return .bandwidth }
    }
    let model = groups[group].model
    if modelOut[model] >= groups[group].modelBudget { return .model }
    if fleetOut >= fleetBudget { return .fleet }
    if shape.input.fleetRate != nil, fleetClear > now { return .bandwidth }
    return .atRisk
  }

  /// Takes the changed reasons of planned ones out.
  package mutating func takeDeferred() -> [(job: Int, reason: Upgrade.Deferral)] {
    defer { deferred.removeAll(keepingCapacity: true) }
    return deferred.compactMap { job in
      guard jobs[Int(job)].state == .planned else { return nil }
      return jobs[Int(job)].reason.deferral.map { (Int(job), $0) }
    }
  }
}

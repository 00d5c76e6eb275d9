import Fleet

/// One pass: who is let in at a moment.
extension Dispatcher {
  /// Lets in whom nothing keeps, each with a place of its site; their numbers in order.
  package mutating func grants(at moment: Instant) -> [Int32] {
    var granted: [Int32] = []
    grants(at: moment.milliseconds - origin, into: &granted)
    return granted
  }

  mutating func grants(at time: Int64, into granted: inout [Int32]) {
    tables.own()
    now = max(now, time)
    if nextWake <= now { wakeUp() }
    for kind in 0..<3 {
      if shape.isTight {
        drainFairly(kind, &granted)
      } else {
        // By index: to go through the array itself would count it, for all threads in one place.
        for at in groups.indices {
          let group = shape.order[at]
          if !heaps[3 * group + kind].isEmpty { drain(group, kind, most: .max, &granted) }
        }
      }
    }
    if !touched.isEmpty { settle() }
  }

  /// Where all strata share a limit, whoever has most work left for its budget comes first.
  private mutating func drainFairly(_ kind: Int, _ granted: inout [Int32]) {
    var isOut = [Bool](repeating: false, count: shape.groupCount)
    while true {
      var best = -1
      for group in shape.order where !isOut[group] {
        guard let word = heaps[3 * group + kind].words.first else { continue }
        if best < 0 || word < heaps[3 * best + kind].words[0] { best = group }
      }
      guard best >= 0 else { return }
      let before = granted.count
      drain(best, kind, most: 1, &granted)
      if granted.count == before { isOut[best] = true }
    }
  }

  private mutating func drain(
    _ group: Int, _ kind: Int, most: Int, _ granted: inout [Int32]
  ) {
    let campaign = groups[group].campaign
    guard isRunning[campaign], kind == 0 || groups[group].isOpen else { return }
    let heap = 3 * group + kind
    let bit = UInt8(1) << UInt8(kind)
    let (model, modelBudget) = (groups[group].model, groups[group].modelBudget)
    var left = most
    while left > 0, !heaps[heap].isEmpty {
      if kind > 0,
        !shape.risk[campaign].allows(
          Int(groups[group].atRisk) + 1, done: Int(groups[group].done),
          failed: Int(groups[group].failed))
      {
        return
      }
      if modelOut[model] >= modelBudget || fleetOut >= fleetBudget { return }
      let cell = heaps[heap].top
      let job = Int(cells[cell].lines[kind].head)
      let place = Int(cells[cell].place)
      if job < 0 || !hasRoom(place, cell, job) {
        heaps[heap].pop()
        cells[cell].heaped &= ~bit
        if job >= 0 { touch(cell) }
        continue
      }
      let bytes = outages[groups[group].firstOutage + Int(jobs[job].stage)].bytes
      if bytes > 0, let rate = shape.input.fleetRate {
        if fleetClear > now {
          if placeTimers.first > fleetClear { placeTimers.push(fleetClear, place) }
          return
        }
        fleetClear = max(fleetClear, now) + bytes * 1000 / Int64(max(1, rate))
      }
      let uplink = Int(places[place].uplink)
      if bytes > 0, uplink >= 0, let rate = shape.input.uplinks[uplink].rate {
        uplinkClear[uplink] = max(uplinkClear[uplink], now) + bytes * 1000 / Int64(max(1, rate))
      }
      takeOut(job)
      jobs[job].state = .holding
      hold(job, place)
      if kind > 0 { count(job, group, .underWay) }
      granted.append(Int32(job))
      left -= 1
      touch(cell)
      if cells[cell].lines[kind].head < 0 {
        heaps[heap].pop()
        cells[cell].heaped &= ~bit
      }
    }
  }

  /// Whether its site lets one more begin now: budget, window, uplink.
  private mutating func hasRoom(_ place: Int, _ cell: Int, _ job: Int) -> Bool {
    let group = Int(cells[cell].group)
    if places[place].out >= budget(place, group) { return false }
    if !fits(place, cell, job) { return false }
    let uplink = Int(places[place].uplink)
    if uplink < 0 { return true }
    if let budget = shape.input.uplinks[uplink].budget, uplinkOut[uplink] >= budget {
      uplinkIsFull[uplink] = true
      return false
    }
    if shape.input.uplinks[uplink].rate != nil, uplinkClear[uplink] > now,
      outages[groups[group].firstOutage + Int(jobs[job].stage)].bytes > 0
    {
      placeTimers.push(uplinkClear[uplink], place)
      return false
    }
    return true
  }

  /// Whether the window is open, and long enough for 95 of 100.
  @inline(__always)
  func fits(_ place: Int, _ cell: Int, _ job: Int) -> Bool {
    let index = Int(cells[cell].times)
    if index < 0 { return true }
    let (opens, closes) = current[index]
    if opens > now { return false }
    let outage = groups[Int(cells[cell].group)].firstOutage + Int(jobs[job].stage)
    return opens + Int64(places[place].delay) <= now && now + outages[outage].long <= closes
  }

  /// Opens windows, ends pauses.
  private mutating func wakeUp() {
    while timesTimers.first <= now {
      let index = timesTimers.top
      timesTimers.pop()
      // A look that came late may have missed some.
      while times[index].knows(stretch[index]), times[index].closes[stretch[index]] <= now {
        stretch[index] += 1
      }
      guard times[index].knows(stretch[index]) else {
        current[index] = (.max, 0)
        continue
      }
      current[index] = (times[index].opens[stretch[index]], times[index].closes[stretch[index]])
      if times[index].opens[stretch[index]] > now {
        timesTimers.push(times[index].opens[stretch[index]], index)
        continue
      }
      for place in shape.timesPlaces[index] where places[Int(place)].inLine > 0 {
        let delay = Int64(places[Int(place)].delay)
        if delay > 0 { placeTimers.push(now + delay, Int(place)) } else { wake(Int(place)) }
      }
      // When this one closes, the next is looked for.
      timesTimers.push(times[index].closes[stretch[index]], index)
    }
    while placeTimers.first <= now {
      let place = placeTimers.top
      placeTimers.pop()
      wake(place)
    }
    while jobTimers.first <= now {
      let job = jobTimers.top
      jobTimers.pop()
      file(job)
    }
  }
}

import Fleet

/// What a dispatcher is told.
extension Dispatcher {
  package mutating func setRunning(_ campaign: Int, _ runs: Bool) {
    guard isRunning[campaign] != runs else { return }
    tables.own()
    isRunning[campaign] = runs
    guard runs, tracks else { return }
    for job in jobs.indices where groups[Int(jobs[job].group)].campaign == campaign {
      file(job)
      touch(Int(jobs[job].cell))
    }
  }

  /// Lets the planned ones of a stratum begin up to this wave. With `isOpen` false none may, and
  /// those between two outages still do.
  package mutating func open(_ group: Int, wave newest: Int, isOpen: Bool = true) {
    tables.own()
    let wasOpen = groups[group].isOpen
    groups[group].isOpen = isOpen
    let end = shape.memberStart[group + 1]
    if newest > groups[group].openWave {
      groups[group].openWave = Int32(newest)
      var at = hasMoves ? shape.memberStart[group] : groups[group].opened
      while at < end {
        let job = Int(shape.members[Int(at)])
        if jobs[job].wave > newest {
          if hasMoves {
            at += 1
            continue
          }
          break
        }
        if jobs[job].line == 0 { file(job) }
        at += 1
      }
      groups[group].opened = at
    } else if isOpen, !wasOpen, tracks {
      for at in shape.memberStart[group]..<end { file(Int(shape.members[Int(at)])) }
    }
  }

  /// Puts one into another wave.
  package mutating func move(_ job: Int, toWave wave: Int) {
    guard jobs[job].wave != wave else { return }
    tables.own()
    hasMoves = true
    jobs[job].wave = Int32(wave)
    file(job)
  }

  /// What is seen of a charger now.
  package mutating func see(_ job: Int, online isOnline: Bool, busy isBusy: Bool) {
    tables.own()
    let place = Int(jobs[job].place)
    if jobs[job].isOnline != isOnline {
      jobs[job].isOnline = isOnline
      if jobs[job].state == .holding {
        // While it is offline it is counted among those that are down.
        places[place].leased += isOnline ? 1 : -1
        addOut(place, isOnline ? 1 : -1)
      } else {
        addModelOut(Int(jobs[job].group), isOnline ? -1 : 1)
      }
    } else if jobs[job].isBusy == isBusy {
      return
    }
    jobs[job].isBusy = isBusy
    file(job)
  }

  /// How many chargers of a place are offline, whoever they belong to.
  package mutating func setDown(_ place: Int, _ count: Int) {
    let before = places[place].down
    guard before != count else { return }
    tables.own()
    places[place].down = Int32(count)
    addOut(place, Int32(count) - before)
    if count < before { freed(place) }
  }

  package func wave(of group: Int) -> Int { Int(groups[group].openWave) }

  /// What 95 of 100 take, as observed meanwhile.
  package mutating func setLong(_ group: Int, outage: Int, _ span: Span) {
    outages[groups[group].firstOutage + outage].long = span.milliseconds
    sumUp(groups[group])
  }

  /// Takes down one place more or less.
  mutating func addDown(_ place: Int, _ n: Int) { setDown(place, Int(places[place].down) + n) }

  /// Where a job stands now.
  package mutating func set(
    _ job: Int, _ new: State, stage: Int, standing: Standing, notBefore: Instant? = nil
  ) {
    tables.own()
    let row = jobs[job]
    let place = Int(row.place)
    let group = Int(row.group)
    if row.state != new || row.stage != stage {
      let change = left(group, new, stage: stage) - left(group, row.state, stage: Int(row.stage))
      places[place].work += change
      jobs[job].stage = UInt8(truncatingIfNeeded: stage)
      jobs[job].state = new
    }
    count(job, group, standing)
    if tracks, new != .planned { jobs[job].reason = .none }
    putOff(job, until: notBefore)
    if (row.state == .holding) != (new == .holding) {
      if new == .holding {
        hold(job, place)
      } else {
        if row.isOnline {
          places[place].leased -= 1
          addOut(place, -1)
          addModelOut(group, -1)
        }
        freed(place)
      }
    }
    file(job)
  }

  private mutating func putOff(_ job: Int, until moment: Instant?) {
    if let moment {
      notBefore[job] = max(0, moment.milliseconds - origin)
      jobs[job].isPutOff = true
    } else if jobs[job].isPutOff {
      notBefore[job] = nil
      jobs[job].isPutOff = false
    }
  }

  /// Takes a place for it. One that is offline is counted among those that are down already.
  mutating func hold(_ job: Int, _ place: Int) {
    guard jobs[job].isOnline else { return }
    places[place].leased += 1
    addOut(place, 1)
    addModelOut(Int(jobs[job].group), 1)
  }

  mutating func count(_ job: Int, _ group: Int, _ new: Standing) {
    let old = jobs[job].standing
    guard old != new else { return }
    add(old, group, -1)
    add(new, group, 1)
    jobs[job].standing = new
  }

  private mutating func add(_ standing: Standing, _ group: Int, _ n: Int32) {
    switch standing {
    case .planned, .noEvidence: break
    case .underWay: groups[group].atRisk += n
    case .succeeded: groups[group].done += n
    case .failing:
      groups[group].done += n
      groups[group].failed += n
      groups[group].atRisk += n
    case .failed:
      groups[group].done += n
      groups[group].failed += n
    }
  }

  // MARK: Lines

  /// Puts a job into the line where it belongs.
  mutating func file(_ job: Int) {
    let row = jobs[job]
    let group = Int(row.group)
    var wanted: UInt8 = 0
    switch row.state {
    case .ready: if row.isOnline { wanted = 1 }
    case .planned where row.wave <= groups[group].openWave:
      if row.isOnline {
        wanted = row.isBusy ? 3 : 2
      } else if tracks, groups[group].isOpen, isRunning[groups[group].campaign] {
        wait(job, .offline)
      }
    default: break
    }
    if wanted != 0, row.isPutOff, let moment = notBefore[job], moment > now {
      jobTimers.push(moment, job)
      wanted = 0
    }
    guard wanted != row.line else { return }
    if row.line != 0 { takeOut(job) }
    if wanted != 0 { putIn(job, wanted) }
  }

  private mutating func putIn(_ job: Int, _ wanted: UInt8) {
    let cell = Int(jobs[job].cell)
    let kind = Int(wanted) - 1
    let last = cells[cell].lines[kind].tail
    jobs[job].line = wanted
    jobs[job].ahead = last
    jobs[job].after = -1
    if last >= 0 {
      jobs[Int(last)].after = Int32(job)
    } else {
      cells[cell].lines[kind].head = Int32(job)
    }
    cells[cell].lines[kind].tail = Int32(job)
    places[Int(jobs[job].place)].inLine += 1
    heap(cell)
  }

  mutating func takeOut(_ job: Int) {
    let row = jobs[job]
    let (cell, kind) = (Int(row.cell), Int(row.line) - 1)
    if row.ahead >= 0 {
      jobs[Int(row.ahead)].after = row.after
    } else {
      cells[cell].lines[kind].head = row.after
    }
    if row.after >= 0 {
      jobs[Int(row.after)].ahead = row.ahead
    } else {
      cells[cell].lines[kind].tail = row.ahead
    }
    jobs[job].line = 0
    places[Int(row.place)].inLine -= 1
  }

  /// A cell that has somebody in line stands in its stratum's heaps, if its site has room.
  mutating func heap(_ cell: Int) {
    touch(cell)
    let row = cells[cell]
    let (place, group) = (Int(row.place), Int(row.group))
    let budget = budget(place, group)
    guard places[place].out < budget else { return }
    var key: Int64 = -1
    for kind in 0..<3 where row.lines[kind].head >= 0 {
      let bit = UInt8(1) << UInt8(kind)
      if row.heaped & bit != 0 { continue }
      cells[cell].heaped |= bit
      if key < 0 { key = (1 << 42) - min(places[place].work / Int64(budget), 1 << 41) }
      heaps[3 * group + kind].push(key, cell)
    }
  }

  /// A place at a site, or its window, or its uplink, is free again.
  mutating func wake(_ place: Int) {
    guard places[place].inLine > 0 else { return }
    let end = Int(shape.placeStart[place + 1])
    var at = Int(shape.placeStart[place])
    while at < end {
      heap(Int(shape.placeCells[at]))
      at += 1
    }
  }

  mutating func freed(_ place: Int) {
    wake(place)
    let uplink = Int(places[place].uplink)
    guard uplink >= 0, uplinkIsFull[uplink] else { return }
    uplinkIsFull[uplink] = false
    for other in shape.uplinkPlaces[uplink] { wake(Int(other)) }
  }
}

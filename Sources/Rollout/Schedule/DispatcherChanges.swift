import Fleet

/// What a dispatcher is told.
extension Dispatcher {
  package mutating func setRunning(_ campaign: Int, _ runs: Bool) {
    guard isRunning[campaign] != runs else { return }
    isRunning[campaign] = runs
    guard runs, tracks else { return }
    for job in 0..<shape.jobCount
    where shape.groupCampaign[Int(shape.jobGroup[job])] == campaign {
      file(job)
      touch(Int(shape.jobCell[job]))
    }
  }

  /// Lets the planned ones of a stratum begin up to this wave. With `isOpen` false none may, and
  /// those between two outages still do.
  package mutating func open(_ group: Int, wave newest: Int, isOpen: Bool = true) {
    let wasOpen = self.isOpen[group]
    self.isOpen[group] = isOpen
    let end = shape.memberStart[group + 1]
    if newest > openWave[group] {
      openWave[group] = Int32(newest)
      var at = hasMoves ? shape.memberStart[group] : opened[group]
      while at < end {
        let job = Int(shape.members[Int(at)])
        if wave[job] > newest {
          if hasMoves {
            at += 1
            continue
          }
          break
        }
        if line[job] == 0 { file(job) }
        at += 1
      }
      opened[group] = at
    } else if isOpen, !wasOpen, tracks {
      for at in shape.memberStart[group]..<end { file(Int(shape.members[Int(at)])) }
    }
  }

  /// Puts one into another wave.
  package mutating func move(_ job: Int, toWave wave: Int) {
    guard self.wave[job] != wave else { return }
    hasMoves = true
    self.wave[job] = Int32(wave)
    file(job)
  }

  /// What is seen of a charger now.
  package mutating func see(_ job: Int, online isOnline: Bool, busy isBusy: Bool) {
    let place = Int(shape.jobPlace[job])
    if online[job] != isOnline {
      online[job] = isOnline
      if State(rawValue: state[job]) == .holding {
        // While it is offline it is counted among those that are down.
        leased[place] += isOnline ? 1 : -1
        addOut(place, isOnline ? 1 : -1)
      } else {
        addModelOut(job, isOnline ? -1 : 1)
      }
    } else if busy[job] == isBusy {
      return
    }
    busy[job] = isBusy
    file(job)
  }

  /// How many chargers of a place are offline, whoever they belong to.
  package mutating func setDown(_ place: Int, _ count: Int) {
    let before = down[place]
    guard before != count else { return }
    down[place] = Int32(count)
    addOut(place, Int32(count) - before)
    if count < before { freed(place) }
  }

  package func wave(of group: Int) -> Int { Int(openWave[group]) }

  /// What 95 of 100 take, as observed meanwhile.
  package mutating func setLong(_ group: Int, outage: Int, _ span: Span) {
    long[Int(shape.outageStart[group]) + outage] = span.milliseconds
  }

  /// Takes down one place more or less.
  mutating func addDown(_ place: Int, _ n: Int) { setDown(place, Int(down[place]) + n) }

  /// Where a job stands now.
  package mutating func set(
    _ job: Int, _ new: State, stage: Int, standing: Standing, notBefore: Instant? = nil
  ) {
    let old = State(rawValue: state[job]) ?? .planned
    let place = Int(shape.jobPlace[job])
    let group = Int(shape.jobGroup[job])
    if old != new || self.stage[job] != stage {
      let before = left(job)
      self.stage[job] = UInt8(truncatingIfNeeded: stage)
      state[job] = new.rawValue
      work[place] += left(job) - before
    }
    count(job, group, standing)
    if tracks, new != .planned { reason[job] = 0 }
    self.notBefore[job] = notBefore.map { max(0, $0.milliseconds - origin) } ?? 0
    if (old == .holding) != (new == .holding) {
      if new == .holding {
        hold(job, place)
      } else {
        if online[job] {
          leased[place] -= 1
          addOut(place, -1)
          addModelOut(job, -1)
        }
        freed(place)
      }
    }
    file(job)
  }

  /// Work of a job that is not done yet.
  private func left(_ job: Int) -> Int64 {
    if state[job] == State.ended.rawValue { return 0 }
    let group = Int(shape.jobGroup[job])
    var sum: Int64 = 0
    var at = Int(shape.outageStart[group]) + Int(stage[job])
    while at < shape.outageStart[group + 1] {
      sum += long[at]
      at += 1
    }
    return sum
  }

  /// Takes a place for it. One that is offline is counted among those that are down already.
  mutating func hold(_ job: Int, _ place: Int) {
    guard online[job] else { return }
    leased[place] += 1
    addOut(place, 1)
    addModelOut(job, 1)
  }

  mutating func count(_ job: Int, _ group: Int, _ new: Standing) {
    guard standing[job] != new.rawValue else { return }
    add(Standing(rawValue: standing[job]) ?? .planned, group, -1)
    add(new, group, 1)
    standing[job] = new.rawValue
  }

  private mutating func add(_ standing: Standing, _ group: Int, _ n: Int32) {
    switch standing {
    case .planned, .noEvidence: break
    case .underWay: atRisk[group] += n
    case .succeeded: done[group] += n
    case .failing:
      done[group] += n
      failed[group] += n
      atRisk[group] += n
    case .failed:
      done[group] += n
      failed[group] += n
    }
  }

  // MARK: Lines

  /// Puts a job into the line where it belongs.
  mutating func file(_ job: Int) {
    let group = Int(shape.jobGroup[job])
    var wanted: UInt8 = 0
    switch State(rawValue: state[job]) {
    case .ready: if online[job] { wanted = 1 }
    case .planned where wave[job] <= openWave[group]:
      if online[job] {
        wanted = busy[job] ? 3 : 2
      } else if tracks, isOpen[group], isRunning[Int(shape.groupCampaign[group])] {
        wait(job, .offline)
      }
    default: break
    }
    if wanted != 0, notBefore[job] > now {
      jobTimers.push(notBefore[job], job)
      wanted = 0
    }
    guard wanted != line[job] else { return }
    if line[job] != 0 { takeOut(job) }
    if wanted != 0 { putIn(job, wanted) }
  }

  private mutating func putIn(_ job: Int, _ wanted: UInt8) {
    let cell = Int(shape.jobCell[job])
    let at = 3 * cell + Int(wanted) - 1
    line[job] = wanted
    let last = tail[at]
    ahead[job] = last
    after[job] = -1
    if last >= 0 { after[Int(last)] = Int32(job) } else { head[at] = Int32(job) }
    tail[at] = Int32(job)
    inLine[Int(shape.jobPlace[job])] += 1
    heap(cell)
  }

  mutating func takeOut(_ job: Int) {
    let at = 3 * Int(shape.jobCell[job]) + Int(line[job]) - 1
    let (before, behind) = (ahead[job], after[job])
    if before >= 0 { after[Int(before)] = behind } else { head[at] = behind }
    if behind >= 0 { ahead[Int(behind)] = before } else { tail[at] = before }
    line[job] = 0
    inLine[Int(shape.jobPlace[job])] -= 1
  }

  /// A cell that has somebody in line stands in its stratum's heaps, if its site has room.
  mutating func heap(_ cell: Int) {
    touch(cell)
    let place = Int(shape.cellPlace[cell])
    let group = Int(shape.cellGroup[cell])
    let budget = budget(place, group)
    guard down[place] + leased[place] < budget else { return }
    var key: Int64 = -1
    for kind in 0..<3 where head[3 * cell + kind] >= 0 {
      let bit = UInt8(1) << UInt8(kind)
      if heaped[cell] & bit != 0 { continue }
      heaped[cell] |= bit
      if key < 0 { key = (1 << 42) - min(work[place] / Int64(budget), 1 << 41) }
      heaps[3 * group + kind].push(key, cell)
    }
  }

  /// A place at a site, or its window, or its uplink, is free again.
  mutating func wake(_ place: Int) {
    guard inLine[place] > 0 else { return }
    let end = Int(shape.placeStart[place + 1])
    var at = Int(shape.placeStart[place])
    while at < end {
      heap(Int(shape.placeCells[at]))
      at += 1
    }
  }

  mutating func freed(_ place: Int) {
    wake(place)
    let uplink = Int(shape.placeUplink[place])
    guard uplink >= 0, uplinkIsFull[uplink] else { return }
    uplinkIsFull[uplink] = false
    for other in shape.uplinkPlaces[uplink] { wake(Int(other)) }
  }
}

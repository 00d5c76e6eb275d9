import OCPP

// How connections are opened, used and lost.
extension Station {
  /// What the factory's image offers.
  static func offers(_ profile: StationProfile) -> [OCPPVersion] {
    guard profile.has(.unreleasedOnly) else { return profile.versions }
    let newer = profile.versions.filter { $0 != .v16 }
    return newer.isEmpty ? [.v201] : newer
  }

  /// The versions that the next connection offers.
  var offeredNow: [OCPPVersion] { memory.isProbing ? [.v16] : offers }

  /// The sub-protocols that it names. Empty items came with a vendor's update, in front.
  var offeredNames: [String] {
    let names = offeredNow.map(\.subprotocol)
    return profile.has(.emptyOffer) ? [""] + names : names
  }

  /// What is spoken on a connection that negotiated this version.
  func spoken(_ negotiated: OCPPVersion) -> OCPPVersion {
    profile.has(.liar201) ? .v16 : negotiated
  }

  mutating func reconnectWait() -> Int64 {
    if profile.has(.impatient) { return timing.habits.impatience }
    return timing.backOff(attempts, &generator)
  }

  // MARK: Probes

  /// Before a connection: a short one of 1.6 goes ahead once the firmware knows more.
  mutating func probeFirst() {
    guard profile.has(.prober), !memory.hasProbed, offers.contains(where: { $0 != .v16 }) else {
      return
    }
    memory.isProbing = true
  }

  /// The probe is open: it says a boot or nothing.
  mutating func probe() {
    registration = .unknown
    if Bool.random(using: &generator) { enqueueBoot() }
    act(.schedule(.probe, after: timing.habits.probe))
  }

  mutating func endProbe() {
    guard memory.isProbing else { return }
    loseConnection(.drop)
    memory.isProbing = false
    memory.hasProbed = true
    needsBoot = true
    registration = .unknown
    reported = [:]
    confirmed = [:]
    connect()
  }

  // MARK: Boots

  /// A new connection wants a boot; a bootless station goes on in 1.6 and waits in 2.x.
  mutating func introduceItself(_ now: Int64) {
    guard profile.has(.bootless), hasBeenAccepted else { return enqueueBoot() }
    guard version == .v16 else { return }
    registration = .accepted
    scheduleHeartbeat()
    proveFirmware(now)
  }

  /// Whether a call now makes it drop the connection: before the first boot on it is answered, and
  /// soon after.
  func isTouched(_ now: Int64) -> Bool {
    guard profile.has(.touchyBoot), needsBoot || memory.bootAnsweredAt != nil else { return false }
    return memory.bootAnsweredAt.map { now < $0 + timing.habits.touchiness } ?? true
  }

  mutating func bootAgain() {
    needsBoot = true
    registration = .unknown
    loseConnection(.drop)
    phase = .waiting
    act(.schedule(.reconnect, after: pick(timing.reboot)))
  }

  // MARK: Leaving

  var isAboutToLeave: Bool {
    (profile.has(.away) || profile.has(.gone)) && !memory.hasLeft
  }

  /// Away or gone: leaves without a word.
  mutating func leave() {
    memory.hasLeft = true
    for connector in connectors { act(.cancel(.sessionEnd(connector: connector.number))) }
    for timer in [StationTimer.reconnect, .sessionStart, .sample] { act(.cancel(timer)) }
    loseConnection(.drop)
    needsBoot = true
    guard profile.has(.away) else { return phase = .bricked }
    phase = .off
    act(.schedule(.powerUp, after: timing.habits.absence))
  }

  /// Goes dead: the connection stays open and nobody is there any more.
  mutating func die() {
    memory.wasDead = true
    loseConnection(.abandon)
    phase = .waiting
    act(.schedule(.reconnect, after: timing.habits.death))
  }

  /// How a connection ends when the station reboots.
  var farewell: StationAction { profile.has(.halfOpen) ? .abandon : .drop }

  /// Ends the connection from this side.
  mutating func loseConnection(_ how: StationAction) {
    act(how)
    forgetCalls()
  }

  /// What ends with a connection.
  mutating func forgetHabitsOfConnection() {
    if memory.answers >= Self.answersBeforeDeafness { memory.wasDeaf = true }
    memory.delayed = []
    memory.bootAnsweredAt = nil
    for timer in [StationTimer.delayedCall, .probe, .bootRepetition] { act(.cancel(timer)) }
  }
}

import Fleet

/// What the core mentions once in a while, each with its own measure: who is refused comes again for
/// years, and nobody may fill log or ledger, or keep another from being mentioned.
struct Mentions {
  /// Of chargers of the inventory: so many cannot be thought up, and none goes untold because of
  /// others.
  var refusals = Repeats(pause: .minutes(10), limit: 1_000_000)
  /// Connections that took the place of another from elsewhere, with nothing to prove that they may.
  var takeovers = Repeats(pause: .hours(24), limit: 1_000_000)
  /// Names that nobody knows, in the log.
  var strangerLines = Repeats(pause: .minutes(10))
  /// The ledger only grows: who thinks up names gets so many of them into it and no more.
  var strangers = Repeats(pause: .hours(1), limit: 100)
  /// Of handshakes whose peers never said a name: anybody can have them fail.
  var handshakes = Repeats(pause: .minutes(10), limit: 500)
  /// Odd times of chargers.
  var clocks = Repeats(pause: .hours(24), limit: 1_000_000)

  init() {}
}

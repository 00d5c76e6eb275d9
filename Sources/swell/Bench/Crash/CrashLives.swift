/// How long an engine lives between two deaths, in milliseconds.
struct CrashLives {
  /// Mostly shorter than chargers take to come back and be asked.
  var short: ClosedRange<Int> = 50...2249
  /// Long enough for whole steps, and for times that every start grants anew to run out: with the
  /// limits of the habits up to ten seconds, for an order whose charger never comes back.
  var long: ClosedRange<Int> = 5500...14_999
  /// One in so many is long.
  var longIn: UInt64 = 8

  func next(_ chance: inout Chance) -> Int {
    let isLong = chance.next() % longIn == 0
    return Int.random(in: isLong ? long : short, using: &chance)
  }
}

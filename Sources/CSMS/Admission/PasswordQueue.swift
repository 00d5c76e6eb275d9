import Fleet
import Trust

/// Hand-set passwords that wait for their check, which is slow on purpose. Bounded, and nobody who
/// guesses keeps others waiting: who failed lately waits in a lane of its own, behind the others.
struct PasswordQueue {
  struct Job: Sendable {
    var knock: Knock
    var charger: ChargerID
    /// What is stored: the password, and one that is to follow it.
    var secrets: [StoredSecret]
  }

  /// Most that wait: some seconds of work. Those that failed lately get half of it at most.
  static let limit = 64
  /// Most that wait for one charger, from different addresses.
  static let ofOneCharger = 4
  /// Behind so many of the others comes one that failed lately: it may be right by now.
  private static let turns = 4

  private var calm: [Job] = []
  private var suspect: [Job] = []
  private(set) var running: Job?
  private var sinceSuspect = 0
  /// Once wrong, an address is suspect for a while.
  private var failed: [String: Instant] = [:]
  private static let memory = Span.minutes(10)
  private static let remembered = 1000

  init() {}

  enum Place {
    case waits
    /// It waits in the place of this one, of the same charger and address: the newer attempt counts.
    case replaces(Knock)
    /// There is none; the charger should come again later.
    case none
  }

  mutating func add(_ job: Job, at now: Instant) -> Place {
    func isSame(_ other: Job) -> Bool {
      other.charger == job.charger && other.knock.peer == job.knock.peer
    }
    if let index = calm.firstIndex(where: isSame) {
      defer { calm[index] = job }
      return .replaces(calm[index].knock)
    }
    if let index = suspect.firstIndex(where: isSame) {
      defer { suspect[index] = job }
      return .replaces(suspect[index].knock)
    }
    let rivals = (calm + suspect).count { $0.charger == job.charger }
    guard rivals < Self.ofOneCharger else { return .none }
    if let since = failed[job.knock.peer], since <= now, since + Self.memory > now {
      guard suspect.count < Self.limit / 2 else { return .none }
      suspect.append(job)
    } else {
      guard calm.count < Self.limit else { return .none }
      calm.append(job)
    }
    return .waits
  }

  /// The next to check, unless one is being checked.
  mutating func next() -> Job? {
    guard running == nil else { return nil }
    let takesSuspect = !suspect.isEmpty && (calm.isEmpty || sinceSuspect >= Self.turns)
    if takesSuspect {
      running = suspect.removeFirst()
      sinceSuspect = 0
    } else if !calm.isEmpty {
      running = calm.removeFirst()
      sinceSuspect += 1
    }
    return running
  }

  /// A check came to its end.
  mutating func ended(
    _ connection: ConnectionRef, from peer: String, isRight: Bool, at now: Instant
  ) {
    if running?.knock.connection == connection { running = nil }
    guard !isRight else {
      failed[peer] = nil
      return
    }
    if failed.count >= Self.remembered {
      failed = failed.filter { $0.value + Self.memory > now }
      if failed.count >= Self.remembered { failed.removeAll() }
    }
    failed[peer] = now
  }
}

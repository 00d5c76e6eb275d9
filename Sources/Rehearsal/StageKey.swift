import Fleet
import Proof
import Rollout

/// What a stage is, but for what has no bearing on what can follow: absolute times, numbers of
/// messages, names.
struct StageKey: Hashable {
  private struct Known: Hashable {
    var firmware: String?
    var connectors: [ConnectorState]
    var numbering: ProtocolVersion?
    var isInSession: Bool
    var lastSessionEnd: Span?
    var supportsSigned: Bool?
    var released: Int
    var mark: String?
    var online: Bool
  }
  private struct Charger: Hashable {
    var online: Bool
    var speaks: ProtocolVersion
    var firmware: String
    var isDead: Bool
    var hasCar: Bool
    var isOpen: Bool
    var isSessionKnown: Bool
    var tries: [String: Int]
  }
  private struct Coming: Hashable {
    var station: Int
    var after: Span
    var isLost: Bool
    var doing: Doing
  }

  private var upgrades: [Upgrade]
  private var known: [Known]
  private var chargers: [Charger]
  private var coming: [Coming]
  private var strata: [String]
  private var essence: Checker.Essence
  private var isUp: Bool
  private var dispatch: Span?
  private var upsets: [Int]

  init(_ stage: Stage, upsets: [Int]) {
    let now = stage.now
    upgrades = stage.upgrades.map { upgrade in
      var upgrade = upgrade
      upgrade.followClock(by: Span(milliseconds: -now.milliseconds))
      upgrade.revision = 0
      upgrade.observed = nil
      // The others are only counted.
      upgrade.sends = upgrade.sends.filter {
        $0.key.hasSuffix("update firmware") || $0.key.hasSuffix("reset")
      }
      return upgrade
    }
    known = stage.seen.map {
      Known(
        firmware: $0.firmware, connectors: $0.connectors.map(\.state), numbering: $0.numbering,
        isInSession: !$0.sessions.isEmpty, lastSessionEnd: $0.lastSessionEnd.map { $0 - now },
        supportsSigned: $0.supportsSigned, released: $0.released.rawValue, mark: $0.mark,
        online: $0.online)
    }
    chargers = stage.stations.map {
      Charger(
        online: $0.online, speaks: $0.speaks, firmware: $0.firmware, isDead: $0.isDead,
        hasCar: $0.hasCar, isOpen: $0.isOpen, isSessionKnown: $0.isSessionKnown, tries: $0.tries)
    }
    coming = stage.queue.filter { stage.mayHappen($0) }
      .sorted { ($0.station, $0.at, $0.number) < ($1.station, $1.at, $1.number) }
      .map {
        Coming(station: $0.station, after: $0.at - stage.time, isLost: false, doing: $0.doing)
      }
    strata = stage.campaigns.flatMap { campaign in
      [campaign.status.rawValue]
        + campaign.strata.map { progress in
          switch progress.state {
          case .open(let wave): "open \(wave)"
          case .waiting(let wave, _): "waiting \(wave)"
          case .finished: "finished"
          case .stopped: "stopped"
          }
        }
    }
    essence = stage.checker.essence
    isUp = stage.isUp
    dispatch = stage.dispatchAt.map { $0 - now }
    self.upsets = upsets
  }
}

extension Stage {
  /// Whether it is not lost with a connection that is gone.
  func mayHappen(_ happening: Happening) -> Bool {
    guard let connection = happening.connection else { return true }
    let station = stations[happening.station]
    return station.online && station.connection == connection
  }
}

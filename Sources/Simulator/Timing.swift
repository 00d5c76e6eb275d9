/// How long things take. All times are milliseconds.
package struct Timing: Sendable, Equatable {
  /// What the intervals that a CSMS sets, in seconds, are multiplied by.
  package var scale: Double
  /// No heartbeats closer than this.
  package var heartbeatFloor: Int64
  /// No BootNotification sooner after one that was not accepted, and no meter samples closer.
  package var retryFloor: Int64
  /// From dropping the connection to the next attempt, when booting.
  package var reboot: ClosedRange<Int64>
  package var install: ClosedRange<Int64>
  package var session: ClosedRange<Int64>
  /// Between two sessions of a busy charger.
  package var pause: ClosedRange<Int64>
  /// How long an answer is waited for.
  package var patience: Int64
  /// How long a reset waits until what was queued is answered.
  package var grace: Int64
  /// The reconnect back-off (OCPP 2.0.1 part 4 §5.3): first wait, random part, doublings.
  package var backOffWait: Int64
  package var backOffRandom: Int64
  package var backOffDoublings: Int
  /// Bytes a second of a download; nil is as fast as it goes.
  package var downloadRate: Int?
  package var habits: HabitTiming

  /// A whole migration in a second or two.
  package static let demo = Timing(
    scale: 0.002, heartbeatFloor: 1500, retryFloor: 200, reboot: 150...350, install: 100...300,
    session: 600...1800, pause: 1000...3000, patience: 10_000, grace: 1500, backOffWait: 100,
    backOffRandom: 200, backOffDoublings: 4, downloadRate: nil, habits: .demo)

  /// As chargers in the street.
  package static let real = Timing(
    scale: 1, heartbeatFloor: 10_000, retryFloor: 5000, reboot: 30_000...90_000,
    install: 60_000...240_000, session: 1_200_000...7_200_000, pause: 600_000...3_600_000,
    patience: 30_000, grace: 20_000, backOffWait: 10_000, backOffRandom: 30_000,
    backOffDoublings: 4, downloadRate: 200_000, habits: .real)

  /// The milliseconds of an interval that a CSMS gave in seconds.
  func interval(_ seconds: Int64, floor: Int64) -> Int64 {
    max(floor, Int64(Double(min(seconds, 1 << 40)) * 1000 * scale))
  }

  /// The wait before reconnect attempt number `attempt`, from 1.
  func backOff(_ attempt: Int, _ generator: inout SeededGenerator) -> Int64 {
    let doublings = min(max(0, attempt - 1), backOffDoublings)
    return backOffWait << Int64(doublings) + Int64.random(in: 0...backOffRandom, using: &generator)
  }
}

/// How long it takes those habits to show that have a time of their own. Milliseconds.
package struct HabitTiming: Sendable, Equatable {
  /// `slow-answers`: from a call to its answer.
  package var answer: Int64
  /// `away` and `gone`: from the first acceptance to the leave.
  package var stay: Int64
  /// `away`: from the leave to the return.
  package var absence: Int64
  /// `self-updating`: from the first acceptance to the other version.
  package var selfUpdate: Int64
  /// `boot-loop`: how long the new image runs.
  package var upTime: Int64
  /// `half-open`: from going dead to the next connection.
  package var death: Int64
  /// `impatient`: the wait before each attempt.
  package var impatience: Int64
  /// `repeats-boot`: from one boot to its repetition.
  package var repetition: Int64
  /// `touchy-boot`: how long after the answer to its boot it must be left alone.
  package var touchiness: Int64
  /// `prober`: how long the probe is open.
  package var probe: Int64
  /// Sessions that a habit brings: shorter than a charger's usual ones.
  package var session: ClosedRange<Int64>

  package static let demo = HabitTiming(
    answer: 400, stay: 500, absence: 20_000, selfUpdate: 4000, upTime: 600, death: 1200,
    impatience: 10, repetition: 900, touchiness: 20, probe: 150, session: 300...600)

  package static let real = HabitTiming(
    answer: 60_000, stay: 60_000, absence: 259_200_000, selfUpdate: 3_600_000, upTime: 8000,
    death: 120_000, impatience: 100, repetition: 10_000, touchiness: 1500, probe: 3000,
    session: 120_000...300_000)
}

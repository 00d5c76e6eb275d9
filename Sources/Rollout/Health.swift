import Fleet

/// Whether migrated chargers do as well as they did before, each against itself.
package enum Health {
  /// A line for each figure; none where the playbook does not look, or nobody has migrated.
  package static func lines(_ sample: HealthSample, policy: HealthPolicy) -> [HealthLine] {
    if policy.demand == .off || sample.pairs.isEmpty { return [] }
    let comparisons = HealthLine.Figure.allCases.map {
      Comparison($0, sample.pairs, policy)
    }
    // Several figures are several chances to be called worse by chance: each gets its share.
    let figures = comparisons.count { $0.compared > 0 }
    return comparisons.map { $0.line(level: policy.falseAlarm / Double(max(1, figures)), policy) }
  }
}

/// One figure of each charger on both sides.
private struct Comparison {
  let figure: HealthLine.Figure
  /// Chargers that this figure should be known of.
  var wanted = 0
  var compared = 0
  /// After less before, turned so that more is worse; 0 within the tolerance.
  var differences: [Double] = []
  private var before = Weighed()
  private var after = Weighed()

  /// Events by their exposure.
  private struct Weighed {
    var events = 0.0
    var exposure = 0.0
    var mean: Double? { exposure > 0 ? events / exposure : nil }
  }

  init(_ figure: HealthLine.Figure, _ pairs: [VitalsPair], _ policy: HealthPolicy) {
    self.figure = figure
    for pair in pairs {
      switch figure {
      case .reconnects: take(pair, \.reconnects, factor: policy.reconnects, policy)
      case .boots: take(pair, \.boots, factor: policy.boots, policy)
      case .faults: take(pair, \.faults, factor: policy.faults, policy)
      case .success: takeSuccess(pair, policy)
      case .energy: takeEnergy(pair, policy)
      }
    }
  }

  private mutating func take(
    _ pair: VitalsPair, _ events: KeyPath<Vitals, Int>, factor: Double, _ policy: HealthPolicy
  ) {
    wanted += 1
    let least = policy.least.seconds / 3600
    guard Double(pair.before.hours) >= least, Double(pair.after.hours) >= least else { return }
    let then = Double(pair.before[keyPath: events]) / Double(pair.before.hours) * 24
    let now = Double(pair.after[keyPath: events]) / Double(pair.after.hours) * 24
    compared += 1
    before.events += Double(pair.before[keyPath: events])
    before.exposure += Double(pair.before.hours) / 24
    after.events += Double(pair.after[keyPath: events])
    after.exposure += Double(pair.after.hours) / 24
    let isAlike = now <= then * factor && then <= now * factor
    differences.append(isAlike ? 0 : now - then)
  }

  /// Of those that were used before: who was never used tells nothing.
  private mutating func takeSuccess(_ pair: VitalsPair, _ policy: HealthPolicy) {
    guard pair.before.started > 0 else { return }
    wanted += 1
    guard pair.after.started > 0 else { return }
    compared += 1
    before.events += Double(pair.before.charged)
    before.exposure += Double(pair.before.started)
    after.events += Double(pair.after.charged)
    after.exposure += Double(pair.after.started)
    let then = Double(pair.before.charged) / Double(pair.before.started)
    let now = Double(pair.after.charged) / Double(pair.after.started)
    differences.append(abs(then - now) <= policy.success + 1e-12 ? 0 : then - now)
  }

  private mutating func takeEnergy(_ pair: VitalsPair, _ policy: HealthPolicy) {
    guard pair.before.charged > 0 else { return }
    wanted += 1
    guard pair.after.charged > 0 else { return }
    compared += 1
    before.events += pair.before.energy
    before.exposure += Double(pair.before.charged)
    after.events += pair.after.energy
    after.exposure += Double(pair.after.charged)
    let then = pair.before.energy / Double(pair.before.charged)
    let now = pair.after.energy / Double(pair.after.charged)
    let isAlike = now >= then * (1 - policy.energy) && then >= now * (1 - policy.energy)
    differences.append(isAlike ? 0 : then - now)
  }

  func line(level: Double, _ policy: HealthPolicy) -> HealthLine {
    let chance = compared > 0 ? SignedRank.chance(asGreatAs: differences) : nil
    let word: GateVerdict.Word =
      if let chance, chance <= level {
        .fail
      } else if compared == 0 || Double(compared) < policy.coverage * Double(wanted) - 1e-9 {
        .inconclusive
      } else {
        .pass
      }
    var line = HealthLine(
      figure: figure, word: word, before: before.mean, after: after.mean, compared: compared,
      wanted: wanted, worse: differences.count { $0 > 0 }, better: differences.count { $0 < 0 },
      chance: chance, sentence: "")
    line.sentence = line.words(policy)
    return line
  }
}

extension HealthLine {
  fileprivate func words(_ policy: HealthPolicy) -> String {
    guard let before, let after, let chance else {
      return "\(figure.label): not known, \(missing(policy))"
    }
    let numbers =
      "\(figure.label): \(figure.value(before)) before, \(figure.value(after)) since "
      + "(\(compared) of \(Phrase.chargers(wanted)) compared, \(worse) worse, \(better) better, "
      + "by chance \(Phrase.percent(chance)))"
    switch word {
    case .pass: return numbers
    case .fail: return "\(numbers): worse than before"
    case .inconclusive: return "\(numbers): too few, \(missing(policy))"
    }
  }

  /// What is missing.
  private func missing(_ policy: HealthPolicy) -> String {
    switch figure {
    case .reconnects, .boots, .faults:
      return "\(wanted - compared) of \(Phrase.chargers(wanted)) were not heard of for "
        + "\(Phrase.span(policy.least)) on both sides of the migration"
    case .success, .energy:
      let sessions = figure == .success ? "a session" : "a session with energy"
      if wanted == 0 { return "none of them had \(sessions) before" }
      return "\(wanted - compared) of \(wanted) that had \(sessions) before have had none since"
    }
  }
}

extension HealthLine.Figure {
  /// `reconnects a day`.
  package var label: String {
    switch self {
    case .reconnects: "reconnects a day"
    case .boots: "boots a day"
    case .faults: "faults a day"
    case .success: "sessions with energy"
    case .energy: "energy of a session"
    }
  }

  fileprivate func value(_ value: Double) -> String {
    switch self {
    case .reconnects, .boots, .faults: Phrase.decimal(value)
    case .success: "\(Int((value * 100).rounded())) %"
    case .energy: "\(Phrase.decimal(value / 1000)) kWh"
    }
  }
}

extension GateVerdict {
  /// The gate's word with the health of those that migrated: install success alone passes nothing
  /// that does worse than before.
  package func taking(_ lines: [HealthLine], policy: HealthPolicy) -> GateVerdict {
    guard !lines.isEmpty else { return self }
    var verdict = self
    verdict.health = lines
    let worse = lines.filter { $0.word == .fail }
    let unknown = lines.filter { $0.word == .inconclusive }
    if !worse.isEmpty {
      if word == .pass || word == .inconclusive { verdict.word = .fail }
      verdict.sentence += "; " + worse.map(\.sentence).joined(separator: "; ")
    } else if policy.demand == .proof, !unknown.isEmpty {
      if word == .pass {
        verdict.word = .inconclusive
        verdict.sentence += "; " + unknown.map(\.sentence).joined(separator: "; ")
        verdict.sentence += ": a person decides"
      }
    } else if unknown.count < lines.count {
      let names = lines.filter { $0.word == .pass }.map(\.figure.rawValue)
      verdict.sentence += "; no worse than before in \(names.joined(separator: ", "))"
    }
    return verdict
  }
}

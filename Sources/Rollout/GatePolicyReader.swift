import Fleet

extension GatePolicy {
  init(reading value: JSON5Value) throws(PlaybookError) {
    self.init()
    var fields = try Fields(value, of: "`gate`")
    if let value = fields.take("maxFailureRate") { maxFailureRate = try value.asShare() }
    if let value = fields.take("confidence") { confidence = try value.asShare() }
    if let value = fields.take("acceptedHarm") { acceptedHarm = try value.asCount(from: 1) }
    if let value = fields.take("stop") { stop = try .init(reading: value) }
    if let value = fields.take("health") { health = try .init(reading: value) }
    if let value = fields.take("manual") { manual = try .init(reading: value) }
    if let value = fields.take("fourEyes") { fourEyes = try value.asFlag() }
    try fields.end()
  }
}

extension ManualGate {
  /// `true`, `false` or `"canary"`.
  init(reading value: JSON5Value) throws(PlaybookError) {
    switch value.kind {
    case .flag(let flag): self = flag ? .every : .never
    case .text("canary"): self = .canary
    default: throw value.error("`true`, `false` or \"canary\" is wanted here")
    }
  }
}

extension StopPolicy {
  /// `false`, or an object.
  init(reading value: JSON5Value) throws(PlaybookError) {
    self.init()
    if value.kind == .flag(false) {
      isOn = false
      return
    }
    var fields = try Fields(value, of: "`stop`")
    if let value = fields.take("p0") { goodRate = try value.asShare() }
    if let value = fields.take("p1") { badRate = try value.asShare() }
    if let value = fields.take("alpha") { falseStop = try value.asShare() }
    if let value = fields.take("beta") { missedBad = try value.asShare() }
    if goodRate >= badRate {
      throw fields.error("`p0` is the rate of a good build: it must be less than `p1`")
    }
    if falseStop + missedBad >= 1 {
      throw fields.error("`alpha` and `beta` are chances of an error: together less than 100 %")
    }
    try fields.end()
  }
}

extension HealthPolicy {
  /// `false`, or an object; who writes one wants proof.
  init(reading value: JSON5Value) throws(PlaybookError) {
    self.init()
    if value.kind == .flag(false) {
      demand = .off
      return
    }
    demand = .proof
    var fields = try Fields(value, of: "`health`")
    if let value = fields.take("proof") { demand = try value.asFlag() ? .proof : .noHarm }
    if let value = fields.take("reconnects") { reconnects = try value.asNumber(1...100) }
    if let value = fields.take("boots") { boots = try value.asNumber(1...100) }
    if let value = fields.take("faults") { faults = try value.asNumber(1...100) }
    if let value = fields.take("success") { success = try value.asShare() }
    if let value = fields.take("energy") { energy = try value.asShare() }
    if let value = fields.take("falseAlarm") { falseAlarm = try value.asShare() }
    if let value = fields.take("span") {
      span = try value.asSpan(atLeast: .hours(1))
      if span > Self.kept {
        throw value.error("what is counted is kept for \(Phrase.span(Self.kept)): no longer span")
      }
    }
    if let value = fields.take("least") { least = try value.asSpan(atLeast: .hours(1)) }
    if let value = fields.take("coverage") { coverage = try value.asShare() }
    if least > span { throw fields.error("`least` is longer than `span`") }
    try fields.end()
  }

  /// How long a charger's counters are kept, less a margin for its upgrade itself.
  package static let kept = Span.hours(14 * 24)
}

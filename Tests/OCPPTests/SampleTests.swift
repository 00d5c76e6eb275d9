import OCPP
import Testing

@Suite struct SampleTests {
  /// Every payload of every action, both ways.
  static let payloads: [(side: MessageSide, action: ActionDescriptor)] =
    OCPPVersion.allCases.flatMap { version in
      Catalogue.shared.actions(of: version).flatMap { action in
        MessageSide.allCases.filter { $0 == .request || action.response != nil }
          .map { (side: $0, action: action) }
      }
    }

  private static func verdict(
    _ payload: [UInt8], _ side: MessageSide, _ action: ActionDescriptor
  ) throws -> Violation? {
    Catalogue.shared.validate(side, try JSONDocument(bytes: payload).root, of: action)
  }

  @Test("The smallest payload of every message validates, and loses that with any of its fields")
  func smallest() throws {
    for (side, action) in Self.payloads {
      let sample = Catalogue.shared.smallest(side, of: action)
      let verdict = try Self.verdict(Array(sample.text.utf8), side, action)
      #expect(verdict == nil, "\(action.name) \(side) of \(action.version): \(sample.text)")
      guard case .object(let members) = sample else {
        Issue.record("\(action.name) is no object")
        return
      }
      for (name, _) in members {
        let less = JSON.object(members.filter { $0.0 != name })
        let verdict = try Self.verdict(Array(less.text.utf8), side, action)
        #expect(verdict?.kind == .missing && verdict?.path == name)
      }
    }
    let reset = try #require(Catalogue.shared.action(named: "Reset", version: .v16))
    #expect(Catalogue.shared.smallest(requestOf: reset) == ["type": "Hard"])
  }

  @Test("Random payloads validate, and the same seed makes the same ones")
  func valid() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var sampler = MessageSampler(catalogue: Catalogue.shared, seed: seed)
    var twin = MessageSampler(catalogue: Catalogue.shared, seed: seed)
    for (side, action) in Self.payloads {
      for _ in 0..<10 {
        let payload = sampler.valid(side, of: action)
        let verdict = try Self.verdict(payload, side, action)
        #expect(verdict == nil, "seed \(seed), \(action.name) \(side) of \(action.version)")
        #expect(twin.valid(side, of: action) == payload)
      }
    }
  }

  @Test("A payload that breaks one rule is told by that rule and its path")
  func broken() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix64(seed: seed)
    var sampler = MessageSampler(catalogue: Catalogue.shared, seed: seed)
    var kinds: Set<Violation.Kind> = []
    var count = 0
    for (side, action) in Self.payloads {
      let rules = Catalogue.shared.rules(side, of: action).shuffled(using: &random)
      for rule in rules.prefix(40) {
        let broken = sampler.broken(rule, side, of: action)
        let verdict = try Self.verdict(broken.payload, side, action)
        kinds.insert(broken.kind)
        count += 1
        guard verdict?.kind != broken.kind || verdict?.path != broken.path else { continue }
        Issue.record(
          """
          seed \(seed), \(action.name) \(side) of \(action.version): \(rule) is wanted at \
          \(broken.path), found \(String(describing: verdict)) in \(broken.text.prefix(2000))
          """)
      }
    }
    #expect(kinds.count == 10, "every kind that a payload can have, syntax aside")
    #expect(count > 5000, "\(count)")
  }

  @Test("A mutated frame is read or refused, and its payload judged, without a crash")
  func mutated() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var sampler = MessageSampler(catalogue: Catalogue.shared, seed: seed)
    var reader = FrameReader()
    var read = 0
    var refused = 0
    var last: [UInt8] = []
    for (side, action) in Self.payloads {
      let payload = sampler.valid(side, of: action)
      let frame =
        side == .request
        ? FrameWriter.call(id: "7", action: action.name, payload: payload)
        : FrameWriter.result(id: "7", payload: payload)
      for _ in 0..<10 {
        switch reader.read(sampler.mutated(frame, with: last), version: action.version) {
        case .frame(.call(_, _, let value)), .frame(.result(_, let value)):
          _ = Catalogue.shared.validate(side, value, of: action)
          read += 1
        case .frame: read += 1
        case .fault(let fault):
          _ = fault.answerBytes(in: action.version, Catalogue.shared.codes)
          refused += 1
        }
      }
      last = frame
    }
    #expect(read > 100 && refused > 500, "seed \(seed): \(read) read, \(refused) refused")
  }

  @Test("A message's fields are described as its table has them")
  func fields() throws {
    let profile = try #require(Catalogue.shared.action(named: "SetChargingProfile", version: .v16))
    let fields = Catalogue.shared.fields(ofRequest: profile)
    #expect(fields.map(\.name) == ["connectorId", "csChargingProfiles"])
    #expect(fields[0].isRequired && fields[0].kind == .whole(least: nil, most: nil))
    let inner = try #require(Self.group(fields[1]))
    let kind = try #require(inner.first { $0.name == "chargingProfileKind" })
    #expect(kind.kind == .choice(["Absolute", "Recurring", "Relative"]))
    let until = try #require(inner.first { $0.name == "validTo" })
    #expect(!until.isRequired && until.kind == .dateTime && until.items == nil)
    let schedule = try #require(inner.first { $0.name == "chargingSchedule" }.flatMap(Self.group))
    let periods = try #require(schedule.first { $0.name == "chargingSchedulePeriod" })
    #expect(periods.items == 0...Int.max)
    let limit = try #require(Self.group(periods)?.first { $0.name == "limit" })
    #expect(limit.kind == .number(least: nil, most: nil, tenths: true))

    let variables = try #require(Catalogue.shared.action(named: "SetVariables", version: .v21))
    let data = try #require(Catalogue.shared.fields(ofRequest: variables).first)
    #expect(data.name == "setVariableData" && data.items == 1...Int.max)
    let value = try #require(Self.group(data)?.first { $0.name == "attributeValue" })
    #expect(value.kind == .text(limit: 2500))
    let transfer = try #require(Catalogue.shared.action(named: "DataTransfer", version: .v201))
    let any = Catalogue.shared.fields(ofRequest: transfer).first { $0.name == "data" }
    #expect(any?.kind == .any)
    let download = try #require(Catalogue.shared.action(named: "UpdateFirmware", version: .v16))
    let location = Catalogue.shared.fields(ofRequest: download).first { $0.name == "location" }
    #expect(location?.kind == .uri)
  }

  @Test("A type that contains itself ends in an empty group")
  func recursion() throws {
    let table = """
      version 1.6
      type Tree
        name! string ..3
        branches [1..2] Tree
      action Grow Core csms CALL
      request
        tree! Tree
      response
      """
    let catalogue = try MessageCatalogue(
      tables: [.v16: Array(table.utf8)], codes: Catalogue.codes())
    let grow = try #require(catalogue.action(named: "Grow", version: .v16))
    let tree = try #require(Self.group(catalogue.fields(ofRequest: grow)[0]))
    #expect(tree.map(\.name) == ["name", "branches"])
    #expect(tree[1].kind == .group([]))
    #expect(catalogue.smallest(requestOf: grow) == ["tree": ["name": "A"]])
    var sampler = MessageSampler(catalogue: catalogue, seed: 1)
    for _ in 0..<200 {
      let value = try JSONDocument(bytes: sampler.valid(.request, of: grow)).root
      #expect(catalogue.validate(request: value, of: grow) == nil)
    }
  }

  private static func group(_ field: FieldDescriptor) -> [FieldDescriptor]? {
    if case .group(let fields) = field.kind { fields } else { nil }
  }
}

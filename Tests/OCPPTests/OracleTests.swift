import Foundation
import OCPP
import Testing

/// PyPI jsonschema's verdicts on payloads, by the Open Charge Alliance's own schemas. Neither is
/// part of this package: SWELL_OCPP_SCHEMAS names the folder of the schemas, `.ci/setup --tests`
/// installs the other.
enum Oracle {
  struct Case: Sendable {
    var action: ActionDescriptor
    var side: MessageSide
    var payload: String
    /// The kind of the one rule that it breaks, where it was made to break one.
    var kind: Violation.Kind?
  }

  /// A rule that jsonschema finds broken.
  struct Objection: Sendable {
    var keyword: String
    var message: String
  }

  static let schemas = ProcessInfo.processInfo.environment["SWELL_OCPP_SCHEMAS"]
  private static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let python = here.deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".build/venv/bin/python")

  static var isAtHand: Bool {
    guard let schemas else { return false }
    return FileManager.default.fileExists(atPath: schemas + "/actions.csv")
      && FileManager.default.isExecutableFile(atPath: python.path)
  }

  private static func run(
    _ script: String, _ arguments: [String], input: URL? = nil, output: URL
  ) throws {
    try Data().write(to: output)
    let process = Process()
    process.executableURL = python
    process.arguments =
      [here.appendingPathComponent("Oracle/\(script)").path, schemas ?? ""] + arguments
    if let input { process.standardInput = try FileHandle(forReadingFrom: input) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  private static func withFolder<T>(_ body: (URL) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("swell-oracle-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  /// Payloads that the schemas themselves are the pattern of, so many of each.
  static func instances(seed: UInt64, count: Int) throws -> [Case] {
    try withFolder { folder in
      let output = folder.appendingPathComponent("cases.jsonl")
      try run("instances.py", ["\(seed)", "\(count)"], output: output)
      return try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map { line in
        let root = try JSONDocument(text: String(line)).root
        let version = OCPPVersion.allCases.first { $0.label == root["version"]?.string }
        let action = Catalogue.shared.action(
          named: root["action"]?.string ?? "", version: try #require(version))
        return Case(
          action: try #require(action),
          side: root["side"]?.string == "Request" ? .request : .response,
          payload: try #require(root["payload"]?.text))
      }
    }
  }

  static func verdicts(on cases: [Case]) throws -> [[Objection]] {
    try withFolder { try verdicts(on: cases, in: $0) }
  }

  private static func verdicts(on cases: [Case], in folder: URL) throws -> [[Objection]] {
    let input = folder.appendingPathComponent("cases.jsonl")
    let output = folder.appendingPathComponent("verdicts.jsonl")
    let lines = cases.map { item in
      let side = item.side == .request ? "Request" : "Response"
      return #"{"version":"\#(item.action.version.label)","action":"\#(item.action.name)","#
        + #""side":"\#(side)","payload":\#(item.payload)}"#
    }
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: input)
    try run("verdicts.py", [], input: input, output: output)
    return try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map { line in
      try JSONDocument(text: String(line)).root.elements.map {
        Objection(keyword: $0[0]?.string ?? "", message: $0[1]?.string ?? "")
      }
    }
  }

  /// Why the two may differ. Every row is a fact about jsonschema or about RFC 3339; a difference
  /// that no row explains is a fault in the tables or the validator.
  struct Difference: Sendable {
    var name: String
    var why: String
    /// Whether it explains what jsonschema objects to and Swell takes; for nil, that jsonschema
    /// takes what Swell does not.
    var explains: @Sendable (Case, Objection?) -> Bool
  }

  static let differences: [Difference] = [
    Difference(
      name: "1.0 in draft-04",
      why: """
        JSON Schema draft-04, which the core of 1.6 is in, leaves open whether 1.0 is an integer; \
        jsonschema says no, and yes from draft-06 on. Here it always is: the value is whole.
        """
    ) { item, objection in
      item.action.version == .v16
        && objection?.message.hasSuffix(".0 is not of type 'integer'") == true
    },
    Difference(
      name: "null payload",
      why: "OCPP-J 1.6 §4.2.1 allows null for an empty payload; no schema does."
    ) { item, objection in
      item.action.version == .v16 && item.payload == "null" && objection?.keyword == "type"
    },
    Difference(
      name: "leap second",
      why: "RFC 3339 §5.7 has a second 60 on leap seconds; jsonschema's checker has none."
    ) { _, objection in
      objection?.keyword == "format" && objection?.message.contains(":60") == true
    },
    Difference(
      name: "binary tenths",
      why: "jsonschema divides in binary, where 6.1 is no multiple of 0.1; here it is decimal."
    ) { _, objection in
      objection?.keyword == "multipleOf"
    },
    Difference(
      name: "trailing newline",
      why: "Python's $ matches before a newline at the end; RFC 3339 §5.6 has none."
    ) { item, objection in
      objection == nil && item.payload.contains(#"Z\n"#)
    },
  ]
}

@Suite(
  .enabled(
    if: Oracle.isAtHand,
    """
    needs the official schemas, their folder in SWELL_OCPP_SCHEMAS, and .ci/setup --tests
    """))
struct OracleTests {
  private func violation(_ item: Oracle.Case) throws -> Violation? {
    Catalogue.shared.validate(
      item.side, try JSONDocument(text: item.payload).root, of: item.action)
  }

  /// The keyword of JSON Schema for a kind of violation.
  private func keywords(_ kind: Violation.Kind) -> [String] {
    switch kind {
    case .missing: ["required"]
    case .unknownField: ["additionalProperties"]
    case .type: ["type"]
    case .length: ["maxLength"]
    case .enumeration: ["enum"]
    case .bounds: ["minimum", "maximum"]
    case .multipleOf: ["multipleOf"]
    case .itemCount: ["minItems", "maxItems"]
    case .format, .looseTime: ["format"]
    case .syntax: []
    }
  }

  /// Compares the verdicts; gives back the names of the differences met.
  private func compare(_ cases: [Oracle.Case], _ seed: UInt64) throws -> Set<String> {
    let verdicts = try Oracle.verdicts(on: cases)
    try #require(verdicts.count == cases.count)
    var met: Set<String> = []
    for (item, objections) in zip(cases, verdicts) {
      let violation = try violation(item)
      if (violation == nil) == objections.isEmpty {
        guard let kind = item.kind else { continue }
        #expect(
          objections.contains { keywords(kind).contains($0.keyword) },
          "seed \(seed), \(item.action.name) \(item.side): \(kind), \(objections.prefix(3))")
        continue
      }
      let doubts: [Oracle.Objection?] = objections.isEmpty ? [nil] : objections
      let reasons = doubts.map { doubt in
        Oracle.differences.first { $0.explains(item, doubt) }?.name
      }
      met.formUnion(reasons.compactMap(\.self))
      guard reasons.contains(nil) else { continue }
      Issue.record(
        """
        seed \(seed), \(item.action.name) \(item.side) of \(item.action.version.label): here \
        \(violation?.description ?? "valid"), there \(objections.prefix(3)): \
        \(item.payload.prefix(1500))
        """)
    }
    return met
  }

  @Test("Payloads of every schema, right and wrong, get the verdict that jsonschema gives")
  func everySchema() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("oracle: seed \(seed)")
    var sampler = MessageSampler(catalogue: Catalogue.shared, seed: seed)
    var cases: [Oracle.Case] = []
    for (side, action) in SampleTests.payloads {
      for _ in 0..<4 {
        let payload = String(decoding: sampler.valid(side, of: action), as: UTF8.self)
        cases.append(.init(action: action, side: side, payload: payload))
      }
      for _ in 0..<9 {
        guard let broken = sampler.broken(side, of: action) else { continue }
        cases.append(.init(action: action, side: side, payload: broken.text, kind: broken.kind))
      }
    }
    #expect(SampleTests.payloads.count == 387)
    _ = try compare(cases, seed)
  }

  @Test("Payloads made from the schemas alone get the verdict that jsonschema gives")
  func schemasAlone() throws {
    let seed = UInt64.random(in: 0...UInt64(UInt32.max))
    print("oracle of the schemas alone: seed \(seed)")
    let cases = try Oracle.instances(seed: seed, count: 5)
    #expect(cases.count == 5 * 387)
    _ = try compare(cases, seed)
  }

  @Test("Where the two differ there is a known reason, and each reason is still true")
  func hardCases() throws {
    let stop = try #require(Catalogue.shared.action(named: "StopTransaction", version: .v16))
    let boot = try #require(Catalogue.shared.action(named: "StatusNotification", version: .v201))
    let update = try #require(Catalogue.shared.action(named: "UpdateFirmware", version: .v16))
    let limits = try #require(Catalogue.shared.action(named: "SetChargingProfile", version: .v16))
    let token = try #require(Catalogue.shared.action(named: "Authorize", version: .v16))
    let beat = try #require(Catalogue.shared.action(named: "Heartbeat", version: .v16))
    var cases = ["null", "{}", "[]", "7"].map {
      Oracle.Case(action: beat, side: .request, payload: $0)
    }
    let times = [
      "2026-11-23T01:02:03Z", "2026-11-23t01:02:03z", "2016-12-31T23:59:60Z",
      "2026-11-23T01:02:03.123456789Z", "2026-11-23T24:00:00Z", "2024-02-29T00:00:00Z",
      "2026-02-29T00:00:00Z", "2026-11-23T01:02:03", "2026-11-23 01:02:03Z",
      "2026-11-23T01:02:03+24:00", "2026-11-23T01:02:03-00:00", "2026-11-23T01:02:03+0100",
      "2026-11-23T01:02:03,5Z", "٢٠٢٦-11-23T01:02:03Z", #"2026-11-23T01:02:03Z\n"#, "", "0",
      "2026-11-23T01:02:03.Z", "9999-12-31T23:59:59Z",
    ]
    for time in times {
      cases.append(
        .init(
          action: boot, side: .request,
          payload: #"{"timestamp":"\#(time)","connectorStatus":"Occupied","evseId":1,"#
            + #""connectorId":1}"#))
    }
    for number in ["42", "42.0", "420e-1", "4.2e1", "42.5", "-0", "1e2", "\"42\"", "null", "true"] {
      cases.append(
        .init(
          action: stop, side: .request,
          payload:
            #"{"meterStop":9000,"timestamp":"2026-11-23T01:02:03Z","transactionId":\#(number)}"#
        ))
    }
    for tenths in ["6.1", "7.3", "16.1", "0.1", "16", "0", "161e-1", "16.15", "1e-2", "-6.1"] {
      cases.append(
        .init(
          action: limits, side: .request,
          payload: ValidatorTests.limits16(tenths, "16")
            .split(separator: "\n").joined()))
    }
    for uri in [
      "https://fw.example/ac22%20v2.bin", "ftp://u:p@10.0.0.7:21/a;b?c#d", "urn:a:b", "a:",
      "http://[::1]/x", "mailto:a@b", "fw/image.bin", "", ":x", "http://a b/", "http://x/%zz",
      "1http://x", #"http://x/\u00fc"#,
    ] {
      cases.append(
        .init(
          action: update, side: .request,
          payload: #"{"location":"\#(uri)","retrieveDate":"2026-11-23T01:02:03Z"}"#))
    }
    for tag in ["é", #"\u00e9"#, "😀", #"\ud83d\ude00"#, "e\u{301}"] {
      for count in [10, 20, 21] {
        cases.append(
          .init(
            action: token, side: .request,
            payload: #"{"idTag":"\#(String(repeating: tag, count: count))"}"#))
      }
    }
    let met = try compare(cases, 0)
    #expect(met == Set(Oracle.differences.map(\.name)))
  }
}

import Testing

@testable import Fleet

@Suite struct FilterTests {
  static let subject = {
    var subject = FleetFilter.Subject(identity: "KLN-DTZ-04")
    (subject.site, subject.zone) = ("Köln Deutz", "Europe/Berlin")
    (subject.vendor, subject.model, subject.hardware) = ("Volta", "AC22", "B2")
    (subject.firmware, subject.hops) = ("2.3.1", ["2.3.9"])
    (subject.flash, subject.connectors, subject.profile) = (256, 2, 1)
    (subject.speaks, subject.released) = (.ocpp16, [.ocpp16, .ocpp201])
    (subject.online, subject.verdict, subject.isPending) = (true, .tooSmall, true)
    (subject.campaign, subject.wave) = ("Spring", 3)
    subject.notes = "2026-03-01 kim: lid (left) is loose"
    return subject
  }()

  @Test(
    "A filter holds when all its terms do",
    arguments: [
      ("", true), ("dtz", true), ("KLN-*", true), ("DTZ-*", false), ("model:ac*", true),
      ("model:AC", false), ("vendor:volta online", true), ("vendor:volta offline", false),
      ("fw:2.3*", true), ("fw:<2.4", true), ("fw:<=2.3.1", true), ("fw:>2.3.1", false),
      ("fw:>=2.10", false), ("site:\"Köln *\"", true), ("!site:\"Köln *\"", false),
      ("speaks:1.6", true), ("speaks:none", false), ("ready:too-small", true), ("eol", false),
      ("!eol dtz", true), ("\"online\"", false),
      ("model:AC11,ac22", true), ("model:AC11,DC*", false), ("!model:AC11,AC22", false),
      ("fw:<2.0,>=2.3", true), ("site:\"Köln, Deutz\"", false), ("site:\"Köln Deutz\",Bonn", true),
      ("id:kln-dtz-04", true), ("id:KLN-DTZ-0", false), ("id:A,B,Kln-Dtz-04", true),
      ("!id:A,B", true), ("quarantined", false), ("pinned", false), ("pending", true),
      ("speaks:2.0.1,1.6", true), ("ready:ready,too-small", true), ("KLN,DTZ", false),
      ("memory>=256", true), ("flash<200", false), ("flash = 256", true), ("memory:256", true),
      ("ram>=64", false), ("not ram>=64", true), ("!ram<64", true), ("unknown:ram", true),
      ("unknown:memory,fw", false), ("fw<2.4", true), ("fw=2.3.1.0", true), ("fw >= 2.10", false),
      ("firmware:2.3*", true), ("connectors>1 connectors<=2", true), ("profile>=2", false),
      ("seen<2d", true), ("seen>30s", false), ("released:2.0.1", true), ("released:2.1", false),
      ("hardware:b?", true), ("hw:A*,B*", true), ("serial:*", true), ("unknown:serial", true),
      ("zone:europe/*", true), ("hop:2.3.9", true), ("hop:2.3.1", false), ("campaign:spr*", true),
      ("wave=3", true), ("wave<3", false), ("notes:loose", true), ("notes:\"lid (*\"", false),
      ("notes:\"*lid (*\"", true), ("eol or online", true), ("eol or offline", false),
      ("eol or online model:AC11", false), ("(eol or online) model:AC22", true),
      ("not (eol or online)", false), ("not eol online and dtz", true), ("! eol", true),
      ("not not online", true), ("NOT offline OR eol", true), ("((dtz))", true),
      ("site:\"Köln \"\"Deutz\"\"\"", false), ("(online)dtz", true),
    ])
  func matches(filter: String, holds: Bool) throws {
    #expect(try FleetFilter(filter).matches(Self.subject) == holds)
  }

  @Test(
    "A filter that can't be read says where",
    arguments: [
      ("dtz colour:red", 4), ("!colour:red", 1), ("site:\"Köln", 5), ("speaks:3.0", 7),
      ("ready:maybe", 6), ("fw:<x", 3), ("model:", 6), ("a !", 2), ("model:AC11,", 11),
      ("speaks:1.6,3.0", 11), ("site:\"a b\" ready:ready,odd", 23),
      ("memory>>3", 7), ("memory>", 7), ("memory>=12x", 8), ("memry>=3", 0), ("a memory!=3", 2),
      ("model<3", 0), ("seen=2d", 0), ("seen>2y", 5), ("seen>9999999d", 5), ("(a", 0), ("a)", 1),
      ("a ()", 2), ("a or", 2), ("or a", 0), ("a and or b", 2), ("not", 0), ("(a or )", 3),
      ("unknown:colour", 8), ("released:none", 9), ("@", 0), ("@a/b", 0), (")", 0), (">3", 0),
      ("fw<2.4*", 3), ("id:\"a\",\"b", 7),
    ])
  func errors(filter: String, offset: Int) {
    #expect { try FleetFilter(filter) } throws: { ($0 as? FleetFilterError)?.offset == offset }
  }
}

@Suite struct FilterLanguageTests {
  @Test("A filter in its own spelling is read back as itself, whatever its terms")
  func roundTrip() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    for round in 0..<3000 {
      let filter = FleetFilter(RandomFilter.expression(depth: 4, &random))
      #expect(
        try FleetFilter(filter.text) == filter, "seed \(seed), round \(round): \(filter.text)")
    }
  }

  @Test("Whatever is typed is read or refused at a place inside of it")
  func hostile() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    let pieces = [
      "(", ")", " ", "!", "not", "or", "and", "\"", ":", ",", "<", ">", "=", "@", "model", "fw",
      "memory", "seen", "2", "d", "*", "é", "\u{0}", "x", "id",
    ]
    for round in 0..<5000 {
      let text = (0..<Int.random(in: 0...12, using: &random))
        .compactMap { _ in pieces.randomElement(using: &random) }.joined()
      do throws(FleetFilterError) {
        let filter = try FleetFilter(text)
        #expect(
          (try? FleetFilter(filter.text)) == filter, "seed \(seed), round \(round): \(text)")
      } catch {
        #expect((0...text.count).contains(error.offset), "seed \(seed), round \(round): \(text)")
      }
    }
  }

  @Test("Depth, number of terms, and length of a value have bounds")
  func bounds() throws {
    let deep = FleetFilterParser.deepest
    func nested(_ count: Int) -> String {
      String(repeating: "(", count: count) + "a" + String(repeating: ")", count: count)
    }
    _ = try FleetFilter(nested(deep))
    let many = (0..<FleetFilterParser.mostTerms).map { "model:\($0)" }.joined(separator: " ")
    _ = try FleetFilter(many)
    for text in [
      nested(deep + 1), nested(100_000), String(repeating: "! ", count: 100_000) + "a",
      many + " a", "model:" + String(repeating: "x,", count: 3000) + "x",
      "site:" + String(repeating: "x", count: 251), String(repeating: "k", count: 5000) + ":x",
      String(repeating: " notes:a", count: 25), String(repeating: " ", count: 4_000_001),
    ] {
      #expect(throws: FleetFilterError.self) { try FleetFilter(text) }
    }
    // All of a large fleet by name is one term.
    _ = try FleetFilter("id:" + (0..<100_000).map { "CP-\($0)" }.joined(separator: ","))
  }

  @Test("A filter and its inverse share the fleet between them, unknown facts included")
  func inverse() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    for round in 0..<2000 {
      let expression = RandomFilter.expression(depth: 3, &random)
      let subject = RandomFilter.subject(&random)
      #expect(
        FleetFilter(expression).matches(subject) != FleetFilter(.not(expression)).matches(subject),
        "seed \(seed), round \(round)")
    }
  }

  @Test("Saved selections stand for their terms, and what is made of itself is refused")
  func saved() throws {
    let saved = ["a": "model:AC* or @b", "b": "eol pinned", "c": "@d", "d": "not @c", "e": "fw<"]
    #expect(
      try FleetFilter("online @a", saved: saved).text == "online (model:AC* or eol pinned)")
    #expect(try FleetFilter("!@b", saved: saved).text == "not (eol pinned)")
    #expect(try FleetFilter("x (@b or @zz)").names == ["b", "zz"])
    for (text, offset, part) in [
      ("x @c", 2, "@c is made of itself"), ("@bb", 0, "did you mean \"b\"?"),
      ("online @e", 7, "in @e: no version number"),
    ] {
      #expect { try FleetFilter(text, saved: saved) } throws: { error in
        let error = error as? FleetFilterError
        return error?.offset == offset && error?.reason.contains(part) == true
      }
    }
    // Names that double with each step would be a million terms.
    var doubling = ["0": "model:x model:y"]
    for n in 1..<20 { doubling["\(n)"] = "@\(n - 1) @\(n - 1)" }
    #expect(throws: FleetFilterError.self) { try FleetFilter("@19", saved: doubling) }
  }
}

@Suite struct PropertyTests {
  @Test("A set of sequence numbers equals a set of numbers, and its text is read back")
  func sequences() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    for _ in 0..<200 {
      var set = SequenceSet()
      var model: Set<Int> = []
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        let n = Int.random(in: 0...30, using: &random)
        #expect(set.insert(n) == model.insert(n).inserted, "seed \(seed)")
      }
      for n in -1...31 { #expect(set.contains(n) == model.contains(n), "seed \(seed)") }
      let span = model.isEmpty ? 0 : (model.max() ?? 0) - (model.min() ?? 0) + 1
      #expect(set.gaps == span - model.count, "seed \(seed)")
      #expect(SequenceSet(text: set.text) == set, "seed \(seed)")
    }
  }

  @Test("A glob matches what a plain recursive definition matches")
  func globs() {
    func matches(_ p: Substring, _ t: Substring) -> Bool {
      guard let first = p.first else { return t.isEmpty }
      if first == "*" {
        return matches(p.dropFirst(), t) || (!t.isEmpty && matches(p, t.dropFirst()))
      }
      guard let head = t.first, first == "?" || first == head else { return false }
      return matches(p.dropFirst(), t.dropFirst())
    }
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    for _ in 0..<2000 {
      func text(_ letters: String, _ longest: Int) -> String {
        String(
          (0..<Int.random(in: 0...longest, using: &random)).compactMap { _ in
            letters.randomElement(using: &random)
          })
      }
      let (pattern, candidate) = (text("ab*?", 6), text("ab", 8))
      #expect(
        Glob(pattern).matches(candidate) == matches(pattern[...], candidate[...]),
        "seed \(seed): \(pattern) on \(candidate)")
      #expect(Glob(pattern).matches(candidate.uppercased()) == Glob(pattern).matches(candidate))
    }
  }

  @Test("A day is read back from its first moment")
  func days() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    for _ in 0..<2000 {
      let instant = Instant(
        seconds: Int64.random(in: -10_000_000_000...10_000_000_000, using: &random))
      let start = CivilDay(instant).start
      #expect(start <= instant && instant < start + .hours(24), "seed \(seed)")
    }
  }
}

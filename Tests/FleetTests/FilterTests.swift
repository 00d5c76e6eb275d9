import Fleet
import Testing

@Suite struct FilterTests {
  static let subject = FleetFilter.Subject(
    identity: "KLN-DTZ-04", site: "Köln Deutz", vendor: "Volta", model: "AC22", firmware: "2.3.1",
    speaks: .ocpp16, online: true, verdict: .tooSmall, isPending: true)

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
    ])
  func errors(filter: String, offset: Int) {
    #expect { try FleetFilter(filter) } throws: { ($0 as? FleetFilterError)?.offset == offset }
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

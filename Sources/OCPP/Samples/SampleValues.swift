/// Values by their shape, right and wrong.
extension MessageSampler {
  /// - Parameter lean: as short as may be.
  mutating func validValue(_ shape: SchemaTable.Shape, _ table: SchemaTable, lean: Bool) {
    switch shape.kind {
    case .any: anything(depth: 0)
    case .boolean: writer.bool(Bool.random(using: &random))
    case .string:
      let limit = shape.hasMaximum ? Int(shape.maximum) : nil
      quote(text(scalars: lean ? min(1, limit ?? 1) : length(limit)))
    case .dateTime: quote(dateTime())
    case .uri:
      let schemes = ["https://fw.example/ac22%20v2.bin", "ftp://10.0.0.7:2121/logs", "urn:x:y"]
      quote(pick(schemes, or: "urn:x"))
    case .enumeration: quote(pick(table.choices(shape), or: ""))
    case .integer: writer.raw(whole(shape).utf8)
    case .number: writer.raw(decimal(shape).utf8)
    case .object: writer.raw("{}".utf8)
    }
  }

  mutating func brokenValue(
    _ shape: SchemaTable.Shape, _ table: SchemaTable, _ fault: BreakableRule.Fault
  ) {
    switch fault {
    case .wrongType: writer.raw(wrongToken(for: shape.kind).utf8)
    case .fraction: writer.raw(pick(["1.5", "-0.25", "1e-1", "20000.001"], or: "1.5").utf8)
    case .tooLong:
      let more = Int.random(in: 1...3, using: &random)
      quote(text(scalars: Int(shape.maximum) + more))
    case .notListed: quote(unlisted(table.choices(shape)))
    case .tooSmall:
      writer.raw(
        (shape.kind == .number && random.once(in: 2)
          ? below(shape.minimum) : "\(shape.minimum - pickStep())").utf8)
    case .tooLarge:
      writer.raw(
        (shape.kind == .number && random.once(in: 2)
          ? above(shape.maximum) : "\(shape.maximum + pickStep())").utf8)
    case .tooFine:
      let tenths =
        "\(Int.random(in: 0...400, using: &random)).\(Int.random(in: 0...9, using: &random))"
      writer.raw("\(tenths)\(Int.random(in: 1...9, using: &random))".utf8)
    case .badTime:
      let texts = [
        "", "yesterday", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-23",
        "2026-11-23T25:00:00Z", "20261123T010203Z", "2026-11-23T01:02Z", "1795395723",
        "2026-11-23T01:02:03Zulu",
      ]
      quote(pick(texts, or: ""))
    case .looseTime:
      let texts = [
        "2026-11-23T01:02:03", "2026-11-23 01:02:03Z", "2026-11-23T01:02:03,5Z",
        "2026-11-23T01:02:03+0100", "2026-11-23T01:02:03+01",
      ]
      quote(pick(texts, or: ""))
    case .badURI:
      let texts = ["no uri", "", "fw/image.bin", "http://a b/", "1http://x", "http://x/%zz", ":x"]
      quote(pick(texts, or: ""))
    // These are broken where the field or the array is written.
    case .missing, .stranger, .notArray, .tooFew, .tooMany: writer.null()
    }
  }

  /// A value that is none of that kind; for nil, no array.
  mutating func wrongToken(for kind: SchemaTable.Kind?, canBeNull: Bool = true) -> String {
    var tokens = [#"{"a":1}"#]
    switch kind {
    case .object: tokens = ["7", "true", #""text""#, "[]", #"[{"a":1}]"#]
    case .boolean: tokens += ["0", "1", #""true""#, "[true]"]
    case .integer, .number: tokens += [#""7""#, #""7.5""#, "true", "[7]", #""""#]
    case .string, .dateTime, .uri, .enumeration: tokens += ["7", "0.5", "false", #"["text"]"#]
    case .any, nil: tokens += ["7", #""text""#, "true"]
    }
    if canBeNull { tokens.append("null") }
    return pick(tokens, or: "{}")
  }

  /// Any JSON at all.
  mutating func anything(depth: Int) {
    switch Int.random(in: 0..<(depth < 3 ? 7 : 5), using: &random) {
    case 0: writer.null()
    case 1: writer.bool(Bool.random(using: &random))
    case 2: writer.int(Int.random(in: -1000...1000, using: &random))
    case 3: writer.raw("-0.25e-3".utf8)
    case 4: quote(text(scalars: length(20)))
    case 5:
      writer.beginArray()
      for _ in 0..<Int.random(in: 0...3, using: &random) { anything(depth: depth + 1) }
      writer.endArray()
    default:
      writer.beginObject()
      for number in 0..<Int.random(in: 0...3, using: &random) {
        writer.key("k\(number)")
        anything(depth: depth + 1)
      }
      writer.endObject()
    }
  }

  private mutating func pick<T>(_ items: [T], or other: T) -> T {
    items.randomElement(using: &random) ?? other
  }

  private mutating func pickStep() -> Int64 { pick([1, 1, 10, 1_000_000], or: 1) }

  private func below(_ bound: Int64) -> String {
    bound > 0 ? "\(bound - 1).5" : "\(bound).5".negated
  }

  private func above(_ bound: Int64) -> String { bound >= 0 ? "\(bound).001" : "\(bound + 1)" }

  private mutating func unlisted(_ values: [String]) -> String {
    let near = pick(values, or: "A")
    let candidates = ["", "Unheard", near.uppercased(), near + " ", String(near.dropLast())]
    return pick(candidates.filter { !values.contains($0) }, or: "Unheard")
  }

  /// A length up to the limit, often exactly at it.
  private mutating func length(_ limit: Int?) -> Int {
    guard let limit else { return Int.random(in: 0...40, using: &random) }
    if random.once(in: limit <= 600 ? 5 : 40) { return limit }
    return Int.random(in: 0...min(limit, 24), using: &random)
  }

  private static let odd: [Unicode.Scalar] = [
    "é", "ß", "Ω", "中", "\u{1F600}", "\u{10FFFF}", "\u{FFFD}", "\u{2028}", "\u{301}", "\"", "\\",
    "/", "\n", "\u{1}", "\u{7F}",
  ]

  private mutating func text(scalars count: Int) -> String {
    let plain = Array("ABCDEFabcdef0123456789 -_.:*@".unicodeScalars)
    let oddness = pick([1, 3, 1000], or: 3)
    var text = String.UnicodeScalarView()
    for _ in 0..<count {
      text.append(random.once(in: oddness) ? pick(Self.odd, or: "é") : pick(plain, or: "A"))
    }
    return String(text)
  }

  /// The text as JSON, at times with escapes where none is needed.
  private mutating func quote(_ text: String) {
    guard random.once(in: 8) else { return writer.string(text) }
    var json = "\""
    for unit in text.utf16 {
      let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
      json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    writer.raw((json + "\"").utf8)
  }

  private mutating func dateTime() -> String {
    let ms = Int64.random(in: 0...4_102_444_799, using: &random) * 1000
    let text = String(DateTime.format(ms).dropLast())
    let ends = ["Z", "Z", "z", ".5Z", ".000001Z", "+00:00", "-11:30", ".25+05:45"]
    let written = text + pick(ends, or: "Z")
    return random.once(in: 16) ? String(written.map { $0 == "T" ? "t" : $0 }) : written
  }

  private mutating func whole(_ shape: SchemaTable.Shape) -> String {
    let least = shape.hasMinimum ? shape.minimum : -1000
    let most = max(least, shape.hasMaximum ? shape.maximum : 100_000)
    if !shape.hasMaximum, random.once(in: 12) { return "\(Int64.max)" }
    let values = [least, most, Int64.random(in: least...most, using: &random)]
    let value = pick(values, or: least)
    return switch Int.random(in: 0..<24, using: &random) {
    case 0: "\(value).0"
    case 1 where value != 0: "\(value)0e-1"
    case 2: "\(value)E+0"
    default: "\(value)"
    }
  }

  private mutating func decimal(_ shape: SchemaTable.Shape) -> String {
    let least = shape.hasMinimum ? shape.minimum : -500
    let most = max(least, shape.hasMaximum ? shape.maximum : 50_000)
    if shape.hasMaximum, random.once(in: 4) { return "\(most)" }
    let value = Int64.random(in: least..<max(most, least + 1), using: &random)
    if value < 0 || most == least { return "\(value)" }
    let fraction =
      shape.step == SchemaTable.Shape.noStep
      ? ["", ".0", ".125", ".10", "e0"] : ["", ".1", ".7", ".30"]
    return "\(value)" + pick(fraction, or: "")
  }
}

extension String {
  fileprivate var negated: String { hasPrefix("-") ? self : "-" + self }
}

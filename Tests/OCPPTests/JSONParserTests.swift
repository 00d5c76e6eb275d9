import OCPP
import Testing

@Suite struct JSONParserTests {
  @Test(
    "A text that is no JSON is refused with reason and offset",
    arguments: [
      ("", .empty, 0), (" \n", .empty, 2), ("{", .unexpectedEnd, 1), ("[1,", .unexpectedEnd, 3),
      ("[1,]", .unexpectedByte, 3), ("{\"a\":1,}", .unexpectedByte, 7),
      ("[1 2]", .unexpectedByte, 3),
      ("{a:1}", .unexpectedByte, 1), ("{\"a\" 1}", .unexpectedByte, 5),
      ("[] []", .trailingBytes, 3),
      ("nul", .unexpectedEnd, 3), ("nulL", .unexpectedByte, 3), ("truex", .trailingBytes, 4),
      ("01", .invalidNumber, 1), ("-", .unexpectedEnd, 1), ("-a", .invalidNumber, 1),
      ("1.", .unexpectedEnd, 2), ("1.e3", .invalidNumber, 2), ("1e+", .unexpectedEnd, 3),
      (".5", .unexpectedByte, 0), ("+1", .unexpectedByte, 0), ("NaN", .unexpectedByte, 0),
      ("\"abc", .unexpectedEnd, 4), ("\"a\nb\"", .controlCharacter, 2),
      (#""\x""#, .invalidEscape, 2), (#""\u12G4""#, .invalidEscape, 5),
      (#""\uD800""#, .loneSurrogate, 1), (#""\uD800\u0041""#, .loneSurrogate, 1),
      (#""\uDC00\uD800""#, .loneSurrogate, 1), (#"{"a":1,"b":2,"a":3}"#, .duplicateKey, 13),
      (#"{"a":1,"\u0061":3}"#, .duplicateKey, 7), ("[\u{0}]", .unexpectedByte, 1),
    ] as [(String, JSONError.Reason, Int)])
  func refuses(text: String, reason: JSONError.Reason, offset: Int) {
    #expect(throws: JSONError(reason: reason, offset: offset)) { try JSONDocument(text: text) }
  }

  @Test(
    "Bytes that are no UTF-8 are refused",
    arguments: [
      [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82],
      [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
    ] as [[UInt8]])
  func refusesUTF8(sequence: [UInt8]) {
    // Before and after the stretch that is scanned by words.
    for padding in [0, 7, 8, 9, 31] {
      let plain = [UInt8](repeating: 97, count: padding)
      let bytes = [34] + plain + sequence + [34]
      #expect(throws: JSONError(reason: .invalidUTF8, offset: 1 + padding)) {
        try JSONDocument(bytes: bytes)
      }
    }
  }

  @Test("64 levels are read and 65 refused")
  func depth() throws {
    let deep = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
    #expect(try JSONDocument(text: deep(64)).root.count == 1)
    #expect(throws: JSONError(reason: .tooDeep, offset: 64)) { try JSONDocument(text: deep(65)) }
  }

  @Test("A key that comes twice is found in a large object too")
  func manyKeys() throws {
    let members = (0..<500).map { "\"k\($0)\":\($0)" }
    let good = try JSONDocument(text: "{" + members.joined(separator: ",") + "}")
    #expect(good.root.count == 500)
    #expect(good.root["k499"]?.int == 499)
    let bad = "{" + (members + ["\"k7\":1"]).joined(separator: ",") + "}"
    #expect(throws: JSONError.self) { try JSONDocument(text: bad) }
  }

  @Test(
    "A string's escapes are resolved",
    arguments: [
      (#""a\"b\\c\/d""#, "a\"b\\c/d"), (#""\b\f\n\r\t""#, "\u{8}\u{C}\n\r\t"),
      (#""\u00e9\u20AC""#, "é€"), (#""\uD83D\uDE00!""#, "😀!"), ("\"😀é€\"", "😀é€"),
      (#""\u0000""#, "\u{0}"),
    ])
  func strings(text: String, value: String) throws {
    let document = try JSONDocument(text: text)
    #expect(document.root.string == value)
    #expect(document.root.text == text)
  }

  @Test(
    "A number keeps its text and reads as whole number and as double",
    arguments: [
      ("0", 0, 0), ("-0", 0, -0.0), ("7", 7, 7), ("7.0", 7, 7), ("70e-1", 7, 7), ("1E2", 100, 100),
      ("16.1", nil, 16.1), ("-7.25", nil, -7.25), ("9223372036854775807", .max, 0x1p63),
      ("-9223372036854775808", .min, -0x1p63), ("9223372036854775808", nil, 0x1p63),
      ("123456789012345678901234567890", nil, 0x1.8ee90ff6c373ep96),
      ("1e400", nil, nil), ("1e-400", nil, 0), ("0.1", nil, 0.1),
      ("5e-324", nil, .leastNonzeroMagnitude),
      ("1.7976931348623157e308", nil, 1.7976931348623157e308), ("0e999999999999999999999", 0, 0),
      ("100000000000000000000000e-20", 1000, 1000),
    ] as [(String, Int64?, Double?)])
  func numbers(text: String, int: Int64?, double: Double?) throws {
    let value = try JSONDocument(text: text).root
    #expect(value.int == int)
    #expect(value.double == double)
    #expect(value.text == text)
  }

  @Test(
    "A string of plain digits is read as the number it names, and no other one is",
    arguments: [
      ("16", 16), ("16.1", 16.1), ("0", 0), ("007", 7), ("1234567.125", 1_234_567.125),
      ("-1", nil), ("1e3", nil), ("1.2.3", nil), (".5", nil), ("5.", nil), ("", nil), ("a1", nil),
      ("1 2", nil), ("12345678901234567890123", nil), ("\\u0031", nil),
    ] as [(String, Double?)])
  func numerals(text: String, number: Double?) throws {
    let root = try JSONDocument(text: "[\"\(text)\", 16]").root
    #expect(root[0]?.numeral == number)
    #expect(root[1]?.numeral == nil)
  }

  @Test("Digits beyond 64 bits make no whole number, and nineteen that fit do")
  func longNumbers() throws {
    let root = try JSONDocument(
      text: """
        [9223372036854775807, 9223372036854775808, 0.1, 1.000000000000000000000,
         99999999999999999999, 0.12345678901234567890, 7000000000000000000000e-19]
        """
    ).root
    #expect(root[0]?.int == .max)
    #expect(root[1]?.int == nil)
    #expect(root[3]?.int == 1)
    #expect(root[4]?.int == nil)
    #expect(root[4]?.double == 1e20)
    #expect(root[5]?.double == 0.1234567890123456789)
    #expect(root[6]?.int == 700)
  }

  @Test("A string is compared and read as a time without making one, escapes and all")
  func looks() throws {
    let root = try JSONDocument(
      text:
        #"["Outlet", "Outle\u0074", "Outlets", 7, "2026-01-02T03:04:05Z", "2026-01-02T03:04:05\u005A"]"#
    ).root
    #expect([0, 1, 2, 3].map { root[$0]?.isString("Outlet") } == [true, true, false, false])
    #expect(root[4]?.time?.ms == 1_767_323_045_000)
    #expect(root[5]?.time?.ms == 1_767_323_045_000)
    #expect(root[0]?.time == nil)
    #expect(root[3]?.time == nil)
  }

  @Test("Members and items are reached by name, by position and in order")
  func access() throws {
    let document = try JSONDocument(text: #" { "a" : [ 1 , {"b":null} , [] ] , "c" : true } "#)
    let root = document.root
    #expect(root.members.map(\.key) == ["a", "c"])
    #expect(root["a"]?.elements.map(\.kind) == [.number, .object, .array])
    #expect(root["a"]?[1]?["b"]?.isNull == true)
    #expect(root["a"]?[3] == nil)
    #expect(root["c"]?.bool == true)
    #expect(root["d"] == nil)
    #expect(root["c"]?["x"] == nil)
    #expect(root["a"]?.text == #"[ 1 , {"b":null} , [] ]"#)
    #expect(root.string == nil && root.int == nil && root.bool == nil)
  }

  @Test("A value outlives the next text of its document")
  func reuse() throws {
    var document = try JSONDocument(text: #"{"id":"first"}"#)
    let kept = document.root["id"]
    try document.parse(Array(#"{"id":"second, and longer than before"}"#.utf8))
    #expect(kept?.string == "first")
    #expect(document.root["id"]?.string == "second, and longer than before")
    #expect(throws: JSONError.self) { try document.parse(Array("[1".utf8)) }
    #expect(document.root.isNull)
  }

  @Test("What the writer writes reads back the same")
  func roundTrips() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<400 {
      let value = Self.value(&random, depth: 0)
      let back = try JSON(JSONDocument(text: value.text).root)
      #expect(back == value, "seed \(seed): \(value.text)")
    }
  }

  @Test("A text cut anywhere is refused, and no byte changed at random stops the parser")
  func damaged() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix64(seed: seed)
    let text = Array(#"[2,"é\u00e9","A",{"a":[1.5e3,true,null,{"b":"x\n"}],"c":-0.1}]"#.utf8)
    for end in 0..<text.count {
      #expect(throws: JSONError.self) { try JSONDocument(bytes: Array(text[..<end])) }
    }
    for _ in 0..<3000 {
      var damaged = text
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        damaged[Int.random(in: 0..<damaged.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      if let document = try? JSONDocument(bytes: damaged) {
        #expect(try JSON(text: JSON(document.root).text) == JSON(document.root), "seed \(seed)")
      }
    }
  }

  private static func value(_ random: inout SplitMix64, depth: Int) -> JSON {
    switch Int.random(in: 0..<(depth < 5 ? 8 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(.random(using: &random))
    case 2: return .int(.random(in: .min ... .max, using: &random))
    case 3: return .double(Double.random(in: -1e9...1e9, using: &random))
    case 4: return .string(text(&random))
    case 5, 6:
      let count = Int.random(in: 0...20, using: &random)
      return .object(
        (0..<count).map { ("\($0):" + text(&random), value(&random, depth: depth + 1)) })
    default:
      let count = Int.random(in: 0...4, using: &random)
      return .array((0..<count).map { _ in value(&random, depth: depth + 1) })
    }
  }

  private static func text(_ random: inout SplitMix64) -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...20, using: &random) {
      let limit: UInt32 = [0x30, 0x80, 0x3000, 0x11_0000].randomElement(using: &random) ?? 0x80
      scalars.append(Unicode.Scalar(.random(in: 0..<limit, using: &random)) ?? "x")
    }
    return String(scalars)
  }
}

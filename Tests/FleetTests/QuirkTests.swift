import Stock
import Testing

@testable import Fleet

/// The quirk table: reading it, and what of it applies to a charger.
struct QuirkTests {
  private static let header = "number,name,vendor,model,firmware,does,value,reference\n"

  private func table(_ stock: String, own: String = "") throws -> QuirkTable {
    QuirkTable(
      try QuirkTable.read(csv: Self.header + stock, file: "stock")
        + QuirkTable.read(csv: Self.header + own, file: "own", isOwn: true))
  }

  private static let abb = QuirkSubject(
    vendor: "ABB", model: "CDT_TACW11::NET_WIFI", firmware: "TAC3Z9119006710273::V1.8.21")

  // MARK: The stock table

  private func stock() throws -> [QuirkTable.Row] {
    try QuirkTable.read(
      csv: try #require(Stock.file("Inventory/quirks.csv")).text, file: "quirks.csv")
  }

  @Test("the stock table has a row for every quirk of the list, and says where each was seen")
  func stockIsComplete() throws {
    let rows = try stock()
    #expect(Set(rows.compactMap(\.number)) == Set(1...68))
    for row in rows {
      #expect(row.number != nil, "\(row.name)")
      #expect(!row.reference.isEmpty, "\(row.name)")
      for place in row.reference.split(separator: " ") {
        #expect(place.split(separator: "#").count == 2 && place.contains("/"), "\(place)")
      }
      #expect(row.does != row.quirk.word.rawValue)
    }
  }

  @Test("what is done for every charger, or for none, names no charger")
  func generalRowsAreGeneral() throws {
    for row in try stock() {
      switch row.quirk {
      case .always, .none: #expect(row.whom == "every charger", "\(row.name)")
      default: #expect(row.whom != "every charger", "\(row.name)")
      }
    }
  }

  struct Known: Sendable, CustomTestStringConvertible {
    var subject: QuirkSubject
    var names: [String]
    var testDescription: String { "\(subject.vendor) \(subject.model): \(names)" }
    init(_ vendor: String, _ model: String, _ firmware: String, _ names: [String]) {
      subject = QuirkSubject(vendor: vendor, model: model, firmware: firmware)
      self.names = names
    }
  }

  @Test(
    "the stock table knows chargers by what they say of themselves",
    arguments: [
      Known("ABB", "CDT_TACW11::NET_WIFI", "TAC3Z9119006710273::V1.8.21", ["abb-measurands-read"]),
      Known("ABB", "CDT_TACW11::NET_WIFI", "TAC3Z9119006710273::V1.8.32", []),
      Known("ABB", "CDT_TACW11::NET_WIFI", "", []),
      Known("Wall Box Chargers", "PLP1-0-2-4", "5.17", ["touchy-boot", "wallbox-start-profile"]),
      Known("wallbox", "", "", ["touchy-boot", "wallbox-start-profile"]),
      Known("Alfen BV", "NG910-60023", "6.5.0-4217", ["alfen-hex-tokens"]),
      Known("United Chargers", "Grizzl-E Smart", "5.6", ["no-subprotocol", "grizzl-e-keys"]),
      Known("MENNEKES", "AMTRON", "1.5", ["mennekes-slow-answers"]),
      Known("EN+", "AC7000", "1", ["enplus-pings"]),
      Known("fronius", "wattpilot_V2", "40.7", ["wattpilot-writes"]),
      Known("Volta", "AC22", "2.3.1", []), Known("", "", "", []),
    ])
  func knownChargers(known: Known) throws {
    let quirks = QuirkTable(try stock()).quirks(of: known.subject)
    #expect(Set(quirks.rows.map(\.name)) == Set(known.names))
    #expect(quirks.isEmpty == known.names.isEmpty)
  }

  // MARK: What applies

  @Test(
    "firmware is matched by pattern or by bounds",
    arguments: [
      ("*", "", true), ("v5*", "V5.621", true), ("v5*", "v6.0", false), ("<2.4", "2.3.9", true),
      ("<2.4", "2.4", false), ("<=2.4", "2.4.0", true), (">=1.2 <2.4", "AC-v2.0", true),
      (">=1.2 <2.4", "1.1", false), (">2", "", false), (">2", "rc", false), ("2.?", "2.7", true),
    ])
  func firmware(pattern: String, firmware: String, applies: Bool) throws {
    #expect(try #require(FirmwarePattern(pattern)).matches(firmware) == applies)
  }

  @Test("the more particular row holds, an operator's before any other, then the earlier one")
  func order() throws {
    let stock = """
      ,wide,V*,*,*,answer-within,10,
      ,close,Volta,AC*,*,answer-within,20,
      ,closer,Volta,AC22,*,answer-within,30,
      ,closest,Volta,AC22,<3,answer-within,40,
      ,same,Volta,AC22,<3,answer-within,50,

      """
    let subject = QuirkSubject(vendor: "VOLTA", model: "ac22", firmware: "2.1")
    #expect(try table(stock).quirks(of: subject).patience == .seconds(40))
    #expect(
      try table(stock, own: ",mine,*,*,*,answer-within,60,\n").quirks(of: subject).patience
        == .seconds(60))
    let newer = QuirkSubject(vendor: "Volta", model: "AC22", firmware: "3.0")
    #expect(try table(stock).quirks(of: newer).patience == .seconds(30))
    #expect(
      try table(stock).quirks(of: subject).rows.map(\.name)
        == ["closest", "same", "closer", "close", "wide"])
  }

  @Test("an operator takes a stock row back by its name, for the chargers that are meant")
  func takenBack() throws {
    let stock = ",slow,Volta,*,*,answer-within,120,\n,deaf,Volta,*,*,deaf-after,9,\n"
    let table = try table(stock, own: ",slow,Volta,AC22,*,none,mended by the vendor,\n")
    let mended = table.quirks(of: QuirkSubject(vendor: "Volta", model: "AC22"))
    #expect(mended.patience == nil)
    #expect(mended.deafAfter == 9)
    #expect(table.quirks(of: QuirkSubject(vendor: "Volta", model: "AC7")).patience == .seconds(120))
  }

  @Test("a broken rule passes only where action, path and flaw are covered")
  func tolerances() throws {
    let quirks = try table(
      """
      ,extras,Volta,*,*,tolerate,* * unknown-field,
      ,numbers,Volta,*,*,tolerate,BootNotification *serial* type|length,
      ,any,Volta,*,*,tolerate,FirmwareStatusNotification status *,

      """
    ).quirks(of: QuirkSubject(vendor: "Volta"))
    #expect(quirks.tolerates("Heartbeat", "x", .unknownField) == "extras")
    #expect(quirks.tolerates("BootNotification", "chargePointSerialNumber", .type) == "numbers")
    #expect(quirks.tolerates("BootNotification", "chargePointSerialNumber", .missing) == nil)
    #expect(quirks.tolerates("BootNotification", "chargePointVendor", .type) == nil)
    #expect(quirks.tolerates("FirmwareStatusNotification", "status", .bounds) == "any")
    #expect(quirks.tolerates("StatusNotification", "status", .enumeration) == nil)
    #expect(QuirkSet.none.tolerates("Heartbeat", "x", .unknownField) == nil)
  }

  @Test("another user name is a name, a pattern or the serial number")
  func userNames() throws {
    func quirks(_ value: String) throws -> QuirkSet {
      try table(",name,Volta,*,*,user-name,\(value),\n").quirks(of: QuirkSubject(vendor: "volta"))
    }
    #expect(try quirks("ocpp").mayBeNamed("ocpp", serial: nil))
    #expect(try !quirks("ocpp").mayBeNamed("other", serial: nil))
    #expect(try quirks("V-{serial}").mayBeNamed("V-17", serial: "17"))
    #expect(try !quirks("V-{serial}").mayBeNamed("V-17", serial: "18"))
    // A serial number that nobody knows is not any serial number.
    #expect(try !quirks("{serial}").mayBeNamed("", serial: ""))
    #expect(try !quirks("{serial}").mayBeNamed("x", serial: nil))
    #expect(!QuirkSet.none.mayBeNamed("ocpp", serial: nil))
  }

  // MARK: Reading

  struct Wrong: Sendable, CustomTestStringConvertible {
    var row: String
    var column: String?
    var reason: String
    var testDescription: String { row }
    init(_ row: String, _ column: String?, _ reason: String) {
      (self.row, self.column, self.reason) = (row, column, reason)
    }
  }

  @Test(
    "a row that can't be used is named by line and column, with what would be right",
    arguments: [
      Wrong(",a,*,*,>>3,quiet,5,", "firmware", "neither a pattern nor bounds"),
      Wrong(",a,*,*,*,tolerat,x,", "does", "did you mean \"tolerate\"?"),
      Wrong(",a,*,*,*,fly,x,", "does", "known: always"),
      Wrong(",,*,*,*,no-pings,,", "name", "needs a name"),
      Wrong("x,a,*,*,*,no-pings,,", "number", "no number"),
      Wrong(",a,*,*,<two,no-pings,,", "firmware", "bounds"),
      Wrong(",a,*,*,*,no-pings,yes,", "value", "takes no value"),
      Wrong(",a,*,*,*,assume-version,1.5,", "value", "1.6, 2.0.1 or 2.1"),
      Wrong(",a,*,*,*,answer-within,soon,", "value", "number of seconds"),
      Wrong(",a,*,*,*,answer-within,-1,", "value", "number of seconds"),
      Wrong(",a,*,*,*,answer-within,nan,", "value", "number of seconds"),
      Wrong(",a,*,*,*,deaf-after,0,", "value", "1 to 255"),
      Wrong(",a,*,*,*,never-send,,", "value", "an action"),
      Wrong(",a,*,*,*,never-send,Reset Hard,", "value", "condition"),
      Wrong(",a,*,*,*,tolerate,Heartbeat,", "value", "action, path and flaw"),
      Wrong(",a,*,*,*,tolerate,* * typo,", "value", "did you mean \"type\"?"),
      Wrong(",a,*,*,*,shift-clock,2h,", "value", "+02:00"),
      Wrong(",a,*,*,*,shift-clock,+15:00,", "value", "+02:00"),
      Wrong(",a,*,*,*,free-token,,", "value", "the token"),
      Wrong(",a,*,*,*,always,,", "value", "what is done"),
      Wrong("a,b,c", nil, "3 fields, the header has 8"),
      Wrong(",a,\"V,*,*,no-pings,,", nil, "never closed"),
    ])
  func wrongRows(wrong: Wrong) throws {
    let good = "# \"for people\"\r\n\(Self.header),a,*,*,*,no-pings,,\n"
    let error = try #require(throws: QuirkError.self) {
      try QuirkTable.read(csv: good + wrong.row + "\n", file: "mine.csv")
    }
    #expect(error.line == 4)
    #expect(error.column == wrong.column)
    #expect(error.description.contains(wrong.reason), "\(error)")
    #expect(error.description.hasPrefix("mine.csv line 4"))
  }

  @Test("columns may be left out or stand in another order, but not be misspelt")
  func columns() throws {
    let rows = try QuirkTable.read(csv: "does,name,vendor\nno-pings,a,Volta\n", file: "f")
    #expect(rows.map(\.whom) == ["vendor Volta"])
    for (csv, reason) in [
      ("name,dose\n", "did you mean \"does\"?"), ("name\n", "missing"), ("", "empty"),
    ] {
      let error = try #require(throws: QuirkError.self) {
        try QuirkTable.read(csv: csv, file: "f")
      }
      #expect(error.reason.contains(reason))
    }
  }
}

/// A clock that keeps local time under another name.
struct ClockOffsetTests {
  private static let now = Instant(milliseconds: 1_800_000_000_000)

  private func shifted(
    _ stated: Span?, _ minutes: [Double], corrected: [Double]
  ) -> Bool {
    var offset = ClockOffset(stated: stated)
    let times = minutes.map {
      offset.corrected(Self.now + .minutes($0), receivedAt: Self.now)
    }
    return times == corrected.map { Self.now + .minutes($0) }
  }

  @Test("a time ahead by quarter-hours measures the offset, which older ones share until it is set")
  func measured() {
    #expect(shifted(nil, [120], corrected: [0]))
    #expect(shifted(nil, [121, 60, 181], corrected: [1, -60, 1]))
    #expect(shifted(nil, [345], corrected: [0]))
    #expect(shifted(nil, [120, 0.5, -30], corrected: [0, 0.5, -30]))
    // None of a zone, or farther than any: left as it is.
    #expect(shifted(nil, [127], corrected: [127]))
    #expect(shifted(nil, [15 * 60], corrected: [15 * 60]))
    // What lies behind may be an old message.
    #expect(shifted(nil, [-120], corrected: [-120]))
  }

  @Test("a stated offset holds from the first message, also behind")
  func stated() {
    #expect(shifted(.hours(-5), [-300, -600], corrected: [0, -300]))
    #expect(shifted(.hours(2), [60], corrected: [-60]))
    #expect(shifted(.hours(2), [-240], corrected: [-360]))
    #expect(shifted(.hours(-5), [0, -300], corrected: [0, -300]))
  }
}

/// Counts of what was let pass.
struct TolerationTests {
  private static let now = Instant(seconds: 1_800_000_000)

  private func kind(_ path: String) -> Toleration.Kind {
    Toleration.Kind(
      version: .ocpp16, action: "BootNotification", path: path, what: "wrong type", quirk: "")
  }

  @Test(
    "a place is counted without the numbers of list items",
    arguments: [
      ("meterValue[3].sampledValue[0].value", "meterValue.sampledValue.value"),
      ("meterValue[12]", "meterValue"), ("imsi", "imsi"), ("", ""), ("a]b", "a]b"),
    ])
  func paths(place: String, path: String) {
    #expect(Toleration.path(place) == path)
  }

  @Test("each kind is counted, with its first and last time, and told once it changed")
  func counts() {
    var book = TolerationBook([
      Toleration(kind: kind("a"), count: 5, first: Self.now, last: Self.now)
    ])
    #expect(!book.isChanged)
    book.note(kind("a"), at: Self.now + .seconds(9))
    book.note(kind("a"), at: Self.now + .seconds(7))
    #expect(
      book.takeChanged() == [
        Toleration(kind: kind("a"), count: 7, first: Self.now, last: Self.now + .seconds(9))
      ])
    #expect(!book.isChanged)
  }

  @Test("a charger that thinks up new flaws for ever fills no memory")
  func bounded() {
    var book = TolerationBook()
    for number in 0..<10_000 { book.note(kind("field\(number)"), at: Self.now) }
    #expect(book.all.count == TolerationBook.limit + 1)
    #expect(book.all.reduce(0) { $0 + $1.count } == 10_000)
    #expect(book.all.contains { $0.kind == .other(.ocpp16) && $0.count == 10_000 - 64 })
    let long = kind(String(repeating: "é", count: 5000))
    #expect(long.path.unicodeScalars.count == 100)
  }
}

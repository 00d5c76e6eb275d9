import Fleet
import Testing

@Suite struct ImportTests {
  @Test(
    "Fields survive quotes, breaks and what spreadsheets do",
    arguments: [
      ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
      ("\u{FEFF}a;b\r\n1;2\r\n", [["a", "b"], ["1", "2"]]),
      ("a\tb\r1\t2", [["a", "b"], ["1", "2"]]),
      ("a,b\n\"x, \"\"y\"\"\nz\",\n\n", [["a", "b"], ["x, \"y\"\nz", ""]]),
      ("\"a;x\",b\n1,2", [["a;x", "b"], ["1", "2"]]),
    ] as [(String, [[String]])])
  func csv(text: String, fields: [[String]]) {
    let file = CSV.rows(text)
    #expect(file.rows.map(\.fields) == fields)
    #expect(file.refused == [])
  }

  @Test("A row knows the line it starts in, breaks inside quotes counted")
  func lines() {
    #expect(CSV.rows("a\n\"1\n2\"\r\n3").rows.map(\.line) == [1, 2, 4])
  }

  @Test("Every column is read, whatever its heading's spelling; others are named")
  func columns() {
    let csv = """
      Charge Point;SITE;Time Zone;budget;vendor;model;hardware;serial;Firmware Version;Flash Free kB;\
      ram_free_kb;protocols;connectors;security-profile;password;notes;expect
      KLN-1;Köln;Europe/Berlin;2;Volta;AC22;B;S1;2.3.1;256;96;1.6/2.0.1;2;1;secret;by the door;ready
      """
    let file = ChargerImport.parse(csv: csv, source: "fleet.csv")
    var row = ImportedCharger(line: 2, identity: "KLN-1")
    (row.site, row.zone, row.budget) = ("Köln", "Europe/Berlin", 2)
    (row.vendor, row.model, row.hardware, row.serial) = ("Volta", "AC22", "B", "S1")
    (row.firmware, row.flashFree, row.ramFree) = ("2.3.1", 256, 96)
    (row.versions, row.connectors, row.securityProfile) = ([.ocpp16, .ocpp201], 2, 1)
    (row.password, row.notes) = ("secret", "by the door")
    #expect(file.rows == [row])
    #expect(file.refused == [])
    #expect(file.ignoredColumns == ["expect"])
  }

  @Test("a column that is not read is named, with the one that may be meant")
  func unread() {
    let known = ChargerImport.Column.allCases.map(\.rawValue)
    #expect(UnreadColumns.sentences([], known: known) == nil)
    #expect(
      UnreadColumns.sentences(["modl", "flash", "expect", "Firmwre"], known: known) == [
        "column \"modl\" is not read; did you mean \"model\"?",
        "column \"flash\" is not read; did you mean \"flash_free_kb\"?",
        "column \"expect\" is not read",
        "column \"Firmwre\" is not read; did you mean \"firmware\"?",
      ])
  }

  @Test(
    "A faulty row is refused with line, column and reason",
    arguments: [
      ("id,site\n,S\nA,S", 2, "identity", "the identity is missing", 1),
      ("id\nA\nB\nA", 4, "identity", "\"A\" is in line 2 already", 2),
      ("id\ncp1\nCP1", 3, "identity", "\"CP1\" differs only in case from \"cp1\" in line 2", 1),
      ("id\na/b", 2, "identity", "the character U+002F is not allowed in an identity", 0),
      ("id,flash_free_kb\nA,many", 2, "flash_free_kb", "\"many\" is no whole number", 0),
      ("id,ram_free_kb\nA,-1", 2, "ram_free_kb", "-1 is negative", 0),
      (
        "id,versions\nA,1.5", 2, "versions",
        "\"1.5\" holds a version other than 1.6, 2.0.1 and 2.1", 0
      ),
      (
        "id,site,zone\nA,S,Berlin", 2, "zone",
        "\"Berlin\" has not the form of a zone such as Europe/Berlin", 0
      ),
      (
        "id,site,zone\nA,S,Europe/Berlin\nB,S,Europe/Rome", 3, "zone",
        "S has the zone Europe/Berlin in line 2 and Europe/Rome here", 1
      ),
      (
        "id,site,budget\nA,S,1\nB,S,2", 3, "budget",
        "S has the budget 1 in line 2 and 2 here", 1
      ),
      (
        "id,site,budget\nA,S,0", 2, "budget",
        "0 lets no charger of the site move; leave it empty for the playbook's", 0
      ),
      ("id,site\nA,S,x\nB,S", 2, nil, "3 fields, the header has 2", 1),
      (
        "id,authorization_key\nA,00112233445566778899aabbccddeefg", 2, "authorization_key",
        "it is no hexadecimal text of whole bytes; a key in clear belongs into the column password",
        0
      ),
      (
        "id,authorization_key\nA,00112233445566778899aabbccddee", 2, "authorization_key",
        "it has 15 bytes; 16 to 20 are allowed, two digits each", 0
      ),
      (
        "id,authorization_key,password\nA,00112233445566778899aabbccddeeff,x", 2,
        "authorization_key", "a password stands there too; a charger has one of them", 0
      ),
      ("id,security_profile\nA,4", 2, "security_profile", "4 is no profile from 0 to 3", 0),
      (
        "id,notes\nA,\"x\nB,y\n", 2, nil, "the quotation mark opened in line 2 is never closed", 0
      ),
      ("id,notes\nA,\"x\"y\nB,y", 2, nil, "text after the closing quotation mark", 1),
      ("model\nAC22", 1, "identity", "there is no column \"identity\"", 0),
      ("id,charger\nA,B", 1, "identity", "two columns mean identity", 0),
      ("", 1, nil, "f.csv has no header line", 0),
    ] as [(String, Int, String?, String, Int)])
  func refusals(csv: String, line: Int, column: String?, reason: String, taken: Int) {
    let file = ChargerImport.parse(csv: csv, source: "f.csv")
    #expect(file.refused == [RefusedRow(line: line, column: column, reason: reason)])
    #expect(file.rows.count == taken)
  }

  @Test("A key in hexadecimal is its bytes, a password its text")
  func secrets() {
    let file = ChargerImport.parse(
      csv: "id,Authorization Key,password\nA,00FFa1b2c3d4e5f60718293a4b5c6d7e8F901234,\nB,,00ff",
      source: "f.csv")
    #expect(file.refused == [])
    #expect(file.rows[0].secret?.count == 20)
    #expect(file.rows[0].secret?.prefix(3) == [0, 255, 0xA1])
    #expect(file.rows[1].secret == Array("00ff".utf8))
  }

  @Test("Tokens are read; faulty ones are refused")
  func tokens() {
    let file = TokenImport.parse(
      csv: "id,status,group,expires\nT1,accepted,G,2027-03-31\nT2,odd,,\nT3,,,2027-02-30\nt1,,,",
      source: "tokens.csv")
    #expect(
      file.tokens == [
        Token(id: "T1", status: .accepted, group: "G", expires: Instant(seconds: 1_806_537_600))
      ])
    #expect(file.refused.map(\.line) == [3, 4, 5])
    #expect(file.refused.map(\.column) == ["status", "expires", "id"])
  }

  @Test("A token may be meant for one kind; kinds that no version knows are refused")
  func tokenTypes() {
    let file = TokenImport.parse(
      csv: "id,type\nT1,iso14443\nT2,EMAID\nT3,\nT4,Card", source: "tokens.csv")
    #expect(file.tokens.map(\.type) == ["ISO14443", "eMAID", nil])
    #expect(file.refused.map(\.line) == [5])
    #expect(file.tokens[0].isMeant(by: "ISO14443"))
    #expect(!file.tokens[0].isMeant(by: "KeyCode"))
    // 1.6 names no kinds, and a token without one comes as any.
    #expect(file.tokens[0].isMeant(by: nil))
    #expect(file.tokens[2].isMeant(by: "KeyCode"))
  }

  @Test("An exported fleet can be imported again")
  func export() {
    var charger = ReadinessTests.charger()
    charger.notes = "says \"hello\", twice"
    let csv = FleetExport.csv([(charger, nil)])
    let file = ChargerImport.parse(csv: csv, source: "f.csv")
    #expect(file.refused == [])
    #expect(file.rows.first?.notes == charger.notes)
    #expect(file.rows.first?.flashFree == 256)
    #expect(file.ignoredColumns == [])
  }
}

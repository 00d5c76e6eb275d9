import Canvas
import Control
import Fleet
import Testing

@testable import Console

@Suite("Taking in chargers and firmware")
struct SupplyFormTests {
  private static let table = FileRequest.table(path: "~/fleet.csv")

  /// The import form with a file's name typed and Enter pressed.
  private func reading() -> Person {
    var person = Person()
    person.type("i~/fleet.csv")
    person.press(.enter)
    return person
  }

  @Test("a table is read, checked without a trace, shown, and imported as it was checked")
  func importing() {
    var person = reading()
    #expect(person.read == [Self.table])
    #expect(person.sent.isEmpty)
    person.take(.file(Self.table, .success(.table("identity\nA\n"))))
    #expect(
      person.sent == [.importChargers(csv: "identity\nA\n", source: "fleet.csv", dryRun: true)])
    person.reply(
      .success(
        Outcome(
          message: "Dry run: 1 charger would be added.",
          refused: [RefusedRow(line: 3, column: "budget", reason: "no number")])))
    #expect(person.screen.contains("1 charger would be added"))
    #expect(person.screen.contains("line 3, budget: no number"))
    person.press(.enter)
    #expect(
      person.sent.last
        == .importChargers(csv: "identity\nA\n", source: "fleet.csv", dryRun: false))
    person.reply(.success(Outcome(message: "1 charger was added.")))
    #expect(!person.isInForm)
    #expect(
      person.said == "1 charger was added. Next: F shows the catalogue; there i adds an image.")
  }

  @Test("another name after the check is another file: it is read and checked again")
  func renamed() {
    var person = reading()
    person.take(.file(Self.table, .success(.table("identity\nA\n"))))
    person.reply(.success(Outcome(message: "Dry run: 1 charger would be added.")))
    person.press(.backspace)
    person.press(.enter)
    #expect(person.read.last == .table(path: "~/fleet.cs"))
    #expect(person.sent.count == 1)
  }

  @Test("what can't be read says why and keeps what was typed")
  func unreadable() {
    var person = reading()
    person.take(.file(Self.table, .failure(.invalid("fleet.csv can't be read: no such file."))))
    #expect(person.state.form?.problem == "fleet.csv can't be read: no such file.")
    #expect(person.state.form?.fields[0].text == "~/fleet.csv")
    #expect(person.sent.isEmpty)
  }

  @Test("a file that comes when its form is gone changes nothing")
  func late() {
    var person = reading()
    person.press(.escape)
    person.take(.file(Self.table, .success(.table("identity\nA\n"))))
    #expect(person.sent.isEmpty)
    #expect(!person.isInForm)
  }

  @Test("an image is measured and goes to the catalogue with what was typed")
  func image() throws {
    var person = Person()
    person.type("Fi/images/ac22.bin")
    person.press(.tab)
    person.type("AC22*")
    person.press(.tab)
    person.type("2.4.0")
    person.press(.tab)
    person.type("2.2.*, 2.3.*")
    person.press(.tab, .tab)
    person.type("200")
    person.press(.enter)
    let request = FileRequest.image(path: "/images/ac22.bin")
    #expect(person.read == [request])
    person.take(
      .file(request, .success(.image(path: "/images/ac22.bin", bytes: 65_536, sha256: "ab12"))))
    guard case .addFirmware(let image) = try #require(person.sent.last) else {
      Issue.record("\(person.sent)")
      return
    }
    #expect(image.model == "AC22*")
    #expect(image.version == "2.4.0")
    #expect(image.from == ["2.2.*", "2.3.*"])
    #expect(image.protocols == VersionSet(label: "1.6,2.0.1"))
    #expect((image.flashNeeded, image.ramNeeded) == (200, nil))
    #expect((image.size, image.sha256) == (65_536, "ab12"))
    #expect(image.location == .depot(path: "/images/ac22.bin"))
  }

  @Test("a need that is no number is said before the file is read")
  func needs() {
    var person = Person()
    person.type("Fi/a.bin")
    for text in ["AC22", "2.4.0", "", "", "much"] {
      person.press(.tab)
      person.type(text)
    }
    person.press(.enter)
    #expect(person.state.form?.problem == "\"flash kB\" is a number of kB, not much.")
    #expect(person.read.isEmpty)
  }

  @Test("without an engine, or the role, the keys say so")
  func refused() {
    var person = Person(engine: nil)
    person.type("i")
    #expect(person.said.contains("no engine"))
    person = Person(role: .technician)
    person.type("i")
    #expect(person.said.contains("needs the role planner"))
  }
}

import OCPP
import Testing

@testable import Simulator

@Suite("Images, profiles and habits")
struct SimulatorTests {
  static let image = SimulatedImage.make(
    model: "AC11", version: "2.0.0", protocols: "1.6 2.0.1", flash: 210, ram: 48, size: 10_001,
    seed: 3)

  @Test("an image read back says what was put into it")
  func roundTrip() throws {
    let read = try SimulatedImage.read(Self.image)
    #expect(read.isIntact)
    #expect(read.size == Self.image.count)
    #expect(read.header.model == "AC11")
    #expect(read.header.version == "2.0.0")
    #expect(read.header.protocols == [.v201, .v16])
    #expect(read.header.flash == 210)
    #expect(read.header.ram == 48)
  }

  @Test("an image reads the same in pieces of any size", arguments: [1, 7, 24, 100, 4096])
  func pieces(size: Int) throws {
    var reader = SimulatedImage.Reader()
    for start in stride(from: 0, to: Self.image.count, by: size) {
      try reader.append(Array(Self.image[start..<min(start + size, Self.image.count)]))
    }
    #expect(try reader.finish() == SimulatedImage.read(Self.image))
  }

  @Test("a changed or lost byte of the payload is noticed")
  func tampered() throws {
    var changed = Self.image
    changed[changed.count - 5] ^= 1
    #expect(try !SimulatedImage.read(changed).isIntact)
    #expect(try !SimulatedImage.read(Array(Self.image.dropLast())).isIntact)
  }

  @Test(
    "bytes that are no image are refused",
    arguments: [
      "", "SWELL", "MZ and more than that", "SWELL-SIMULATED-IMAGE 1\n",
      "SWELL-SIMULATED-IMAGE 1\n{\"model\":1}\nx", "SWELL-SIMULATED-IMAGE 1\nnot json\nx",
    ])
  func refused(text: String) {
    #expect(throws: SimulatorError.self) { try SimulatedImage.read(Array(text.utf8)) }
  }

  @Test("a row needs three columns and defaults the rest")
  func row() throws {
    let short = try StationProfile(row: ["identity": "A", "model": "M", "firmware": "1"])
    #expect(short.versions == [.v16])
    #expect(short.connectors == 1)
    #expect(short.habits.isEmpty)
    let long = try StationProfile(row: [
      "identity": " B ", "model": "M", "firmware": "1", "connectors": "4", "evses": "2",
      "versions": "1.6 2.1", "habit": "slow+busy", "signed": "yes", "flash_free_kb": "512",
      "sessions": "0.5",
    ])
    #expect(long.identity == "B")
    #expect(long.versions == [.v21, .v16])
    #expect(long.habits == [.slow, .busy])
    #expect(long.isSigned)
    #expect(long.flash == 512)
    #expect(long.evses == 2)
  }

  @Test(
    "a row with a value that cannot be is refused",
    arguments: [
      ("connectors", "0"), ("versions", "1.5"), ("habit", "lazy"), ("flash_free_kb", "much"),
      ("identity", " "), ("sessions", "-1"),
    ])
  func malformedRow(column: String, value: String) {
    var row = ["identity": "A", "model": "M", "firmware": "1"]
    row[column] = value
    #expect(throws: SimulatorError.self) { try StationProfile(row: row) }
  }

  @Test("a fleet's CSV gives its chargers, and names the rows that give none")
  func csv() {
    let read = StationProfile.parse(
      csv: "Charge Point;Model;Firmware Version;Flash KB;Habit\nA;M;1;300;slow\nB;;1;1;\nC;M;1;x;\n"
    )
    #expect(read.profiles.map(\.identity) == ["A"])
    #expect(read.profiles.first?.flash == 300)
    #expect(read.profiles.first?.habits == [.slow])
    #expect(read.refused.map(\.line) == [3, 4])
    #expect(read.refused.map(\.column) == ["model", "flash_free_kb"])
  }

  @Test("every habit reads back from its name")
  func habitNames() throws {
    for habit in Habit.allCases { #expect(try Habit.set(habit.rawValue) == [habit]) }
    #expect(try Habit.set("good").isEmpty)
    #expect(try Habit.set("slow + too-small") == [.slow, .tooSmall])
  }

  @Test("back-off doubles up to its limit and then stays")
  func backOff() {
    var timing = Timing.real
    timing.backOffRandom = 0
    var generator = SeededGenerator(seed: 1)
    let waits = (1...6).map { timing.backOff($0, &generator) / 1000 }
    #expect(waits == [10, 20, 40, 80, 160, 160])
  }

  @Test("a log line is one line of JSON")
  func logLine() throws {
    let line = StationLogLine(
      station: "CP\n1", time: 0, event: .command(action: "Reset", id: "x", isCharging: true))
    let text = line.json.text
    #expect(!text.contains("\n"))
    #expect(try JSON(text: text)["action"]?.string == "Reset")
  }
}

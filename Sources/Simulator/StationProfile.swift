import OCPP

/// What a simulated charger is when it leaves the factory: one row of a fleet's CSV.
package struct StationProfile: Sendable, Equatable {
  package var identity: String
  package var vendor: String
  package var model: String
  package var hardware: String
  package var serial: String
  package var firmware: String
  /// Free flash and RAM in kB; nil is plenty.
  package var flash: Int?
  package var ram: Int?
  /// Connectors in 1.6's flat numbering, and over how many EVSEs they are spread in 2.x.
  package var connectors: Int
  package var evses: Int
  /// What the factory firmware offers, newest first.
  package var versions: [OCPPVersion]
  /// Basic authentication; empty sends none.
  package var password: String
  /// Knows 1.6's security extension, and then takes signed firmware only (security white paper
  /// L01.FR.20).
  package var isSigned: Bool
  /// Sessions an hour; 0 none. `busy` has its own rhythm.
  package var sessions: Double
  package var habits: Set<Habit>

  package init(identity: String, model: String, firmware: String) {
    self.identity = identity
    self.model = model
    self.firmware = firmware
    vendor = "Simulated"
    hardware = ""
    serial = identity
    connectors = 1
    evses = 1
    versions = [.v16]
    password = ""
    isSigned = false
    sessions = 0
    habits = []
  }

  func has(_ habit: Habit) -> Bool { habits.contains(habit) }

  /// Reads a row by its column names: `identity`, `model` and `firmware` are needed; `vendor`,
  /// `hardware`, `serial`, `flash_free_kb`, `ram_free_kb`, `connectors`, `evses`, `versions`, `password`,
  /// `signed`, `sessions` and `habit` have defaults; others are left alone.
  package init(row: [String: String]) throws(SimulatorError) {
    func text(_ column: String) -> String? {
      guard let value = row[column] else { return nil }
      let trimmed = value.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      return trimmed.isEmpty ? nil : String(trimmed)
    }
    func needed(_ column: String) throws(SimulatorError) -> String {
      guard let value = text(column) else { throw .missing(column: column) }
      return value
    }
    func number(_ column: String, _ range: ClosedRange<Int>) throws(SimulatorError) -> Int? {
      guard let value = text(column) else { return nil }
      guard let number = Int(value), range.contains(number) else {
        throw .malformed(
          column: column, value: value, wanted: "\(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
    self.init(
      identity: try needed("identity"), model: try needed("model"),
      firmware: try needed("firmware"))
    vendor = text("vendor") ?? vendor
    hardware = text("hardware") ?? hardware
    serial = text("serial") ?? serial
    flash = try number("flash_free_kb", 0...1 << 40)
    ram = try number("ram_free_kb", 0...1 << 40)
    connectors = try number("connectors", 1...64) ?? 1
    evses = try number("evses", 1...connectors) ?? connectors
    password = text("password") ?? ""
    isSigned = ["yes", "true", "1"].contains(text("signed") ?? "no")
    if let value = text("versions") { versions = try Self.versions(value, column: "versions") }
    if let value = text("sessions") {
      guard let rate = Double(value), rate >= 0, rate <= 3600 else {
        throw .malformed(column: "sessions", value: value, wanted: "0 to 3600 an hour")
      }
      sessions = rate
    }
    habits = try Habit.set(text("habit") ?? Habit.good)
  }

  /// Reads labels as `1.6 2.0.1` into versions, newest first.
  static func versions(_ text: String, column: String) throws(SimulatorError) -> [OCPPVersion] {
    var versions: [OCPPVersion] = []
    for part in text.split(whereSeparator: { " ,;/+|".contains($0) }) {
      guard let version = OCPPVersion.allCases.first(where: { $0.label == part }) else {
        throw .malformed(column: column, value: text, wanted: "1.6, 2.0.1, 2.1")
      }
      if !versions.contains(version) { versions.append(version) }
    }
    guard !versions.isEmpty else {
      throw .malformed(column: column, value: text, wanted: "1.6, 2.0.1, 2.1")
    }
    return versions.sorted(by: >)
  }
}

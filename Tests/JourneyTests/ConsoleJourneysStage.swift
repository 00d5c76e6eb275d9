import Foundation
import Testing

extension JourneyTests.Console {
  /// A fleet that is ready to move, its chargers simulated.
  struct Stage {
    let journey: Journey
    let engine: Journey.EngineProcess
    private let simulation: SwellProcess

    /// - Parameter failing: chargers that refuse every image.
    init(chargers: Int, failing: Set<Int> = []) throws {
      journey = try Journey()
      let fleet = try journey.write("fleet.csv", Self.fleet(chargers, failing: failing))
      #expect(try journey.swell("import", fleet).code == 0)
      try Self.addFirmware(journey)
      engine = try journey.engine()
      simulation = try Self.simulate(fleet, engine, journey)
      try journey.rows("chargers", "list", "--filter", "ready:ready", seconds: 60) {
        $0.count == chargers
      }
    }

    private static func fleet(_ chargers: Int, failing: Set<Int>) -> String {
      failing.reduce(Supplies.fleet(chargers)) { csv, number in
        csv.split(separator: "\n").map { line in
          line.hasPrefix("SIM-\(number),")
            ? line.dropLast("good".count) + "failing-install" : line
        }.joined(separator: "\n")
      }
    }

    static func addFirmware(_ journey: Journey) throws {
      #expect(
        try journey.swell(
          "firmware", "add", "--model", "AC22", "--version", "2.4.0", "--from", "2.*",
          "--protocols", "1.6,2.0.1", "--file", try Supplies.image(journey)
        ).code == 0)
    }

    static func simulate(
      _ fleet: String, _ engine: Journey.EngineProcess, _ journey: Journey
    ) throws -> SwellProcess {
      try journey.start(Places.binary, ["simulate", "--csv", fleet, "--url", engine.url])
    }

    /// Plans, approves and starts a campaign by the command line.
    func begin(_ playbook: String = Supplies.playbook) throws {
      let playbook = try journey.write("quick.json5", playbook)
      #expect(try journey.swell("plan", "Autumn", "--playbook", playbook).code == 0)
      #expect(try journey.swell("campaigns", "approve", "Autumn").code == 0)
      #expect(try journey.swell("campaigns", "start", "Autumn").code == 0)
    }

    /// Waits until the one campaign is as wanted, as the command line tells it.
    @discardableResult
    func campaign(
      _ what: String, seconds: Double = 60, location: SourceLocation = #_sourceLocation,
      until isWanted: (Numbers) -> Bool
    ) throws -> Numbers {
      var last: Numbers?
      try Deadline.wait(what, seconds: seconds, location, detail: { "\(String(describing: last))" })
      {
        guard let row = try journey.swell("campaigns", "list", "--format", "json").rows().first
        else { return false }
        let numbers = try #require(Numbers(row))
        last = numbers
        return isWanted(numbers)
      }
      return try #require(last)
    }
  }

  /// A line of `swell campaigns list`.
  struct Numbers: Equatable {
    let status: String
    let migrated: Int
    let inFlight: Int
    let toGo: Int

    init?(_ row: [String: Any]) {
      guard let status = row["status"] as? String, let migrated = row["migrated"] as? Int,
        let inFlight = row["inFlight"] as? Int, let toGo = row["toGo"] as? Int
      else { return nil }
      (self.status, self.migrated, self.inFlight, self.toGo) = (status, migrated, inFlight, toGo)
    }
  }

  /// The number behind a word on the screen.
  func number(_ word: String, in screen: String) -> Int? {
    for line in screen.split(separator: "\n") {
      guard let range = line.range(of: word + " ") else { continue }
      let digits = line[range.upperBound...].drop { $0 == " " }.prefix { $0.isNumber }
      if let number = Int(digits) { return number }
    }
    return nil
  }
}

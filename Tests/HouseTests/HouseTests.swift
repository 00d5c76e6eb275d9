import Foundation
import Testing

/// The package as files, seen from the tests.
struct House {
  let root: URL

  /// The checkout that this test was built from.
  static let here = House(
    root: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())

  func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  func files(below path: String, ending: String) -> [String] {
    let base = root.appendingPathComponent(path).path
    let all = FileManager.default.enumerator(atPath: base)?.allObjects as? [String] ?? []
    return all.filter { $0.hasSuffix(ending) }.sorted().map { "\(path)/\($0)" }
  }
}

/// What a target may import besides the standard library.
struct Arrows: Equatable {
  private(set) var targets: [String: [String]] = [:]

  /// Modules of the platform that any target may use, and those that only the named ones may.
  static let platform: Set<String> = ["Swift", "Synchronization", "Glibc", "Musl"]
  static let foundation: Set<String> = ["Foundation", "FoundationEssentials", "Dispatch"]
  /// Targets that do no I/O: no Foundation but its essentials.
  static let pure: Set<String> = [
    "Fleet", "Rollout", "Proof", "Rehearsal", "Control", "OCPP", "WebSocket", "Canvas", "Console",
  ]

  /// Reads the rows of Package.swift: `house("Name", ["A", "B"])` and the executable's list.
  init(package text: String) {
    let names = #/"([A-Za-z]+)"/#
    for line in text.split(separator: "\n") {
      guard let call = line.firstRange(of: "house(\"") else { continue }
      let words = line[call.lowerBound...].matches(of: names).map { String($0.1) }
      guard let name = words.first else { continue }
      targets[name] = Array(words.dropFirst())
    }
    if let start = text.firstRange(of: ".executableTarget("),
      let end = text[start.lowerBound...].firstRange(of: "],")
    {
      let words = text[start.lowerBound..<end.lowerBound].matches(of: names).map { String($0.1) }
      targets["swell"] = Array(words.dropFirst())
    }
  }

  /// What is wrong with the imports of one file of a target.
  func breaches(of target: String, file: String, text: String) -> [String] {
    let allowed = Set(targets[target] ?? [])
    return text.split(separator: "\n").compactMap { line -> String? in
      var words = line.split(separator: " ").map(String.init)
      while let first = words.first,
        first.hasPrefix("@") || ["public", "package", "internal", "private"].contains(first)
      {
        words.removeFirst()
      }
      guard words.first == "import", words.count > 1 else { return nil }
      var module = words[1]
      if ["struct", "class", "enum", "func", "protocol"].contains(module), words.count > 2 {
        module = String(words[2].split(separator: ".")[0])
      }
      if allowed.contains(module) || Self.platform.contains(module) { return nil }
      if Self.foundation.contains(module), !Self.pure.contains(target) { return nil }
      return "\(file) imports \(module), which the row of \(target) does not name"
    }
  }
}

/// The table of the design, top to bottom: a target imports only those above it, and only these.
private let table: [(name: String, imports: [String])] = [
  ("Stock", ["CStock"]),
  ("Threads", []),
  ("Fleet", []),
  ("Rollout", ["Fleet"]),
  ("Proof", []),
  ("Rehearsal", ["Fleet", "Rollout", "Proof"]),
  ("Control", ["Fleet", "Rollout"]),
  ("OCPP", []),
  ("WebSocket", ["CZlib"]),
  ("Trust", ["COpenSSL"]),
  ("Transport", ["Threads", "WebSocket", "Trust", "CLinux", "COpenSSL"]),
  ("FleetStore", ["Threads", "Fleet", "Rollout", "Control", "CSQLite"]),
  ("CSMS", ["Threads", "OCPP", "Transport", "Trust", "Control", "Rollout", "Fleet"]),
  ("ControlLink", ["Threads", "Fleet", "Control", "Transport", "CLinux"]),
  ("Simulator", ["Threads", "OCPP", "Transport", "Trust", "Fleet"]),
  ("Canvas", []),
  ("Console", ["Fleet", "Rollout", "Control", "Canvas"]),
  ("Terminal", ["Threads", "Canvas", "CNCurses", "CLinux"]),
]

@Suite("The house")
struct HouseTests {
  let house = House.here

  @Test("Package.swift draws exactly the arrows of the table")
  func packageHoldsToTable() throws {
    let arrows = Arrows(package: try house.text("Package.swift"))
    for row in table {
      #expect(arrows.targets[row.name].map(Set.init) == Set(row.imports), "\(row.name)")
    }
    let known = Set(table.map(\.name)).union(["swell"])
    #expect(Set(arrows.targets.keys) == known)
  }

  @Test("the table's arrows point up only")
  func arrowsPointUp() {
    var above: Set<String> = ["CLinux", "CNCurses", "CSQLite", "COpenSSL", "CStock", "CZlib"]
    for row in table {
      #expect(above.isSuperset(of: row.imports), "\(row.name)")
      above.insert(row.name)
    }
  }

  @Test("every import is one that its target's row names")
  func importsHoldToTable() throws {
    let arrows = Arrows(package: try house.text("Package.swift"))
    for target in arrows.targets.keys.sorted() {
      let files = house.files(below: "Sources/\(target)", ending: ".swift")
      #expect(!files.isEmpty, "\(target) has no source")
      for file in files {
        let breaches = arrows.breaches(of: target, file: file, text: try house.text(file))
        #expect(breaches.isEmpty)
      }
    }
  }

  @Test(
    "a forbidden import is caught",
    arguments: [
      ("CSMS", "import FleetStore"), ("Simulator", "import CSMS"), ("Canvas", "import Foundation"),
      ("Console", "import Terminal"), ("OCPP", "import Glibc\nimport Fleet"),
      ("Fleet", "@testable import Rollout"), ("Rollout", "import struct Control.Command"),
    ])
  func forbiddenImportIsCaught(target: String, text: String) throws {
    let arrows = Arrows(package: try house.text("Package.swift"))
    #expect(!arrows.breaches(of: target, file: "X.swift", text: text).isEmpty)
  }

  @Test("threads share state by Monitor, which sanitizers follow, and not by Synchronization.Mutex")
  func oneLock() throws {
    for file in house.files(below: "Sources", ending: ".swift") {
      #expect(try !house.text(file).contains(#/\bMutex[<(]/#), "\(file)")
    }
  }

  @Test("there are no package dependencies")
  func noDependencies() throws {
    let package = try house.text("Package.swift")
    #expect(package.contains("dependencies: [],"))
    #expect(!package.contains(".package("))
  }

  @Test("each target opens with a file that says what it owns")
  func targetsIntroduceThemselves() throws {
    for row in table {
      let opening = try house.text("Sources/\(row.name)/\(row.name).swift")
      let first = opening.split(separator: "\n").first { $0.hasPrefix("/// \(row.name)") }
      #expect(first != nil, "\(row.name)")
    }
  }

  @Test("the binary carries every file of Inventory and Playbooks")
  func stockIsComplete() throws {
    let stock = try house.text("Sources/CStock/stock.c")
    for folder in ["Inventory", "Playbooks"] {
      for file in house.files(below: folder, ending: "") where !file.hasSuffix("/") {
        var isFolder: ObjCBool = false
        let path = house.root.appendingPathComponent(file).path
        _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        if isFolder.boolValue { continue }
        #expect(stock.contains("FILE_ENTRY(\"\(file)\""), "\(file)")
        #expect(stock.contains("#embed \"../../\(file)\""), "\(file)")
      }
    }
  }

  @Test("no source file is longer than 500 lines")
  func filesAreShort() throws {
    for file in house.files(below: "Sources", ending: ".swift") {
      let lines = try house.text(file).split(separator: "\n", omittingEmptySubsequences: false)
        .count
      #expect(lines <= 500, "\(file) has \(lines) lines")
    }
  }
}

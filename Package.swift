// swift-tools-version: 6.0
import PackageDescription

// The house: a target imports only what its row names. Tests/HouseTests reads this file and every
// import, and holds both to the table of the README.

// What ships leaves out the run-time checks of exclusive access, which debug builds and so all tests
// make: a fortieth of the instructions of a message (callgrind). It carries Swift's own libraries, which saves 5 MB of memory at the start
// and the indirection of every call into them.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
  .unsafeFlags(
    ["-enforce-exclusivity=unchecked", "-static-stdlib"], .when(configuration: .release)),
]
let standalone: [LinkerSetting] = [
  .unsafeFlags(["-static-stdlib"], .when(configuration: .release))
]

func house(_ name: String, _ imports: [String] = [], path: String? = nil) -> Target {
  .target(
    name: name, dependencies: imports.map { .init(stringLiteral: $0) }, path: path,
    swiftSettings: strict)
}

func tests(of name: String, _ more: [String] = [], goldens: Bool = false) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: ([name] + more).map { .init(stringLiteral: $0) },
    exclude: goldens ? ["Goldens"] : [], swiftSettings: strict)
}

let package = Package(
  name: "swell",
  products: [.executable(name: "swell", targets: ["swell"])],
  dependencies: [],
  targets: [
    // Doors to C: a module map and a shim each.
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CNCurses"),
    .systemLibrary(name: "CSQLite"),
    .systemLibrary(name: "COpenSSL"),
    .systemLibrary(name: "CZlib"),
    // Inventory/ and Playbooks/ as bytes in the binary.
    .target(name: "CStock"),

    house("Stock", ["CStock"]),
    house("Threads"),
    house("Fleet"),
    house("Rollout", ["Fleet"]),
    house("Proof"),
    house("Rehearsal", ["Fleet", "Rollout", "Proof"]),
    house("Control", ["Fleet", "Rollout"]),
    house("OCPP"),
    house("WebSocket", ["CZlib"]),
    house("Trust", ["COpenSSL"]),
    house("Transport", ["Threads", "WebSocket", "Trust", "CLinux", "COpenSSL"]),
    house("FleetStore", ["Threads", "Fleet", "Rollout", "Control", "CSQLite"]),
    house("CSMS", ["Threads", "OCPP", "Transport", "Trust", "Control", "Rollout", "Fleet"]),
    house("ControlLink", ["Threads", "Fleet", "Control", "Transport", "CLinux"]),
    house("Simulator", ["Threads", "OCPP", "Transport", "Trust", "Fleet"]),
    house("Canvas"),
    house("Console", ["Fleet", "Rollout", "Control", "Canvas"]),
    house("Terminal", ["Threads", "Canvas", "CNCurses", "CLinux"]),
    .executableTarget(
      name: "swell",
      dependencies: [
        "CLinux", "Stock", "Threads", "Fleet", "Rollout", "Proof", "Rehearsal", "Control", "OCPP",
        "WebSocket", "Trust", "Transport", "FleetStore", "CSMS", "ControlLink", "Simulator",
        "Canvas", "Console", "Terminal",
      ],
      swiftSettings: strict, linkerSettings: standalone),

    // How long tests wait.
    .target(name: "Patience", path: "Tests/Patience", swiftSettings: strict),
    tests(of: "Fleet", ["Stock"]),
    tests(of: "Rollout", ["Fleet"]),
    tests(of: "Proof"),
    tests(of: "Rehearsal", ["Fleet", "Rollout", "Proof"]),
    .testTarget(
      name: "OCPPTests", dependencies: ["OCPP", "Stock"], exclude: ["Examples", "Oracle"],
      swiftSettings: strict),
    tests(of: "WebSocket"),
    tests(of: "Trust"),
    tests(of: "Transport", ["Patience", "Threads", "WebSocket", "Trust", "CLinux"]),
    tests(of: "FleetStore", ["Fleet", "Rollout", "Control", "Stock"]),
    tests(
      of: "CSMS",
      [
        "Patience", "Threads", "OCPP", "Transport", "Trust", "Control", "Rollout", "Fleet",
        "FleetStore", "Stock",
      ]),
    tests(of: "ControlLink", ["Patience", "Threads", "Fleet", "Control", "Transport"]),
    tests(of: "Simulator", ["OCPP", "Transport", "Trust", "Fleet", "Stock"]),
    tests(of: "Canvas"),
    tests(of: "Console", ["Control", "Canvas", "Fleet", "Rollout"], goldens: true),
    tests(of: "Terminal", ["Patience", "Threads", "Canvas", "CNCurses"]),
    .testTarget(name: "HouseTests", swiftSettings: strict),
    .testTarget(
      name: "JourneyTests", dependencies: ["swell", "Patience", "Transport", "Trust"],
      exclude: ["Stations"],
      swiftSettings: strict),
    .testTarget(
      name: "CrashTests",
      dependencies: [
        "swell", "Patience", "CSMS", "FleetStore", "Fleet", "Rollout", "Simulator", "Stock",
      ],
      swiftSettings: strict),
  ],
  // C23 for #embed.
  cLanguageStandard: .c2x
)

// libFuzzer's targets, for `.ci/fuzz` alone: their main comes with its sanitizer.
if Context.environment["SWELL_FUZZ"] != nil {
  func fuzzing(_ name: String, _ imports: [String]) -> Target {
    .executableTarget(
      name: "Fuzz" + name, dependencies: imports.map { .init(stringLiteral: $0) },
      path: "Tests/Fuzz/" + name, swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
  }
  package.targets += [
    fuzzing("Frames", ["OCPP", "Stock"]), fuzzing("Tables", ["Fleet", "OCPP"]),
    fuzzing("Playbooks", ["Rollout"]), fuzzing("Upgrade", ["WebSocket"]),
    fuzzing("WebSocketFrames", ["WebSocket"]), fuzzing("Inflate", ["WebSocket"]),
  ]
}

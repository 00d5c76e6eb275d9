import Control
import Fleet
import Foundation
import Testing
import Transport

@testable import CSMS

/// What chargers leave, over real sockets: what is kept, what is not, and under which names.
struct UploadTests {
  /// An engine that takes uploads.
  private final class Bench {
    let engine: Workbench
    let directory: String

    init(_ edit: @escaping (inout UploadSettings) -> Void = { _ in }) throws {
      let directory = "/tmp/swell-uploads-\(UInt64.random(in: 0 ... .max))"
      self.directory = directory
      engine = try Workbench("identity,vendor,model\nCP-1,Volta,AC22\nCP-2,Volta,AC22\n") {
        var uploads = UploadSettings(directory: directory)
        uploads.reserve = 0
        edit(&uploads)
        $0.uploads = uploads
      }
    }

    deinit {
      engine.stop()
      try? FileManager.default.removeItem(atPath: directory)
    }

    var port: UInt16 { engine.port }

    func target(
      _ charger: String = "CP-1", lifetime: Span = .hours(1), name: String = "/log.zip"
    ) -> String {
      let link = UploadLink(
        place: UploadName.place(charger), kind: .diagnostics, request: 7,
        expires: SystemClock.now + lifetime)
      return "/upload/\(link.token(key: engine.engine.core.depotKey))\(name)"
    }

    /// Whole files.
    func files(_ charger: String? = nil) -> [UploadedFile] {
      UploadListing(directory).files(of: charger)
    }

    func content(_ file: UploadedFile) -> [UInt8] {
      [UInt8](FileManager.default.contents(atPath: file.path) ?? Data())
    }

    /// Everything below the directory, parts included.
    func everything() -> [String] {
      (FileManager.default.enumerator(atPath: directory)?.allObjects as? [String] ?? []).filter {
        var isDirectory: ObjCBool = false
        _ = FileManager.default.fileExists(
          atPath: directory + "/" + $0, isDirectory: &isDirectory)
        return !isDirectory.boolValue
      }
    }

    /// One request as it stands; the status of its answer.
    func status(_ request: String) throws -> Int {
      let socket = try RawSocket(port: port)
      socket.say(request)
      return try socket.response().status
    }

    func put(_ bytes: [UInt8], _ target: String) throws -> Int {
      let socket = try RawSocket(port: port)
      socket.say("PUT \(target) HTTP/1.1\r\nHost: x\r\nContent-Length: \(bytes.count)\r\n\r\n")
      socket.say(bytes)
      return try socket.response().status
    }
  }

  private static let content = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

  @Test(
    "curl leaves a file, by every way it knows",
    arguments: [
      ["-T"], ["-X", "POST", "--data-binary"], ["-H", "Transfer-Encoding: chunked", "-T"],
      ["-H", "Expect: 100-continue", "-T"], ["-F"],
    ])
  func curl(way: [String]) throws {
    let bench = try Bench()
    let file = NSTemporaryDirectory() + "swell-curl-\(UInt64.random(in: 0 ... .max))"
    try Data(Self.content).write(to: URL(fileURLWithPath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    let argument =
      way == ["-F"]
      ? "file=@\(file);filename=my log.zip"
      : way.contains("--data-binary") ? "@\(file)" : file
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
    process.arguments =
      ["-s", "-o", "/dev/null", "-w", "%{http_code}"] + way
      + [argument, "http://127.0.0.1:\(bench.port)\(bench.target())"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    process.waitUntilExit()
    let status = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    #expect(status == "201")
    let files = bench.files("CP-1")
    #expect(files.count == 1)
    let left = try #require(files.first)
    #expect(bench.content(left) == Self.content)
    #expect(left.bytes == Self.content.count)
    #expect(left.request == 7)
    #expect(left.kind == .diagnostics)
    #expect(left.name.hasSuffix(way == ["-F"] ? "-7-my_log.zip" : "-7-log.zip"))
    #expect(bench.everything() == ["CP-1/\(left.name)"])
  }

  @Test("whoever expects to be told to go on is told, and who need not send is told before")
  func expectation() throws {
    let bench = try Bench { $0.each = 10 }
    let socket = try RawSocket(port: bench.port)
    socket.say(
      "PUT \(bench.target()) HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
    )
    #expect(try socket.response(hasBody: false).status == 100)
    socket.say("hello")
    #expect(try socket.response().status == 201)
    let large = "PUT \(bench.target()) HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
    #expect(try bench.status(large + "Content-Length: 11\r\n\r\n") == 413)
    let odd =
      "PUT \(bench.target()) HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n"
    #expect(try bench.status(odd) == 417)
    #expect(bench.files().count == 1)
  }

  @Test("what breaks a rule is told so, and leaves nothing behind")
  func hostile() throws {
    let bench = try Bench {
      $0.each = 1000
      // One that was refused is over a moment after its answer.
      ($0.atOnce, $0.atOnceEach) = (100, 100)
    }
    let target = bench.target()
    let form = "Content-Type: multipart/form-data"
    func put(_ fields: String, _ body: String = "", method: String = "PUT") -> String {
      "\(method) \(target) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n\r\n\(body)"
    }
    let part = "--b\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\nx\r\n"
    let cases: [(String, Int)] = [
      (put("Content-Length: 1", "x", method: "GET"), 405),
      (put("Content-Length: 1", "x", method: "DELETE"), 405), (put("A: b"), 411),
      (put("Content-Length: 1001"), 413), (put("Content-Length: 1\r\nContent-Length: 2"), 400),
      (put("Content-Length: 1\r\nTransfer-Encoding: chunked"), 400),
      (put("Transfer-Encoding: gzip"), 501), (put("Transfer-Encoding: chunked", "3E9\r\n"), 413),
      (put("Transfer-Encoding: chunked", "no\r\n"), 400),
      (put("\(form)\r\nContent-Length: 1"), 400),
      (put("\(form);boundary=b\r\nContent-Length: 5", "--b--"), 400),
      (put("\(form);boundary=b\r\nContent-Length: 2", "xx"), 400),
      (
        put(
          "\(form);boundary=b\r\nContent-Length: \(2 * part.utf8.count + 5)", part + part + "--b--"),
        400
      ),
    ]
    for (request, status) in cases { #expect(try bench.status(request) == status, "\(request)") }
    let wrong = [
      "/upload/", "/upload/x", "/upload/a.b.c.d.e/f", "/upload/../fleet.db",
      bench.target(lifetime: .seconds(-1)), target.replacingOccurrences(of: "CP-1", with: "CP-2"),
      target.replacingOccurrences(of: "/upload/", with: "/firmware/"),
    ]
    for target in wrong {
      #expect(
        try bench.status("PUT \(target) HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n") == 404,
        "\(target)")
    }
    #expect(eventually { bench.everything().isEmpty })
  }

  @Test("a peer that leaves in the middle leaves nothing")
  func broken() throws {
    let bench = try Bench()
    for body in ["half of it", String(repeating: "x", count: 400_000)] {
      let socket = try RawSocket(port: bench.port)
      socket.say(
        "PUT \(bench.target()) HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n\(body)")
      #expect(eventually { !bench.everything().isEmpty })
      #expect(bench.files().isEmpty)
      socket.hangUp()
      #expect(eventually { bench.everything().isEmpty })
    }
    // And its place is free again.
    #expect(try bench.put([1], bench.target()) == 201)
  }

  @Test("what a crash left half done is removed, what was whole stays")
  func crash() throws {
    let bench = try Bench()
    #expect(try bench.put([1, 2, 3], bench.target()) == 201)
    let part = bench.directory + "/CP-1/.9.part"
    try Data([1]).write(to: URL(fileURLWithPath: part))
    try bench.engine.restart()
    #expect(eventually { bench.everything().count == 1 })
    #expect(bench.files().map(\.bytes) == [3])
    // A link outlives the restart too.
    #expect(try bench.put([1, 2], bench.target()) == 201)
    #expect(Set(bench.files().map(\.bytes)) == [2, 3])
  }

  @Test(
    "a name is kept where it is harmless, and made so where not",
    arguments: [
      ("/a/b/log-1.tar.gz", "log-1.tar.gz"), ("", "log"), ("/", "log"), ("/..", "log"),
      ("/%2e%2e%2fetc", "2e_2e_2fetc"), ("/.hidden", "hidden"), ("/a$(id);b", "a__id__b"),
      ("/x?name=../../y", "x"), ("/" + String(repeating: "n", count: 3000) + ".zip", nil),
    ] as [(String, String?)])
  func names(given: String, kept: String?) throws {
    let bench = try Bench()
    #expect(try bench.put([1], bench.target(name: given)) == 201)
    let file = try #require(bench.files("CP-1").first)
    #expect(file.name.utf8.count <= 200)
    if let kept {
      #expect(file.name.hasSuffix("-7-" + kept))
    } else {
      #expect(file.name.hasSuffix("n.zip"))
    }
  }

  @Test("directories name a charger and nothing else, whatever it is called")
  func places() {
    for identity in ["CP-1", "..", "a b/ü", ".x", "~", "CP.1", String(repeating: "é", count: 20)] {
      let place = UploadName.place(identity)
      #expect(place.utf8.allSatisfy { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "/") })
      #expect(UploadName.identity(place) == identity)
    }
    let long = String(repeating: "x", count: 5000)
    #expect(UploadName.place(long).utf8.count <= 150)
    #expect(UploadName.place(long) != UploadName.place(long + "x"))
  }

  @Test("a charger's oldest files make room for its new ones, and never another's")
  func caps() throws {
    let bench = try Bench {
      $0.charger = 100
      $0.total = 150
    }
    for size in [40, 50] {
      #expect(try bench.put([UInt8](repeating: 1, count: size), bench.target("CP-1")) == 201)
    }
    #expect(try bench.put([UInt8](repeating: 2, count: 60), bench.target("CP-2")) == 201)
    #expect(Set(bench.files("CP-1").map(\.bytes)) == [40, 50])
    // The two of CP-1 are 90 of 150: its first one goes.
    #expect(try bench.put([UInt8](repeating: 3, count: 30), bench.target("CP-1")) == 201)
    #expect(Set(bench.files("CP-1").map(\.bytes)) == [50, 30])
    // All it has is too little to give.
    #expect(try bench.put([UInt8](repeating: 3, count: 95), bench.target("CP-1")) == 507)
    #expect(bench.files("CP-2").map(\.bytes) == [60])
    // What is not kept costs nothing that was, whether that shows at once or late.
    #expect(Set(bench.files("CP-1").map(\.bytes)) == [50, 30])
    let chunked =
      "PUT \(bench.target("CP-1")) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    let pieces = String(repeating: "14\r\n\(String(repeating: "x", count: 20))\r\n", count: 6)
    #expect(try bench.status(chunked + pieces + "0\r\n\r\n") == 507)
    #expect(Set(bench.files("CP-1").map(\.bytes)) == [50, 30])
    // Somebody makes room by hand, of whatever charger.
    for file in bench.files("CP-2") { try FileManager.default.removeItem(atPath: file.path) }
    #expect(
      try eventually {
        try bench.put([UInt8](repeating: 3, count: 95), bench.target("CP-1")) == 201
      })
    #expect(bench.files("CP-1").map(\.bytes) == [95])
  }

  @Test("of one charger so many files are kept, the newest")
  func count() throws {
    let bench = try Bench { $0.files = 3 }
    for size in 0..<6 {
      #expect(try bench.put([UInt8](repeating: 1, count: size), bench.target()) == 201)
    }
    #expect(Set(bench.files("CP-1").map(\.bytes)) == [3, 4, 5])
  }

  @Test("a disk that is nearly full takes no file, and the chargers notice nothing")
  func fullDisk() throws {
    let bench = try Bench { $0.reserve = Int.max / 2 }
    let station = try Station("CP-1", port: bench.port)
    #expect(try bench.put([1, 2, 3], bench.target()) == 507)
    #expect(bench.everything().isEmpty)
    #expect(try station.call("Heartbeat", "{}")["currentTime"] != nil)
  }

  @Test("more uploads than may run at a time are asked to come later")
  func crowd() throws {
    let bench = try Bench { $0.atOnceEach = 1 }
    let first = try RawSocket(port: bench.port)
    first.say("PUT \(bench.target()) HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1")
    #expect(eventually { !bench.everything().isEmpty })
    #expect(try bench.put([1], bench.target()) == 503)
    #expect(try bench.put([1], bench.target("CP-2")) == 201)
    first.say("2")
    #expect(try first.response().status == 201)
    #expect(try bench.put([1], bench.target()) == 201)
  }
}

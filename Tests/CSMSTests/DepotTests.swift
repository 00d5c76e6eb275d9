import Fleet
import Glibc
import Rollout
import Testing
import Transport
import Trust

@testable import CSMS

/// The depot: who gets which bytes, and that they are counted.
struct DepotTests {
  static let image = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

  /// A bench with one image, and the target of a link to it.
  private static func stocked() throws -> (bench: Workbench, target: String) {
    let bench = try Workbench("identity,vendor,model\nCP1,Volta,AC22\n")
    let firmware = try bench.stock(image)
    return (bench, try link(bench, to: firmware))
  }

  private static func link(
    _ bench: Workbench, to firmware: Firmware, upgrade: Int64 = 1, lifetime: Span = .hours(1)
  ) throws -> String {
    let link = DepotLink(
      firmware: firmware.id, upgrade: UpgradeID(rawValue: upgrade),
      expires: SystemClock.now + lifetime)
    return "/firmware/\(link.token(key: bench.engine.core.depotKey))/\(firmware.version).bin"
  }

  @Test("a link gets the whole image, its head, or any part")
  func parts() throws {
    let (bench, target) = try Self.stocked()
    let size = Self.image.count
    let whole = try http(target, port: bench.port)
    #expect(whole.status == 200)
    #expect(whole.body == Self.image)
    #expect(whole.fields["content-length"] == "\(size)")
    #expect(whole.fields["accept-ranges"] == "bytes")
    let head = try http(target, port: bench.port, method: "HEAD")
    #expect(head.status == 200)
    #expect(head.fields["content-length"] == "\(size)")
    let part = try http(target, port: bench.port, ["Range": "bytes=100000-199999"])
    #expect(part.status == 206)
    #expect(part.body == Array(Self.image[100_000..<200_000]))
    #expect(part.fields["content-range"] == "bytes 100000-199999/\(size)")
    let tail = try http(target, port: bench.port, ["Range": "bytes=299990-"])
    #expect(tail.body == Array(Self.image.suffix(10)))
    #expect(try http(target, port: bench.port, ["Range": "bytes=-10"]).body == tail.body)
    let beyond = try http(target, port: bench.port, ["Range": "bytes=\(size)-"])
    #expect(beyond.status == 416)
    #expect(beyond.fields["content-range"] == "bytes */\(size)")
    #expect(try http(target, port: bench.port, method: "POST").status == 405)
    #expect(try http(target + "?x=1", port: bench.port).status == 200)
  }

  @Test("whatever is wrong with a link, there is no such image")
  func wrong() throws {
    let (bench, target) = try Self.stocked()
    let firmware = try #require(try bench.look { Array($0.catalogue.values) }.first)
    let token = target.split(separator: "/")[1]
    let last = token.last == "0" ? "1" : "0"
    var parts = token.split(separator: "-").map(String.init)
    parts[1] = "2"
    var other = firmware
    other.id = FirmwareID(rawValue: 99)
    let foreign = DepotLink(
      firmware: firmware.id, upgrade: UpgradeID(rawValue: 1),
      expires: SystemClock.now + .hours(1)
    ).token(key: [UInt8](repeating: 0, count: 32))
    for target in [
      "/firmware/", "/firmware/x", "/firmware/----/x.bin", "/firmware/\(foreign)/x.bin",
      "/firmware/\(token.dropLast())\(last)/x.bin", "/firmware/\(parts.joined(separator: "-"))/x",
      "/firmware/\(token.uppercased())/x.bin", "/firmware/\(token)0/x.bin",
      try Self.link(bench, to: firmware, lifetime: .seconds(-1)),
      try Self.link(bench, to: other), "/", "/ocpp/CP1", "/firmware/../fleet.db",
    ] {
      let answer = try http(target, port: bench.port)
      #expect(answer.status == 404, "\(target)")
    }
    #expect(try http(target, port: bench.port).status == 200)
  }

  @Test("an image that is not the file that was added is not served", arguments: [0, 1, 2, 3])
  func replaced(way: Int) throws {
    let (bench, target) = try Self.stocked()
    let path = bench.directory + "/image.bin"
    var changed = Self.image
    changed[7] ^= 1
    switch way {
    case 0: unlink(path)
    case 1: try bench.write(Array(Self.image.dropLast()))
    case 2: try bench.write(changed)
    default:
      // While no engine looked.
      bench.stop()
      try bench.write(changed)
      try bench.restart()
    }
    // At first it may be the same bytes all the same.
    var told: Set<Int> = []
    #expect(
      try eventually {
        let status = try http(target, port: bench.port).status
        told.insert(status)
        return status == 404
      })
    #expect(told.isSubset(of: [503, 404]))
    // Put back and added again, it is served.
    try bench.stock(Self.image)
    #expect(try http(target, port: bench.port).status == 200)
  }

  @Test("an image whose file was touched or put back is served again by itself")
  func touched() throws {
    let (bench, target) = try Self.stocked()
    chmod(bench.directory + "/image.bin", 0o600)
    let first = try http(target, port: bench.port)
    #expect(first.status == 503)
    #expect(first.fields["retry-after"] == "30")
    #expect(try eventually { try http(target, port: bench.port).status == 200 })
    try bench.write(Self.image)
    #expect(try eventually { try http(target, port: bench.port).status == 200 })
    #expect(!bench.log.contains("add it again"))
  }

  @Test("a link serves some downloads at a time, and others come later")
  func manyOfOne() throws {
    let bench = try Workbench("identity,vendor,model\nCP1,Volta,AC22\n")
    // More than the system takes for one that does not read.
    let image = [UInt8](repeating: 7, count: 64 << 20)
    let target = try Self.link(bench, to: try bench.stock(image))
    var slow: [RawSocket] = []
    for _ in 0..<4 {
      let socket = try RawSocket(port: bench.port)
      socket.say("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try socket.take(1)
      slow.append(socket)
    }
    #expect(try http(target, port: bench.port, ["Range": "bytes=0-9"]).status == 503)
    for socket in slow { socket.hangUp() }
    #expect(
      try eventually { try http(target, port: bench.port, ["Range": "bytes=0-9"]).status == 206 })
  }

  @Test("with limits an image comes whole to all who want it at once, over all loops")
  func limited() throws {
    let bench = try Workbench("identity,vendor,model,site\nCP1,Volta,AC22,Depot\n") {
      $0.loops = 2
      $0.bandwidth = 8_000_000
      $0.siteBandwidth = 6_000_000
    }
    let firmware = try bench.stock(Self.image)
    let sockets = try (1...12).map { number in
      let link = DepotLink(
        firmware: firmware.id, upgrade: UpgradeID(rawValue: Int64(number)),
        expires: SystemClock.now + .hours(1),
        site: number % 3 == 0 ? nil : SiteID(rawValue: Int64(number % 2)))
      let socket = try RawSocket(port: bench.port)
      let token = link.token(key: bench.engine.core.depotKey)
      socket.say("GET /firmware/\(token)/x.bin HTTP/1.1\r\nHost: x\r\n\r\n")
      return socket
    }
    for socket in sockets {
      let answer = try socket.response()
      #expect(answer.status == 200)
      #expect(answer.body == Self.image)
    }
  }

  @Test("a link says whose uplink it takes, and one without a site is as it always was")
  func site() throws {
    let key = [UInt8](repeating: 7, count: 32)
    var link = DepotLink(
      firmware: FirmwareID(rawValue: 5), upgrade: UpgradeID(rawValue: 9),
      expires: Instant(seconds: 1_800_000_000))
    #expect(link.token(key: key).split(separator: "-").count == 4)
    #expect(DepotLink(token: link.token(key: key), key: key) == link)
    link.site = SiteID(rawValue: 77)
    let token = link.token(key: key)
    #expect(DepotLink(token: token, key: key) == link)
    var parts = token.split(separator: "-").map(String.init)
    parts[3] = "1"
    #expect(DepotLink(token: parts.joined(separator: "-"), key: key) == nil)
    parts.remove(at: 3)
    #expect(DepotLink(token: parts.joined(separator: "-"), key: key) == nil)
  }

  @Test("a link outlives a restart")
  func restart() throws {
    let (bench, target) = try Self.stocked()
    try bench.restart()
    #expect(try http(target, port: bench.port).body == Self.image)
  }
}

extension Workbench {
  func write(_ image: [UInt8]) throws {
    let file = open(directory + "/image.bin", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    try #require(file >= 0)
    defer { close(file) }
    try #require(Glibc.write(file, image, image.count) == image.count)
  }

  /// Puts an image for AC22 into the depot and the catalogue.
  @discardableResult
  func stock(_ image: [UInt8], isSigned: Bool = false) throws -> Firmware {
    try write(image)
    let signer = isSigned ? try DemoAuthority("Volta").issue(.init("Volta images")) : nil
    let signature = try signer.map { try DemoSigner.sign(image, key: $0.key, as: .ecdsa) }
    try perform(
      .addFirmware(
        Firmware(
          id: FirmwareID(rawValue: 0), vendor: "Volta", model: "AC22", version: "2.4.0",
          from: ["2.3*"], protocols: [.ocpp16, .ocpp201], flashNeeded: 200, ramNeeded: 50,
          location: .depot(path: directory + "/image.bin"), size: image.count,
          sha256: Hex.encode(Digest.sha256(image)), signature: signature.map { Base64.encode($0) },
          signingCertificate: signer?.certificate)))
    return try #require(try look { Array($0.catalogue.values) }.first)
  }
}

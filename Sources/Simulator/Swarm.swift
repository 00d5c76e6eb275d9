import OCPP
import Threads
import Transport

/// Many simulated chargers on a few event loops, against one server. Any thread may use it.
package final class Swarm: Sendable {
  package struct Options: Sendable {
    /// `ws://host:port/path` or `wss://…`; the identity is added to the path.
    package var url: String
    /// For `wss` and for downloads by https; nil: whom the system trusts is trusted by `wss`.
    package var tls: ClientTLS?
    package var timing = Timing.demo
    /// Gives every die that is thrown.
    package var seed: UInt64 = 1
    package var loops = 1
    /// Over how many milliseconds the stations are switched on.
    package var ramp: UInt64 = 0
    package var log: StationLog?

    package init(url: String) { self.url = url }
  }

  /// Where the stations connect to.
  struct Server: Sendable {
    let host: String
    let port: UInt16
    let isSecure: Bool
    private let path: String

    init(_ url: String) throws(SimulatorError) {
      guard url.hasPrefix("ws://") || url.hasPrefix("wss://") else { throw .malformedURL(url) }
      do throws(TransportError) {
        let parts = try HTTPURL("http" + url.dropFirst(2))
        (host, port, isSecure) = (parts.host, parts.port, parts.isSecure)
        path = parts.target.hasSuffix("/") ? parts.target : parts.target + "/"
      } catch { throw .malformedURL(url) }
    }

    /// The request target of a station, its identity percent-encoded (OCPP-J 1.6 §3.1.1).
    func target(_ identity: String) -> String {
      let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
      return identity.utf8.reduce(into: path) { target, byte in
        if plain.contains(byte) {
          target.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
          let hex = String(byte, radix: 16, uppercase: true)
          target += hex.count == 1 ? "%0" + hex : "%" + hex
        }
      }
    }
  }

  /// The stations of one loop.
  ///
  /// `@unchecked Sendable`: `drivers` is touched on the loop only, which `checkIsolated` asserts.
  private final class Crew: @unchecked Sendable {
    let loop: EventLoop
    private var drivers: [StationDriver] = []

    init(_ loop: EventLoop) { self.loop = loop }

    func add(_ driver: StationDriver) {
      loop.checkIsolated()
      drivers.append(driver)
    }

    func stop() {
      loop.checkIsolated()
      for driver in drivers { driver.stop() }
    }
  }

  private let profiles: [StationProfile]
  private let options: Options
  private let server: Server
  private let tls: ClientTLS?
  private let crews: [Crew]
  private let board: Monitor<[StationSnapshot]>
  private let isStarted = Monitor(false)

  /// Makes the loops; nothing connects before `start`.
  package init(_ profiles: [StationProfile], options: Options) throws {
    self.profiles = profiles
    self.options = options
    server = try Server(options.url)
    tls = try options.tls ?? (server.isSecure ? ClientTLS() : nil)
    var crews: [Crew] = []
    for number in 0..<max(1, options.loops) {
      crews.append(Crew(try EventLoop(name: "swarm-\(number)")))
    }
    self.crews = crews
    board = Monitor(
      profiles.map {
        StationSnapshot(Station(profile: $0, timing: options.timing, seed: options.seed))
      })
  }

  /// Switches the stations on, spread evenly over the ramp. The second call does nothing.
  package func start() {
    let wasStarted = isStarted.withLock { started in
      defer { started = true }
      return started
    }
    guard !wasStarted else { return }
    let count = UInt64(max(1, profiles.count))
    for (index, crew) in crews.enumerated() {
      crew.loop.submit { [self] in
        for number in stride(from: index, to: profiles.count, by: crews.count) {
          let station = Station(
            profile: profiles[number], timing: options.timing, seed: options.seed)
          let driver = StationDriver(
            station, on: crew.loop, server: server, tls: tls, log: options.log
          ) { [weak self] snapshot in
            self?.board.withLock { $0[number] = snapshot }
          }
          crew.add(driver)
          driver.powerOn(after: options.ramp * UInt64(number) / count)
        }
      }
    }
  }

  /// Cuts the power of all stations and waits for the loops to end. Not from one of its loops.
  package func stop() {
    for crew in crews { crew.loop.submit { crew.stop() } }
    for crew in crews { crew.loop.stop() }
  }

  /// Every station as it was a moment ago, in the order of the profiles.
  package func snapshots() -> [StationSnapshot] { board.withLock { $0 } }

  /// What a `Summary` counts by.
  package struct Group: Hashable, Sendable {
    package var firmware: String
    package var version: OCPPVersion?
    package var isOnline: Bool { version != nil }
  }

  package struct Summary: Sendable, Equatable {
    /// Stations by firmware and version spoken.
    package var groups: [Group: Int] = [:]
    package var online = 0
    package var charging = 0
    package var updating = 0
    package var bricked = 0
  }

  package func summary() -> Summary {
    snapshots().reduce(into: Summary()) { summary, station in
      summary.groups[Group(firmware: station.firmware, version: station.version), default: 0] += 1
      if station.isOnline { summary.online += 1 }
      if station.isCharging { summary.charging += 1 }
      if station.isUpdating { summary.updating += 1 }
      if station.isBricked { summary.bricked += 1 }
    }
  }
}

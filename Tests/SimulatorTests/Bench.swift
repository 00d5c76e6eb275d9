import OCPP
import Stock
import Testing

@testable import Simulator

enum Messages {
  /// The stock message tables.
  static let catalogue: MessageCatalogue? = {
    var tables: [OCPPVersion: [UInt8]] = [:]
    for version in OCPPVersion.allCases {
      tables[version] = Stock.file("Inventory/messages/ocpp\(version.label).txt")?.bytes
    }
    let codes = try? ViolationCodes(csv: Stock.file("Inventory/violations.csv")?.text ?? "")
    return codes.flatMap { try? MessageCatalogue(tables: tables, codes: $0) }
  }()
}

/// A station in virtual time against a scripted server. Everything it sends is validated.
struct Bench {
  struct Sent {
    var version: OCPPVersion
    var id: String
    var action: String
    var payload: JSON
    var bytes: [UInt8]
  }

  var station: Station
  private(set) var now: Int64 = 1_790_000_000_000
  private(set) var calls: [Sent] = []
  /// What the station answered to `ask`, by message id: a payload or the error's code.
  private(set) var results: [String: JSON] = [:]
  private(set) var errors: [String: String] = [:]
  private(set) var errorFrames: [String: [UInt8]] = [:]
  private(set) var lines: [StationLogLine.Event] = []
  private(set) var offers: [[String]] = []
  private(set) var downloads: [String] = []
  private(set) var rates: [Int?] = []
  private(set) var drops = 0
  private(set) var abandoned = 0

  /// The versions that the server takes.
  var released: Set<OCPPVersion> = [.v16]
  var image: SimulatedImage.Received?
  var isReachable = true
  /// Whether what the station sends has to keep the rules; some habits break them.
  var isStrict = true
  /// Downloads neither end nor fail.
  var isDownloadHeld = false
  /// Answers a call; nil keeps silent. The default accepts everything.
  var reply: (Sent) -> JSON? = { Bench.accept($0) }

  private var timers: [StationTimer: Int64] = [:]
  private var waiting: [StationEvent] = []
  private var asked: [String: String] = [:]
  private var lastAsked = 0
  private var version = OCPPVersion.v16

  init(_ profile: StationProfile, seed: UInt64 = 7, timing: Timing = .demo) {
    station = Station(profile: profile, timing: timing, seed: seed)
  }

  static func accept(_ call: Sent) -> JSON? {
    let time = JSON.string("2026-11-23T00:00:00Z")
    switch call.action {
    case "BootNotification":
      return ["status": "Accepted", "currentTime": time, "interval": 300]
    case "Heartbeat": return ["currentTime": time]
    case "Authorize":
      return call.version == .v16
        ? ["idTagInfo": ["status": "Accepted"]] : ["idTokenInfo": ["status": "Accepted"]]
    case "StartTransaction":
      return ["transactionId": 4711, "idTagInfo": ["status": "Accepted"]]
    default: return [:]
    }
  }

  /// Has one event handled, and everything that follows without time passing.
  mutating func feed(_ event: StationEvent) {
    waiting.append(event)
    while !waiting.isEmpty {
      for action in station.handle(waiting.removeFirst(), now: now) { perform(action) }
    }
  }

  var uploads: [(url: String, body: [UInt8])] = []
  var isUploadTaken = true

  private mutating func perform(_ action: StationAction) {
    switch action {
    case .connect(let list):
      offers.append(list)
      let chosen = list.compactMap(OCPPVersion.init(subprotocol:)).filter(released.contains)
      guard isReachable, let best = chosen.max() else { return waiting.append(.closed) }
      version = best
      waiting.append(.connected(subprotocol: best.subprotocol))
    case .send(let bytes): sent(bytes)
    case .drop: drops += 1
    case .abandon: abandoned += 1
    case .download(let url, let rate):
      downloads.append(url)
      rates.append(rate)
      guard !isDownloadHeld else { return }
      waiting.append(image.map(StationEvent.downloaded) ?? .downloadFailed("404"))
    case .cancelDownload: break
    case .upload(let url, let body):
      uploads.append((url, body))
      waiting.append(.uploaded(isUploadTaken))
    case .schedule(let timer, let wait):
      #expect(wait >= 0)
      timers[timer] = now + wait
    case .cancel(let timer): timers[timer] = nil
    case .log(let line): lines.append(line.event)
    }
  }

  private mutating func sent(_ bytes: [UInt8]) {
    var reader = FrameReader()
    guard case .frame(let frame) = reader.read(bytes, version: version) else {
      Issue.record("no frame: \(String(decoding: bytes, as: UTF8.self))")
      return
    }
    switch frame {
    case .call(let id, let action, let payload):
      validate(action, payload, isRequest: true)
      let call = Sent(
        version: version, id: id, action: action, payload: JSON(payload), bytes: bytes)
      calls.append(call)
      if let answer = reply(call) {
        waiting.append(.received(FrameWriter.result(id: id, payload: answer)))
      }
    case .result(let id, let payload):
      if let action = asked[id] { validate(action, payload, isRequest: false) }
      results[id] = JSON(payload)
    case .error(let id, let code, _, _):
      errors[id] = code
      errorFrames[id] = bytes
    case .resultError, .send: Issue.record("unexpected frame")
    }
  }

  private func validate(_ action: String, _ payload: JSONValue, isRequest: Bool) {
    guard isStrict else { return }
    guard let catalogue = Messages.catalogue,
      let descriptor = catalogue.action(named: action, version: version)
    else {
      Issue.record("\(action) is no action of \(version.label)")
      return
    }
    let violation =
      isRequest
      ? catalogue.validate(request: payload, of: descriptor)
      : catalogue.validate(response: payload, of: descriptor)
    #expect(violation == nil, "\(version.label) \(action): \(payload.text)")
  }

  /// Sends a request of the server, which must be valid itself, and returns its id.
  @discardableResult
  mutating func ask(_ action: String, _ payload: JSON) -> String {
    lastAsked += 1
    let id = "s\(lastAsked)"
    asked[id] = action
    if isStrict, let catalogue = Messages.catalogue,
      let descriptor = catalogue.action(named: action, version: version)
    {
      #expect(catalogue.validate(request: payload, of: descriptor) == nil, "\(payload.text)")
    }
    feed(.received(FrameWriter.call(id: id, action: action, payload: payload)))
    return id
  }

  /// The `status` that the station answers, or the code of its error.
  mutating func status(_ action: String, _ payload: JSON) -> String {
    let id = ask(action, payload)
    return results[id]?["status"]?.string ?? errors[id] ?? results[id]?.text ?? "nothing"
  }

  mutating func powerOn() { feed(.powerOn) }

  /// The server is gone; its stations see their connections end.
  mutating func killServer() {
    isReachable = false
    feed(.closed)
  }

  /// Lets time pass from timer to timer until `done`, or until `limit` milliseconds are over.
  @discardableResult
  mutating func run(limit: Int64 = 120_000, until done: (Bench) -> Bool) -> Bool {
    let end = now + limit
    while !done(self) {
      guard let next = timers.min(by: { $0.value < $1.value }), next.value <= end else {
        return false
      }
      timers[next.key] = nil
      now = max(now, next.value)
      feed(.timer(next.key))
    }
    return true
  }

  /// Lets so many milliseconds pass.
  mutating func pass(_ milliseconds: Int64) {
    let end = now + milliseconds
    run(limit: milliseconds) { $0.now >= end }
    now = max(now, end)
  }

  /// What the station answers to a request; nil when it answers nothing, or an error.
  mutating func result(_ action: String) -> JSON? {
    let id = ask(action, [:])
    return results[id]
  }

  func actions(_ action: String) -> [Sent] { calls.filter { $0.action == action } }

  /// The statuses of StatusNotification of a connector of 1.6, or of an EVSE.
  func statuses(_ number: Int64) -> [String] {
    actions("StatusNotification")
      .filter {
        ($0.payload["connectorId"]?.int, $0.version) == (number, .v16)
          || $0.payload["evseId"]?.int == number
      }
      .compactMap { ($0.payload["status"] ?? $0.payload["connectorStatus"])?.string }
  }

  var firmwareStatuses: [String] {
    calls.filter { $0.action.hasSuffix("FirmwareStatusNotification") }
      .compactMap { $0.payload["status"]?.string }
  }
}

/// A charger that offers 1.6 only, and the image that brings it to 2.0.1.
func profile(_ change: (inout StationProfile) -> Void = { _ in }) -> StationProfile {
  var profile = StationProfile(identity: "CP-1", model: "AC11", firmware: "1.0.0")
  change(&profile)
  return profile
}

func dualImage(_ change: (inout SimulatedImage.Received) -> Void = { _ in })
  -> SimulatedImage.Received
{
  var image = SimulatedImage.Received(
    header: SimulatedImage.Header(
      model: "AC11", version: "2.0.0", protocols: [.v201, .v16], flash: 200, ram: 50,
      sha256: ""), isIntact: true, size: 1000)
  change(&image)
  return image
}

let updateRequest: JSON = [
  "location": "http://127.0.0.1:1/f", "retrieveDate": "2020-01-01T00:00:00Z",
]

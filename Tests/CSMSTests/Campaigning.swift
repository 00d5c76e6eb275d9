import Control
import Fleet
import OCPP
import Rollout
import Testing

@testable import CSMS

/// A bench with one charger, one image and one campaign, and the usual turns of a charger in it.
final class Campaigning {
  let bench: Workbench
  /// What came of planning it.
  private(set) var planned = Outcome(message: "")
  let name = "move"
  static let both = "ocpp2.0.1, ocpp1.6"

  /// - Parameters:
  ///   - identities: of chargers alike, ready to move.
  ///   - site: where they are, in UTC; nil: nowhere.
  init(
    _ identities: [String] = ["CP1"], isSigned: Bool = false, quirks: QuirkTable = QuirkTable(),
    site: ImportedSite? = nil, notify: NotifySettings? = nil,
    _ edit: (inout Playbook) -> Void = { _ in }
  ) throws {
    let place = site.map { "\($0.name),Etc/UTC" } ?? ","
    let rows = identities.map { "\($0),Volta,AC22,2.3.1,400,128,1.6,\(place)" }
    bench = try Workbench(
      "identity,vendor,model,firmware,flash_free_kb,ram_free_kb,versions,site,zone\n"
        + rows.joined(separator: "\n")
    ) {
      $0.quirks = quirks
      $0.notify = notify
    }
    if let site { try bench.perform(.setSite(site)) }
    try bench.stock(DepotTests.image, isSigned: isSigned)
    // What is only claimed does not let a charger move: each has been seen once.
    for identity in identities { try station(identity).hangUp() }
    var playbook = Playbook(name: "quick", title: "quick", target: .ocpp201)
    playbook.soak.onFirmware = .milliseconds(50)
    playbook.soak.onVersion = .milliseconds(50)
    playbook.limits.answer = .seconds(2)
    playbook.limits.quiet = .milliseconds(0)
    for limit in [\Limits.drain, \.download, \.install, \.reboot, \.verify] {
      playbook.limits[keyPath: limit] = .seconds(30)
    }
    edit(&playbook)
    planned = try bench.perform(.plan(PlanRequest(name: name, playbook: playbook, selection: "")))
  }

  func start() throws {
    try bench.perform(.approve(campaign: name, planHash: nil))
    try bench.perform(.start(campaign: name))
  }

  func phase(_ identity: String = "CP1") throws -> Upgrade.Phase {
    try bench.upgrade(identity).phase
  }

  func reaches(_ phase: Upgrade.Phase, _ identity: String = "CP1") throws -> Bool {
    try eventually { try self.phase(identity) == phase }
  }

  /// A charger on 1.6 with a free connector.
  func station(_ identity: String = "CP1", firmware: String = "2.3.1") throws -> Station {
    let station = try Station(identity, port: bench.port, offers: Self.both)
    try station.boot(firmware)
    try station.status()
    return station
  }

  /// Answers what does no harm until this call comes.
  func serve(_ station: Station, until action: String) throws -> Station.Call {
    while true {
      let call = try station.nextCall()
      let violation = try Messages.violation(
        request: call.payload, of: call.action, in: station.version)
      #expect(violation == nil, "\(call.action) \(call.payload.text)")
      if call.action == action { return call }
      try answer(call, of: station)
    }
  }

  func answer(_ call: Station.Call, of station: Station) throws {
    switch call.action {
    case "GetConfiguration":
      station.answer(
        call,
        #"{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"120"},{"key":"Vendor.X","readonly":true,"value":"1"}]}"#
      )
    case "TriggerMessage":
      station.answer(call, #"{"status":"Accepted"}"#)
      if call.payload["requestedMessage"] == "BootNotification" {
        try station.boot("2.4.0")
      } else if call.payload["requestedMessage"] == "StatusNotification" {
        try station.status()
      }
    case "ChangeAvailability", "Reset":
      station.answer(call, #"{"status":"Accepted"}"#)
    default:
      Issue.record("\(call.action) \(call.payload.text)")
    }
  }

  /// Serves until connectors are given back.
  func restored(_ station: Station) throws {
    while true {
      let call = try serve(station, until: "ChangeAvailability")
      try answer(call, of: station)
      let isOpen = call.payload["type"] ?? call.payload["operationalStatus"]
      if isOpen == "Operative" { return }
    }
  }

  /// Fetches the image where the order says, and reports so.
  func fetch(_ order: Station.Call, by station: Station) throws {
    let location = order.payload["location"] ?? order.payload["firmware"]?["location"]
    let url = try #require(location?.string)
    let host = "http://127.0.0.1:\(bench.port)"
    try #require(url.hasPrefix(host))
    try station.call("FirmwareStatusNotification", #"{"status":"Downloading"}"#)
    let answer = try http(String(url.dropFirst(host.count)), port: bench.port)
    #expect(answer.body == DepotTests.image)
  }

  /// Outage 1 from the start of the campaign to the boot of the new image.
  func updated(_ identity: String = "CP1") throws -> Station {
    let old = try station(identity)
    let order = try serve(old, until: "UpdateFirmware")
    old.answer(order, "{}")
    try fetch(order, by: old)
    try old.call("FirmwareStatusNotification", #"{"status":"Installing"}"#)
    old.hangUp()
    return try station(identity, firmware: "2.4.0")
  }

  /// Whether nothing that changes the charger is sent for a while; what is harmless is answered.
  func staysQuiet(_ station: Station, for milliseconds: Int32 = 300) throws -> Bool {
    while station.socket.hasInput(within: milliseconds) {
      let call = try station.nextCall()
      if ["UpdateFirmware", "SignedUpdateFirmware", "Reset"].contains(call.action) { return false }
      try answer(call, of: station)
    }
    return true
  }
}

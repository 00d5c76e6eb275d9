import Control
import Fleet
import Glibc
import Rollout
import Testing
import Trust

@testable import CSMS

/// What may be sent of the catalogue: the bytes that were added, signed by who is trusted.
@Suite struct ImageTests {
  @Test("An image that changed on its disk holds its campaign, and nobody is drained for it")
  func changed() throws {
    let campaign = try Campaigning()
    try campaign.bench.write(DepotTests.image.reversed())
    try campaign.start()
    let station = try campaign.station()
    #expect(
      try eventually {
        try campaign.bench.look { $0.fleet.campaigns.values.first?.status } == .held
      })
    #expect(try campaign.bench.attempts("CP1").isEmpty)
    #expect(throws: ControlError.self) {
      try campaign.bench.perform(
        .plan(
          PlanRequest(
            name: "again", playbook: Playbook(name: "p", title: "p", target: .ocpp201),
            selection: "", dryRun: true)))
    }
    // The right file back in its place is the right image.
    try campaign.bench.write(DepotTests.image)
    try campaign.bench.perform(.resume(campaign: "move", reason: "the file is back"))
    let order = try campaign.serve(station, until: "UpdateFirmware")
    station.answer(order, "{}")
    #expect(try campaign.reaches(.ordered))
  }

  @Test("Nothing of an image is served that changed after it was ordered")
  func read() throws {
    let image = [UInt8](repeating: 9, count: 5000)
    let bench = try Workbench("identity,vendor,model\nCP1,Volta,AC22\n")
    let firmware = try bench.stock(image, isSigned: true)
    func flaw() throws -> String? {
      try bench.look { $0.flaw(of: firmware.id, now: SystemClock.now) }
    }
    #expect(try flaw() == nil)
    try bench.write(image + [1])
    #expect(try flaw()?.contains("is not the file that was added") == true)
    // The same bytes in another file are good again.
    try bench.write(image)
    #expect(try flaw() == nil)
    unlink(bench.directory + "/image.bin")
    #expect(try flaw()?.contains("can't be read: No such file") == true)
    try bench.write(image)
    #expect(try flaw() == nil)
  }

  @Test("An image is taken only with a signature that fits, by who is trusted, in its time")
  func signatures() throws {
    let image = [UInt8](repeating: 3, count: 70_000)
    let bench = try Workbench("identity,vendor,model\nCP1,Volta,AC22\n")
    try bench.write(image)
    let root = try DemoAuthority("Volta root")
    var request = DemoAuthority.Request("Volta images")
    request.isRSA = true
    let signer = try root.issue(request)
    var firmware = Firmware(
      id: FirmwareID(rawValue: 0), vendor: "Volta", model: "AC22", version: "2.4.0",
      protocols: .all, location: .depot(path: bench.directory + "/image.bin"), size: image.count,
      sha256: Hex.encode(Digest.sha256(image)))
    func add(_ text: String?, by pem: String? = nil) throws -> String {
      firmware.signature = text
      firmware.signingCertificate = text.map { _ in pem ?? signer.certificate }
      do {
        return try bench.perform(.addFirmware(firmware)).message
      } catch let error as ControlError {
        return "refused: \(error.message)"
      }
    }
    let good = Base64.encode(try DemoSigner.sign(image, key: signer.key, as: .rsaPSS))
    let other = Base64.encode(try DemoSigner.sign(image + [1], key: signer.key, as: .rsaPSS))
    #expect(try add(other).contains("its signature is not one of its certificate"))
    #expect(try add("no base 64").contains("no Base64"))
    #expect(try add(good, by: "nothing").contains("its signing certificate is none"))
    #expect(try add(String(repeating: "A", count: 804)).contains("longer than the 800"))
    #expect(try add(good).contains("who made that is not checked before an authority is trusted"))
    // From here on somebody is trusted, so others are not.
    let stranger = try DemoAuthority("Volta root")
    try bench.perform(.trustAuthority(pem: stranger.certificate))
    let id = try #require(try bench.look { Array($0.catalogue.keys) }.first)
    let flaw = try bench.look { $0.flaw(of: id, now: SystemClock.now) }
    #expect(flaw?.contains("does not come from an authority that is trusted") == true)
    #expect(try add(good).contains("refused"))
    try bench.perform(.trustAuthority(pem: root.certificate))
    #expect(try add(good).contains("Its signature is its maker's."))
    let anchors = try bench.look { try $0.store.trustAnchors() }
    #expect(anchors.count == 2)
    for anchor in anchors {
      try bench.perform(.distrustAuthority(fingerprint: String(anchor.fingerprint.prefix(8))))
    }
    #expect(try bench.look { try $0.store.trustAnchors() }.isEmpty)
    var late = DemoAuthority.Request("Volta images")
    late.validUntil = -60
    let expired = try root.issue(late)
    let signature = Base64.encode(try DemoSigner.sign(image, key: expired.key, as: .ecdsa))
    try bench.perform(.trustAuthority(pem: root.certificate))
    #expect(try add(signature, by: expired.certificate).contains("has expired"))
  }

  @Test("A pattern is no version of an image", arguments: ["2.*", "2.?", "2.4,2.5", ""])
  func versions(_ version: String) throws {
    let bench = try Workbench("identity,vendor,model\nCP1,Volta,AC22\n")
    try bench.write([1])
    let firmware = Firmware(
      id: FirmwareID(rawValue: 0), vendor: "Volta", model: "AC22", version: version,
      protocols: .all, location: .depot(path: bench.directory + "/image.bin"))
    let error = #expect(throws: ControlError.self) { try bench.perform(.addFirmware(firmware)) }
    #expect(error?.message.contains("\"\(version)\" is no version") == true)
  }

  @Test("An image is changed and removed only where that harms no campaign")
  func upkeep() throws {
    let campaign = try Campaigning()
    var image = try #require(try campaign.bench.look { Array($0.catalogue.values) }.first)
    func refusal(_ command: Command) -> String {
      do {
        try campaign.bench.perform(command)
        return ""
      } catch {
        return (error as? ControlError)?.message ?? "\(error)"
      }
    }
    image.notes = "tried in the lab"
    #expect(refusal(.changeFirmware(image)).isEmpty)
    var renamed = image
    renamed.version = "2.5.0"
    #expect(refusal(.changeFirmware(renamed)).contains("stay until that is over"))
    #expect(refusal(.removeFirmware(image.id)).contains("is used by move"))
    #expect(refusal(.removeFirmware(FirmwareID(rawValue: 77))).contains("no firmware number 77"))
    try campaign.bench.perform(.abort(campaign: "move", reason: "trial"))
    #expect(refusal(.removeFirmware(image.id)).isEmpty)
    // Kept for the record, offered to nobody.
    let id = image.id
    #expect(try campaign.bench.look { $0.catalogue[id]?.isRetired } == true)
    let verdict = try campaign.bench.look { core in
      try core.store.readiness(of: try #require(try core.store.charger(identity: "CP1"))).verdict
    }
    #expect(verdict == .noFirmware)
  }
}

import Control
import Fleet
import Foundation
import OCPP
import Testing

@testable import CSMS

/// A folder with what a notify command reads and leaves.
private final class Mailbox {
  let folder: String
  init() throws {
    folder = "/tmp/swell-notify-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func touch(_ name: String) {
    _ = FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil)
  }

  /// The lines of a file; none while it is not there.
  func lines(_ name: String = "out") -> [String] {
    let text = (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  func notices() throws -> [JSON] { try lines().map { try JSON(text: $0) } }

  func kinds() throws -> [String] { try notices().compactMap { $0["kind"]?.string } }

  /// A command in this folder.
  func settings(_ script: String) -> NotifySettings {
    var settings = NotifySettings(command: "cd \(folder) || exit 1; \(script)")
    settings.pause = .milliseconds(10)
    settings.longestPause = .milliseconds(50)
    return settings
  }
}

@Suite struct NotifyTests {
  private func waiting(_ bench: Workbench) throws -> Announcement? {
    try bench.look { try $0.nextNotice(at: SystemClock.now) }
  }

  @Test("a command gets one JSON object on its standard input, in a clean environment")
  func hands() throws {
    let box = try Mailbox()
    setenv("SWELL_TEST_SECRET", "hush", 1)
    let bench = try Workbench { $0.notify = box.settings("env > env; cat >> out") }
    try bench.perform(.testNotice)
    #expect(try eventually { try !box.notices().isEmpty && self.waiting(bench) == nil })
    let notice = try #require(try box.notices().first)
    #expect(notice["kind"] == "test")
    #expect(notice["id"]?.int == 1)
    #expect(notice["attempt"] == 1)
    #expect(notice["at"]?.string?.hasSuffix("Z") == true)
    #expect(!box.lines("env").contains { $0.contains("SECRET") })
  }

  @Test(
    "what a command does not take is handed out again, with the same id, and its words are logged")
  func retries() throws {
    let box = try Mailbox()
    let bench = try Workbench {
      $0.notify = box.settings(
        "read line; echo \"$line\" >> tries; [ -e ok ] || { echo mail is down; exit 3; }; echo \"$line\" >> out"
      )
    }
    try bench.perform(.testNotice)
    #expect(eventually { box.lines("tries").count >= 3 })
    let kept = try #require(try waiting(bench))
    #expect(kept.lastError == "exited 3")
    #expect(kept.doneAt == nil)
    box.touch("ok")
    #expect(try eventually { try self.waiting(bench) == nil })
    let ids = try box.lines("tries").map { try JSON(text: $0)["id"]?.int }
    #expect(Set(ids) == [1])
    #expect(box.lines().count == 1)
    #expect(bench.log.contains("exited 3; it said: mail is down"))
  }

  @Test("a command that hangs is ended, and chargers are served meanwhile")
  func hangs() throws {
    let box = try Mailbox()
    let bench = try Workbench("identity\nCP1") {
      $0.notify = box.settings("sleep 1000 & echo $! > child; [ -e ok ] || wait; cat >> out")
      $0.notify?.timeout = .milliseconds(300)
    }
    try bench.perform(.testNotice)
    #expect(eventually { box.lines("child").count == 1 })
    let station = try Station("CP1", port: bench.port)
    #expect(try station.boot()["status"] == "Accepted")
    #expect(eventually { bench.log.contains("was not taken, try 1: ended after") })
    // Its children are ended with it.
    let child = try #require(box.lines("child").first.flatMap { pid_t($0) })
    #expect(eventually { kill(child, 0) != 0 || self.isGone(child) })
    box.touch("ok")
    #expect(try eventually { try self.waiting(bench) == nil })
  }

  /// Ended, though nobody has asked how.
  private func isGone(_ process: pid_t) -> Bool {
    let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return status.map { $0.contains(") Z ") } ?? true
  }

  @Test("an engine that ends in between hands the same notice out after its next start")
  func restart() throws {
    let box = try Mailbox()
    let bench = try Workbench {
      $0.notify = box.settings("echo begun >> tries; [ -e ok ] || sleep 1000; cat >> out")
    }
    try bench.perform(.testNotice)
    #expect(eventually { box.lines("tries").count == 1 })
    bench.stop()
    #expect(box.lines() == [])
    box.touch("ok")
    try bench.restart()
    #expect(try eventually { try self.waiting(bench) == nil })
    #expect(try box.notices().map { $0["id"]?.int } == [1])
  }

  @Test("without a command nothing is kept, and a test says so")
  func nobody() throws {
    let bench = try Workbench()
    #expect(throws: ControlError.self) { try bench.perform(.testNotice) }
    #expect(try waiting(bench) == nil)
  }

  @Test(
    "a campaign tells of its restart, its waves and its end, and of a plan that nobody can begin")
  func campaign() throws {
    let box = try Mailbox()
    let site = try SiteImport.read([
      .site: "Köln", .windows: "daily 01:00-05:00", .blackouts: "01-01..12-31",
    ])
    let campaign = try Campaigning(site: site, notify: box.settings("cat >> out"))
    #expect(try eventually { try box.kinds() == ["plan-blocked"] })
    #expect(try box.notices()[0]["text"]?.string?.contains("no window opens") == true)
    try campaign.start()
    try campaign.bench.restart()
    #expect(try eventually { try box.kinds().contains("engine-restarted") })
    try campaign.bench.perform(.abort(campaign: campaign.name, reason: "enough"))
    #expect(try eventually { try box.kinds().contains("campaign-done") })
    let done = try #require(try box.notices().last)
    #expect(done["campaign"] == "move")
  }

  @Test("a quarantine and a gate that did not pass are told in the transaction that they are in")
  func quarantine() throws {
    let box = try Mailbox()
    let campaign = try Campaigning(["CP1", "CP2"], notify: box.settings("cat >> out")) {
      $0.waves.canaryAtLeast = 1
      $0.limits.reboot = .milliseconds(300)
      $0.limits.install = .milliseconds(300)
      $0.limits.absence = .milliseconds(300)
    }
    try campaign.start()
    let station = try campaign.station()
    let order = try campaign.serve(station, until: "UpdateFirmware")
    station.answer(order, "{}")
    try campaign.fetch(order, by: station)
    try station.call("FirmwareStatusNotification", #"{"status":"Installing"}"#)
    station.hangUp()
    #expect(try campaign.reaches(.quarantined))
    #expect(try eventually { try box.kinds().contains("charger-quarantined") })
    let told = try #require(try box.notices().first { $0["kind"] == "charger-quarantined" })
    #expect(told["charger"] == "CP1")
    #expect(told["wave"] == 1)
    #expect(
      try eventually {
        try box.kinds().contains { $0 == "gate-failed" || $0 == "decision-needed" }
      })
  }
}

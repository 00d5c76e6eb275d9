import Foundation
import Testing

/// What goes over the wire, seen and sent from the console.
extension JourneyTests.Console {
  @Test("a charger's trace is switched on, a message made and sent, and both seen as they go by")
  func messages() throws {
    let stage = try Stage(chargers: 2)
    let terminal = try Tmux(stage.journey, columns: 80, rows: 24)
    try terminal.openConsole()
    try terminal.keys("f")
    try terminal.wait("the fleet") { $0.contains("2 of 2") && $0.contains("SIM-1") }
    try terminal.keys("m")
    try terminal.wait("that nothing is written down, and what to do") {
      $0.contains("Messages › SIM-1") && $0.contains("are not written down")
        && $0.contains("starts it")
    }
    try terminal.keys("t")
    try terminal.wait("what a trace is") {
      $0.contains("SIM-1 · trace on") && $0.contains("secrets left out")
    }
    try terminal.keys("Space", "Enter")
    try terminal.wait("the trace") { $0.contains("No message yet since the trace began") }

    // Ask for a heartbeat with a message of one's own.
    try terminal.keys("s")
    try terminal.wait("the messages there are") {
      $0.contains("SIM-1 › message") && $0.contains("BELONGS TO")
    }
    try terminal.text("trigger")
    try terminal.wait("the one that is meant") { $0.contains("▸  TriggerMessage") }
    try terminal.keys("Enter")
    try terminal.wait("its form") {
      $0.contains("✗ requestedMessage: required field is missing")
    }
    // Nothing is chosen for a person, and so nothing is sent by accident.
    try terminal.keys("C-s")
    try terminal.wait("that something is missing") { $0.contains("It would not be sent") }
    try terminal.text("heart")
    try terminal.keys("Enter")
    try terminal.wait("the choice") { $0.contains("requestedMessage  Heartbeat") }
    // A connector 0 breaks the rule that it is more than 0.
    try terminal.text("x")
    try terminal.wait("the wrong field") { $0.contains("✗ connectorId: ") }
    try terminal.keys("C-s")
    try terminal.wait("a refusal") { $0.contains("It would not be sent") }
    try terminal.keys("C-d")
    try terminal.wait("a message that is right") {
      $0.contains("every rule of the message is kept")
    }
    try terminal.keys("C-s")
    try terminal.wait("scope and payload") {
      $0.contains("SIM-1 · send TriggerMessage")
        && $0.contains(#"{"requestedMessage":"Heartbeat"}"#)
    }
    try terminal.keys("Enter")
    try terminal.wait("the answer") {
      $0.contains("TriggerMessage  answered by SIM-1") && $0.contains("status  Accepted")
    }
    try terminal.keys("Escape", "Escape", "Escape")
    try terminal.wait("both messages and their answers") {
      $0.contains("Messages › SIM-1") && $0.contains(/→\s+TriggerMessage/)
        && $0.contains(/←\s+└ TriggerMessage\s+\d+/) && $0.contains(/←\s+Heartbeat/)
        && $0.contains(/→\s+└ Heartbeat\s+\d+/)
    }

    // A pause keeps the screen still and counts.
    try terminal.keys("Space")
    try terminal.wait("the pause") { $0.contains(/paused, \d+ new/) }
    let sent = try stage.journey.swell(
      "send", "SIM-1", "GetConfiguration", #"{"key":["HeartbeatInterval"]}"#)
    #expect(sent.code == 0 && sent.output.contains("HeartbeatInterval"))
    try terminal.wait("what comes meanwhile, counted") {
      $0.contains(/paused, [1-9]\d* new/) && !$0.contains("GetConfiguration")
    }
    try terminal.keys("p")
    try terminal.wait("the end of the pause") { !$0.contains("paused") }
    try terminal.keys("/")
    try terminal.text("getconf")
    try terminal.keys("Enter")
    try terminal.wait("what the filter finds") {
      $0.contains("/getconf") && $0.contains(/→\s+GetConfiguration/)
        && $0.contains(/▸.*←\s+└ GetConfiguration/) && !$0.contains("Heartbeat  ")
    }
    try terminal.keys("Enter")
    try terminal.wait("the frame in full") {
      $0.contains("answer from SIM-1") && $0.contains("key  HeartbeatInterval")
    }
    let stored = try stage.journey.swell("trace", "SIM-1", "--action", "trig")
    #expect(stored.output.contains("TriggerMessage") && !stored.output.contains("Heartbeat\",{}"))
    #expect(try stage.journey.swell("trace", "SIM-1", "--errors").output.isEmpty)
    try terminal.press("C-c")
    try terminal.wait("the shell") { $0.contains("code 0") }
  }
}

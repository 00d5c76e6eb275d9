import Canvas

/// What a key or a command of the palette can do.
package enum ConsoleAction: Hashable, Sendable {
  case dashboard, fleet, charger, campaigns, campaign, wave, endOfLife, audit, messages, firmware
  case help, back, quit
  case palette, filter
  case holdEverything
  case up, down, pageUp, pageDown, first, last
  /// Opens what is under the pointer; `item` what has this number.
  case open, item
  case mark, markRange, markAll, unmarkAll, sort, reverse
  case importChargers, addFirmware
  case plan
  case markEndOfLife, undoEndOfLife, pin, note, repaired, acceptCharger, rollBack
  case approve, start, hold, resume, recall, abort
  case overrideGate, stopStratum, why
  case pauseTraffic, trace, compose
  /// In a message being made.
  case composeEnter, composeLeave, composeUp, composeDown, composePageUp, composePageDown
  case composeDrop, composeRaw, composeSend
  /// In a line being typed.
  case accept, leave, complete, older, newer
  /// In a form.
  case confirm, dismiss, nextField, previousField, textDown, textUp
}

extension KeyScope {
  package static let dashboard = KeyScope("Dashboard")
  package static let fleet = KeyScope("Fleet")
  package static let charger = KeyScope("Charger")
  package static let campaigns = KeyScope("Campaigns")
  package static let campaign = KeyScope("Campaign")
  package static let wave = KeyScope("Wave")
  package static let endOfLife = KeyScope("End of life")
  package static let audit = KeyScope("Audit")
  package static let firmware = KeyScope("Firmware")
  package static let messages = KeyScope("Messages")
  package static let composer = KeyScope("Message to a charger", inherits: false)
  package static let help = KeyScope("Help")
  package static let form = KeyScope("Form", inherits: false)
  package static let paletteLine = KeyScope("Command line", inherits: false)
  package static let filterLine = KeyScope("Filter line", inherits: false)
}

/// The one table of keys: dispatch, hints, help and the conflict test all read it.
package enum ConsoleKeys {
  package static let table = KeyTable<ConsoleAction>(
    chargerRows + campaignRows + messageRows + movingRows + everywhereRows + typingRows)

  private static let chargerRows: [KeyBinding<ConsoleAction>] = [
    row(
      [.enter], .open, "open", "Open what is under the pointer",
      [.fleet, .campaigns, .campaign, .wave, .endOfLife], 1),
    // The rule under what needs a person says these two.
    row([.enter], .open, "", "Open what needs you, under the pointer", [.dashboard]),
    row([.character(" ")], .mark, "mark", "Mark or unmark, and go to the next", [.fleet], 2),
    row([.character("v")], .markRange, "", "Mark from the last mark to here", [.fleet]),
    row([.character("*")], .markAll, "", "Mark every charger of the filter", [.fleet]),
    row([.character("M")], .unmarkAll, "", "Drop all marks", [.fleet]),
    row(
      [.character("p")], .plan, "plan", "Plan a campaign for the marked, else for the filter",
      [.fleet], 2),
    row(
      [.character("i")], .importChargers, "import…", "Read chargers from a CSV file",
      [.dashboard, .fleet], 5),
    row(
      [.character("i")], .addFirmware, "add…", "Add an image to the catalogue", [.firmware], 1),
    row(
      [.character("e")], .markEndOfLife, "end-of-life",
      "Mark end-of-life: it stays as it is and leaves every campaign", onChargers + [.endOfLife], 2),
    row(
      [.character("u")], .undoEndOfLife, "undo", "Take an end-of-life mark back",
      [.fleet, .charger, .endOfLife], 3),
    // A wave does not tell who is marked.
    row([.character("u")], .undoEndOfLife, "", "Take an end-of-life mark back", [.wave]),
    row([.character("P")], .pin, "pin", "Pin (keep as it is), or unpin", [.fleet, .charger], 4),
    row(
      [.character("n")], .note, "note", "Add a line to the notes", onChargers + [.endOfLife], 4),
    row(
      [.character("R")], .repaired, "repaired",
      "Repaired: a quarantined charger may be planned again", onChargers, 5),
    row(
      [.character("A")], .acceptCharger, "accept", "Accept a charger that came unannounced",
      [.fleet, .charger], 5),
    row(
      [.character("b")], .rollBack, "roll back…", "Back to 1.6: the charger is reset",
      [.charger, .wave], 3),
    row([.character("s")], .sort, "sort", "Sort by the next column", [.fleet], 3),
    row([.character("S")], .reverse, "reverse", "Sort the other way round", [.fleet], 4),
    KeyBinding(
      (1...9).map { .character(Character(String($0))) }, .item, hint: "",
      help: "Open what needs you, by its number", in: [.dashboard], rank: 2, label: "1-9"),
  ]

  private static let campaignRows: [KeyBinding<ConsoleAction>] = [
    row(
      [.character("y")], .why, "why", "Why the gates stand as they do, with their numbers",
      [.wave], 2),
    row(
      [.character("A")], .approve, "approve…", "Approve the plan as shown",
      [.campaigns, .campaign], 2),
    row([.character("S")], .start, "start…", "Start what is approved", [.campaigns, .campaign], 2),
    row([.character("h")], .hold, "hold", "Hold: nothing new is sent", onCampaigns, 3),
    row([.character("r")], .resume, "resume…", "Go on after a hold", onCampaigns, 2),
    row(
      [.character("o")], .overrideGate, "override…", "Let a stratum go on whose gate did not pass",
      [.campaign, .wave], 2),
    row(
      [.character("t")], .stopStratum, "stop stratum…", "End a stratum; the rest stays on 1.6",
      [.campaign, .wave], 4),
    row(
      [.character("x")], .recall, "recall…", "Hold, and take back what can be cancelled",
      onCampaigns, 4),
    row([.character("X")], .abort, "abort…", "End a campaign for good", onCampaigns, 4),
  ]

  private static let messageRows: [KeyBinding<ConsoleAction>] = [
    row([.enter], .open, "decode", "The frame in full, field by field", [.messages], 1),
    row(
      [.character(" "), .character("p")], .pauseTraffic, "pause",
      "Stand still while frames come, or go along again", [.messages], 1),
    row(
      [.character("t")], .trace, "trace on/off",
      "Write a charger's messages down, or no longer", [.messages], 2),
    row(
      [.character("s")], .compose, "send…", "Make a message to the charger and send it",
      [.messages, .charger], 2),
    row([.enter], .composeEnter, "take", "Choose, add, toggle, or on to the next", [.composer], 0),
    row(
      [.escape, .ctrl("c")], .composeLeave, "leave", "Back; nothing is sent", [.composer], 0),
    row(
      [.ctrl("s")], .composeSend, "send…", "Show what is sent to whom, then send it", [.composer], 0
    ),
    row([.ctrl("d")], .composeDrop, "drop", "Leave out this field or item", [.composer], 1),
    row([.ctrl("r")], .composeRaw, "JSON", "The payload as JSON, or as fields", [.composer], 1),
    row([.up, .backTab], .composeUp, "", "One field up", [.composer]),
    row([.down, .tab], .composeDown, "", "One field down", [.composer]),
    row([.pageUp], .composePageUp, "", "One screen up", [.composer]),
    row([.pageDown], .composePageDown, "", "One screen down", [.composer]),
  ]

  private static let movingRows: [KeyBinding<ConsoleAction>] = [
    row([.up, .character("k")], .up, "", "One line up", moving),
    row([.down, .character("j")], .down, "", "One line down", moving),
    row([.pageUp, .ctrl("b")], .pageUp, "", "One screen up", moving),
    row([.pageDown, .ctrl("f")], .pageDown, "", "One screen down", moving),
    row([.home, .character("g")], .first, "", "To the first line", moving),
    row([.end, .character("G")], .last, "", "To the last line", moving),
  ]

  private static let everywhereRows: [KeyBinding<ConsoleAction>] = [
    row([.character(":")], .palette, "command", "Type a command; Tab completes it", all, 1),
    row([.character("/")], .filter, "filter", "Filter the list, else the fleet", all, 1),
    row([.character("d")], .dashboard, "", "Where we are", all),
    row([.character("f")], .fleet, "fleet", "Every charger in a table", all, 3),
    row([.character("c")], .campaigns, "campaigns", "Every campaign", all, 3),
    row([.character("w")], .wave, "wave", "The newest wave that runs", all, 4),
    row([.character("E")], .endOfLife, "", "Chargers that will never move", all),
    row([.character("a")], .audit, "", "What people did", all),
    row([.character("F")], .firmware, "", "Images that chargers can be given", all),
    row(
      [.character("m")], .messages, "messages", "What goes to and from the charger here, or all",
      all, 7),
    row(
      [.character("H")], .holdEverything, "hold everything",
      "Hold every campaign at once; asks nothing first", all, 2),
    row([.escape], .back, "", "Close this, drop the filter, or go back one screen", all),
    row(
      [.ctrl("c")], .quit, "quit", "Close the console; an engine elsewhere goes on", all, 6),
    row([.character("?")], .help, "help", "This help, or out of it", all, 0),
  ]

  private static let typingRows: [KeyBinding<ConsoleAction>] = [
    row([.enter], .accept, "run", "Run the command", [.paletteLine], 0),
    row([.enter], .accept, "apply", "Apply the filter", [.filterLine], 0),
    row([.tab], .complete, "complete", "Complete the word", typing, 1),
    row([.up], .older, "", "The line typed before", typing),
    row([.down], .newer, "", "The line typed after", typing),
    row([.escape, .ctrl("c")], .leave, "leave", "Leave the line, change nothing", typing, 0),
    row([.enter], .confirm, "do it", "Do what the form says", [.form], 0),
    row([.escape, .ctrl("c")], .dismiss, "leave", "Leave the form, change nothing", [.form], 0),
    row([.tab, .down], .nextField, "next", "To the next field", [.form], 1),
    row([.backTab, .up], .previousField, "", "To the field before", [.form]),
    row([.pageDown], .textDown, "", "On in a text that is longer than the screen", [.form]),
    row([.pageUp], .textUp, "", "Back in it", [.form]),
  ]

  private static let all: [KeyScope] = [.everywhere]
  private static let onChargers: [KeyScope] = [.fleet, .charger, .wave]
  private static let onCampaigns: [KeyScope] = [.campaigns, .campaign, .wave]
  private static let typing: [KeyScope] = [.paletteLine, .filterLine]
  private static let moving: [KeyScope] = [
    .dashboard, .fleet, .charger, .campaigns, .campaign, .wave, .endOfLife, .audit, .messages,
    .firmware, .help,
  ]

  private static func row(
    _ keys: [Key], _ action: ConsoleAction, _ hint: String, _ help: String, _ scopes: [KeyScope],
    _ rank: Int = 5
  ) -> KeyBinding<ConsoleAction> {
    KeyBinding(keys, action, hint: hint, help: help, in: scopes, rank: rank)
  }
}

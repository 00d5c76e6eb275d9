import Canvas
import Control
import Rollout

extension ConsoleState {
  /// Rows of the list that a terminal of this size shows.
  static func campaignsRows(in size: Size) -> Int { max(1, bodyRows(in: size) - stripRows - 1) }

  private static let campaignsColumns: [Table.Column] = [
    .init("CAMPAIGN", minimum: 12, ideal: 30, priority: 0),
    .init("STATE", minimum: 13, ideal: 13, priority: 0),
    .init("TO", minimum: 5, ideal: 5, priority: 4),
    .init("CHARGERS", minimum: 8, ideal: 8, priority: 1, alignment: .right),
    .init("MIGRATED", minimum: 9, ideal: 40, priority: 1),
    .init("FAILED", minimum: 6, ideal: 7, priority: 1, alignment: .right),
    .init("WAVES", minimum: 5, ideal: 5, priority: 2, alignment: .right),
    .init("DONE", minimum: 12, ideal: 32, priority: 0),
    .init("IN FLIGHT", minimum: 9, ideal: 9, priority: 3, alignment: .right),
    .init("TO GO", minimum: 7, ideal: 8, priority: 3, alignment: .right),
    .init("LEFT OUT", minimum: 8, ideal: 8, priority: 5, alignment: .right),
  ]

  func drawCampaigns(in body: Rect, _ canvas: inout Canvas) {
    guard let campaigns else { return drawNothingYet(in: body, &canvas) }
    guard !campaigns.isEmpty else {
      return drawMessage(
        "No campaign yet.",
        "A campaign moves chargers to another version, wave by wave, with a gate between waves. "
          + "Mark chargers in the fleet, or filter it, and press p.",
        keys: [("f", "the fleet"), ("p", "there: plan what is marked or filtered")], in: body,
        &canvas)
    }
    let current = campaigns.indices.contains(list.cursor) ? campaigns[list.cursor] : nil
    drawList(
      Self.campaignsColumns, count: campaigns.count, in: body,
      strip: current.map { Text(sentence(about: $0)) }, &canvas
    ) { row, column, width in
      cell(campaigns[row], column, width: width)
    }
  }

  private func cell(_ campaign: CampaignSummary, _ column: Int, width: Int) -> Text {
    func count(_ number: Int, _ style: Style = .normal) -> Text {
      Text(grouped(number), number == 0 ? .dim : style)
    }
    switch column {
    case 0: return Text(say(campaign.name))
    case 1: return shortState(of: campaign)
    case 2: return Text(campaign.target.label)
    case 3: return count(campaign.total)
    case 4: return Text(share(campaign.migrated, of: campaign.total, width: width), .good)
    case 5: return count(campaign.lost, .bad)
    case 6:
      let ended = campaign.waves.count { $0.ended >= $0.size && !$0.waiting }
      return Text("\(ended)/\(campaign.waves.count)")
    case 7: return done(campaign, width: width)
    case 8: return count(campaign.inFlight, .accent)
    case 9: return count(campaign.toGo)
    default: return count(campaign.leftOut, .warning)
    }
  }

  /// A campaign's state and numbers in a sentence.
  private func sentence(about campaign: CampaignSummary) -> String {
    let ending = ending(of: campaign).map { " " + $0.sentence.capitalizedFirst + "." } ?? ""
    return
      "\(say(campaign.name)): \(state(of: campaign).text).\(ending)"
      + " \(grouped(campaign.migrated)) migrated, \(rest(of: campaign))."
  }

  /// `48 in flight, 2 463 to go, 6 failed (2 quarantined), 3 left out`
  func rest(of campaign: CampaignSummary) -> String {
    let quarantined =
      campaign.quarantined > 0 ? " (\(grouped(campaign.quarantined)) quarantined)" : ""
    var parts = [
      "\(grouped(campaign.inFlight)) in flight", "\(grouped(campaign.toGo)) to go",
      "\(grouped(campaign.lost)) failed\(quarantined)",
    ]
    if campaign.leftOut > 0 { parts.append("\(grouped(campaign.leftOut)) left out") }
    return parts.joined(separator: ", ")
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

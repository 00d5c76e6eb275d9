import Control
import Fleet

/// `swell workorders`.
enum WorkOrdersCommand {
  static let info = CommandInfo(
    "workorders", "[--campaign NAME]",
    "what a technician takes along: each quarantined charger, why, and what was tried",
    [
      Workplace.option, OptionInfo("campaign", "NAME", "only those that this campaign left so"),
      Out.option,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    guard
      case .workOrders(let orders) = try Workplace(arguments).ask(
        .workOrders(campaign: arguments["campaign"]))
    else { return }
    if try arguments.choice("format", Out.Format.self) ?? .table == .table {
      Out.table(
        ["CHARGER", "SITE", "MODEL", "SERIAL", "SINCE", "REASON"],
        orders.map { [$0.charger, $0.site, $0.model, $0.serial, Out.time($0.since), $0.reason] },
        right: [])
      return
    }
    try Listing.show(orders, arguments, columns) { order in
      [
        order.charger, order.site, order.zone, order.vendor, order.model, order.hardware,
        order.serial, order.reason, order.campaign, Out.time(order.since), order.firmware,
        order.target, order.tried, order.online ? "online" : "offline",
        order.lastSeen.map { Out.time($0) } ?? "", order.connectors, order.notes,
      ]
    }
  }

  private static let columns = [
    "CHARGER", "SITE", "ZONE", "VENDOR", "MODEL", "HARDWARE", "SERIAL", "REASON", "CAMPAIGN",
    "SINCE", "FIRMWARE", "TARGET", "TRIED", "ONLINE", "LAST_SEEN", "CONNECTORS", "NOTES",
  ]
}

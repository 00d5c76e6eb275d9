import Fleet

/// The same plugs under the numbers of 1.6 and of 2.x.
enum ConnectorPlaces {
  /// Connectors of one family by the numbers of the other; nil when that can't be told.
  ///
  /// 1.6 counts connectors through, 2.x counts EVSEs and in each its connectors (OCPP 2.0.1 part 1
  /// §7.2): in order, the n-th is the n-th, if there are as many.
  /// - Parameters:
  ///   - before: all of the family that `connectors` are of, in order.
  ///   - plugs: all of the other family, in order.
  static func move(
    _ connectors: [ConnectorID], from before: [ConnectorID], to plugs: [ConnectorID]
  ) -> [ConnectorID]? {
    guard before.count == plugs.count else { return nil }
    var moved: [ConnectorID] = []
    for connector in connectors {
      guard let place = before.firstIndex(of: connector) else { return nil }
      moved.append(plugs[place])
    }
    return moved
  }

  /// As 1.6 numbers so many.
  static func flat(_ count: Int) -> [ConnectorID] {
    (0..<max(0, min(count, 1000))).map { ConnectorID(evse: $0 + 1, connector: 1) }
  }
}

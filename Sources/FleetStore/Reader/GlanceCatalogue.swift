import Control
import Fleet

extension Glance {
  /// Most kinds that are told apart: what chargers report is theirs to choose.
  private static let mostKinds = 5_000

  func catalogue(at now: Instant) throws(StoreError) -> CatalogueView {
    var running = try connection.rows(
      """
      SELECT vendor, model, hardware, firmware, count(*), max(speaks IS 0) FROM chargers
        GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3, 4 LIMIT \(Self.mostKinds + 1)
      """
    ) {
      CatalogueView.Running(
        vendor: $0.text(0), model: $0.text(1), hardware: $0.text(2), firmware: $0.text(3),
        chargers: Int($0.int(4)), proved: $0.int(5) == 1 ? .ocpp16 : [])
    }
    let hasMore = running.count > Self.mostKinds
    if hasMore { running.removeLast() }
    // Offering a version proves nothing: what a campaign proved, and still holds, does.
    var proved: [[String]: VersionSet] = [:]
    try connection.each(
      """
      SELECT DISTINCT c.vendor, c.model, c.hardware, c.firmware, d.migration ->> 'proved'
        FROM dossiers d JOIN chargers c ON c.id = d.charger
        WHERE d.migration IS NOT NULL AND d.migration ->> 'regressedAt' IS NULL
      """
    ) { row in
      guard let version = ProtocolVersion(label: row.text(4)) else { return }
      proved[[row.text(0), row.text(1), row.text(2), row.text(3)], default: []]
        .insert(VersionSet(version))
    }
    for index in running.indices {
      let kind = running[index]
      running[index].proved.formUnion(
        proved[[kind.vendor, kind.model, kind.hardware, kind.firmware]] ?? [])
    }
    return CatalogueView(
      at: now, firmware: try FirmwareTable.catalogue(connection).filter { !$0.isRetired },
      running: running, hasMore: hasMore, anchors: try FirmwareTable.anchors(connection))
  }
}

import Fleet

extension StationProfile {
  /// Reads a fleet's CSV. The columns of an inventory import may be there in all their spellings,
  /// so that one file fills an inventory and brings its chargers to life; the simulator's own are
  /// `evses`, `signed`, `sessions` and `habit`.
  package static func parse(
    csv text: String
  ) -> (profiles: [StationProfile], refused: [RefusedRow]) {
    var (rows, refused) = CSV.rows(text)
    guard !rows.isEmpty else { return ([], refused) }
    let columns = rows.removeFirst().fields.map { heading in
      ChargerImport.Column(heading: heading)?.rawValue ?? heading.lowercased()
    }
    var profiles: [StationProfile] = []
    for row in rows {
      let fields = Dictionary(zip(columns, row.fields)) { first, _ in first }
      do throws(SimulatorError) {
        profiles.append(try StationProfile(row: fields))
      } catch {
        refused.append(RefusedRow(line: row.line, error))
      }
    }
    return (profiles, refused.sorted { $0.line < $1.line })
  }
}

extension RefusedRow {
  fileprivate init(line: Int, _ error: SimulatorError) {
    switch error {
    case .missing(let column): self.init(line: line, column: column, reason: "is empty")
    case .malformed(let column, let value, let wanted):
      self.init(line: line, column: column, reason: "\"\(value)\" is not \(wanted)")
    case .notAnImage, .log, .malformedURL:
      self.init(line: line, column: nil, reason: "\(error)")
    }
  }
}

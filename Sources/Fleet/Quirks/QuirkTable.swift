/// Which chargers differ from the specification, how, and what is done about it: the stock table,
/// and an operator's own in front of it.
package struct QuirkTable: Sendable, Equatable {
  package struct Row: Sendable, Equatable {
    /// In the list of quirks seen in public; nil in an operator's own rows where they give none.
    package var number: Int?
    package var name: String
    package var vendor: String
    package var model: String
    package var firmware: String
    package var quirk: Quirk
    /// As written.
    package var value: String
    /// Where it was seen, as `owner/name#n`.
    package var reference: String
    /// In its file, from 1.
    package var line: Int
    /// Of an operator's file.
    package var isOwn: Bool
    let firmwarePattern: FirmwarePattern

    /// Nil when the firmware is no pattern.
    package init?(
      number: Int? = nil, name: String, vendor: String = "*", model: String = "*",
      firmware: String = "*", quirk: Quirk, value: String = "", reference: String = "",
      line: Int = 0, isOwn: Bool = false
    ) {
      guard let pattern = FirmwarePattern(firmware) else { return nil }
      firmwarePattern = pattern
      self.number = number
      self.name = name
      self.vendor = vendor
      self.model = model
      self.firmware = firmware
      self.quirk = quirk
      self.value = value
      self.reference = reference
      self.line = line
      self.isOwn = isOwn
    }

    package func applies(to subject: QuirkSubject) -> Bool {
      (vendor == "*" || Glob(vendor).matches(subject.vendor))
        && (model == "*" || Glob(model).matches(subject.model))
        && (firmware == "*" || firmwarePattern.matches(subject.firmware))
    }

    /// What the engine does, for a person.
    package var does: String { quirk.sentence(value) }

    /// Whom it is about: `vendor ABB*, firmware <=1.8.21`, or `every charger`.
    package var whom: String {
      let said = [("vendor", vendor), ("model", model), ("firmware", firmware)].filter {
        $0.1 != "*"
      }
      return said.isEmpty
        ? "every charger" : said.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

    /// More columns that say something, then more of what they say.
    private var weight: (columns: Int, letters: Int) {
      let said = [vendor, model, firmware].filter { $0 != "*" }
      return (said.count, said.reduce(0) { $0 + $1.unicodeScalars.count { $0 != "*" } })
    }

    /// The order in which rows are asked: an operator's before the stock's, then the more
    /// particular one, then the one that is written first.
    static func < (a: Row, b: Row) -> Bool {
      if a.isOwn != b.isOwn { return a.isOwn }
      if a.weight != b.weight { return a.weight > b.weight }
      return a.line < b.line
    }
  }

  /// In the order in which they are asked.
  package let rows: [Row]
  /// Those that change something for some chargers.
  private let acting: [Row]

  package init(_ rows: [Row] = []) {
    self.rows = rows.sorted { $0 < $1 }
    acting = self.rows.filter {
      switch $0.quirk {
      case .always: false
      case .none: $0.isOwn
      default: true
      }
    }
  }

  /// What applies to a charger.
  package func quirks(of subject: QuirkSubject) -> QuirkSet {
    var takenBack: Set<String> = []
    var applied: [Row] = []
    for row in acting where row.applies(to: subject) {
      if case .none = row.quirk {
        takenBack.insert(row.name)
      } else if row.isOwn || !takenBack.contains(row.name) {
        applied.append(row)
      }
    }
    return applied.isEmpty ? .none : QuirkSet(applied)
  }
}

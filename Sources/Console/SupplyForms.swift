import Canvas
import Control
import Fleet

/// Taking in what a campaign needs: a table of chargers, and images of firmware.
extension ConsoleState {
  var importForm: Form {
    var form = Form(
      title: "Import chargers",
      lines: [
        "A CSV file with a header; only identity is needed. Also read: site, zone, budget, vendor,"
          + " model, hardware, serial, firmware, flash_free_kb, ram_free_kb, versions, connectors.",
        "Enter checks the file first and stores nothing.",
      ], fields: [Form.Field(label: "file")], focus: 0, purpose: .importChargers(shown: nil))
    form.offer("check")
    return form
  }

  /// Puts what a dry run found into the form; Enter imports as long as the name stays.
  mutating func show(_ outcome: Outcome, of command: Command) {
    guard case .importChargers(let csv, let source, _) = command, var form else { return }
    form.purpose = .importChargers(
      shown: .init(path: form.fields[0].text, csv: csv, source: source))
    form.lines = [outcome.message] + (outcome.unread ?? []).prefix(4).map { "note: \($0)" }
    for row in outcome.refused.prefix(8) {
      form.lines.append(
        "line \(row.line)\(row.column.map { ", \($0)" } ?? ""): \(row.reason)")
    }
    if outcome.refused.count > 8 {
      form.lines.append("and \(grouped(outcome.refused.count - 8)) more refused rows")
    }
    if !outcome.refused.isEmpty {
      form.lines.append("Refused rows stay out; the others are taken. The file can come again.")
    }
    form.offer("import")
    self.form = form
  }

  /// What was checked is the file with that name.
  func withoutStaleImport(_ form: Form) -> Form {
    guard case .importChargers(let shown?) = form.purpose, form.fields[0].text != shown.path else {
      return form
    }
    var fresh = importForm
    fresh.fields = form.fields
    fresh.isArmed = form.isArmed
    return fresh
  }

  var firmwareForm: Form {
    var form = Form(
      title: "Add firmware to the catalogue",
      lines: [
        "The engine serves the file from where it lies and counts what chargers fetch.",
        "Model and what it installs on are patterns: AC22*, 2.*; several are separated by commas.",
      ],
      fields: [
        Form.Field(label: "file"), Form.Field(label: "model"), Form.Field(label: "version"),
        Form.Field(label: "installs on", isOptional: true),
        Form.Field(label: "speaks", input: InputLine("1.6,2.0.1")),
        Form.Field(label: "flash kB", isOptional: true),
        Form.Field(label: "RAM kB", isOptional: true),
      ], focus: 0, purpose: .addFirmware)
    form.offer("add")
    return form
  }

  /// The catalogue entry that a form describes, without what only the file can tell.
  func firmware(of form: Form) -> Result<Firmware, FormProblem> {
    let texts = form.fields.map(\.text)
    guard texts.count == 7 else { return .failure(FormProblem(text: "")) }
    guard let protocols = VersionSet(label: texts[4]), !protocols.isEmpty else {
      return .failure(
        FormProblem(text: "\"speaks\" lists versions, such as 1.6,2.0.1; not \(texts[4])."))
    }
    var needs: [Int?] = []
    for (label, text) in [("flash kB", texts[5]), ("RAM kB", texts[6])] {
      guard text.isEmpty || Int(text).map({ (0...10_000_000).contains($0) }) == true else {
        return .failure(FormProblem(text: "\"\(label)\" is a number of kB, not \(text)."))
      }
      needs.append(Int(text))
    }
    return .success(
      Firmware(
        id: FirmwareID(rawValue: 0), model: texts[1], version: texts[2],
        from: texts[3].split(separator: ",").map { String($0.drop { $0 == " " }) },
        protocols: protocols, flashNeeded: needs[0], ramNeeded: needs[1],
        location: .depot(path: "")))
  }
}

/// Why a form can't be taken as it is filled in.
struct FormProblem: Error, Equatable {
  var text: String
}

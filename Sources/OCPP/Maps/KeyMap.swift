/// Which 2.x variable takes over the value of which 1.6 configuration key, and how.
///
/// Read from the lines of `Inventory/keymap.csv`; operators may bring a map of their own.
package struct KeyMap: Sendable {
  /// A variable of the device model with the value it shall take.
  package struct Write: Sendable, Equatable {
    package var component: String
    package var variable: String
    package var instance: String?
    package var value: String
  }

  /// A line that can't be used.
  package struct Flaw: Error, Sendable, Equatable, CustomStringConvertible {
    package var line: Int
    package var reason: String
    package var description: String { "keymap.csv line \(line): \(reason)" }
  }

  private enum Conversion: Sendable, Equatable {
    case asIs
    case boolean
    case measurands
    case register
    case rateUnit
    /// Only when that key has a value.
    case ifSet(String)

    init?(_ text: Substring) {
      switch text {
      case "as is": self = .asIs
      case "boolean": self = .boolean
      case "measurands": self = .measurands
      case "register": self = .register
      case "rate unit": self = .rateUnit
      default:
        guard text.hasPrefix("if ") else { return nil }
        self = .ifSet(String(text.dropFirst(3)))
      }
    }
  }

  private struct Row: Sendable {
    var key: String
    var component: String
    var variable: String
    var instance: String?
    var conversion: Conversion
  }

  private let rows: [Row]
  /// The keys that have a place in the device model.
  package let keys: Set<String>

  package init(csv: String) throws(Flaw) {
    var rows: [Row] = []
    var isHeader = true
    let lines = csv.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      if line.isEmpty || line.hasPrefix("#") { continue }
      if isHeader {
        isHeader = false
        continue
      }
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == 5 else {
        throw Flaw(line: number + 1, reason: "\(fields.count) fields, 5 are wanted")
      }
      guard let conversion = Conversion(fields[4]) else {
        throw Flaw(line: number + 1, reason: "no conversion \"\(fields[4])\"")
      }
      rows.append(
        Row(
          key: String(fields[0]), component: String(fields[1]), variable: String(fields[2]),
          instance: fields[3].isEmpty ? nil : String(fields[3]), conversion: conversion))
    }
    self.rows = rows
    keys = Set(rows.map(\.key))
  }

  /// What the variables should be after the move of a charger with this 1.6 configuration.
  package func writes(for configuration: [String: String]) -> [Write] {
    rows.compactMap { row in
      guard let value = configuration[row.key],
        let converted = Self.convert(value, row.conversion, configuration)
      else { return nil }
      return Write(
        component: row.component, variable: row.variable, instance: row.instance, value: converted)
    }
  }

  private static func convert(
    _ value: String, _ conversion: Conversion, _ configuration: [String: String]
  ) -> String? {
    switch conversion {
    case .asIs: value.isEmpty ? nil : value
    case .boolean:
      switch value.lowercased() {
      case "true": "true"
      case "false": "false"
      default: nil
      }
    case .measurands: measurands(value)
    case .register:
      measurands(value).map { list in
        list.split(separator: ",").contains("Energy.Active.Import.Register")
          ? list : "Energy.Active.Import.Register"
      }
    case .rateUnit:
      {
        let units = value.split(separator: ",").compactMap { word -> String? in
          switch word.drop(while: { $0 == " " }) {
          case "Current": "A"
          case "Power": "W"
          default: nil
          }
        }
        return units.isEmpty ? nil : units.joined(separator: ",")
      }()
    case .ifSet(let key):
      configuration[key]?.isEmpty == false && !value.isEmpty ? value : nil
    }
  }

  /// 2.0.1 names measurands as 1.6 does, without the phase and without two that it dropped.
  private static func measurands(_ value: String) -> String? {
    var names: [Substring] = []
    for part in value.split(separator: ",") {
      var name = part.drop(while: { $0 == " " })
      for phase in [
        ".L1-N", ".L2-N", ".L3-N", ".L1-L2", ".L2-L3", ".L3-L1", ".L1", ".L2", ".L3", ".N",
      ]
      where name.hasSuffix(phase) {
        name = name.dropLast(phase.count)
        break
      }
      if name == "Temperature" || name == "RPM" || name.isEmpty || names.contains(name) { continue }
      names.append(name)
    }
    return names.isEmpty ? nil : names.joined(separator: ",")
  }
}

import Control
import Fleet

/// Filters from the command line, read here before anybody is asked: so an error shows its place.
enum FilterText {
  static let option = OptionInfo(
    "filter", "TERMS", "which chargers, as model:AC* fw<2.4 not eol; see swell help filter")

  /// The filter as it was typed; empty when there is none.
  /// - Throws: `Failure` with the place of the error.
  static func checked(_ text: String?, _ place: Workplace) throws -> String {
    guard let text else { return "" }
    do throws(FleetFilterError) {
      if try FleetFilter(text).names.isEmpty { return text }
    } catch {
      throw failure(error, in: text)
    }
    guard case .selections(let selections) = try place.ask(.selections) else { return text }
    var saved: [String: String] = [:]
    for selection in selections { saved[selection.name] = selection.terms }
    do throws(FleetFilterError) {
      _ = try FleetFilter(text, saved: saved)
    } catch {
      throw failure(error, in: text)
    }
    return text
  }

  static func failure(_ error: FleetFilterError, in text: String) -> Failure {
    Failure(
      "this filter can't be read: \(error.reason).\n"
        + "\(Caret.lines(under: text, at: error.offset))\nSee swell help filter.", .usage)
  }

  /// `swell help filter`.
  static func help() {
    Out.line(
      "TERMS select chargers, wherever a command takes --filter, and in the console behind /.\n")
    Out.line("\(FleetFilter.grammar)\n")
    let width = FleetFilter.terms.reduce(0) { max($0, $1.text.count) } + 2
    for term in FleetFilter.terms {
      let gap = term.help.isEmpty ? "" : String(repeating: " ", count: width - term.text.count)
      Out.line("  \(term.text)\(gap)\(term.help)")
    }
    Out.line(
      """

      model:AC* fw<2.4 site:"Berlin *" memory>=256 not eol
      (ready:ready or ready:needs-hop) seen<2d connectors>=2
      @berlin not campaign:*
      """)
  }
}

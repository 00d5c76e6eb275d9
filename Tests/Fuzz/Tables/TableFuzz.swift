import Fleet
import OCPP

/// libFuzzer's entrance: a CSV that somebody wants to import.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTables(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  TableFuzz.rows(text)
  TableFuzz.fleet(text)
  TableFuzz.tokens(text)
  TableFuzz.rules(text)
  return 0
}

/// Stops the fuzzer with its input.
func check(_ isSo: Bool, _ what: @autoclosure () -> String) {
  if !isSo { preconditionFailure(what()) }
}

private enum TableFuzz {
  /// Whatever is read and written again reads the same.
  static func rows(_ text: String) {
    let file = CSV.rows(text)
    let lines = text.utf8.count { $0 == 10 || $0 == 13 } + 1
    check(file.rows.allSatisfy { (1...lines).contains($0.line) }, "a row beyond the last line")
    check(file.refused.allSatisfy { (1...lines).contains($0.line) }, "a refusal beyond the last")
    check(file.rows.map(\.line) == file.rows.map(\.line).sorted(), "lines out of order")
    let again = CSV.rows(file.rows.map { CSV.line($0.fields) }.joined())
    check(again.refused.isEmpty, "what was written is refused: \(again.refused)")
    check(again.rows.map(\.fields) == file.rows.map(\.fields), "rows read otherwise")
  }

  /// What an import takes keeps its promises, whatever the file was.
  static func fleet(_ text: String) {
    let fleet = ChargerImport.parse(csv: text, source: "fuzz")
    check(fleet.rows.allSatisfy { Identity.flaw(of: $0.identity) == nil }, "a flawed identity")
    let keys = fleet.rows.map { Identity.key(for: $0.identity) }
    check(Set(keys).count == keys.count, "one charger twice")
    check(fleet.rows.allSatisfy { ($0.budget ?? 1) > 0 }, "a budget of nobody")
    check(fleet.rows.allSatisfy { (0...3).contains($0.securityProfile ?? 0) }, "a profile beyond 3")
    check(fleet.rows.allSatisfy { ($0.flashFree ?? 0) >= 0 && ($0.ramFree ?? 0) >= 0 }, "memory")
    check(fleet.refused.map(\.line) == fleet.refused.map(\.line).sorted(), "refusals out of order")
  }

  static func tokens(_ text: String) {
    let list = TokenImport.parse(csv: text, source: "fuzz")
    let ids = list.tokens.map { $0.id.lowercased() }
    check(Set(ids).count == ids.count, "one token twice")
    check(list.tokens.allSatisfy { (1...255).contains($0.id.utf8.count) }, "its length")
  }

  /// The tables that come with the program and that people may edit: an error says which line.
  static func rules(_ text: String) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
    let transfers = DataTransferTable.parse(csv: text)
    check(transfers.refused.allSatisfy { $0.line >= 1 }, "a refusal without a line")
    do throws(QuirkError) {
      _ = QuirkTable(try QuirkTable.read(csv: text, file: "fuzz"))
    } catch {
      check((1...max(1, lines)).contains(error.line), "a quirk in line \(error.line)")
    }
    do throws(KeyMap.Flaw) {
      _ = try KeyMap(csv: text)
    } catch {
      check((1...max(1, lines)).contains(error.line), "a key in line \(error.line)")
    }
    do throws(ViolationCodes.Flaw) {
      _ = try ViolationCodes(csv: text)
    } catch {
      check((1...max(1, lines)).contains(error.line), "a code in line \(error.line)")
    }
  }
}

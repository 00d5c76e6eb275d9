import OCPP
import Stock
import Testing

@Suite struct ViolationCodesTests {
  private static let text = Stock.file("Inventory/violations.csv")?.text ?? ""

  @Test("Every kind of violation has a code of each version, and the clause that says so")
  func complete() throws {
    let codes = try ViolationCodes(csv: Self.text)
    let names =
      Violation.Kind.allCases.map(\.rawValue) + FrameFault.Rule.allCases.map(\.rawValue)
      + ViolationCodes.CallRule.allCases.map(\.rawValue)
    #expect(codes.rows.count == names.count * OCPPVersion.allCases.count)
    #expect(Set(codes.rows.map(\.violation)) == Set(names))
    for row in codes.rows {
      #expect(row.clause.contains(row.version.label), "\(row)")
      #expect(row.clause.contains("§") || row.clause.contains(".FR."), "\(row)")
      #expect(!row.text.isEmpty, "\(row.violation)")
    }
    // What cannot be answered: 1.6 has no id for it, and the two that ignore unknown types.
    let silent = codes.rows.filter { $0.code == nil }.map { "\($0.violation) \($0.version.label)" }
    #expect(silent == ["notFrame 1.6", "unknownType 1.6", "unknownType 2.1", "noID 1.6"])
  }

  @Test("The codes of a version are those that its specification lists")
  func legal() throws {
    let old: Set<ErrorCode> = [
      .notImplemented, .notSupported, .internalError, .protocolError, .securityError,
      .formatViolation, .propertyConstraintViolation, .occurrenceConstraintViolation,
      .typeConstraintViolation, .genericError,
    ]
    for row in try ViolationCodes(csv: Self.text).rows {
      guard let code = row.code, row.version == .v16 else { continue }
      #expect(old.contains(code), "\(row)")
    }
  }

  @Test("A code is found by its rule")
  func found() throws {
    let codes = try ViolationCodes(csv: Self.text)
    #expect(codes.code(for: .unknownField, in: .v16) == .formatViolation)
    #expect(codes.code(for: .unknownField, in: .v21) == .protocolError)
    #expect(codes.code(for: FrameFault.Rule.unknownType, in: .v201) == .messageTypeNotSupported)
    #expect(codes.code(for: FrameFault.Rule.unknownType, in: .v21) == nil)
    #expect(codes.code(for: ViolationCodes.CallRule.callBeforeBoot, in: .v16) == .securityError)
    #expect(codes.code(for: ViolationCodes.CallRule.unknownAction, in: .v201) == .notImplemented)
  }

  private static func edited(_ edit: (inout [Substring]) -> Void) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    edit(&lines)
    return lines.joined(separator: "\n")
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var line: Int
    var reason: String
    var testDescription: String { reason }
  }

  static let flaws: [Case] = [
    Case(text: "violation,code\n", line: 1, reason: "the header is not"),
    Case(
      text: edited { $0[4] = #"missing,1.6,GenericError,"§1,x"# }, line: 5,
      reason: "a quote is not closed"),
    Case(text: edited { $0[4] = "missing,1.6,GenericError" }, line: 5, reason: "3 fields"),
    Case(text: edited { $0[4] = "missing,1.5,GenericError,§,x" }, line: 5, reason: "no version"),
    Case(
      text: edited { $0[4] = "missing,1.6,FormatViolation,§,x" }, line: 5,
      reason: #"OCPP 1.6 has no error code "FormatViolation""#),
    Case(text: edited { $0[4] = "missing,1.6,GenericError,,x" }, line: 5, reason: "no clause"),
    Case(text: edited { $0[5] = $0[4] }, line: 6, reason: "missing of 1.6 as in line 5"),
    Case(
      text: edited { $0[4] = "missing,1.6,-,§,x" }, line: 77,
      reason: "missing of OCPP 1.6 needs a code"),
    Case(
      text: edited { $0.remove(at: 4) }, line: 76, reason: "no row for missing of OCPP 1.6"),
  ]

  @Test("A file that can't be used is refused with the line and the reason", arguments: flaws)
  func refused(flaw: Case) {
    do throws(ViolationCodes.Flaw) {
      _ = try ViolationCodes(csv: flaw.text)
      Issue.record("taken")
    } catch {
      #expect(error.line == flaw.line && error.reason.contains(flaw.reason), "\(error)")
    }
  }
}

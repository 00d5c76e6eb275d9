import FoundationEssentials
import Rollout

/// libFuzzer's entrance: a playbook that somebody wrote.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPlaybooks(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  do throws(PlaybookError) {
    store(try Playbook.read(text))
  } catch {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    check((1...lines.count).contains(error.line), "an error in line \(error.line)")
    check((1...lines[error.line - 1].count + 1).contains(error.column), "column \(error.column)")
    check(!error.message.isEmpty, "an error without words")
  }
  return 0
}

/// A playbook that was accepted is stored with its campaign and read again for months.
private func store(_ playbook: Playbook) {
  do {
    let again = try JSONDecoder().decode(Playbook.self, from: JSONEncoder().encode(playbook))
    check(again == playbook, "a stored playbook reads otherwise")
  } catch {
    check(false, "an accepted playbook cannot be stored: \(error)")
  }
}

/// Stops the fuzzer with its input.
private func check(_ isSo: Bool, _ what: @autoclosure () -> String) {
  if !isSo { preconditionFailure(what()) }
}

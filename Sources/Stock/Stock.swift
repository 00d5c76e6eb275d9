/// Stock: the files of `Inventory/` and `Playbooks/` that every binary carries.
///
/// Owns nothing but the way to them; knows no format. Imports CStock only.
import CStock

/// A file of `Inventory/` or `Playbooks/` as it was when this binary was built.
package struct StockFile: Sendable {
  /// Path below the package, for example `Inventory/migrations/0001-inventory.sql`.
  package let name: String
  package let bytes: [UInt8]
  package var text: String { String(decoding: bytes, as: UTF8.self) }
}

package enum Stock {
  /// The stock file of that name, or nil when this binary carries none.
  package static func file(_ name: String) -> StockFile? {
    files(below: name).first { $0.name == name }
  }

  /// The stock files whose names start with `prefix`, in the order of their names.
  package static func files(below prefix: String) -> [StockFile] {
    var count = 0
    guard let entries = swell_stock_files(&count) else { return [] }
    return UnsafeBufferPointer(start: entries, count: count)
      .compactMap { entry -> StockFile? in
        guard let cName = entry.name else { return nil }
        let name = String(cString: cName)
        guard name.hasPrefix(prefix) else { return nil }
        return StockFile(
          name: name, bytes: Array(UnsafeBufferPointer(start: entry.bytes, count: entry.count)))
      }
      .sorted { $0.name < $1.name }
  }
}

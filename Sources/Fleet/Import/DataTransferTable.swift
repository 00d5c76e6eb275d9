/// What data transfers are answered, by vendor and message: Inventory/data-transfer.csv.
package struct DataTransferTable: Sendable, Equatable {
  /// DataTransferStatusEnumType, the same in all versions.
  package enum Status: String, Sendable, CaseIterable {
    case accepted = "Accepted"
    case rejected = "Rejected"
    case unknownMessage = "UnknownMessageId"
    case unknownVendor = "UnknownVendorId"
  }

  package struct Answer: Sendable, Equatable {
    package var status: Status
    /// Goes along: JSON in 2.x where it is JSON, text in 1.6.
    package var data: String?
    package init(_ status: Status, data: String? = nil) {
      (self.status, self.data) = (status, data)
    }
  }

  private struct Vendor: Sendable, Equatable {
    /// By message; the empty one stands for transfers without a message.
    var messages: [String: Answer] = [:]
    /// For messages without a row.
    var any: Answer?
  }

  private var vendors: [String: Vendor] = [:]

  /// Knows no vendor.
  package init() {}

  /// Reads the table: `vendorId`, `messageId` (`*`: any other), `status`, `data`, `note`.
  package static func parse(csv: String) -> (table: DataTransferTable, refused: [RefusedRow]) {
    let file = CSV.rows(csv)
    var refused = file.refused
    var table = DataTransferTable()
    let columns = ["vendorId", "messageId", "status", "data", "note"]
    guard file.rows.first?.fields == columns else {
      refused.append(
        RefusedRow(
          line: 1, column: nil, reason: "the header is not \(columns.joined(separator: ","))"))
      return (table, refused)
    }
    for row in file.rows.dropFirst() {
      func refuse(_ column: String?, _ reason: String) {
        refused.append(RefusedRow(line: row.line, column: column, reason: reason))
      }
      guard row.fields.count == columns.count else {
        refuse(nil, "\(row.fields.count) fields, the header has \(columns.count)")
        continue
      }
      let (vendor, message, word) = (row.fields[0], row.fields[1], row.fields[2])
      guard !vendor.isEmpty, vendor.utf8.count <= 255 else {
        refuse("vendorId", "a vendor has 1 to 255 characters")
        continue
      }
      guard let status = Status(rawValue: word) else {
        let known = Status.allCases.map(\.rawValue).joined(separator: ", ")
        refuse("status", "\"\(word)\" is none of \(known)")
        continue
      }
      var known = table.vendors[vendor.lowercased()] ?? Vendor()
      guard message == "*" ? known.any == nil : known.messages[message] == nil else {
        refuse("messageId", "\(vendor) \(message) is in the table already")
        continue
      }
      let answer = Answer(status, data: row.fields[3].isEmpty ? nil : row.fields[3])
      if message == "*" { known.any = answer } else { known.messages[message] = answer }
      table.vendors[vendor.lowercased()] = known
    }
    return (table, refused)
  }

  /// What a transfer is answered. A vendor is known by its row, whatever the case of its name
  /// (CiString in 1.6); a message without a row is unknown.
  package func answer(vendor: String, message: String) -> Answer {
    guard let known = vendors[vendor.lowercased()] else { return Answer(.unknownVendor) }
    return known.messages[message] ?? known.any ?? Answer(.unknownMessage)
  }
}

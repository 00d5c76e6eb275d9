import Fleet
import Testing

struct DataTransferTableTests {
  private static let header = "vendorId,messageId,status,data,note\n"

  @Test("Answers go by vendor and message; a star stands for the messages without a row")
  func answers() {
    let read = DataTransferTable.parse(
      csv: Self.header + "Acme,Ping,Accepted,pong,\nacme,*,Rejected,,\nother,,Accepted,,\n")
    #expect(read.refused.isEmpty)
    #expect(read.table.answer(vendor: "ACME", message: "Ping") == .init(.accepted, data: "pong"))
    // Messages are told apart by case, vendors are not.
    #expect(read.table.answer(vendor: "acme", message: "ping") == .init(.rejected))
    #expect(read.table.answer(vendor: "other", message: "") == .init(.accepted))
    #expect(read.table.answer(vendor: "other", message: "x") == .init(.unknownMessage))
    #expect(read.table.answer(vendor: "none", message: "x") == .init(.unknownVendor))
    #expect(DataTransferTable().answer(vendor: "", message: "") == .init(.unknownVendor))
  }

  @Test(
    "A faulty row is refused with its line and column",
    arguments: [
      (",x,Accepted,,", "vendorId"), ("v,x,accepted,,", "status"), ("v,x,,,", "status"),
      ("v,x,Accepted", nil), ("v,a,Accepted,,", "messageId"), ("v,*,Accepted,,", "messageId"),
    ] as [(String, String?)])
  func refused(row: String, column: String?) {
    let read = DataTransferTable.parse(
      csv: Self.header + "v,a,Accepted,,\nV,*,Rejected,,\n" + row + "\n")
    #expect(read.refused.map(\.line) == [4])
    #expect(read.refused.first?.column == column)
  }

  @Test("A file with another header is refused as a whole")
  func header() {
    let read = DataTransferTable.parse(csv: "vendor,status\nv,Accepted\n")
    #expect(read.refused.map(\.line) == [1])
    #expect(read.table == DataTransferTable())
  }
}

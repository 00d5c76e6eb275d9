import Fleet
import OCPP
import Stock
import Testing

@testable import CSMS

/// Data transfers by vendor and message, from the stock table.
struct DataTransferTests {
  struct Case: Sendable {
    var vendor: String
    var message: String?
    var status: String
    var data: String?
  }

  private static let vendor = "org.openchargealliance.iso15118pnc"

  static let cases = [
    Case(vendor: "acme", status: "UnknownVendorId"),
    Case(vendor: "acme", message: "x", status: "UnknownVendorId"),
    Case(vendor: vendor, message: "Nonsense", status: "UnknownMessageId"),
    Case(vendor: vendor, status: "UnknownMessageId"),
    Case(
      vendor: vendor, message: "SignCertificate", status: "Accepted",
      data: #"{"status":"Rejected"}"#),
    Case(
      vendor: vendor.uppercased(), message: "GetCertificateStatus", status: "Accepted",
      data: #"{"status":"Failed"}"#),
    Case(
      vendor: "org.openchargealliance.costmsg", message: "ConnectorUnplugged", status: "Accepted"),
  ]

  @Test("a transfer is answered by its row, in the form of its version, and kept", arguments: cases)
  func answers(_ input: Case) throws {
    let stock = try #require(Stock.file("Inventory/data-transfer.csv")?.text)
    let read = DataTransferTable.parse(csv: stock)
    try #require(read.refused.isEmpty, "\(read.refused)")
    let bench = try Workbench("identity\nCP1\n") { $0.dataTransfer = read.table }
    for version in OCPPVersion.allCases {
      let station = try Station("CP1", port: bench.port, offers: version.subprotocol)
      let message = input.message.map { #","messageId":"\#($0)""# } ?? ""
      let answer = try station.call(
        "DataTransfer", #"{"vendorId":"\#(input.vendor)"\#(message),"data":"{\"csr\":\"x\"}"}"#)
      #expect(try Messages.violation(response: answer, to: "DataTransfer", in: version) == nil)
      #expect(answer["status"]?.string == input.status)
      let data = try input.data.map { version == .v16 ? JSON.string($0) : try JSON(text: $0) }
      #expect(answer["data"] == data)
    }
    #expect(try bench.ledger("DataTransfer").count == 3)
  }

  @Test("what the stock table sends as data is the response of 2.0.1 that its note names")
  func stockData() throws {
    let stock = try #require(Stock.file("Inventory/data-transfer.csv")?.text)
    let table = DataTransferTable.parse(csv: stock).table
    for name in ["Authorize", "Get15118EVCertificate", "GetCertificateStatus", "SignCertificate"] {
      let data = try #require(table.answer(vendor: Self.vendor, message: name).data)
      let violation = try Messages.violation(
        response: try JSON(text: data), to: name, in: .v201)
      #expect(violation == nil, "\(name)")
    }
  }
}

import Control
import Fleet
import OCPP
import Testing

@testable import CSMS

/// What chargers send is bounded before it is kept.
struct BoundsTests {
  @Test(
    "a register that no meter can have counts as none",
    arguments: [
      (#""1e300""#, "", nil), (#""1e308""#, #","unitOfMeasure":{"unit":"kWh"}"#, nil),
      ("9e14", #","unitOfMeasure":{"multiplier":12}"#, nil), (#""NaN""#, "", nil),
      ("12.5", #","unitOfMeasure":{"unit":"kWh"}"#, 12_500.0), (#""-3""#, "", -3),
    ] as [(String, String, Double?)])
  func registers(value: String, unit: String, read: Double?) throws {
    let json = #"[{"sampledValue":[{"value":\#(value)\#(unit)}]}]"#
    let document = try JSONDocument(text: json)
    #expect(Registers(document.root, .ocpp201).last?.value == read)
  }

  @Test("a charger has so many connectors and no more, and none with a negative number")
  func connectors() {
    let charger = LiveCharger(
      charger: Charger(id: ChargerID(rawValue: 1), identity: "CP1"), connectors: [],
      openSessions: [])
    func tell(_ evse: Int, _ state: ConnectorState) {
      charger.take(
        Connector(
          id: ConnectorID(evse: evse, connector: 1), state: state,
          at: Instant(milliseconds: 1_800_000_000_000)), in: .v2, isReceiptTime: false)
    }
    for evse in -5...1000 { tell(evse, .available) }
    #expect(charger.connectors.count == 256)
    #expect(!charger.connectors.ids.contains { $0.evse < 0 })
    tell(1, .faulted)
    #expect(charger.connectors[ConnectorID(evse: 1, connector: 1)]?.state == .faulted)
  }

  @Test("a text is cut by its scalars: one character may be a megabyte of accents")
  func accents() {
    let text = "a" + String(repeating: "\u{301}", count: 100_000)
    #expect(text.count == 1)
    #expect(text.bounded(to: 20).unicodeScalars.count == 20)
    #expect("Köln".bounded(to: 4) == "Köln")
    #expect(Holding(.reservation, key: text, [text]).summary.utf8.count < 1000)
  }
}

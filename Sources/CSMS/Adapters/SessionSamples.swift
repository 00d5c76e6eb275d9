import Control
import Fleet
import OCPP

/// Meter samples in the messages of a session, of every version.
package enum SessionSamples {
  /// Oldest first. Messages that are not JSON have none.
  package static func read(_ entries: [SessionDetail.Entry]) -> [MeterSample] {
    var samples: [MeterSample] = []
    var document = JSONDocument()
    for entry in entries {
      do throws(JSONError) { try document.parse(Array(entry.payload.utf8)) } catch { continue }
      let payload = document.root
      guard let list = payload["meterValue"] ?? payload["transactionData"] else { continue }
      // An object in place of the list occurs (lbbrhzn/ocpp#1144).
      let items = list.kind == .object ? [list] : Array(list.elements)
      for item in items { samples += read(item, of: entry) }
    }
    return samples.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
  }

  private static func read(_ item: JSONValue, of entry: SessionDetail.Entry) -> [MeterSample] {
    var flaws = ClockFlaws()
    let at = Reading.instant(item["timestamp"], receivedAt: entry.at, &flaws)
    return Reading.items(item["sampledValue"]).compactMap { sample in
      let signed = signedData(in: sample, entry.version)
      let number = SampleUnit.number(sample["value"])
      guard number != nil || signed != nil else { return nil }
      let measurand = sample["measurand"]?.string ?? "\(Registers.register)"
      let unit = SampleUnit(of: sample, entry.version)
      // Only of energy Wh is the default.
      let isNamed = unit.isNamed || measurand.hasPrefix("Energy.")
      return MeterSample(
        at: at, measurand: measurand, value: number.flatMap(unit.base),
        unit: isNamed ? unit.baseName : "", phase: sample["phase"]?.string,
        context: sample["context"]?.string, signed: signed)
    }
  }

  /// As it came: a verifier wants every byte.
  private static func signedData(in sample: JSONValue, _ version: ProtocolVersion) -> String? {
    if version == .ocpp16 {
      return sample["format"]?.string == "SignedData" ? sample["value"]?.string : nil
    }
    return sample["signedMeterValue"]?["signedMeterData"]?.string
  }
}

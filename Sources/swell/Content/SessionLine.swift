import Control
import Fleet
import Foundation
import OCPP

/// A session as other programs get it: times in UTC, energy in Wh, remarks as words.
struct SessionLine: Encodable {
  let number: Int64
  let charger: String
  let site: String
  let version: String
  let transaction: String
  let evse: Int
  let connector: Int
  let token: String
  let tokenType: String
  let started: String
  let stopped: String?
  let meterStart: Double?
  let meterStop: Double?
  let energy: Double?
  let reason: String?
  let tariff: String?
  let cost: Double?
  let currency: String?
  let remarks: [String]

  init(_ session: SessionRecord) {
    number = session.number
    charger = session.charger
    site = session.site
    version = session.version.label
    transaction = session.transactionID
    (evse, connector) = (session.connector.evse, session.connector.connector)
    token = session.token
    tokenType = session.tokenType
    started = Self.iso(session.startedAt)
    stopped = session.stoppedAt.map(Self.iso)
    (meterStart, meterStop, energy) = (session.meterStart, session.meterStop, session.energy)
    reason = session.stopReason
    (tariff, cost, currency) = (session.tariff, session.cost, session.currency)
    remarks = session.remarks.map(\.label)
  }

  static let titles = [
    "number", "charger", "site", "version", "transaction", "evse", "connector", "token",
    "token_type", "started", "stopped", "meter_start_wh", "meter_stop_wh", "energy_wh", "reason",
    "tariff", "cost", "currency", "remarks",
  ]
  var cells: [String] {
    [
      String(number), charger, site, version, transaction, String(evse), String(connector), token,
      tokenType, started, stopped ?? "", Self.number(meterStart), Self.number(meterStop),
      Self.number(energy), reason ?? "", tariff ?? "", Self.number(cost), currency ?? "",
      remarks.joined(separator: "; "),
    ]
  }

  static let sampleTitles = [
    "sampled", "measurand", "value", "unit", "phase", "context", "signed",
  ]

  /// A row for each sample; one without samples has its row too.
  func rows(with samples: [MeterSample]) -> [[String]] {
    if samples.isEmpty { return [cells + Self.sampleTitles.map { _ in "" }] }
    return samples.map {
      cells + [
        Self.iso($0.at), $0.measurand, Self.number($0.value), $0.unit, $0.phase ?? "",
        $0.context ?? "", $0.signed ?? "",
      ]
    }
  }

  static func iso(_ instant: Instant) -> String { DateTime.format(instant.milliseconds) }

  /// Whole numbers without a fraction: spreadsheets and people expect 9100, not 9100.0.
  static func number(_ value: Double?) -> String {
    guard let value else { return "" }
    return Int64(exactly: value).map { String($0) } ?? "\(value)"
  }
}

extension SessionLine {
  struct Sample: Encodable {
    let sampled: String
    let measurand: String
    let value: Double?
    let unit: String
    let phase: String?
    let context: String?
    let signed: String?
    init(_ sample: MeterSample) {
      sampled = SessionLine.iso(sample.at)
      (measurand, value, unit) = (sample.measurand, sample.value, sample.unit)
      (phase, context, signed) = (sample.phase, sample.context, sample.signed)
    }
  }

  /// A session with its meter values.
  struct Valued: Encodable {
    let session: SessionLine
    let meterValues: [Sample]
    init(_ session: SessionLine, _ samples: [MeterSample]) {
      (self.session, meterValues) = (session, samples.map { Sample($0) })
    }
  }

  /// A session with everything that was said of it.
  struct Whole: Encodable {
    struct Entry: Encodable {
      let received: String
      let version: String
      let action: String
      let payload: String
    }
    let session: SessionLine
    let meterValues: [Sample]
    let messages: [Entry]
    let note: String?
    init(_ detail: SessionDetail) {
      session = SessionLine(detail.record)
      meterValues = detail.samples.map { Sample($0) }
      messages = detail.entries.map {
        Entry(
          received: SessionLine.iso($0.at), version: $0.version.label, action: $0.action,
          payload: $0.payload)
      }
      note = detail.note
    }
  }
}

/// Rows on their way out, some at a time: CSV, or the items of one JSON list.
struct RowStream {
  private var text = ""
  private var isFirst = true
  private let isJSON: Bool
  private let encoder = JSONEncoder()

  init(isJSON: Bool) {
    self.isJSON = isJSON
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  mutating func write(_ rows: [[String]]) {
    for row in rows { text += Out.csvLine(row) + "\n" }
    passOn(beyond: 1 << 16)
  }

  mutating func write(_ item: some Encodable) throws {
    text += isFirst ? "[\n" : ",\n"
    isFirst = false
    text += String(decoding: try encoder.encode(item), as: UTF8.self)
    passOn(beyond: 1 << 16)
  }

  mutating func finish() {
    if isJSON { text += isFirst ? "[]\n" : "\n]\n" }
    passOn(beyond: 0)
  }

  private mutating func passOn(beyond size: Int) {
    guard text.utf8.count > size else { return }
    Out.text(text)
    text = ""
  }
}

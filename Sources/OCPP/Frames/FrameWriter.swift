/// Writes frames of OCPP-J.
package enum FrameWriter {
  /// The longest description of an error (OCPP 2.0.1 part 4 §4.2.3), in characters.
  package static let descriptionLimit = 255

  /// `[2, id, action, payload]`; `payload` writes exactly one object.
  package static func call(
    id: String, action: String, into writer: inout JSONWriter,
    payload: (inout JSONWriter) -> Void
  ) {
    request(2, id, action, &writer, payload)
  }

  /// `[2, id, action, payload]`
  package static func call(id: String, action: String, payload: JSON) -> [UInt8] {
    build { request(2, id, action, &$0, payload.write) }
  }

  /// `[2, id, action, payload]` with a payload that is JSON already.
  package static func call(id: String, action: String, payload: [UInt8]) -> [UInt8] {
    build { request(2, id, action, &$0) { $0.raw(payload) } }
  }

  /// `[6, id, action, payload]`, 2.1 only.
  package static func send(id: String, action: String, payload: JSON) -> [UInt8] {
    build { request(6, id, action, &$0, payload.write) }
  }

  /// `[3, id, payload]`; `payload` writes exactly one object.
  package static func result(
    id: String, into writer: inout JSONWriter, payload: (inout JSONWriter) -> Void
  ) {
    writer.beginArray()
    writer.int(3)
    writer.string(id)
    payload(&writer)
    writer.endArray()
  }

  /// `[3, id, payload]`
  package static func result(id: String, payload: JSON) -> [UInt8] {
    build { result(id: id, into: &$0, payload: payload.write) }
  }

  /// `[3, id, payload]` with a payload that is JSON already.
  package static func result(id: String, payload: [UInt8]) -> [UInt8] {
    build { result(id: id, into: &$0) { $0.raw(payload) } }
  }

  /// `[4, id, code, description, details]`, the code spelled as the version does and the
  /// description cut to its limit.
  package static func error(
    id: String, code: ErrorCode, description: String = "", details: JSON = [:],
    version: OCPPVersion
  ) -> [UInt8] {
    build { failure(4, id, code.spelling(in: version), description, details, &$0) }
  }

  /// `[5, id, code, description, details]`, 2.1 only.
  package static func resultError(
    id: String, code: ErrorCode, description: String = "", details: JSON = [:]
  ) -> [UInt8] {
    build { failure(5, id, code.spelling(in: .v21), description, details, &$0) }
  }

  private static func build(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter(capacity: 256)
    body(&writer)
    return writer.bytes
  }

  private static func request(
    _ type: Int, _ id: String, _ action: String, _ writer: inout JSONWriter,
    _ payload: (inout JSONWriter) -> Void
  ) {
    writer.beginArray()
    writer.int(type)
    writer.string(id)
    writer.string(action)
    payload(&writer)
    writer.endArray()
  }

  private static func failure(
    _ type: Int, _ id: String, _ code: String, _ description: String, _ details: JSON,
    _ writer: inout JSONWriter
  ) {
    writer.beginArray()
    writer.int(type)
    writer.string(id)
    writer.string(code)
    writer.string(cut(description))
    details.write(into: &writer)
    writer.endArray()
  }

  /// The text, at most so many Unicode scalars of it.
  static func cut(_ text: String, to limit: Int = descriptionLimit) -> String {
    guard text.utf8.count > limit else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
  }
}

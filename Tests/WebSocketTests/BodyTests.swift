import Testing

@testable import WebSocket

/// Bodies of requests: how they are framed, and how that is abused.
struct BodyTests {
  private static func head(_ fields: [(String, String)], minorVersion: Int = 1) -> RequestHead {
    var all = HeaderFields()
    for (name, value) in fields { all.append(name, value) }
    return RequestHead(method: "PUT", target: "/", minorVersion: minorVersion, fields: all)
  }

  /// The body of a stream that comes in pieces of a size, and whether it was whole.
  private static func read(
    _ stream: String, _ fields: [(String, String)], piece: Int, limit: Int = 1000
  ) throws(BodyDecoder.Flaw) -> (body: String, isDone: Bool) {
    var decoder = try BodyDecoder(head(fields), limit: limit)
    var body: [UInt8] = []
    let bytes = Array(stream.utf8)
    var place = 0
    while place < bytes.count {
      let part = Array(bytes[place..<min(place + piece, bytes.count)])
      place += part.count
      let result = part.withUnsafeBytes { raw -> Result<Void, BodyDecoder.Flaw> in
        do throws(BodyDecoder.Flaw) {
          try decoder.feed(raw) {
            body.append(contentsOf: $0)
            return true
          }
          return .success(())
        } catch {
          return .failure(error)
        }
      }
      try result.get()
    }
    #expect(decoder.count == body.count)
    return (String(decoding: body, as: UTF8.self), decoder.isDone)
  }

  private static let chunks = [("Transfer-Encoding", "Chunked")]

  @Test(
    "a body is as long as its head says, and what follows is left alone", arguments: [1, 3, 99])
  func length(piece: Int) throws {
    let read = try Self.read("hello world", [("Content-Length", "5")], piece: piece)
    #expect(read.body == "hello")
    #expect(read.isDone)
    let short = try Self.read("hell", [("content-length", "5")], piece: piece)
    #expect(!short.isDone)
    #expect(try BodyDecoder(Self.head([("Content-Length", "0")]), limit: 0).isDone)
  }

  @Test("chunks are joined, their extensions and trailers dropped", arguments: [1, 2, 7, 99])
  func chunked(piece: Int) throws {
    let stream =
      "5\r\nhello\r\n1;name=\"v\"\r\n \r\n00A\nworld, hey\r\n0\r\nChecksum: x\r\nMore: y\r\n\r\nGET /"
    let read = try Self.read(stream, Self.chunks, piece: piece)
    #expect(read.body == "hello world, hey")
    #expect(read.isDone)
    #expect(try !Self.read("3\r\nabc\r\n0\r\n", Self.chunks, piece: piece).isDone)
  }

  @Test(
    "a head that can be read in two ways is refused",
    arguments: [
      ([], .lengthRequired), ([("Content-Length", "5"), ("Content-Length", "6")], .ambiguous),
      ([("Content-Length", "5, 6")], .ambiguous), ([("Content-Length", "-5")], .ambiguous),
      ([("Content-Length", "+5")], .ambiguous), ([("Content-Length", "0x5")], .ambiguous),
      ([("Content-Length", "5 5")], .ambiguous),
      ([("Content-Length", "99999999999999999999")], .ambiguous),
      ([("Content-Length", "1001")], .tooLarge),
      ([("Content-Length", "5"), ("Transfer-Encoding", "chunked")], .ambiguous),
      ([("Transfer-Encoding", "gzip, chunked")], .unsupportedCoding),
      ([("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")], .unsupportedCoding),
      ([("Transfer-Encoding", "identity")], .unsupportedCoding),
    ] as [([(String, String)], BodyDecoder.Flaw)])
  func heads(_ fields: [(String, String)], _ flaw: BodyDecoder.Flaw) {
    #expect(throws: flaw) { try BodyDecoder(Self.head(fields), limit: 1000) }
  }

  @Test("lengths that agree are one, and HTTP/1.0 has no chunks")
  func agreeing() throws {
    let twice = Self.head([("Content-Length", "5"), ("Content-Length", "5")])
    #expect(try BodyDecoder(twice, limit: 5).length == 5)
    #expect(throws: BodyDecoder.Flaw.ambiguous) {
      try BodyDecoder(Self.head(Self.chunks, minorVersion: 0), limit: 5)
    }
  }

  @Test(
    "chunks that are none, or too much, are refused",
    arguments: [
      ("x\r\n", .malformedChunk), ("\r\n", .malformedChunk), ("-1\r\n", .malformedChunk),
      ("+1\r\n", .malformedChunk), ("1\r\nab\r\n", .malformedChunk),
      ("3E9\r\n", .tooLarge),
      ("3E8\r\n" + String(repeating: "a", count: 1000) + "\r\n1\r\n", .tooLarge),
      ("FFFFFFFFFFFFFFFF\r\n", .malformedChunk), ("FFFFFFFFFFFF\r\n", .tooLarge),
      ("1;" + String(repeating: "e", count: 2000), .malformedChunk),
      ("0\r\n" + String(repeating: "a: b\r\n", count: 5000), .malformedChunk),
    ] as [(String, BodyDecoder.Flaw)])
  func flaws(_ stream: String, _ flaw: BodyDecoder.Flaw) {
    for piece in [1, 64, 100_000] {
      #expect(throws: flaw) { try Self.read(stream, Self.chunks, piece: piece) }
    }
  }
}

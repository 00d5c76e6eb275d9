/// The body of a request, as its head says how it is framed (RFC 9112 §6): by its length, or in
/// chunks.
package struct BodyDecoder {
  /// Why a body can't be read.
  package enum Flaw: Error, Equatable, Sendable {
    /// Neither a length nor chunks: 411.
    case lengthRequired
    /// Larger than what may come: 413.
    case tooLarge
    /// Another coding than chunked, 501.
    case unsupportedCoding
    /// Both, several lengths, or what is no number (RFC 9112 §6.3): 400, as somebody on the way may
    /// have read it otherwise.
    case ambiguous
    /// A chunk's size or end is none, or its line is too long.
    case malformedChunk

    package var response: HTTPResponse {
      switch self {
      case .lengthRequired:
        HTTPResponse(411, "Length Required", text: "Content-Length or chunks are needed.")
      case .tooLarge: HTTPResponse(413, "Content Too Large", text: "The body is too large.")
      case .unsupportedCoding:
        HTTPResponse(501, "Not Implemented", text: "Of transfer codings, chunked is known.")
      case .ambiguous: HTTPResponse(400, "Bad Request", text: "The body's length is ambiguous.")
      case .malformedChunk: HTTPResponse(400, "Bad Request", text: "A chunk is malformed.")
      }
    }
  }

  private enum State {
    /// So many bytes to come, of the body or of a chunk.
    case data(Int)
    case chunkSize
    /// The line end behind a chunk.
    case chunkEnd
    case trailer
    case done
  }

  /// Longest line of a chunk's size with its extensions, and of all trailers together.
  private static let lineLimit = 1024
  private static let trailerLimit = 8192

  private let limit: Int
  private let isChunked: Bool
  private var state: State
  private var line: [UInt8] = []
  private var trailerBytes = 0
  /// Bytes of the body so far.
  package private(set) var count = 0
  /// The body's size, where its head says it.
  package let length: Int?

  /// - Parameter limit: most bytes of the body.
  package init(_ head: RequestHead, limit: Int) throws(Flaw) {
    self.limit = limit
    let codings = head.fields.items(of: "Transfer-Encoding")
    let lengths = Set(head.fields.items(of: "Content-Length"))
    if !codings.isEmpty {
      guard lengths.isEmpty, head.minorVersion >= 1 else { throw .ambiguous }
      guard codings.count == 1, HeaderFields.sameName(codings[0], "chunked") else {
        throw .unsupportedCoding
      }
      (isChunked, state, length) = (true, .chunkSize, nil)
      return
    }
    guard let text = lengths.first else { throw .lengthRequired }
    guard lengths.count == 1, text.utf8.count <= 18,
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text)
    else { throw .ambiguous }
    guard length <= limit else { throw .tooLarge }
    (isChunked, self.length) = (false, length)
    state = length == 0 ? .done : .data(length)
  }

  package var isDone: Bool {
    if case .done = state { true } else { false }
  }

  /// Takes the next bytes of the stream; hands on pieces of the body until `take` returns false.
  /// What stands behind the body is left alone.
  package mutating func feed(
    _ bytes: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Bool
  ) throws(Flaw) {
    var rest = bytes
    while !rest.isEmpty {
      switch state {
      case .done: return
      case .data(let left):
        let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(left))
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
        count += piece.count
        state = left > piece.count ? .data(left - piece.count) : isChunked ? .chunkEnd : .done
        guard take(piece) else { return }
      case .chunkSize, .chunkEnd, .trailer:
        let end = rest.firstIndex(of: 0x0A)
        line.append(contentsOf: rest[..<(end ?? rest.count)])
        rest = UnsafeRawBufferPointer(rebasing: rest[(end.map { $0 + 1 } ?? rest.count)...])
        guard line.count <= Self.lineLimit else { throw .malformedChunk }
        guard end != nil else { return }
        if line.last == 0x0D { line.removeLast() }
        try takeLine()
        line.removeAll(keepingCapacity: true)
      }
    }
  }

  private mutating func takeLine() throws(Flaw) {
    switch state {
    case .chunkEnd:
      guard line.isEmpty else { throw .malformedChunk }
      state = .chunkSize
    case .chunkSize:
      let digits = line.prefix { $0 != UInt8(ascii: ";") && !$0.isBlank }
      guard (1...12).contains(digits.count),
        let size = Int(String(decoding: digits, as: UTF8.self), radix: 16),
        digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-")
      else { throw .malformedChunk }
      guard size <= limit - count else { throw .tooLarge }
      state = size == 0 ? .trailer : .data(size)
    case .trailer:
      trailerBytes += line.count
      guard trailerBytes <= Self.trailerLimit else { throw .malformedChunk }
      if line.isEmpty { state = .done }
    case .data, .done: break
    }
  }
}

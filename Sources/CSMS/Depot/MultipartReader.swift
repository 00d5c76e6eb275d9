/// The one file of a `multipart/form-data` body (RFC 7578), piece by piece. Other parts are passed
/// over. It keeps no more of the body than a boundary is long, and a part's head.
struct MultipartReader {
  enum Flaw: Error, Equatable {
    /// No boundary in the content type, or one that is none.
    case noBoundary
    /// A part's head is too long, or the body ends within a part.
    case malformed
    case noFile
    case severalFiles
  }

  private enum State {
    /// Before the first boundary, or in a part that is no file.
    case skipping
    /// Behind a boundary, up to the end of its line.
    case boundaryEnd
    case head
    case file
    /// Behind the last boundary.
    case done
  }

  private static let headLimit = 4096

  private let delimiter: [UInt8]
  private var state = State.skipping
  /// What was taken and not decided yet.
  private var held: [UInt8]
  /// Of the file part, once its head was read.
  private(set) var fileName: String?

  /// Nil when the type is another.
  static func boundary(_ contentType: String) throws(Flaw) -> String? {
    let parts = contentType.split(separator: ";").map { $0.drop { $0 == " " } }
    guard parts.first?.lowercased() == "multipart/form-data" else { return nil }
    for part in parts.dropFirst() where part.lowercased().hasPrefix("boundary=") {
      var value = part.dropFirst(9)
      while value.last == " " { value.removeLast() }
      if value.count >= 2, value.first == "\"", value.last == "\"" {
        value = value.dropFirst().dropLast()
      }
      guard (1...70).contains(value.utf8.count) else { throw .noBoundary }
      return String(value)
    }
    throw .noBoundary
  }

  init(boundary: String) {
    delimiter = Array("\r\n--\(boundary)".utf8)
    // The first boundary may stand at the very beginning.
    held = [13, 10]
  }

  /// Takes the next bytes; hands on pieces of the file.
  mutating func feed(
    _ bytes: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Void
  ) throws(Flaw) {
    held.append(contentsOf: bytes)
    var from = 0
    while from < held.count {
      switch state {
      case .done:
        held = []
        return
      case .skipping, .file:
        let found = find(delimiter, from: from)
        // What may be the beginning of a delimiter waits.
        let end = found ?? max(from, held.count - delimiter.count + 1)
        if case .file = state {
          held.withUnsafeBytes { take(UnsafeRawBufferPointer(rebasing: $0[from..<end])) }
        }
        from = end
        guard found != nil else { return drop(from) }
        from += delimiter.count
        state = .boundaryEnd
      case .boundaryEnd:
        guard held.count - from >= 2 else { return drop(from) }
        if held[from] == UInt8(ascii: "-"), held[from + 1] == UInt8(ascii: "-") {
          state = .done
        } else {
          guard let end = find([13, 10], from: from) else {
            guard held.count - from <= 128 else { throw .malformed }
            return drop(from)
          }
          guard held[from..<end].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else {
            throw .malformed
          }
          // The line end stays: a head without lines ends right behind it.
          from = end
          state = .head
        }
      case .head:
        guard let end = find([13, 10, 13, 10], from: from) else {
          guard held.count - from <= Self.headLimit else { throw .malformed }
          return drop(from)
        }
        guard end - from <= Self.headLimit else { throw .malformed }
        let name = Self.fileName(String(decoding: held[from..<end], as: UTF8.self))
        from = end + 4
        if let name {
          guard fileName == nil else { throw .severalFiles }
          fileName = name
        }
        state = name == nil ? .skipping : .file
      }
    }
    drop(from)
  }

  /// The body has ended.
  func finish() throws(Flaw) {
    guard case .done = state else { throw .malformed }
    guard fileName != nil else { throw .noFile }
  }

  private mutating func drop(_ count: Int) { held.removeFirst(min(count, held.count)) }

  private func find(_ needle: [UInt8], from: Int) -> Int? {
    guard held.count - from >= needle.count else { return nil }
    return held.withUnsafeBytes { bytes in
      var place = from
      let last = bytes.count - needle.count
      while place <= last {
        guard let next = bytes[place...last].firstIndex(of: needle[0]) else { return nil }
        if bytes[next..<next + needle.count].elementsEqual(needle) { return next }
        place = next + 1
      }
      return nil
    }
  }

  /// Of a head's Content-Disposition; nil for a part that is no file.
  private static func fileName(_ head: String) -> String? {
    for line in head.split(separator: "\r\n") {
      guard line.lowercased().hasPrefix("content-disposition:") else { continue }
      guard let start = line.range(ofLowercased: "filename=") else { return nil }
      let value = line[start...]
      guard value.first == "\"" else { return String(value.prefix { $0 != ";" && $0 != " " }) }
      return String(value.dropFirst().prefix { $0 != "\"" })
    }
    return nil
  }
}

extension Substring {
  /// Behind the first occurrence of a word that begins a parameter.
  fileprivate func range(ofLowercased word: String) -> Index? {
    var place = startIndex
    while place < endIndex {
      let isFree =
        place == startIndex || self[index(before: place)] == " "
        || self[index(before: place)] == ";"
      if isFree, self[place...].prefix(word.count).lowercased() == word {
        return index(place, offsetBy: word.count)
      }
      place = index(after: place)
    }
    return nil
  }
}

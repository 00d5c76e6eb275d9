import Testing

@testable import CSMS

/// Forms with a file in them.
struct MultipartTests {
  private static func read(_ body: String, piece: Int) throws -> (file: String, name: String?) {
    var reader = MultipartReader(boundary: "XyZ")
    var file: [UInt8] = []
    let bytes = Array(body.utf8)
    var place = 0
    while place < bytes.count {
      let part = Array(bytes[place..<min(place + piece, bytes.count)])
      place += part.count
      let result = part.withUnsafeBytes { raw -> Result<Void, MultipartReader.Flaw> in
        do throws(MultipartReader.Flaw) {
          return .success(try reader.feed(raw) { file.append(contentsOf: $0) })
        } catch {
          return .failure(error)
        }
      }
      try result.get()
    }
    try reader.finish()
    return (String(decoding: file, as: UTF8.self), reader.fileName)
  }

  private static func part(_ disposition: String, _ content: String) -> String {
    "--XyZ\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; \(disposition)\r\n\r\n"
      + content + "\r\n"
  }

  private static let sizes = [1, 2, 3, 10, 10_000]

  @Test("the file is found among the fields, whatever is in it", arguments: sizes)
  func file(piece: Int) throws {
    let content = "a\r\n--Xy\r\n--XYZ\r\n\r\n--\r\n-\r\r\n--Xy"
    let form =
      "preamble\r\n" + Self.part("name=\"id\"", "filename=\"no\"")
      + Self.part("name=\"f\"; filename=\"log 1.zip\"", content) + Self.part("name=\"x\"", "1")
      + "--XyZ--\r\nepilogue"
    let read = try Self.read(form, piece: piece)
    #expect(read.file == content)
    #expect(read.name == "log 1.zip")
    let bare = try Self.read(Self.part("filename=a.log", "") + "--XyZ--", piece: piece)
    #expect(bare.file == "")
    #expect(bare.name == "a.log")
  }

  @Test("a form without a file, with two, or without an end is refused", arguments: sizes)
  func flaws(piece: Int) {
    let file = Self.part("name=\"f\"; filename=\"a\"", "content")
    let cases: [(String, MultipartReader.Flaw)] = [
      (Self.part("name=\"f\"", "content") + "--XyZ--", .noFile),
      (file + file + "--XyZ--", .severalFiles), (file, .malformed), ("", .malformed),
      ("--XyZ--", .noFile), ("--XyZ\r\nContent-Disposition: form-data", .malformed),
      ("--XyZ garbage\r\n\r\n", .malformed),
      ("--XyZ\r\n" + String(repeating: "a", count: 9000), .malformed),
    ]
    for (form, flaw) in cases {
      #expect(throws: flaw, "\(form.prefix(40))") { try Self.read(form, piece: piece) }
    }
  }

  @Test("the boundary stands in the content type")
  func boundary() throws {
    #expect(try MultipartReader.boundary("application/zip") == nil)
    #expect(try MultipartReader.boundary("") == nil)
    #expect(try MultipartReader.boundary("multipart/form-data; boundary=abc") == "abc")
    #expect(
      try MultipartReader.boundary("Multipart/Form-Data;charset=x; BOUNDARY=\"a b\"") == "a b")
    for type in [
      "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
      "multipart/form-data; boundary=" + String(repeating: "x", count: 71),
    ] {
      #expect(throws: MultipartReader.Flaw.noBoundary) { try MultipartReader.boundary(type) }
    }
  }
}

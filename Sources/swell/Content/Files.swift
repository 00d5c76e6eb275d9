import Foundation

/// Reading the files that a person names, with errors for a person.
enum Files {
  static func text(_ path: String) throws -> String {
    let data = try bytes(path)
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Failure("\(path) is not UTF-8 text. Save it as UTF-8 and try again.")
    }
    return text
  }

  static func bytes(_ path: String) throws -> Data {
    if path == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw Failure("\(path) can't be read: \((error as NSError).localizedDescription)")
    }
  }
}

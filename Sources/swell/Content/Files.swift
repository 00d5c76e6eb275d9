import Foundation
import Glibc

/// Reading the files that a person names, with errors for a person.
enum Files {
  static func text(_ path: String) throws -> String {
    let data = try bytes(path)
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Failure("\(path) is not UTF-8 text. Save it as UTF-8 and try again.")
    }
    return text
  }

  /// The system's word for what stands in the way.
  private static func reason(_ path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return String(cString: strerror(errno)) }
    close(descriptor)
    var facts = stat()
    if stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR { return "it is a directory" }
    return "it is no readable file"
  }

  static func bytes(_ path: String) throws -> Data {
    if path == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw Failure("\(path) can't be read: \(reason(path)). Nothing was done.")
    }
  }
}

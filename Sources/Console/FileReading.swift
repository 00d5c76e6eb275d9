import Control
import Fleet

/// A file of the person's machine, by the path as it was typed.
package enum FileRequest: Sendable, Equatable {
  /// Text of a table, in UTF-8.
  case table(path: String)
  /// An image of firmware: only what it measures.
  case image(path: String)

  package var path: String {
    switch self {
    case .table(let path), .image(let path): path
    }
  }

  /// What evidence and refusals call it.
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

package enum FileContent: Sendable, Equatable {
  case table(String)
  /// `path` is absolute: the engine serves the file from there. `sha256` is in lower-case
  /// hexadecimal digits.
  case image(path: String, bytes: Int, sha256: String)
}

extension ConsoleState {
  /// A file was read for the form that waits for it: what it says goes to the engine.
  mutating func take(
    _ request: FileRequest, _ result: Result<FileContent, ControlError>
  ) -> [ConsoleEffect] {
    guard var form, form.reads == request else { return [] }
    form.reads = nil
    form.waiting = nil
    self.form = form
    switch result {
    case .failure(let error):
      self.form?.problem = error.message
      return []
    case .success(let content):
      let command: Command
      switch content {
      case .table(let text):
        command = .importChargers(csv: text, source: request.name, dryRun: true)
      case .image(let path, let bytes, let sha256):
        guard case .success(var image) = firmware(of: form) else { return [] }
        image.location = .depot(path: path)
        (image.size, image.sha256) = (bytes, sha256)
        command = .addFirmware(image)
      }
      return begin([command])
    }
  }
}

import Console
import Control
import Foundation
import Trust

/// A file that somebody named in the console.
enum NamedFile {
  /// `~` stands for the home of whoever runs the console, as in a shell.
  static func read(_ request: FileRequest) -> Result<FileContent, ControlError> {
    let path = (request.path as NSString).expandingTildeInPath
    do {
      switch request {
      case .table: return .success(.table(try Files.text(path)))
      case .image:
        let image = try Files.bytes(path)
        return .success(
          .image(
            path: URL(fileURLWithPath: path).standardizedFileURL.path, bytes: image.count,
            sha256: Hex.encode(Digest.sha256(Array(image)))))
      }
    } catch let failure as Failure {
      return .failure(.invalid(failure.message))
    } catch {
      return .failure(.invalid("\(path) can't be read: \(error)."))
    }
  }
}

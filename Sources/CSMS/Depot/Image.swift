import Fleet
import Glibc
import Trust

/// A file of the depot as it was when it was found to be the image of the catalogue.
struct Image: Sendable {
  let firmware: Firmware
  /// Nil for an image elsewhere.
  let path: String?
  /// Nil when there is no such file, or another one than was added.
  private let seen: Sighting?

  /// What changes when a file is replaced or written to.
  private struct Sighting: Sendable, Equatable {
    var inode: UInt
    var size: Int
    var modified: Int64
    var changed: Int64

    init(_ status: stat) {
      inode = UInt(status.st_ino)
      size = Int(status.st_size)
      modified = Self.nanoseconds(status.st_mtim)
      changed = Self.nanoseconds(status.st_ctim)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
      Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
  }

  /// Reads the whole file.
  init(_ firmware: Firmware) {
    self.firmware = firmware
    guard case .depot(let path) = firmware.location else {
      (self.path, seen) = (nil, nil)
      return
    }
    self.path = path
    seen = Self.sighting(of: firmware, at: path)
  }

  func isSame(as status: stat) -> Bool { seen == Sighting(status) }

  var isUnchanged: Bool {
    guard let path else { return true }
    var status = stat()
    return stat(path, &status) == 0 && isSame(as: status)
  }

  private static func sighting(of firmware: Firmware, at path: String) -> Sighting? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, firmware.size == nil || firmware.size == Int(status.st_size)
    else { return nil }
    guard let wanted = firmware.sha256 else { return Sighting(status) }
    let digest = SHA256()
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { piece.deallocate() }
    while true {
      let count = read(file, piece.baseAddress, piece.count)
      if count < 0 { return nil }
      if count == 0 { break }
      digest.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
    }
    return Hex.encode(digest.finalize()) == wanted ? Sighting(status) : nil
  }
}

import Fleet
import Glibc
import Trust

/// An image of the catalogue as it was when it was last looked at: whether its bytes are those that
/// were added, and whether its signature is its maker's (OCPP 2.0.1 L01.FR.12, before any charger
/// has to find out).
package struct Image: Sendable {
  let firmware: Firmware
  /// Nil for an image elsewhere, of which no bytes are here.
  let path: String?
  /// The file as it was read; nil when it could not be.
  private let seen: Sighting?
  /// What is wrong with its bytes or its signature over them.
  private let flaw: ImageFlaw?
  /// How its signature was made; nil without one, and for an image elsewhere.
  package let scheme: SigningCertificate.Scheme?
  private let signer: SigningCertificate?

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
  package init(_ firmware: Firmware) {
    self.firmware = firmware
    var seen: Sighting?
    var flaw: ImageFlaw?
    var signer: SigningCertificate?
    var scheme: SigningCertificate.Scheme?
    if case .depot(let path) = firmware.location { self.path = path } else { path = nil }
    do throws(ImageFlaw) {
      let signature = try Self.signature(of: firmware)
      signer = signature?.signer
      if let path {
        let digests = try Self.read(path, &seen, withSHA384: signer?.wantsSHA384 ?? false)
        guard firmware.size == nil || firmware.size == seen?.size,
          firmware.sha256 == nil || firmware.sha256 == Hex.encode(digests.sha256)
        else { throw .changed(path: path) }
        if let signature { scheme = try Self.check(signature, digests) }
      }
    } catch {
      flaw = error
    }
    (self.seen, self.flaw, self.signer, self.scheme) = (seen, flaw, signer, scheme)
  }

  /// Why it must not be sent, if so.
  /// - Parameters:
  ///   - authorities: PEM; where nobody is trusted yet, nobody's chain is asked for.
  ///   - now: seconds since 1970.
  package func flaw(trusting authorities: [String], at now: Int64) -> ImageFlaw? {
    if let flaw { return flaw }
    guard let signer, !authorities.isEmpty else { return nil }
    do throws(SigningFlaw) {
      try signer.checkChain(authorities: authorities, at: now)
      return nil
    } catch {
      return .signing(error)
    }
  }

  /// Whether a file is the one that was read, and is what was added.
  func isSame(as status: stat) -> Bool { flaw == nil && seen == Sighting(status) }

  /// Whether the file is as it was when it was read, sound or not.
  var isUnchanged: Bool {
    guard let path else { return true }
    var status = stat()
    return stat(path, &status) == 0 && seen == Sighting(status)
  }

  private typealias Digests = (sha256: [UInt8], sha384: [UInt8]?)
  private typealias Signature = (bytes: [UInt8], signer: SigningCertificate)

  private static func signature(of firmware: Firmware) throws(ImageFlaw) -> Signature? {
    guard let text = firmware.signature else { return nil }
    if text.utf8.count > 800 { throw .tooLong(what: "signature", limit: 800) }
    guard let bytes = Base64.decode(text) else { throw .notBase64 }
    guard let pem = firmware.signingCertificate else { throw .noCertificate }
    if pem.utf8.count > 5500 { throw .tooLong(what: "signing certificate", limit: 5500) }
    do throws(SigningFlaw) {
      return (bytes, try SigningCertificate(pem: pem))
    } catch {
      throw .signing(error)
    }
  }

  private static func check(
    _ signature: Signature, _ digests: Digests
  ) throws(ImageFlaw) -> SigningCertificate.Scheme {
    do throws(SigningFlaw) {
      return try signature.signer.check(
        signature.bytes, sha256: digests.sha256, sha384: digests.sha384)
    } catch {
      throw .signing(error)
    }
  }

  private static func read(
    _ path: String, _ seen: inout Sighting?, withSHA384: Bool
  ) throws(ImageFlaw) -> Digests {
    func unreadable() -> ImageFlaw {
      .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw unreadable() }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw unreadable() }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path, reason: "it is no file")
    }
    let sha256 = SHA256()
    let sha384 = withSHA384 ? SHA384() : nil
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { piece.deallocate() }
    while true {
      let count = Glibc.read(file, piece.baseAddress, piece.count)
      if count < 0 { throw unreadable() }
      if count == 0 { break }
      sha256.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
      sha384?.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
    }
    seen = Sighting(status)
    return (sha256.finalize(), sha384?.finalize())
  }
}

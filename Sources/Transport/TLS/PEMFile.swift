import COpenSSL
import Glibc
import Trust

/// The certificates, lists and key of a PEM file (RFC 7468), in their order.
///
/// Owns OpenSSL's objects and frees them at its end.
struct PEMFile: ~Copyable {
  let path: String
  private let infos: OpaquePointer
  private let bytes: [UInt8]

  /// Reads at most 4 MB.
  init(_ path: String) throws(TLSError) {
    let bytes = try Self.read(path)
    // A file without any PEM gives an empty list.
    guard
      let infos = PEM.reading(bytes, { PEM_X509_INFO_read_bio($0, nil, PEM.noPassword, nil) })
    else {
      ERR_clear_error()
      throw .noCertificate(path: path)
    }
    ERR_clear_error()
    self.path = path
    self.bytes = bytes
    self.infos = infos
  }

  deinit { swell_x509_infos_free(infos) }

  /// Borrowed from the file.
  var certificates: [OpaquePointer] {
    (0..<swell_x509_infos(infos)).compactMap { swell_x509_info_certificate(infos, $0) }
  }

  /// Borrowed from the file.
  var revocationLists: [OpaquePointer] {
    (0..<swell_x509_infos(infos)).compactMap { swell_x509_info_list(infos, $0) }
  }

  /// The first private key, which the caller frees; nil when there is none without a password.
  func makeKey() -> OpaquePointer? { PEM.makeKey(bytes) }

  private static func read(_ path: String) throws(TLSError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .unreadable(path: path, message: String(cString: strerror(errno)))
    }
    defer { Glibc.close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < 4 << 20 {
      let count = Glibc.read(descriptor, &piece, piece.count)
      guard count >= 0 else {
        throw .unreadable(path: path, message: String(cString: strerror(errno)))
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: piece[..<count])
    }
    throw .unreadable(path: path, message: "it is longer than 4 MB")
  }
}

extension Certificate {
  /// - Parameter pointer: an X509 of OpenSSL's.
  init?(x509 pointer: OpaquePointer?) {
    var der: UnsafeMutablePointer<UInt8>?
    let count = i2d_X509(pointer, &der)
    guard count > 0 else { return nil }
    defer { swell_free(der) }
    self.init(der: Array(UnsafeBufferPointer(start: der, count: Int(count))))
  }
}

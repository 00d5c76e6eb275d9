import COpenSSL

/// Signs images for demos and tests, as makers of chargers do with keys that never leave them.
package enum DemoSigner {
  /// A signature of a private key (PEM) over the whole image.
  package static func sign(
    _ image: [UInt8], key: Secret, as scheme: SigningCertificate.Scheme
  ) throws(TrustError) -> [UInt8] {
    guard let key = PEM.makeKey(key.bytes) else {
      throw .openSSL(operation: "PEM_read_bio_PrivateKey")
    }
    defer { EVP_PKEY_free(key) }
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    var details: OpaquePointer?
    let digest = scheme == .ecdsa384 ? EVP_sha384() : EVP_sha256()
    var isReady = EVP_DigestSignInit(context, &details, digest, nil, key) == 1
    if scheme == .rsaPSS {
      // RSA_PSS_SALTLEN_DIGEST, a cast that Swift does not import.
      isReady =
        isReady && EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) == 1
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(details, -1) == 1
    }
    var count = 0
    guard isReady, EVP_DigestSign(context, nil, &count, image, image.count) == 1 else {
      ERR_clear_error()
      throw .openSSL(operation: "EVP_DigestSign")
    }
    var signature = [UInt8](repeating: 0, count: count)
    guard EVP_DigestSign(context, &signature, &count, image, image.count) == 1 else {
      throw .openSSL(operation: "EVP_DigestSign")
    }
    return Array(signature.prefix(count))
  }
}

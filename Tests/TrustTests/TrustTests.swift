import Testing

@testable import Trust

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite struct DigestTests {
  @Test("SHA-1 gives RFC 6455's accept key")
  func acceptKey() {
    let key = "dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    #expect(Base64.encode(Digest.sha1(bytes(key))) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  @Test(
    "SHA-256 gives FIPS 180's vectors, at once and in pieces",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func sha256(_ text: String, _ digest: String) {
    #expect(Hex.encode(Digest.sha256(bytes(text))) == digest)
    let pieces = SHA256()
    for _ in 0..<2 {
      for byte in text.utf8 { pieces.update([byte]) }
      #expect(Hex.encode(pieces.finalize()) == digest)
    }
  }

  @Test("HMAC-SHA-256 gives RFC 4231's second vector")
  func hmac() {
    let code = HMAC.sha256(key: bytes("Jefe"), bytes("what do ya want for nothing?"))
    #expect(
      Hex.encode(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }
}

@Suite struct TextFormTests {
  @Test(
    "Base64 gives RFC 4648's vectors both ways",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(_ plain: String, _ text: String) {
    #expect(Base64.encode(bytes(plain)) == text)
    #expect(Base64.decode(text) == bytes(plain))
  }

  @Test(
    "Base64 refuses what is not canonical",
    arguments: ["Zg", "Zg=", "Z===", "====", "Zh==", "Zm9=", "Zm 9v", "Zg==Zg==", "Zm9v\n", "Zm-_"])
  func strict(_ text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test("Hex goes both ways and refuses halves and strangers")
  func hex() {
    let all = (0...255).map { UInt8($0) }
    #expect(Hex.decode(Hex.encode(all)) == all)
    #expect(Hex.decode("AbCd") == [0xAB, 0xCD])
    #expect(Hex.decode("abc") == nil)
    #expect(Hex.decode("zz") == nil)
  }
}

@Suite struct SecretTests {
  @Test("a secret prints as nothing but its placeholder")
  func silent() {
    struct Holder { let secret: Secret }
    let secret = Secret(bytes("hunter22"))
    var dumped = ""
    dump(Holder(secret: secret), to: &dumped)
    for text in ["\(secret)", String(reflecting: Holder(secret: secret)), dumped] {
      #expect(text.contains("‹secret›"))
      #expect(!text.contains("104"))
    }
  }

  @Test("scrypt gives RFC 7914's second vector")
  func vector() throws {
    let key = try PasswordHash.scrypt(
      bytes("password"), bytes("NaCl"), cost: 1024, blockSize: 8, parallelism: 16, length: 64)
    #expect(
      Hex.encode(key).hasPrefix("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b37"))
  }

  @Test("a stored hash takes its own secret and no other, through its text")
  func roundTrip() throws {
    let stored = [
      StoredSecret.scrypt(try .make(bytes("correct horse"))),
      StoredSecret.keyed(.make(bytes("correct horse"))),
    ]
    for secret in stored {
      let read = try StoredSecret(text: secret.text)
      #expect(read == secret)
      #expect(read.verify(bytes("correct horse")))
      #expect(!read.verify(bytes("correct horsf")))
      #expect(!read.verify([]))
    }
  }

  @Test(
    "a damaged hash is refused",
    arguments: [
      "", "plain", "scrypt$16384$8$1$AAAA", "scrypt$16383$8$1$AAAAAAAAAAA=$AAAA",
      "scrypt$1048576$32$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==", "hmac$$",
      "hmac$AAAAAAAAAAA=$AAAA",
    ])
  func damaged(_ text: String) {
    #expect(throws: TrustError.malformedHash) { try StoredSecret(text: text) }
  }

  @Test("random bytes have the length asked for and differ")
  func random() {
    #expect(Random.bytes(0).isEmpty)
    #expect(Random.bytes(32).count == 32)
    #expect(Random.bytes(32) != Random.bytes(32))
  }
}

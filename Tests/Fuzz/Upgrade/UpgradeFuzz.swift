import WebSocket

/// libFuzzer's entrance: the first byte picks how the rest, a head that somebody sent, is torn.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzUpgrade(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeBufferPointer(start: start, count: count)
  guard let first = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  let step = Int(first % 64) + 1
  request(bytes, step)
  response(bytes, step)
  return 0
}

/// Stops the fuzzer with its input.
private func check(_ isSo: Bool, _ what: @autoclosure () -> String) {
  if !isSo { preconditionFailure(what()) }
}

/// What a head turned out to be, and how many bytes of the input it took.
private enum Parsed<Head: MessageHead> {
  case head(Head, used: Int)
  case more
  case failure(HandshakeError)
}

private func parse<Head: MessageHead>(_ bytes: [UInt8], _ step: Int) -> Parsed<Head> {
  var parser = HeadParser<Head>()
  var taken = 0
  while taken < bytes.count {
    let piece = bytes[taken..<min(bytes.count, taken + step)]
    let result = piece.withUnsafeBytes {
      raw -> Result<(head: Head, consumed: Int)?, HandshakeError> in
      do throws(HandshakeError) { return .success(try parser.feed(raw)) } catch {
        return .failure(error)
      }
    }
    switch result {
    case .failure(let error): return .failure(error)
    case .success(let (head, consumed)?): return .head(head, used: taken + consumed)
    case .success(nil): taken += piece.count
    }
  }
  return .more
}

private func spelt(_ fields: HeaderFields) -> [String] {
  fields.all.map { "\($0.name): \($0.value)" }
}

/// A request reads the same in one piece and torn.
private func request(_ bytes: [UInt8], _ step: Int) {
  let whole: Parsed<RequestHead> = parse(bytes, max(1, bytes.count))
  let torn: Parsed<RequestHead> = parse(bytes, step)
  switch (whole, torn) {
  case (.head(let head, let used), .head(let again, let usedTorn)):
    check(head.method == again.method && head.target == again.target, "torn, it asks otherwise")
    check(spelt(head.fields) == spelt(again.fields), "torn, its fields read otherwise")
    check(used == usedTorn, "torn, it ends elsewhere")
    if Upgrade.isRequested(head) { upgrade(head) }
    range(head.fields["Range"], size: bytes.count)
  case (.failure(let error), .failure(let again)):
    check(error == again, "torn, it fails otherwise: \(error), \(again)")
    check(error.response.status >= 400, "a refusal that is none")
  case (.more, .more): break
  default: check(false, "torn, it is another thing: \(whole), \(torn)")
  }
}

/// What is answered to an upgrade is what a client takes that asked for it.
private func upgrade(_ head: RequestHead) {
  guard case .success(let request) = Upgrade.check(head) else { return }
  let subprotocol = request.offeredSubprotocols.last
  let bytes = Upgrade.response(
    key: request.key, subprotocol: subprotocol, deflate: request.deflate, sha1: digest)
  guard case .head(let answer, bytes.count) = parse(bytes, bytes.count) as Parsed<ResponseHead>
  else { return check(false, "the answer is no head") }
  let read = Upgrade.checkResponse(
    answer, key: request.key, offered: request.offeredSubprotocols, compression: true,
    sha1: digest)
  guard case .success(let agreed) = read else { return check(false, "the answer is not taken") }
  check(agreed.subprotocol == subprotocol, "another subprotocol")
  check((agreed.deflate == nil) == (request.deflate == nil), "another agreement")
  check((8...15).contains(request.deflate?.windowBits ?? 15), "a window that does not exist")
}

/// A response never does more than fail.
private func response(_ bytes: [UInt8], _ step: Int) {
  guard case .head(let head, _) = parse(bytes, step) as Parsed<ResponseHead> else { return }
  let read = Upgrade.checkResponse(
    head, key: "dGhlIHNhbXBsZSBub25jZQ==", offered: ["ocpp1.6", "ocpp2.0.1"], compression: true,
    sha1: digest)
  if case .success(let agreed) = read {
    check((8...15).contains(agreed.deflate?.windowBits ?? 15), "a window that does not exist")
  }
}

private func range(_ header: String?, size: Int) {
  guard case .part(let offset, let length) = ByteRange(header: header, size: size) else { return }
  check(offset >= 0 && length > 0 && offset + length <= size, "a range beyond its file")
}

/// Stands for SHA-1, so that the fuzzer can find a key's answer.
private func digest(_ bytes: [UInt8]) -> [UInt8] { Array(bytes.prefix(20)) }

import WebSocket

/// libFuzzer's entrance: the first byte picks the role, the limit and whether compression is
/// agreed, the second how the rest, a stream of frames, is torn.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWebSocketFrames(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeBufferPointer(start: start, count: count)
  guard count >= 2 else { return 0 }
  let role: EndpointRole = input[0] & 1 == 0 ? .server : .client
  let inflater = input[0] & 2 == 0 ? nil : MessageInflater()
  let limit = [16, 200, 1000, 65_536][Int(input[0] >> 2 & 3)]
  let bytes = Array(input.dropFirst(2))
  let whole = seen(bytes, role, limit, inflater) { bytes.count }
  let byByte = seen(bytes, role, limit, inflater) { 1 }
  check(whole == byByte, "byte by byte: \(byByte), whole: \(whole)")
  var state = UInt32(input[1]) &* 2_654_435_761 &+ 1
  let torn = seen(bytes, role, limit, inflater) {
    state = state &* 1_664_525 &+ 1_013_904_223
    return Int(state >> 24) % 37 + 1
  }
  check(whole == torn, "torn: \(torn), whole: \(whole)")
  return 0
}

/// Stops the fuzzer with its input.
private func check(_ isSo: Bool, _ what: @autoclosure () -> String) {
  if !isSo { preconditionFailure(what()) }
}

/// What a decoder says of a stream that comes in pieces of drawn sizes, and whether it is idle then.
private func seen(
  _ bytes: [UInt8], _ role: EndpointRole, _ limit: Int, _ inflater: MessageInflater?,
  _ size: () -> Int
) -> [String] {
  var decoder = FrameDecoder(role: role, messageLimit: limit)
  var said: [String] = []
  var isOver = false
  var rest = bytes[...]
  while !rest.isEmpty {
    var piece = Array(rest.prefix(max(1, size())))
    rest = rest.dropFirst(piece.count)
    piece.withUnsafeMutableBytes { raw in
      decoder.decode(raw, with: inflater) { event in
        check(!isOver, "something behind the end")
        switch event {
        case .text(let text):
          check(text.count <= limit, "a text of \(text.count) bytes")
          check(String(validating: text, as: UTF8.self) != nil, "text that is not UTF-8")
          said.append("text \(Array(text))")
        case .binary(let bytes):
          check(bytes.count <= limit, "a message of \(bytes.count) bytes")
          said.append("binary \(Array(bytes))")
        case .ping(let payload):
          check(payload.count <= 125, "a ping of \(payload.count) bytes")
          said.append("ping \(Array(payload))")
        case .pong(let payload):
          check(payload.count <= 125, "a pong of \(payload.count) bytes")
          said.append("pong \(Array(payload))")
        case .close(let code, let reason):
          check(code?.mayTravel ?? true, "close code \(code?.description ?? "")")
          isOver = true
          said.append("close \(code?.description ?? "-") \(reason)")
        case .failure(let code, let reason):
          check(code.mayTravel, "failure \(code)")
          isOver = true
          said.append("failure \(code) \(reason)")
        }
      }
    }
  }
  if isOver { check(decoder.isIdle, "something is kept behind the end") }
  return said + ["idle \(decoder.isIdle)"]
}

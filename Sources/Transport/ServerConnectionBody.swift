import WebSocket

// Bodies of plain requests.
extension ServerConnection {
  /// Reads the body of a plain request instead of answering at once. A request whose body can't be
  /// read, or is larger than `limit` bytes, is answered here (400, 411, 413, 417 or 501).
  package func receiveBody(of head: RequestHead, limit: Int, to sink: any BodySink) {
    guard let exchange, exchange.step == .deciding else { return }
    let expectation = head.fields["Expect"]
    guard expectation == nil || expectation?.lowercased() == "100-continue" else {
      sink.bodyLost(self)
      return respond(HTTPResponse(417, "Expectation Failed"), exchange)
    }
    do throws(BodyDecoder.Flaw) {
      exchange.body = RequestBody(try BodyDecoder(head, limit: limit), sink)
    } catch {
      sink.bodyLost(self)
      return respond(error.response, exchange)
    }
    exchange.step = .body
    settle(exchange)
    // RFC 9110 §10.1.1: not to HTTP/1.0, and not when the body has begun.
    if expectation != nil, head.minorVersion >= 1, exchange.early.isEmpty {
      enqueue { $0.append(contentsOf: Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
    }
    loop.arm(self, at: loop.now + listener.configuration.bodyTime)
    setReading(true)
    let early = exchange.early
    exchange.early = []
    early.withUnsafeBytes { tookBody($0, exchange) }
  }

  /// Stops reading the body; a piece that was read already still comes.
  package func pauseBody() {
    guard let exchange, exchange.step == .body, let body = exchange.body, !body.isPaused else {
      return
    }
    body.isPaused = true
    setReading(false)
    loop.disarm(self)
  }

  /// Goes on reading the body, whose time begins anew.
  package func resumeBody() {
    guard let exchange, exchange.step == .body, let body = exchange.body, body.isPaused else {
      return
    }
    body.isPaused = false
    body.seen = body.decoder.count
    setReading(true)
    loop.arm(self, at: loop.now + listener.configuration.bodyTime)
  }

  func tookBody(_ bytes: UnsafeRawBufferPointer, _ exchange: Exchange) {
    guard let body = exchange.body else { return }
    do throws(BodyDecoder.Flaw) {
      try body.decoder.feed(bytes) { piece in
        body.sink.received(self, body: piece)
        return exchange.step == .body && !isShut
      }
    } catch {
      return loseBody(exchange, error.response)
    }
    guard exchange.step == .body, body.decoder.isDone else { return }
    exchange.body = nil
    exchange.step = .deciding
    setReading(false)
    loop.arm(self, at: loop.now + listener.configuration.decisionTime)
    body.sink.bodyEnded(self)
  }

  /// The body will not be whole; its sender is told why, if it is still there.
  private func loseBody(_ exchange: Exchange, _ response: HTTPResponse?) {
    guard let body = exchange.body else { return }
    exchange.body = nil
    body.sink.bodyLost(self)
    if let response, exchange.step == .body { respond(response, exchange) }
  }

  /// A body that hardly grows holds a connection for nothing.
  func checkPace(_ exchange: Exchange) {
    guard let body = exchange.body else { return }
    guard body.decoder.count - body.seen >= listener.configuration.bodyLeast else {
      return loseBody(
        exchange, HTTPResponse(408, "Request Timeout", text: "The body came too slowly."))
    }
    body.seen = body.decoder.count
    loop.arm(self, at: loop.now + listener.configuration.bodyTime)
  }
}

import WebSocket

/// Where the body of a request goes, on its loop. One of `bodyEnded` and `bodyLost` is the last
/// call, unless the request is answered before.
package protocol BodySink: AnyObject {
  /// The next piece; valid only during the call. Whoever can't keep up calls `pauseBody`.
  func received(_ connection: ServerConnection, body: UnsafeRawBufferPointer)
  /// The body is whole: answer with `respond`, now or later.
  func bodyEnded(_ connection: ServerConnection)
  /// It will never be whole: the peer broke a rule and was told so, was too slow, or is gone.
  func bodyLost(_ connection: ServerConnection)
}

/// A body that is on its way.
final class RequestBody {
  var decoder: BodyDecoder
  let sink: any BodySink
  var isPaused = false
  /// Bytes of the body when its time last began to count.
  var seen = 0

  init(_ decoder: BodyDecoder, _ sink: any BodySink) {
    (self.decoder, self.sink) = (decoder, sink)
  }
}

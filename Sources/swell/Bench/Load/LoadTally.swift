/// What became of the messages and connections of a load client.
struct LoadTally: Sendable {
  /// WebSockets that are open now.
  var connected = 0
  /// Of those, chargers whose boot was answered.
  var booted = 0
  /// Messages sent and answered, boots included.
  var sent = 0
  var answered = 0
  /// Answers that are errors, or that answer nothing that was asked.
  var errors = 0
  /// Open connections that ended without being closed here.
  var disconnects = 0
  /// Connections that did not come to be, each attempt.
  var refusals = 0
  /// Messages that were due and could not be said, because nobody was there to say them.
  var unsaid = 0
  /// Of all messages but boots, from when they were due.
  var latencies = Latencies()
  /// From the beginning of a connection to the answer of its boot.
  var boots = Latencies()
  /// How connections ended, by the words for it, and what errors said: the first of each kind.
  var remarks: [String: Int] = [:]

  mutating func remark(_ text: String) {
    guard remarks.count < 50 || remarks[text] != nil else { return }
    remarks[text, default: 0] += 1
  }

  /// Begins to count anew; who is connected stays.
  mutating func take() -> LoadTally {
    defer {
      let (connected, booted) = (connected, booted)
      self = LoadTally()
      (self.connected, self.booted) = (connected, booted)
    }
    return self
  }
}

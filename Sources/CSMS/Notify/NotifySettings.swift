import Fleet

/// Who passes notices on.
package struct NotifySettings: Sendable, Equatable {
  /// For `/bin/sh -c`: gets one JSON object on its standard input.
  package var command: String
  /// Ended when it takes longer.
  package var timeout = Span.seconds(30)
  /// The pause after the first failure; each is twice the one before.
  package var pause = Span.seconds(5)
  package var longestPause = Span.hours(1)
  package init(command: String) { self.command = command }

  func pause(after attempts: Int) -> Span {
    var pause = pause
    for _ in 1..<max(2, min(attempts, 40)) where attempts > 1 && pause < longestPause {
      pause = Span(milliseconds: pause.milliseconds * 2)
    }
    return min(pause, longestPause)
  }
}

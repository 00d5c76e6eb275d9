import Control
import Fleet
import Transport

/// What an engine serves TLS with.
extension Engine {
  package var servesTLS: Bool { doorways.contains { $0.tls != nil } }

  /// Reads certificates, authorities and revocation lists of every address anew; connections stay.
  func reloadCertificates(_ command: Command, by caller: Caller) throws -> Outcome {
    do {
      guard servesTLS else {
        throw ControlError.refused(
          "No address of this engine speaks TLS: swell serve --tls-listen HOST:PORT.")
      }
      var failures: [String] = []
      for doorway in doorways {
        do throws(TLSError) {
          try doorway.tls?.reload()
        } catch {
          failures.append("\(doorway.settings.address(doorway.port)) stays as it was: \(error)")
        }
      }
      guard failures.isEmpty else {
        throw ControlError.refused(failures.joined(separator: " "))
      }
    } catch let error as ControlError {
      try core.wait { try $0.refused(command, caller, error, now: SystemClock.now) }
      throw error
    }
    let message = loaded(at: SystemClock.now)
    try core.wait { try $0.note(command, by: caller, message) }
    warnOfCertificates()
    return Outcome(message: message)
  }

  /// What is served and until when; one certificate once, whatever serves it.
  private func loaded(at now: Instant) -> String {
    var told: Set<String> = []
    let certificates = listenerInfo(at: now).flatMap(\.certificates).filter {
      told.insert($0.path).inserted
    }
    let each = certificates.map {
      "\($0.subject) (\($0.key)) until \(CivilDay($0.notAfter).dated)"
    }
    let warnings = listenerInfo(at: now).flatMap(\.warnings).filter { told.insert($0).inserted }
    return
      (["Loaded anew: \(each.joined(separator: ", ")). Connections stay as they are."]
      + warnings).joined(separator: " ")
  }

  func listenerInfo(at now: Instant) -> [ListenerInfo] {
    doorways.map { $0.info(prefix: settings.prefix, at: now) }
  }

  /// Says in the log what should be mended.
  func warnOfCertificates() {
    var told: Set<String> = []
    for warning in listenerInfo(at: SystemClock.now).flatMap(\.warnings)
    where told.insert(warning).inserted {
      log(.warning, warning)
    }
  }
}

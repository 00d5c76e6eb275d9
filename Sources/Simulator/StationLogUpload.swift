import OCPP

/// A log that was asked for and is on its way.
struct LogJob: Sendable, Equatable {
  /// Nil for GetDiagnostics of 1.6.
  var request: Int64?
}

// OCPP 1.6 §5.9 and §4.4, security white paper N01, OCPP 2.0.1 N01.
extension Station {
  mutating func getDiagnostics(_ payload: JSON, _ now: Int64) -> StationAnswer {
    guard let url = payload["location"]?.string else { return .malformed }
    let name = beginUpload(LogJob(request: nil), "diagnostics", to: url, now)
    return .result(["fileName": .string(name)])
  }

  mutating func getLog(_ payload: JSON, _ now: Int64) -> StationAnswer {
    guard let id = payload["requestId"]?.int, let type = payload["logType"]?.string,
      let url = payload["log"]?["remoteLocation"]?.string
    else { return .malformed }
    let isReplacing = logJob != nil
    let name = beginUpload(
      LogJob(request: id), type == "SecurityLog" ? "security" : "diagnostics", to: url, now)
    return .result([
      "status": .string(isReplacing ? "AcceptedCanceled" : "Accepted"), "filename": .string(name),
    ])
  }

  private mutating func beginUpload(
    _ job: LogJob, _ kind: String, to url: String, _ now: Int64
  ) -> String {
    logJob = job
    tellUpload("Uploading")
    var text = "\(profile.identity) \(profile.vendor) \(profile.model) \(firmware) \(kind)\n"
    for line in 0..<200 {
      text += "\(DateTime.format(now - Int64(200 - line) * 1000)) register"
      text += " \(connectors[line % connectors.count].register) Wh, line \(line)\n"
    }
    act(.upload(url: url, body: Array(text.utf8)))
    return "\(profile.identity)-\(kind).log"
  }

  mutating func uploaded(_ isThere: Bool) {
    guard let job = logJob else { return }
    tellUpload(isThere ? "Uploaded" : job.request == nil ? "UploadFailed" : "UploadFailure")
    logJob = nil
  }

  private mutating func tellUpload(_ status: String) {
    guard let job = logJob else { return }
    guard let id = job.request else {
      return enqueue("DiagnosticsStatusNotification", ["status": .string(status)])
    }
    enqueue("LogStatusNotification", ["status": .string(status), "requestId": .int(id)])
  }
}

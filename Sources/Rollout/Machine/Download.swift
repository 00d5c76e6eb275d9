import Fleet

/// A download under way, and one that stands still.
extension UpgradeTurn {
  mutating func noteProgress() {
    memory.progressAt = now
    if upgrade.phase == .ordered || upgrade.phase == .downloading {
      memory.askedFirmwareStatus = false
    }
  }

  /// A quarter of the time for a download without a byte or a word is a stall.
  private var stall: Span { Span(milliseconds: max(1, limits.download.milliseconds / 4)) }

  private var isDownloading: Bool { upgrade.phase == .ordered || upgrade.phase == .downloading }

  private var lastProgress: Instant {
    max(memory.progressAt ?? upgrade.enteredAt, upgrade.enteredAt)
  }

  /// When a stalled charger is asked.
  var stalledAt: Instant? {
    isDownloading && !memory.askedFirmwareStatus ? lastProgress + stall : nil
  }

  /// Asks once how it goes. Only the word Idle ends the download; nothing else proves anything.
  mutating func lookForStall() {
    guard let stalledAt, stalledAt <= now, mayAsk else { return }
    memory.askedFirmwareStatus = true
    ask(.triggerFirmwareStatus)
  }

  mutating func giveUpDownload() {
    if mayAsk, !memory.askedFirmwareStatus {
      memory.askedFirmwareStatus = true
      ask(.triggerFirmwareStatus)
      memory.limit = now + limits.answer + limits.answer
      return
    }
    guard view.online else {
      fail(.silent, "offline since it was told to download", to: .quarantined)
      return
    }
    let kept = memory.bytesServed > 0 ? Phrase.bytes(memory.bytesServed) : "nothing"
    let still = now - lastProgress
    if still >= stall {
      let what = memory.isCounted == false ? "no word" : "no byte and no word"
      fail(
        .downloadStalled, "\(what) for \(Phrase.span(still)); fetched \(kept)", to: .failed)
    } else {
      fail(.downloadFailed, "fetched \(kept) in time", to: .failed)
    }
  }
}

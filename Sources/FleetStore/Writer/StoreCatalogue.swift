import Fleet

extension Store {
  package func token(_ id: String) throws -> Token? {
    try connection.first(
      "SELECT id, status, parent, expires, type FROM tokens WHERE id = ?", [.text(id)]
    ) { row throws(StoreError) in
      guard let status = Token.Status(rawValue: row.text(1)) else {
        throw .damaged(subject: "Token \(row.text(0))", reason: "status \(row.text(1))")
      }
      return Token(
        id: row.text(0), type: row.optionalText(4), status: status, group: row.optionalText(2),
        expires: row.optionalInt(3).map { Instant(milliseconds: $0) })
    }
  }

  /// Adds or changes tokens, all or none.
  package func importTokens(_ tokens: [Token], dryRun: Bool) throws -> ImportCounts {
    var counts = ImportCounts()
    try discarding(dryRun) {
      for token in tokens {
        let old = try self.token(token.id)
        if old == token {
          counts.unchanged += 1
          continue
        }
        if old == nil { counts.added += 1 } else { counts.changed += 1 }
        try connection.run(
          """
          INSERT INTO tokens (id, status, parent, expires, type) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET status = excluded.status, parent = excluded.parent,
              expires = excluded.expires, type = excluded.type
          """,
          [
            .text(token.id), .text(token.status.rawValue), .optional(token.group),
            .optional(token.expires), .optional(token.type),
          ])
      }
    }
    return counts
  }

  package func catalogue() throws -> [Firmware] { try FirmwareTable.catalogue(connection) }

  /// Adds an image, or replaces the one with the same hardware and version; `id` is ignored. Call
  /// `recomputeReadiness` after the last of them.
  package func addFirmware(_ firmware: Firmware) throws(StoreError) -> Firmware {
    judge = nil
    let id = try connection.int(
      """
      INSERT INTO firmware (vendor, model, hardware, version, document) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (vendor, model, hardware, version) DO UPDATE SET document = excluded.document
        RETURNING id
      """,
      [
        .text(firmware.vendor), .text(firmware.model), .text(firmware.hardware),
        .text(firmware.version), .text(try Document.text(of: firmware)),
      ])
    guard let id else { throw .missing(subject: "Firmware \(firmware.version)") }
    var added = firmware
    added.id = FirmwareID(rawValue: id)
    return added
  }

  package func append(_ entry: AuditEntry) throws {
    try connection.run(
      """
      INSERT INTO audit (at, who, action, subject, reason, outcome) VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        .at(entry.at), .text(entry.who), .text(entry.action), .text(entry.subject),
        .text(entry.reason), .text(entry.outcome),
      ])
  }

  /// Runs `body` in a transaction that is undone in the end when `discards`.
  func discarding(_ discards: Bool, _ body: () throws -> Void) throws {
    struct Discarded: Error {}
    do {
      try transaction {
        try body()
        if discards { throw Discarded() }
      }
    } catch is Discarded {}
  }
}

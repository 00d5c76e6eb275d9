import Fleet
import Testing

@testable import CSMS

/// Who is let in with which security profile: the whole table.
struct DoorTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var shown: Door.Shown
    var asked: Door.Asked
    var entry: Door.Entry?
    var refusal: EntryRefusal?
    var testDescription: String { name }

    init(
      _ name: String, tls: Bool = false, _ password: Door.Password = .right,
      _ certificate: Door.Certificate = .none, expired: Bool = false, anotherUser: Bool = false,
      minimum: SecurityProfile? = nil, claimed: Int = 0, seen: SecurityProfile? = nil,
      mayStepDown: Bool = false, expiredWait: Bool = false, anybody: Bool = false,
      is profile: SecurityProfile? = nil, stepsDown: Bool = false, refused: EntryRefusal? = nil
    ) {
      self.name = name
      shown = .init(
        isEncrypted: tls, password: password, certificate: certificate, isExpired: expired,
        isAnotherUser: anotherUser)
      asked = .init(
        minimum: minimum ?? (tls ? .tls : .unsecured), claimed: claimed, seen: seen,
        mayStepDown: mayStepDown, letsExpiredWait: expiredWait, takesAnybody: anybody)
      entry = profile.map { .init(profile: $0, isExpired: expired, stepsDown: stepsDown) }
      refusal = refused
    }
  }

  @Test(
    "a connection gets the profile that it proves, or the reason why it is refused",
    arguments: [
      Row("nothing asked, nothing shown", .notKept, is: .unsecured),
      Row("a password over a plain connection", is: .password),
      Row("a password over TLS", tls: true, is: .tls),
      Row(
        "a certificate for the serial number", tls: true, .missing, .serial, is: .clientCertificate),
      Row("a certificate for the identity", tls: true, .notKept, .identity, is: .clientCertificate),
      Row("a wrong password", .wrong, refused: .wrongPassword),
      Row("a wrong password over TLS", tls: true, .wrong, refused: .wrongPassword),
      Row("no password", .missing, refused: .passwordNeeded),
      Row(
        "a wrong password beside a good certificate", tls: true, .wrong, .serial,
        is: .clientCertificate),
      Row("TLS alone proves nothing", tls: true, .notKept, refused: .passwordUnset),
      Row("TLS alone, where anybody may come", tls: true, .notKept, anybody: true, is: .unsecured),
      Row(
        "TLS alone, where anybody may come, and 2 was seen", tls: true, .notKept, seen: .tls,
        anybody: true, refused: .passwordUnset),
      Row(
        "TLS alone, where anybody may come, and 1 is asked", tls: true, .notKept, claimed: 1,
        anybody: true, refused: .passwordUnset),
      Row(
        "a wrong password, where anybody may come", tls: true, .wrong, anybody: true,
        refused: .wrongPassword),
      Row("1 is asked and no password kept", .notKept, claimed: 1, refused: .passwordUnset),
      Row(
        "1 is asked here and no password kept", .notKept, minimum: .password,
        refused: .passwordUnset),
      Row("more than asked", tls: true, claimed: 1, is: .tls),
      Row("2 is asked, plain", claimed: 2, refused: .tlsNeeded),
      Row("2 was seen, plain", seen: .tls, refused: .tlsNeeded),
      Row("3 was seen, plain", seen: .clientCertificate, refused: .tlsNeeded),
      Row(
        "3 is asked, TLS without certificate", tls: true, claimed: 3, refused: .certificateNeeded),
      Row("3 was seen", tls: true, seen: .clientCertificate, refused: .certificateNeeded),
      Row("3 is asked here", tls: true, minimum: .clientCertificate, refused: .certificateNeeded),
      Row("1 was seen, password gone", .notKept, seen: .password, refused: .passwordUnset),
      Row(
        "3 to 2 allowed", tls: true, claimed: 3, seen: .clientCertificate, mayStepDown: true,
        is: .tls, stepsDown: true),
      Row(
        "3 to 2 allowed, wrong password", tls: true, .wrong, seen: .clientCertificate,
        mayStepDown: true, refused: .wrongPassword),
      Row("3 to 1 never", seen: .clientCertificate, mayStepDown: true, refused: .tlsNeeded),
      Row(
        "3 to 2 allowed, not here", tls: true, minimum: .clientCertificate,
        seen: .clientCertificate, mayStepDown: true, refused: .certificateNeeded),
      Row(
        "3 to 2 allowed and 3 comes", tls: true, .missing, .serial, seen: .clientCertificate,
        mayStepDown: true, is: .clientCertificate),
      Row("another's certificate", tls: true, .right, .another, refused: .certificateOfAnother),
      Row("a certificate of nobody known", tls: true, .right, .unknown, refused: .serialUnknown),
      Row(
        "an expired certificate", tls: true, .right, .serial, expired: true,
        refused: .certificateExpired),
      Row(
        "an expired certificate may wait", tls: true, .missing, .serial, expired: true,
        expiredWait: true, is: .clientCertificate),
      Row(
        "an expired certificate of another", tls: true, .missing, .another, expired: true,
        expiredWait: true, refused: .certificateOfAnother),
      Row("another user", anotherUser: true, refused: .anotherUser),
      Row(
        "another user with a certificate", tls: true, .right, .serial, anotherUser: true,
        refused: .anotherUser),
    ])
  func table(row: Row) {
    do throws(EntryRefusal) {
      let entry = try Door.decide(row.shown, row.asked)
      #expect(row.refusal == nil)
      #expect(entry == row.entry)
    } catch {
      #expect(error == row.refusal)
    }
  }

  @Test("no combination lets in with less than is asked, or on the word of nobody")
  func everything() {
    var lettIn = 0
    for shown in Self.allShown {
      for asked in Self.allAsked {
        do throws(EntryRefusal) {
          let entry = try Door.decide(shown, asked)
          lettIn += 1
          let least = max(asked.claimed, asked.seen?.rawValue ?? 0)
          #expect(entry.profile >= asked.minimum)
          #expect(
            entry.profile.rawValue >= least
              || asked.mayStepDown && least == 3 && entry.profile == .tls && entry.stepsDown)
          #expect(!shown.isAnotherUser)
          switch entry.profile {
          case .unsecured: #expect(!shown.isEncrypted && shown.password == .notKept)
          case .password: #expect(!shown.isEncrypted && shown.password == .right)
          case .tls: #expect(shown.isEncrypted && shown.password == .right)
          case .clientCertificate:
            #expect(shown.isEncrypted && [.serial, .identity].contains(shown.certificate))
            #expect(!shown.isExpired || asked.letsExpiredWait)
          }
          #expect(entry.isExpired == (entry.profile == .clientCertificate && shown.isExpired))
        } catch {
          // Whoever is asked for a password gets in with the right one.
          guard error == .wrongPassword || error == .passwordNeeded else { continue }
          var right = shown
          right.password = .right
          #expect((try? Door.decide(right, asked)) != nil)
        }
      }
    }
    #expect(lettIn > 0)
  }

  private static let flags = [false, true]

  private static var allShown: [Door.Shown] {
    flags.flatMap { isEncrypted in
      Door.Password.allCases.flatMap { password in
        Door.Certificate.allCases.filter { isEncrypted || $0 == .none }.flatMap { certificate in
          flags.flatMap { isExpired in
            flags.map {
              Door.Shown(
                isEncrypted: isEncrypted, password: password, certificate: certificate,
                isExpired: isExpired && certificate != .none, isAnotherUser: $0)
            }
          }
        }
      }
    }
  }

  private static var allAsked: [Door.Asked] {
    SecurityProfile.allCases.flatMap { minimum in
      (0...3).flatMap { claimed in
        (SecurityProfile.allCases.map(Optional.some) + [nil]).flatMap { seen in
          flags.flatMap { mayStepDown in
            flags.map {
              Door.Asked(
                minimum: minimum, claimed: claimed, seen: seen, mayStepDown: mayStepDown,
                letsExpiredWait: $0)
            }
          }
        }
      }
    }
  }
}

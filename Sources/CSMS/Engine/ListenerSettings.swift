import Control
import Fleet
import Transport

/// An address that chargers connect to, and what is asked of whoever comes in there.
package struct ListenerSettings: Sendable {
  package var host = "127.0.0.1"
  /// 0: one that the system chooses.
  package var port: UInt16 = 8180
  /// The least security profile: 0 or 1 without TLS, 2 or 3 with it.
  package var minimum = SecurityProfile.unsecured
  /// The operator said so, and it does not just follow from TLS.
  package var isMinimumGiven = false
  /// Nil: without TLS.
  package var tls: ServerTLS.Configuration?

  package init(host: String = "127.0.0.1", port: UInt16 = 8180) {
    (self.host, self.port) = (host, port)
  }

  var entrance: Entrance {
    Entrance(
      isEncrypted: tls != nil, minimum: tls == nil ? minimum : max(minimum, .tls),
      isMinimumGiven: isMinimumGiven,
      letsExpiredWait: tls?.allowsExpiredClients ?? false)
  }

  /// `host:port`, with brackets around an IPv6 address.
  package func address(_ port: UInt16) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}

/// A listening address and its certificates.
struct Doorway: Sendable {
  let settings: ListenerSettings
  let tls: ServerTLS?
  /// The one that was bound.
  var port: UInt16

  /// Reads the files of TLS.
  init(_ settings: ListenerSettings) throws(EngineError) {
    self.settings = settings
    port = settings.port
    do throws(TLSError) {
      var configuration = settings.tls
      configuration?.requiresClientCertificate = settings.minimum == .clientCertificate
      tls = try configuration.map { (made) throws(TLSError) in try ServerTLS(made) }
    } catch {
      throw .certificates(error.description)
    }
  }

  /// For people: `wss://host:port/ocpp/<identity>`.
  func url(prefix: String) -> String {
    "\(tls == nil ? "ws" : "wss")://\(settings.address(port))\(prefix)/<identity>"
  }

  /// Where plain HTTP requests reach it.
  var origin: String { "\(tls == nil ? "http" : "https")://\(settings.address(port))" }

  /// Warned of before it comes to it: a renewal may take its time.
  static let expiryWarning = Span.hours(30 * 24)

  func info(prefix: String, at now: Instant) -> ListenerInfo {
    var info = ListenerInfo(
      url: url(prefix: prefix), minimum: settings.entrance.minimum.rawValue,
      asksForCertificates: settings.tls?.clientAuthorities != nil)
    info.certificates = (tls?.certificates ?? []).map {
      .init(
        subject: $0.subject, key: "\($0.key)", notAfter: Instant(seconds: $0.notAfter),
        path: $0.path)
    }
    info.warnings = (tls?.warnings(at: now.milliseconds / 1000) ?? []).filter {
      !$0.contains("has expired")
    }
    for authority in tls?.authorities ?? [] {
      let end = Instant(seconds: authority.notAfter)
      guard end >= now, end < now + Self.expiryWarning else { continue }
      info.warnings.append(
        "The authority \(authority.subject) in \(authority.path) ends on \(CivilDay(end).dated), and "
          + "chargers with its certificates get in no more then.")
    }
    for certificate in info.certificates where certificate.notAfter < now + Self.expiryWarning {
      let day = CivilDay(certificate.notAfter).dated
      info.warnings.append(
        certificate.notAfter < now
          ? "The certificate in \(certificate.path) expired on \(day), and chargers refuse it: "
            + "renew it, then swell certificates reload."
          : "The certificate in \(certificate.path) expires on \(day): renew it, then "
            + "swell certificates reload.")
    }
    return info
  }
}

import CSMS
import Fleet
import Glibc
import Transport

/// The options of `swell serve` that say where chargers connect and what is asked of them there.
enum ListenerOptions {
  static let all = [
    OptionInfo(
      "listen", "HOST:PORT[,profile=0|1]",
      "where chargers connect without TLS, and the least security profile; several times for "
        + "several; 127.0.0.1:8180 when nothing is said"),
    OptionInfo(
      "tls-listen", "HOST:PORT[,profile=2|3]",
      "the same with TLS; 3 demands a certificate of the charger; 2 when left out"),
    OptionInfo(
      "cert", "FILE",
      "the certificate of TLS with its chain, PEM; twice for one of RSA and one of ECDSA"),
    OptionInfo("key", "FILE", "its private key, PEM; twice, in the order of --cert"),
    OptionInfo("client-ca", "FILE", "who signs the certificates of chargers, PEM"),
    OptionInfo("crl", "FILE", "certificates of chargers that are revoked, PEM; several times"),
    OptionInfo(
      "expired-clients", "refuse|pending",
      "chargers whose certificate has expired; pending lets them in to get a new one; refuse"),
  ]
  /// Options whose values are paths.
  static let files: Set<String> = ["cert", "key", "client-ca", "crl"]

  static func listeners(_ arguments: Arguments) throws -> [ListenerSettings] {
    let plain = try arguments.all("listen").map {
      try listener($0, "listen", profiles: .unsecured ... .password)
    }
    let secure = try arguments.all("tls-listen").map {
      try listener($0, "tls-listen", profiles: .tls ... .clientCertificate)
    }
    let configuration = try tls(arguments, isServed: !secure.isEmpty)
    let listeners =
      plain
      + (try secure.map { listener in
        var listener = listener
        if listener.minimum == .clientCertificate, configuration?.clientAuthorities == nil {
          throw UsageError(
            "Security profile 3 checks the certificates of chargers: say --client-ca FILE, "
              + "or profile=2.")
        }
        listener.tls = configuration
        return listener
      })
    return listeners.isEmpty ? [ListenerSettings()] : listeners
  }

  private static func listener(
    _ text: String, _ option: String, profiles: ClosedRange<SecurityProfile>
  ) throws -> ListenerSettings {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard let colon = parts[0].lastIndex(of: ":"),
      let port = UInt16(parts[0][parts[0].index(after: colon)...])
    else {
      throw UsageError("--\(option) wants HOST:PORT, for example 0.0.0.0:8180, not \"\(text)\".")
    }
    let host = parts[0][..<colon]
    var listener = ListenerSettings(
      host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host), port: port)
    listener.minimum = profiles.lowerBound
    guard parts.count > 1 else { return listener }
    let words = parts[1].split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, words.count == 2, words[0] == "profile",
      let profile = Int(words[1]).flatMap(SecurityProfile.init(rawValue:))
    else {
      throw UsageError(
        "--\(option) wants HOST:PORT or HOST:PORT,profile=N with N from "
          + "\(profiles.lowerBound.rawValue) to \(profiles.upperBound.rawValue), not \"\(text)\".")
    }
    guard profiles.contains(profile) else {
      throw UsageError(
        profile > .password
          ? "Security profile \(profile.rawValue) needs TLS: --tls-listen \(text)."
          : "With TLS the security profile is 2 or 3; for \(profile.rawValue) say --listen \(text)."
      )
    }
    listener.minimum = profile
    listener.isMinimumGiven = true
    return listener
  }

  private static func tls(
    _ arguments: Arguments, isServed: Bool
  ) throws -> ServerTLS.Configuration? {
    guard isServed else {
      if let option = all.dropFirst(2).first(where: { arguments.has($0.name) }) {
        throw UsageError(
          "--\(option.name) is for TLS, and no address speaks it: say --tls-listen HOST:PORT.")
      }
      return nil
    }
    let chains = arguments.all("cert")
    let keys = arguments.all("key")
    guard !chains.isEmpty else {
      throw UsageError("--tls-listen wants a certificate: --cert FILE --key FILE.")
    }
    guard chains.count == keys.count, chains.count <= 2 else {
      throw UsageError(
        "There are \(chains.count) --cert and \(keys.count) --key: each certificate has one key, "
          + "and there is one of RSA and one of ECDSA at most.")
    }
    var configuration = ServerTLS.Configuration(
      certificates: zip(chains, keys).map { (chain: $0, key: $1) })
    configuration.clientAuthorities = arguments["client-ca"]
    configuration.revocationLists = arguments.all("crl")
    configuration.allowsExpiredClients = arguments["expired-clients"] == "pending"
    if configuration.clientAuthorities == nil,
      let option = ["crl", "expired-clients"].first(where: arguments.has)
    {
      throw UsageError(
        "--\(option) is for the certificates of chargers: say --client-ca FILE too.")
    }
    return configuration
  }

  /// What links begin with, as somebody said it.
  static func origin(_ text: String) throws -> String {
    do throws(TransportError) {
      let url = try HTTPURL(text)
      guard !url.target.contains("?") else { throw .malformedURL(text) }
    } catch {
      throw UsageError(
        "--public-url wants a URL that chargers reach, such as http://csms.example:8180, not "
          + "\"\(text)\".")
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  /// Where chargers reach the engine by plain requests when nobody says it: nil where an address
  /// says it by itself.
  static func publicURL(_ listeners: [ListenerSettings]) -> String? {
    guard let first = listeners.first(where: { $0.tls == nil }) ?? listeners.first,
      first.host == "0.0.0.0" || first.host == "::"
    else { return nil }
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "\(first.tls == nil ? "http" : "https")://\(host):\(first.port)"
  }
}

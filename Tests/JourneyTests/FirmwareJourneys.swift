import Foundation
import Testing

extension JourneyTests {
  /// The firmware catalogue on the command line, with signatures that openssl makes.
  @Suite(.serialized)
  struct FirmwareCatalogue {
    /// A root, a certificate under it and a signature of `image.bin`, all by the openssl command.
    private static func sign(_ journey: Journey) throws {
      let script = """
        set -e
        openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 30 \\
          -subj /O=Volta/CN=Root -addext keyUsage=critical,keyCertSign 2>/dev/null
        openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -days 30 \\
          -subj /O=Volta/CN=Root -addext keyUsage=critical,keyCertSign 2>/dev/null
        openssl req -newkey rsa:3072 -nodes -keyout image.key -out image.csr \\
          -subj /O=Volta/CN=Images 2>/dev/null
        printf 'keyUsage=critical,digitalSignature\\n' > image.ext
        openssl x509 -req -in image.csr -CA root.pem -CAkey root.key -CAcreateserial -days 20 \\
          -extfile image.ext -out image.pem 2>/dev/null
        openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:-1 \\
          -sign image.key AC22-2.4.0.bin | base64 -w 76 > image.sig
        """
      let file = try journey.write("sign.sh", script)
      let process = try journey.start("/bin/sh", [file])
      #expect(try process.exitCode() == 0, "\(process.talk)")
    }

    @Test("an image is guessed from its name, checked against its maker, and found when it changes")
    func lifetime() throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(3))).code == 0)
      let image = try journey.write("AC22-2.4.0.bin", String(repeating: "image ", count: 5000))
      try Self.sign(journey)
      let bare = try journey.swell("firmware", "add", "--file", image, "--protocols", "1.6,2.0.1")
      #expect(bare.code == 0 && bare.talk.contains("--model AC22"), "\(bare.talk)")
      #expect(bare.talk.contains("--version 2.4.0"))
      let words = [
        "firmware", "add", "--file", image, "--protocols", "1.6,2.0.1", "--signature", "image.sig",
        "--certificate", "image.pem",
      ]
      func add(_ more: String...) throws -> SwellProcess {
        let process = try journey.start(Places.binary, words + more)
        _ = try process.exitCode()
        return process
      }
      #expect(try add().output.contains("who made that is not checked"))
      #expect(try add("--trust", "root.pem").exitCode() == 0)
      let stranger = try add("--trust", "other.pem")
      #expect(try stranger.exitCode() == 1)
      #expect(stranger.talk.contains("does not come from an authority"), "\(stranger.talk)")
      #expect(try journey.swell("firmware", "trust", "root.pem").output.contains("is trusted"))
      #expect(try add().output.contains("Its signature is its maker's."))
      let good = try journey.swell("firmware", "verify")
      #expect(good.code == 0 && good.output.contains("RSA-PSS with SHA-256"), "\(good.output)")

      _ = try journey.write("AC22-2.4.0.bin", String(repeating: "other ", count: 5000))
      let bad = try journey.swell("firmware", "verify", "1")
      #expect(bad.code == 1 && bad.talk.contains("1 of 1 images must not be sent"), "\(bad.talk)")
      #expect(bad.output.contains("BAD") && bad.output.contains("hash differs"), "\(bad.output)")
      #expect(
        try journey.swell("firmware", "show", "1").output.contains("must not be sent"))
    }

    @Test("the graph draws the ways and the dead ends, and an entry is changed and removed")
    func graph() throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(3))).code == 0)
      let image = try journey.write("AC22-2.4.0.bin", "image")
      #expect(
        try journey.swell(
          "firmware", "add", "--file", image, "--model", "AC22", "--version", "9.0", "--protocols",
          "1.6,2.0.1", "--from", "8.*"
        ).code == 0)
      let stuck = try journey.swell("firmware", "graph", "--ascii").output
      #expect(stuck.contains("dead end: 9.0 installs only on 8.*"), "\(stuck)")
      let set = try journey.swell("firmware", "set", "1", "--from", "*", "--notes", "lab only")
      #expect(set.output.contains("is changed"), "\(set.talk)")
      let free = try journey.swell("firmware", "graph").output
      #expect(free.contains("└─ ") && !free.contains("dead end"), "\(free)")
      #expect(
        try journey.swell("firmware", "graph", "--format", "dot").output.hasPrefix("digraph"))
      let groups = try journey.swell("firmware", "graph", "--format", "json").rows()
      #expect(groups.count == 1 && groups[0]["model"] as? String == "AC22")
      #expect(try journey.swell("firmware", "show", "1").output.contains("lab only"))
      #expect(try journey.swell("firmware", "remove", "1").output.contains("out of the catalogue"))
      let gone = try journey.swell("firmware", "remove", "1")
      #expect(gone.code == 1 && gone.talk.contains("no firmware number 1"))
    }

    @Test(
      "what can't be added is refused with the reason",
      arguments: [
        ("--file plain.bin --protocols 1.6", "--model: the name plain.bin holds no model"),
        ("--file AC22.bin --protocols 1.6", "--version: the name AC22.bin holds none"),
        ("--file empty.bin --protocols 1.6 --model M --version 1", "is empty"),
        ("--url gopher://x/y --protocols 1.6 --model M --version 1", "ftp, sftp or https"),
        ("--url ftp://x/y --protocols 1.6 --model M --version 1 --schemes https", "fetch by https"),
        ("--file AC22.bin --protocols 1.6 --version 1 --schemes htps", "Did you mean https?"),
        ("--file AC22.bin --protocols 1.6 --version 1 --through beta", "has no order"),
        (
          "--file AC22.bin --protocols 1.6 --version 1 --certificate AC22.bin",
          "--signature is missing"
        ),
      ])
    func refused(line: String, reason: String) throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(1))).code == 0)
      for name in ["plain.bin", "AC22.bin"] { _ = try journey.write(name, "image") }
      _ = try journey.write("empty.bin", "")
      let process = try journey.start(
        Places.binary, ["firmware", "add"] + line.split(separator: " ").map(String.init))
      #expect(try process.exitCode() != 0 && process.talk.contains(reason), "\(process.talk)")
      #expect(try journey.swell("firmware", "list", "--format", "json").rows().isEmpty)
    }
  }
}

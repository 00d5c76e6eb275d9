import Glibc

/// The files that chargers have left, and those that are on their way. It blocks: for a thread of
/// its own.
///
/// A file under way is `.N.part` in its charger's directory; it gets its name once it is whole and
/// on the disk. What a crash left of others is removed at the start.
struct UploadFiles: Sendable {
  enum Fault: Error, Equatable {
    /// No room: on the disk, or under the caps.
    case full
    case system(call: String, code: Int32)
  }

  private struct Place {
    /// By name, which is by age.
    var files: [(name: String, bytes: Int)] = []
    var bytes = 0
  }

  private struct Running {
    var place: String
    var descriptor: Int32
    var bytes = 0
    /// Those that the disk may not have yet.
    var unsynced = 0
  }

  private let settings: UploadSettings
  private var places: [String: Place] = [:]
  /// Of all places.
  private var stored = 0
  private var running: [Int: Running] = [:]
  /// When everything was looked at again, in seconds of the monotonic clock.
  private var lookedAt: Int?

  /// Dirty pages that an upload may leave: the database's commits wait behind them.
  private static let syncEvery = 4 << 20

  init(_ settings: UploadSettings) { self.settings = settings }

  /// Looks at what is there, and removes what a crash left half done.
  mutating func start() {
    for place in Self.names(in: settings.directory) {
      let directory = settings.directory + "/" + place
      for name in Self.names(in: directory) where Self.isPart(name) {
        unlink(directory + "/" + name)
      }
      look(at: place)
    }
  }

  /// Begins a file; `ticket` is the caller's number for it.
  mutating func begin(_ ticket: Int, in place: String, expecting bytes: Int) throws(Fault) {
    let directory = settings.directory + "/" + place
    for path in [settings.directory, directory] {
      guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw Self.fault("mkdir") }
    }
    // Somebody may have removed files by hand.
    look(at: place)
    try checkRoom(for: bytes, in: place)
    let descriptor = open(
      "\(directory)/\(Self.part(ticket))",
      O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard descriptor >= 0 else { throw Self.fault("open") }
    running[ticket] = Running(place: place, descriptor: descriptor)
  }

  mutating func write(_ ticket: Int, _ bytes: [UInt8]) throws(Fault) {
    guard let file = running[ticket] else { return }
    try checkRoom(for: bytes.count, in: file.place)
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(file.descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.fault("write") }
      sent += count
    }
    running[ticket]?.bytes += bytes.count
    running[ticket]?.unsynced += bytes.count
    guard file.unsynced + bytes.count >= Self.syncEvery else { return }
    running[ticket]?.unsynced = 0
    guard fdatasync(file.descriptor) == 0 else { throw Self.fault("fdatasync") }
  }

  /// Gives a whole file its name; another one of that name stays. The charger's oldest files give
  /// way to it where they are too much with it, or too many.
  mutating func finish(_ ticket: Int, named name: String) throws(Fault) {
    guard let file = running[ticket] else { return }
    let directory = settings.directory + "/" + file.place
    guard fsync(file.descriptor) == 0 else { throw Self.fault("fsync") }
    var free = name
    var number = 1
    while access("\(directory)/\(free)", F_OK) == 0 {
      number += 1
      free = "\(name)-\(number)"
    }
    guard rename("\(directory)/\(Self.part(ticket))", "\(directory)/\(free)") == 0 else {
      throw Self.fault("rename")
    }
    running[ticket] = nil
    close(file.descriptor)
    Self.syncDirectory(directory)
    Self.syncDirectory(settings.directory)
    places[file.place, default: Place()].files.append((free, file.bytes))
    places[file.place]?.files.sort { $0.name < $1.name }
    places[file.place]?.bytes += file.bytes
    stored += file.bytes
    dropOldest(in: file.place, for: free)
  }

  /// Removes what came of a file.
  mutating func abandon(_ ticket: Int) {
    guard let file = running.removeValue(forKey: ticket) else { return }
    close(file.descriptor)
    unlink("\(settings.directory)/\(file.place)/\(Self.part(ticket))")
  }

  /// Bytes of all files, those under way included.
  private var total: Int { stored + running.values.reduce(0) { $0 + $1.bytes } }

  /// Whether the bytes fit once the charger's older files have given way. Those do it for a file
  /// that is whole: one that is not kept in the end costs none that was.
  private mutating func checkRoom(for bytes: Int, in place: String) throws(Fault) {
    if !canHold(bytes, in: place) {
      lookAgain()
      guard canHold(bytes, in: place) else { throw .full }
    }
    try checkDisk(for: bytes)
  }

  private func canHold(_ bytes: Int, in place: String) -> Bool {
    let own = running.values.reduce(0) { $0 + ($1.place == place ? $1.bytes : 0) }
    return own + bytes <= settings.charger
      && total - (places[place]?.bytes ?? 0) + bytes <= settings.total
  }

  private mutating func dropOldest(in place: String, for new: String) {
    while let found = places[place],
      found.bytes > settings.charger || total > settings.total
        || found.files.count > settings.files,
      let index = found.files.firstIndex(where: { $0.name != new })
    {
      let oldest = found.files[index]
      unlink("\(settings.directory)/\(place)/\(oldest.name)")
      places[place]?.files.remove(at: index)
      places[place]?.bytes -= oldest.bytes
      stored -= oldest.bytes
    }
  }

  /// Who was told to make room removes files by hand, of any charger. Once a second at most: one
  /// that is refused comes again and again.
  private mutating func lookAgain() {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    guard now.tv_sec != lookedAt else { return }
    lookedAt = now.tv_sec
    for place in Set(places.keys).union(Self.names(in: settings.directory)) { look(at: place) }
  }

  private func checkDisk(for bytes: Int) throws(Fault) {
    var disk = statvfs()
    guard statvfs(settings.directory, &disk) == 0 else { throw Self.fault("statvfs") }
    let free = Int(clamping: UInt64(disk.f_bavail) &* UInt64(disk.f_frsize))
    guard free >= bytes, free - bytes >= settings.reserve else { throw .full }
  }

  private mutating func look(at place: String) {
    let directory = settings.directory + "/" + place
    var found = Place()
    for name in Self.names(in: directory).sorted() where !Self.isPart(name) {
      guard let status = Self.status(of: "\(directory)/\(name)") else { continue }
      found.files.append((name, Int(status.st_size)))
      found.bytes += Int(status.st_size)
    }
    stored += found.bytes - (places[place]?.bytes ?? 0)
    places[place] = found
  }

  private static func part(_ ticket: Int) -> String { ".\(ticket).part" }
  private static func isPart(_ name: String) -> Bool {
    name.hasPrefix(".") && name.hasSuffix(".part")
  }

  private static func fault(_ call: String) -> Fault {
    let code = errno
    return code == ENOSPC || code == EDQUOT ? .full : .system(call: call, code: code)
  }

  private static func syncDirectory(_ path: String) {
    let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }

  /// Of a plain file; nil for what is none, links included.
  static func status(of path: String) -> stat? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return status
  }

  /// What a directory holds; nothing of one that is not there.
  static func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}

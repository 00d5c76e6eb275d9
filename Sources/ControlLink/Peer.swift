import CLinux
import Control
import Glibc

/// Whoever is at the other end of a Unix socket, as the system vouches for it.
struct Peer: Sendable, Equatable {
  var uid: UInt32
  /// Every group: the one of the process and the supplementary ones.
  var groups: Set<UInt32>

  /// Nil when the system does not say.
  init?(socket descriptor: Int32) {
    var pid: Int32 = 0
    var uid: UInt32 = 0
    var gid: UInt32 = 0
    guard swell_peer_credentials(descriptor, &pid, &uid, &gid) == 0 else { return nil }
    var more = [UInt32](repeating: 0, count: 65_536)
    let count = swell_peer_groups(descriptor, &more, Int32(more.count))
    self.init(uid: uid, groups: Set([gid] + more.prefix(max(0, Int(count)))))
  }

  init(uid: UInt32, groups: Set<UInt32>) { (self.uid, self.groups) = (uid, groups) }

  /// The process that asks.
  static var own: Peer {
    var more = [gid_t](repeating: 0, count: 65_536)
    let count = getgroups(Int32(more.count), &more)
    return Peer(uid: getuid(), groups: Set([getgid()] + more.prefix(max(0, Int(count)))))
  }

  var name: String {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard getpwuid_r(uid, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
      return "uid \(uid)"
    }
    return String(cString: entry.pw_name)
  }

  /// The greatest role that it was given. Root and the user `owner`, whom the inventory's file
  /// belongs to, need none given: they could write the file anyway.
  func role(owner: UInt32, grants: () throws -> [RoleGrant]) rethrows -> Role? {
    if uid == 0 || uid == owner { return .admin }
    return try grants().filter { grant in
      switch grant.subject {
      case .user(let number): number == uid
      case .group(let number): groups.contains(number)
      }
    }.map(\.role).max()
  }
}

extension [RoleGrant] {
  /// Who has the role or a greater one, for a person who has not.
  func who(mayActAs role: Role) -> [String] {
    filter { $0.role >= role }.map { grant in
      if case .group = grant.subject { "group \(grant.name)" } else { grant.name }
    }
  }
}

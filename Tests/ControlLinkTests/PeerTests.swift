import Control
import Glibc
import Testing

@testable import ControlLink

@Suite("Who a peer is and what it may")
struct PeerTests {
  private let grants = [
    Grants.one(.user(1000), "anna", .planner), Grants.one(.group(50), "fleetops", .technician),
    Grants.one(.group(60), "leads", .approver), Grants.one(.user(1001), "ben", .viewer),
  ]

  private func role(_ uid: UInt32, _ groups: Set<UInt32> = []) -> Role? {
    Peer(uid: uid, groups: groups).role(owner: 900) { grants }
  }

  @Test("root and the engine's own user are admins without being given a role")
  func owners() {
    #expect(role(0) == .admin)
    #expect(role(900) == .admin)
    #expect(Peer(uid: 900, groups: []).role(owner: 900) { [] } == .admin)
  }

  @Test("anybody else has the greatest of the roles given to the user and to its groups")
  func greatest() {
    #expect(role(1000) == .planner)
    #expect(role(1000, [50]) == .planner)
    #expect(role(1000, [50, 60]) == .approver)
    #expect(role(1001, [50]) == .technician)
    #expect(role(1002, [50]) == .technician)
  }

  @Test("a number is a user's or a group's, not both; who was given nothing has nothing")
  func nothing() {
    #expect(role(50) == nil)
    #expect(role(1002, [1000]) == nil)
    #expect(role(1002) == nil)
  }

  @Test("a refusal names who has the role, or a greater one")
  func whoMay() {
    #expect(grants.who(mayActAs: .planner) == ["anna", "group leads"])
    #expect(grants.who(mayActAs: .admin) == [])
  }

  @Test("a socket's other end is told with its user and all its groups")
  func credentials() throws {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    defer { for end in ends { close(end) } }
    let peer = try #require(Peer(socket: ends[0]))
    #expect(peer == Peer.own)
  }
}

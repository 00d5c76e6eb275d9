import Transport

/// A file on its way in, on its loop: pieces go to the desk's thread one after the other, and the
/// peer waits when they are more than that can take.
final class Upload: BodySink {
  private let connection: ServerConnection
  private let link: UploadLink
  private let ticket: Int
  private var name: String
  private var reader: MultipartReader?
  private let desk: UploadDesk
  /// What has come and is not on its way to the disk.
  private var held: [UInt8] = []
  private var isWorking = false
  private var hasEnded = false
  private var isOver = false

  /// Bytes that may wait for the disk.
  private static let mostHeld = 256 << 10

  init(
    _ connection: ServerConnection, _ link: UploadLink, ticket: Int, name: String,
    _ reader: MultipartReader?, desk: UploadDesk, expecting bytes: Int
  ) {
    self.connection = connection
    self.link = link
    self.ticket = ticket
    self.name = name
    self.reader = reader
    self.desk = desk
    perform(.begin(expecting: bytes))
  }

  func received(_ connection: ServerConnection, body: UnsafeRawBufferPointer) {
    guard !isOver else { return }
    if reader == nil {
      held.append(contentsOf: body)
    } else {
      do throws(MultipartReader.Flaw) {
        try reader?.feed(body) { held.append(contentsOf: $0) }
      } catch {
        return fail(Self.response(error))
      }
    }
    if held.count >= Self.mostHeld { connection.pauseBody() }
    goOn()
  }

  func bodyEnded(_ connection: ServerConnection) {
    do throws(MultipartReader.Flaw) {
      try reader?.finish()
    } catch {
      return fail(Self.response(error))
    }
    if let given = reader?.fileName, !given.isEmpty { name = given }
    hasEnded = true
    goOn()
  }

  func bodyLost(_ connection: ServerConnection) { abandon() }

  private func goOn() {
    guard !isWorking, !isOver else { return }
    if !held.isEmpty {
      let bytes = held
      held = []
      perform(.write(bytes))
    } else if hasEnded {
      perform(.finish(given: name))
    }
  }

  private func perform(_ step: UploadDesk.Step) {
    isWorking = true
    desk.perform(step, ticket, link, LoopBound(self, connection.loop))
  }

  /// A step is done.
  func performed(_ step: UploadDesk.Step, _ fault: UploadFiles.Fault?) {
    isWorking = false
    if isOver { return }
    switch (step, fault) {
    case (_, .full): fail(HTTPResponse(507, "Insufficient Storage", text: "There is no room."))
    case (_, .system): fail(HTTPResponse(500, "Internal Server Error", text: "It can't be kept."))
    case (.finish, nil):
      isOver = true
      connection.respond(HTTPResponse(201, "Created", text: "Stored."))
    default:
      connection.resumeBody()
      goOn()
    }
  }

  private func fail(_ response: HTTPResponse) {
    abandon()
    connection.respond(response)
  }

  private func abandon() {
    guard !isOver else { return }
    isOver = true
    held = []
    desk.perform(.abandon, ticket, link)
  }

  private static func response(_ flaw: MultipartReader.Flaw) -> HTTPResponse {
    let text =
      switch flaw {
      case .noBoundary, .malformed: "The form is malformed."
      case .noFile: "The form has no file."
      case .severalFiles: "The form has more than one file."
      }
    return HTTPResponse(400, "Bad Request", text: text)
  }
}

import Canvas
import Control
import Fleet
import Rollout

/// What reaches the console.
package enum ConsoleEvent: Sendable, Equatable {
  case key(Key)
  /// What came of an `.ask`; every question must be answered once, if only with an error.
  case answered(Question, Result<Reply, ControlError>)
  /// What came of a `.perform`.
  case performed(Command, Result<Outcome, ControlError>)
  /// What came of a `.read`.
  case file(FileRequest, Result<FileContent, ControlError>)
  /// The engine appeared, changed or went away.
  case engine(EngineInfo?)
  /// Who sits in front, as the engine knows them; roles are given and taken while consoles run.
  case caller(Caller)
  /// The inventory changed: what is shown may be old.
  case changed
  /// The time. Wanted when `ConsoleState.wakeAt` is reached, and before any other event, so that
  /// what follows is dated right; nothing else needs it.
  case clock(Instant)
  case resized(Size)
}

/// What the console wants done. None of it may be done on the thread that draws.
package enum ConsoleEffect: Sendable, Equatable {
  case ask(Question)
  /// At most one is on its way, and `.holdEverything` beside it.
  case perform(Command)
  /// Read a file of this machine that the person named; at most one is on its way.
  case read(FileRequest)
  /// Keep this for the person's next console.
  case remember(ViewState)
  case quit
}

/// What stays as it is while a console runs.
package struct ConsoleSetup: Sendable, Equatable {
  /// The database as the header names it: its file name.
  package var database: String
  /// Who sits in front, until the engine says otherwise.
  package var caller: Caller
  package var glyphs: Glyphs
  package var time: LocalTime
  /// What a campaign can be planned with, stock ones first.
  package var playbooks: [Playbook] = []
  /// Of the console itself: an engine of that number lives in it and ends with it.
  package var process: Int32?
  /// As the person left it.
  package var view = ViewState()

  package init(database: String, caller: Caller, glyphs: Glyphs, time: LocalTime) {
    self.database = database
    self.caller = caller
    self.glyphs = glyphs
    self.time = time
  }
}

/// One version's types in flat arrays. Names stay where they are in the text of the table.
struct SchemaTable: Sendable {
  /// A stretch of the table's text.
  struct Name: Sendable {
    var start: UInt32
    var length: UInt32
  }

  enum Kind: UInt8, Sendable {
    case any, boolean, string, dateTime, uri, integer, number, enumeration, object
  }

  /// What a value must be. Of an object or enumeration `target` says which.
  struct Shape: Sendable {
    var kind: Kind
    var isArray = false
    var hasMinimum = false
    var hasMaximum = false
    /// A number must be a multiple of 10 to this power; `noStep` when any will do.
    var step: Int8 = Shape.noStep
    var target: Int32 = 0
    /// Of a number its lower bound.
    var minimum: Int64 = 0
    /// Of a number its upper bound, of a string its length in Unicode scalars.
    var maximum: Int64 = 0
    var minItems: Int32 = 0
    var maxItems: Int32 = .max

    static let noStep = Int8.max
  }

  struct Field: Sendable {
    var name: Name
    var shape: Shape
  }

  /// An object: its fields in a row, at most 64, so that a word tells which are there.
  struct Object: Sendable {
    var firstField: Int32
    var fieldCount: Int32
    var required: UInt64 = 0
    var isOpen = false
  }

  /// A closed list: its values in a row.
  struct Enumeration: Sendable {
    var firstValue: Int32
    var valueCount: Int32
  }

  var version: OCPPVersion
  var text: [UInt8]
  var fields: [Field] = []
  var objects: [Object] = []
  var enumerations: [Enumeration] = []
  var values: [Name] = []
  var actions: [ActionDescriptor] = []

  func string(_ name: Name) -> String {
    String(decoding: text[Int(name.start)..<Int(name.start + name.length)], as: UTF8.self)
  }
}

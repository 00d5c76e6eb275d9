/// The rows of a dispatcher, in memory that it changes in place.
///
/// A copy is a value like any other, but where an array asks at each write whether somebody else
/// holds it too, the dispatcher asks once before a run of writes, by `own`. A replay writes thirty
/// times for each outage, so asking was a tenth of its time.
///
/// It is `Sendable` as arrays are: memory that two hold is only read, as `own` comes before every
/// write and leaves its caller the only holder. Builds that debug, and so all tests, see to that.
struct DispatchTables: @unchecked Sendable {
  private var memory: Memory

  init(jobs: [JobRow], cells: [CellRow], places: [PlaceRow], groups: [GroupRow]) {
    memory = Memory(
      jobs: Rows(jobs), cells: Rows(cells), places: Rows(places), groups: Rows(groups))
    (self.jobRows, self.cellRows) = (memory.jobs, memory.cells)
    (self.placeRows, self.groupRows) = (memory.places, memory.groups)
  }

  private var jobRows: Rows<JobRow>
  private var cellRows: Rows<CellRow>
  private var placeRows: Rows<PlaceRow>
  private var groupRows: Rows<GroupRow>

  var jobs: Rows<JobRow> {
    @inline(__always) get { jobRows }
    @inline(__always) _modify {
      assert(isKnownUniquelyReferenced(&memory))
      yield &jobRows
    }
  }
  var cells: Rows<CellRow> {
    @inline(__always) get { cellRows }
    @inline(__always) _modify {
      assert(isKnownUniquelyReferenced(&memory))
      yield &cellRows
    }
  }
  var places: Rows<PlaceRow> {
    @inline(__always) get { placeRows }
    @inline(__always) _modify {
      assert(isKnownUniquelyReferenced(&memory))
      yield &placeRows
    }
  }
  var groups: Rows<GroupRow> {
    @inline(__always) get { groupRows }
    @inline(__always) _modify {
      assert(isKnownUniquelyReferenced(&memory))
      yield &groupRows
    }
  }

  /// Comes before writes: what somebody else holds too is copied.
  @inline(__always)
  mutating func own() {
    if !isKnownUniquelyReferenced(&memory) { copy() }
  }

  @inline(never)
  private mutating func copy() {
    memory = Memory(
      jobs: Rows(memory.jobs), cells: Rows(memory.cells), places: Rows(memory.places),
      groups: Rows(memory.groups))
    (jobRows, cellRows) = (memory.jobs, memory.cells)
    (placeRows, groupRows) = (memory.places, memory.groups)
  }

  /// Frees the rows with their last holder.
  private final class Memory {
    let jobs: Rows<JobRow>
    let cells: Rows<CellRow>
    let places: Rows<PlaceRow>
    let groups: Rows<GroupRow>

    init(
      jobs: Rows<JobRow>, cells: Rows<CellRow>, places: Rows<PlaceRow>, groups: Rows<GroupRow>
    ) {
      (self.jobs, self.cells, self.places, self.groups) = (jobs, cells, places, groups)
    }

    deinit {
      jobs.free()
      cells.free()
      places.free()
      groups.free()
    }
  }
}

/// Rows by number.
struct Rows<Row: BitwiseCopyable> {
  private let base: UnsafeMutablePointer<Row>
  let count: Int

  var indices: Range<Int> { 0..<count }

  subscript(_ index: Int) -> Row {
    @inline(__always) get {
      assert(indices.contains(index))
      return base[index]
    }
    @inline(__always) _modify {
      assert(indices.contains(index))
      yield &base[index]
    }
  }

  fileprivate init(_ rows: [Row]) {
    (base, count) = (.allocate(capacity: rows.count), rows.count)
    _ = UnsafeMutableBufferPointer(start: base, count: count).initialize(from: rows)
  }

  fileprivate init(_ rows: Rows) {
    (base, count) = (.allocate(capacity: rows.count), rows.count)
    base.initialize(from: rows.base, count: count)
  }

  fileprivate func free() { base.deallocate() }
}

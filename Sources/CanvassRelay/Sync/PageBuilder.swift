import CanvassCRDT
import CanvassWire

/// Builds the page of an answer: what the client lacks, in the order of the log.
///
/// A client holds everything it may read up to its bookmark, except in the scopes that it names with a vector ("named"
/// below): those were granted later, or the bookmark was lost.
///
/// Invariants:
/// 1. First come, scope by scope, the segments of named scopes up to the bookmark that the vector does not cover. Only
///    when none of them is left does the log go on after the bookmark, so a bookmark never moves past what is missing.
/// 2. After the bookmark segments come in order, and each is sent unless the caller may not read it, this very request
///    pushed it, or the vector of a named scope covers it. The new bookmark is before the first that is yet to be sent.
/// 3. A named scope is covered once nothing of it lies after the new bookmark. Before that it would be sent twice: by
///    vector, and again when the bookmark comes by.
/// 4. Each page holds a segment, moves the bookmark, or covers a scope, unless there is nothing left to do; and `more` is
///    false exactly when the bookmark is the end of the log and all named scopes are covered.
/// 5. Segments leave in the order of the log within each scope, which is causal, and an entity's context never leaves its
///    scope: so each segment of a page can be applied after those before it.
/// 6. After `barrenRows` segments in a row that are not sent, and at once where the caller's scopes are few, the bookmark jumps
///    to the next one that may be: the first after it in any readable scope, or the first that the vector of a named scope
///    lacks. So the cost of a page is that of what is new and of one look-up for each readable scope, and never that of a
///    long history of other people's.
/// 7. A change without a body comes after the mark that says why, so the relay's own segments, which depend on nothing else,
///    lead where one is on the page; the bookmark comes by them once more. They are on top of the page's size: little
///    beside it, since a mark takes 40 bytes.
struct PageBuilder {
    static let maximumBytes = 4 << 20
    /// Segments looked at for one page.
    private static let maximumRows = 20_000
    /// A jump costs as much as looking at so many segments: those of a caller whose scopes can be many are listed first.
    private let barrenRows: Int

    let caller: Caller
    /// Positions that this very request stored.
    let pushed: Set<Int64>
    let budgetBytes: Int

    private var named: [Int64: Coverage] = [:]
    private var namedScopes: [HeldScope] = []
    /// Whether the caller may read a scope, by its number.
    private var readable: [Int64: Bool] = [:]
    private var rowCount = 0
    private var byteCount = 0

    private(set) var segments: [[UInt8]] = []
    /// Those of `segments`.
    private var rows: [SegmentRow] = []
    private(set) var bookmark: Bookmark
    private(set) var covered: [ScopeID] = []
    private(set) var more = false
    /// The numbers of the scopes that are part of the page.
    private(set) var touched: Set<Int64> = []

    init(caller: Caller, bookmark: Bookmark?, pushed: Set<Int64>, pageBytes: UInt64) {
        self.caller = caller
        barrenRows = caller.readsOthers ? 500 : 8
        self.bookmark = bookmark ?? .start
        self.pushed = pushed
        budgetBytes = Int(min(pageBytes, UInt64(PageBuilder.maximumBytes)))
    }

    /// Fills the page.
    ///
    /// - Parameter vectors: the scopes that the bookmark does not cover, with what the client holds of each.
    mutating func build(_ vectors: [ScopeReport], in connection: inout LogConnection) throws {
        for report in vectors {
            guard let scope = try connection.scope(report.scope), caller.permission(for: scope.owner).read,
                named[scope.number] == nil
            else { continue }
            named[scope.number] = try Coverage(of: report.vector, in: scope, connection: &connection)
            namedScopes.append(scope)
        }
        let start = bookmark.position
        try fill(in: &connection)
        try leadWithMarks(after: start, in: &connection)
    }

    private mutating func fill(in connection: inout LogConnection) throws {
        let head = try connection.head()
        for scope in namedScopes {
            guard try catchUp(scope, in: &connection) else {
                more = true
                return
            }
        }
        try scan(to: head, in: &connection)
        covered = namedScopes.filter { $0.latest <= bookmark.position }.map(\.id)
        more = bookmark != head
    }

    /// How many changes of each scope are on the page, those that lead with marks aside.
    func changeCounts(in connection: inout LogConnection) throws -> [ScopeID: Int] {
        var counts: [Int64: Int] = [:]
        for row in rows { counts[row.scope, default: 0] += Int(row.lastSequence - row.firstSequence) + 1 }
        var named: [ScopeID: Int] = [:]
        for (number, count) in counts {
            guard let scope = try connection.scope(number: number) else { continue }
            named[scope.id] = count
        }
        return named
    }

    /// Puts the relay's own segments of a scope first, up to the last mark on what has no body on this page, wherever they
    /// lie in the log. The roster needs none of it: there a mark is stored before what it is on.
    private mutating func leadWithMarks(after start: Int64, in connection: inout LogConnection) throws {
        var ends: [Int64: Int64] = [:]
        for row in rows where row.isStripped {
            ends[row.scope] = try max(ends[row.scope] ?? 0, connection.lastMark(on: row))
        }
        guard !ends.isEmpty else { return }
        #if PLANTED_BUGS
            if planted(.marksDoNotLead) { return }
        #endif
        var leading: [OwnSegment] = []
        for (number, end) in ends {
            guard let scope = try connection.scope(number: number), scope.id.kind != .roster else { continue }
            for segment in try connection.ownSegments(in: scope, upTo: end) {
                let isHeld =
                    named[number].map { $0.covers(branch: segment.branch, lastSequence: segment.lastSequence) }
                    ?? (segment.position <= start)
                if !isHeld { leading.append(segment) }
            }
        }
        let positions = Set(leading.map(\.position))
        let rest = zip(rows, segments).filter { !positions.contains($0.0.position) }.map { $0.1 }
        segments = leading.sorted { $0.position < $1.position }.map(\.bytes) + rest
    }

    /// Sends what the vector of a named scope does not cover, up to the bookmark.
    ///
    /// - Returns: whether all of it is on the page.
    private mutating func catchUp(_ scope: HeldScope, in connection: inout LogConnection) throws -> Bool {
        guard let coverage = named[scope.number], let first = try coverage.firstMissingPosition(in: &connection),
            first <= bookmark.position
        else { return true }
        var rows = try connection.scan(
            """
            SELECT position, scope, branch, first_sequence, last_sequence, length(bytes), dropped FROM segment
            WHERE scope = ?1 AND position BETWEEN ?2 AND ?3 ORDER BY position
            """)
        try rows.bind(scope.number, at: 1)
        try rows.bind(first, at: 2)
        try rows.bind(bookmark.position, at: 3)
        while try rows.step() {
            let row = try SegmentRow(rows)
            if coverage.covers(branch: row.branch, lastSequence: row.lastSequence) { continue }
            guard try add(row, in: &connection) else { return false }
        }
        return true
    }

    /// Why looking at segments paused.
    private enum Pause {
        case atEnd, pageFull, barren
    }

    /// Goes on after the bookmark, to the end of the log or of the page.
    private mutating func scan(to head: Bookmark, in connection: inout LogConnection) throws {
        if !caller.readsOthers { try jump(to: head, in: &connection) }
        while bookmark != head, rowCount < PageBuilder.maximumRows {
            switch try scanRun(to: head, in: &connection) {
            case .atEnd, .pageFull: return
            case .barren: try jump(to: head, in: &connection)
            }
        }
    }

    private mutating func scanRun(to head: Bookmark, in connection: inout LogConnection) throws -> Pause {
        var rows = try connection.scan(
            """
            SELECT position, scope, branch, first_sequence, last_sequence, length(bytes), dropped FROM segment
            WHERE position > ?1 AND position <= ?2 ORDER BY position
            """)
        try rows.bind(bookmark.position, at: 1)
        try rows.bind(head.position, at: 2)
        var last = bookmark.position
        var barrenCount = 0
        var pause = Pause.barren
        while barrenCount < barrenRows {
            guard try rows.step() else {
                pause = .atEnd
                break
            }
            let row = try SegmentRow(rows)
            rowCount += 1
            if try !isWanted(row, in: &connection) {
                barrenCount += 1
            } else if try add(row, in: &connection) {
                barrenCount = 0
            } else {
                #if PLANTED_BUGS
                    if planted(.bookmarkSkips) { last = row.position }
                #endif
                pause = .pageFull
                break
            }
            last = row.position
        }
        try moveBookmark(before: last + 1, in: &connection)
        return pause
    }

    /// Moves the bookmark to just before the next segment that may be sent, or to the end.
    private mutating func jump(to head: Bookmark, in connection: inout LogConnection) throws {
        var next: Int64?
        for scope in try connection.readableScopes(of: caller) where scope.latest > bookmark.position {
            guard var position = try nextPosition(in: scope, &connection) else { continue }
            if let coverage = named[scope.number] {
                guard let missing = try coverage.firstMissingPosition(in: &connection) else { continue }
                position = max(position, missing)
            }
            next = min(next ?? .max, position)
        }
        if let next { try moveBookmark(before: next, in: &connection) } else { bookmark = head }
    }

    /// The position of the first segment of a scope behind the bookmark that this request did not push.
    private func nextPosition(in scope: HeldScope, _ connection: inout LogConnection) throws -> Int64? {
        var statement = try connection.cached(
            "SELECT position FROM segment WHERE scope = ?1 AND position > ?2 ORDER BY position LIMIT 1")
        var position = bookmark.position
        repeat {
            // The last of them needs no search.
            guard position < scope.latest else { return nil }
            try statement.bind(scope.number, at: 1)
            try statement.bind(position, at: 2)
            guard try statement.step() else { return nil }
            position = statement.int64(at: 0)
            statement.reset()
        } while pushed.contains(position)
        return position
    }

    /// Moves the bookmark to the last segment before a position.
    private mutating func moveBookmark(before position: Int64, in connection: inout LogConnection) throws {
        var statement = try connection.cached(
            "SELECT position, rolling_hash FROM segment WHERE position < ?1 ORDER BY position DESC LIMIT 1")
        try statement.bind(position, at: 1)
        if try statement.step() {
            bookmark = Bookmark(position: statement.int64(at: 0), rollingHash: statement.bytes(at: 1))
        }
    }

    private mutating func isWanted(_ row: SegmentRow, in connection: inout LogConnection) throws -> Bool {
        if pushed.contains(row.position) { return false }
        if let coverage = named[row.scope] {
            return !coverage.covers(branch: row.branch, lastSequence: row.lastSequence)
        }
        #if PLANTED_BUGS
            if planted(.permissionForgotten) { return true }
        #endif
        if let isReadable = readable[row.scope] { return isReadable }
        guard let scope = try connection.scope(number: row.scope) else { throw DamagedLog(what: "scope \(row.scope)") }
        let isReadable = caller.permission(for: scope.owner).read
        readable[row.scope] = isReadable
        return isReadable
    }

    /// - Returns: false when the page is full; the first segment always fits.
    private mutating func add(_ row: SegmentRow, in connection: inout LogConnection) throws -> Bool {
        guard segments.isEmpty || byteCount + row.byteCount <= budgetBytes else { return false }
        var statement = try connection.cached("SELECT bytes FROM segment WHERE position = ?1")
        try statement.bind(row.position, at: 1)
        guard try statement.step() else { throw DamagedLog(what: "the segment at \(row.position) is missing") }
        segments.append(statement.bytes(at: 0))
        rows.append(row)
        byteCount += row.byteCount
        touched.insert(row.scope)
        return true
    }
}

/// A segment of the relay's own.
private struct OwnSegment {
    let position: Int64
    let branch: Int64
    let lastSequence: UInt64
    let bytes: [UInt8]
}

extension LogConnection {
    /// The position of the last mark on changes of a segment.
    fileprivate mutating func lastMark(on row: SegmentRow) throws -> Int64 {
        var statement = try cached(
            "SELECT max(position) FROM mark WHERE branch = ?1 AND sequence BETWEEN ?2 AND ?3")
        try statement.bind(row.branch, at: 1)
        try statement.bind(Int64(clamping: row.firstSequence), at: 2)
        try statement.bind(Int64(clamping: row.lastSequence), at: 3)
        return try statement.step() ? statement.int64(at: 0) : 0
    }

    /// What the relay wrote in a scope, this one and those whose log was lost, up to a position.
    fileprivate mutating func ownSegments(in scope: HeldScope, upTo end: Int64) throws -> [OwnSegment] {
        var segments: [OwnSegment] = []
        for branch in try branches(in: scope) where branch.isRelay {
            var statement = try scan(
                "SELECT position, last_sequence, bytes FROM segment WHERE branch = ?1 AND position <= ?2")
            try statement.bind(branch.number, at: 1)
            try statement.bind(end, at: 2)
            while try statement.step() {
                segments.append(
                    OwnSegment(
                        position: statement.int64(at: 0), branch: branch.number,
                        lastSequence: try statement.sequence(at: 1), bytes: statement.bytes(at: 2)))
            }
        }
        return segments
    }
}

/// A segment as the page sees it, without its bytes.
private struct SegmentRow {
    let position: Int64
    let scope: Int64
    let branch: Int64
    let firstSequence: UInt64
    let lastSequence: UInt64
    let byteCount: Int
    /// Whether changes of it have no body.
    let isStripped: Bool

    init(_ statement: borrowing LogStatement) throws(DamagedLog) {
        position = statement.int64(at: 0)
        scope = statement.int64(at: 1)
        branch = statement.int64(at: 2)
        firstSequence = try statement.sequence(at: 3)
        lastSequence = try statement.sequence(at: 4)
        byteCount = Int(statement.int64(at: 5))
        isStripped = statement.int64(at: 6) > 0
    }
}

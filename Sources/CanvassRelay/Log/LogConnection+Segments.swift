import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassWire

/// A segment that passed every check, with what the log stores beside it.
struct AcceptedSegment {
    let segment: Segment
    /// As they came, or re-framed where the first changes were held already.
    let bytes: [UInt8]
    /// 8 bytes of the chain hash of each change before the last.
    let checks: [UInt8]
    let anchor: Anchor
    /// The whole context of the last change.
    let context: VersionVector
    let author: EntityID
    /// Whether the relay wrote it, this one or one whose log was lost.
    let isRelay: Bool
    /// Changes without a body.
    let droppedCount: Int
    let receivedMilliseconds: Int64
    /// Relay time minus device time at the push.
    let clockOffsetMilliseconds: Int64
}

extension LogConnection {
    /// The end of the log.
    mutating func head() throws -> Bookmark {
        if let known = memory.head { return known }
        var statement = try cached("SELECT position, rolling_hash FROM segment ORDER BY position DESC LIMIT 1")
        let head =
            try statement.step()
            ? Bookmark(position: statement.int64(at: 0), rollingHash: statement.bytes(at: 1)) : .start
        memory.head = head
        return head
    }

    /// The bookmark at the end of the segment that ends at `position`; nil when none does.
    mutating func bookmark(at position: Int64) throws -> Bookmark? {
        if position == 0 { return .start }
        if let head = memory.head, head.position == position { return head }
        var statement = try cached("SELECT rolling_hash FROM segment WHERE position = ?1")
        try statement.bind(position, at: 1)
        guard try statement.step() else { return nil }
        return Bookmark(position: position, rollingHash: statement.bytes(at: 0))
    }

    /// Adds a segment at the end of the log.
    ///
    /// - Returns: its position, and the number of its branch.
    mutating func append(
        _ accepted: AcceptedSegment, to scope: HeldScope
    ) throws -> (position: Int64, branch: Int64) {
        let segment = accepted.segment
        let head = try head()
        let (position, overflow) = head.position.addingReportingOverflow(Int64(segment.count))
        guard !overflow else { throw DamagedLog(what: "no position is left") }
        let bookmark = head.next(
            position: position, scope: segment.scope, replica: segment.replica, after: segment.after)
        let branch = try advanceBranch(accepted, in: scope)
        var insert = try cached(
            """
            INSERT INTO segment (position, scope, branch, first_sequence, last_sequence, after, rolling_hash, author,
                received, clock_offset, checks, bytes, dropped)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            """)
        try insert.bind(position, at: 1)
        try insert.bind(scope.number, at: 2)
        try insert.bind(branch, at: 3)
        try insert.bind(Int64(segment.firstSequence), at: 4)
        try insert.bind(Int64(segment.lastSequence), at: 5)
        try insert.bind(segment.after.bytes, at: 6)
        try insert.bind(bookmark.rollingHash, at: 7)
        try insert.bind(accepted.author.bytes, at: 8)
        try insert.bind(accepted.receivedMilliseconds, at: 9)
        try insert.bind(accepted.clockOffsetMilliseconds, at: 10)
        try insert.bind(accepted.checks, at: 11)
        try insert.bind(accepted.bytes, at: 12)
        try insert.bind(Int64(accepted.droppedCount), at: 13)
        try insert.run()
        try run(
            """
            UPDATE scope SET latest = ?2, segment_count = segment_count + 1, change_count = change_count + ?3,
                segment_bytes = segment_bytes + ?4
            WHERE number = ?1
            """,
            .integer(scope.number), .integer(position), .integer(Int64(segment.count)),
            .integer(Int64(accepted.bytes.count)))
        memory.extend(to: bookmark, in: scope)
        return (position, branch)
    }

    /// Moves the tip of the branch that the segment continues, or begins a branch where it forks off.
    private mutating func advanceBranch(_ accepted: AcceptedSegment, in scope: HeldScope) throws -> Int64 {
        let (segment, anchor) = (accepted.segment, accepted.anchor)
        let tip: [SQLiteValue] = [
            .integer(Int64(segment.lastSequence)), .blob(segment.after.bytes), .blob(accepted.context.encoded),
        ]
        if let branch = anchor.branch, anchor.isTip {
            try run(
                "UPDATE branch SET sequence = ?2, hash = ?3, context = ?4 WHERE number = ?1",
                .integer(branch.number), tip[0], tip[1], tip[2])
            return branch.number
        }
        var insert = try cached(
            """
            INSERT INTO branch (scope, replica, parent, fork_sequence, sequence, hash, context, is_relay)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING number
            """)
        try insert.bind(
            [
                .integer(scope.number), .integer(Int64(bitPattern: segment.replica.rawValue)),
                anchor.branch.map { .integer($0.number) } ?? .null, .integer(Int64(anchor.sequence)),
            ] + tip + [.integer(accepted.isRelay ? 1 : 0)])
        guard try insert.step() else { throw DamagedLog(what: "a new branch has no number") }
        return insert.int64(at: 0)
    }
}

import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// A row of `mark`.
struct HeldMark {
    let tip: VersionVector.Tip
    /// A `MarkReason`, or one of a later version.
    let reason: String
    /// Of the change that holds the mark.
    let position: Int64
    /// That this change lies on.
    let relayBranch: Int64
}

extension LogConnection {
    /// The marks on changes of a replica with these sequences, whether the changes are held or not.
    mutating func marks(
        on replica: ReplicaID, _ sequences: ClosedRange<UInt64>, in scope: HeldScope
    ) throws -> [VersionVector.Tip: HeldMark] {
        var statement = try cached(
            """
            SELECT sequence, change_check, reason, mark.position, segment.branch
            FROM mark JOIN segment ON segment.position = mark.position
            WHERE mark.scope = ?1 AND replica = ?2 AND sequence BETWEEN ?3 AND ?4
            """)
        try statement.bind(scope.number, at: 1)
        try statement.bind(Int64(bitPattern: replica.rawValue), at: 2)
        try statement.bind(Int64(clamping: sequences.lowerBound), at: 3)
        try statement.bind(Int64(clamping: sequences.upperBound), at: 4)
        var marks: [VersionVector.Tip: HeldMark] = [:]
        while try statement.step() {
            let mark = try statement.mark()
            marks[mark.tip] = mark
        }
        return marks
    }

    /// The marks on what a branch holds up to a sequence, back to the start of the chain.
    mutating func marks(upTo sequence: UInt64, on branch: Branch, among branches: [Branch]) throws -> [HeldMark] {
        var marks: [HeldMark] = []
        var (next, end): (Branch?, UInt64) = (branch, sequence)
        while let branch = next {
            var statement = try cached(
                """
                SELECT sequence, change_check, reason, mark.position, segment.branch
                FROM mark JOIN segment ON segment.position = mark.position
                WHERE mark.branch = ?1 AND sequence <= ?2
                """)
            try statement.bind(branch.number, at: 1)
            try statement.bind(Int64(end), at: 2)
            while try statement.step() { marks.append(try statement.mark()) }
            end = branch.forkSequence
            next = branches.first { $0.number == branch.parent }
        }
        return marks
    }

    /// The marks on what is held of a chain up to a change.
    mutating func marks(upTo anchor: Anchor, in scope: HeldScope) throws -> [HeldMark] {
        guard let branch = anchor.branch else { return [] }
        let branches = branch.parent == nil ? [] : try branches(of: branch.replica, in: scope)
        return try marks(upTo: anchor.sequence, on: branch, among: branches)
    }

    /// Writes a mark down. One on a change that is marked already adds nothing.
    ///
    /// - Parameters:
    ///   - position: of the change that holds the mark.
    ///   - branch: that the marked change lies on; nil while it is not held.
    mutating func saveMark(
        on dot: Dot, reason: String, at position: Int64, branch: Int64?, in scope: HeldScope
    ) throws {
        try run(
            """
            INSERT INTO mark (scope, replica, sequence, change_check, reason, position, branch)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT DO NOTHING
            """,
            .integer(scope.number), .integer(Int64(bitPattern: dot.replica.rawValue)),
            .integer(Int64(clamping: dot.sequence)), .blob(bigEndianBytes(dot.check)), .text(reason),
            .integer(position), branch.map { .integer($0) } ?? .null)
    }

    /// Notes where a marked change lies, now that it is held.
    mutating func placeMark(on dot: Dot, branch: Int64, in scope: HeldScope) throws {
        try run(
            """
            UPDATE mark SET branch = ?5 WHERE scope = ?1 AND replica = ?2 AND sequence = ?3 AND change_check = ?4
            """,
            .integer(scope.number), .integer(Int64(bitPattern: dot.replica.rawValue)),
            .integer(Int64(clamping: dot.sequence)), .blob(bigEndianBytes(dot.check)), .integer(branch))
    }

    /// Commits marks on changes, as few changes of the relay's own as have room for them.
    ///
    /// - Returns: the position of the last of them; 0 for none.
    mutating func commitMarks(
        on dots: [(dot: Dot, reason: MarkReason)], in scope: HeldScope, as identity: RelayIdentity,
        at milliseconds: Int64
    ) throws -> Int64 {
        // Each takes at most 40 bytes of the 64 KiB of a change.
        let perChange = 1000
        var position: Int64 = 0
        for start in stride(from: 0, to: dots.count, by: perChange) {
            let edit = EntityEdit.marks(
                on: Array(dots[start..<min(start + perChange, dots.count)]), by: identity.organisation)
            position = try commitOwn([edit], in: scope, as: identity, at: milliseconds)
        }
        return position
    }

    /// Keeps the body of a change that is void for another reason than erasure.
    mutating func quarantine(
        _ body: [UInt8], of dot: Dot, by author: EntityID, received milliseconds: Int64, in scope: HeldScope
    ) throws {
        try run(
            """
            INSERT INTO quarantine (scope, replica, sequence, change_check, author, received, body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT DO NOTHING
            """,
            .integer(scope.number), .integer(Int64(bitPattern: dot.replica.rawValue)),
            .integer(Int64(clamping: dot.sequence)), .blob(bigEndianBytes(dot.check)), .blob(author.bytes),
            .integer(milliseconds), .blob(body))
    }
}

extension LogStatement {
    /// Reads the columns sequence, change_check, reason, position and branch.
    fileprivate func mark() throws -> HeldMark {
        HeldMark(
            tip: VersionVector.Tip(sequence: try sequence(at: 0), check: bigEndianInteger(bytes(at: 1).prefix(8))),
            reason: text(at: 2), position: int64(at: 3), relayBranch: int64(at: 4))
    }
}

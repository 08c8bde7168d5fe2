import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassWire

/// What an examination of a relay's database found: everything in it was read, decoded and hashed.
package struct LogVerification: Sendable {
    /// The id of the organisation.
    package let organisation: String
    package let segmentCount: Int
    package let changeCount: Int
    /// The end of the log.
    package let position: Int64
    /// What is wrong, in words; empty for a sound one. A long list is cut.
    package let findings: [String]
    let bookmark: Bookmark

    package var isSound: Bool { findings.isEmpty }
}

/// Reads a relay's database from end to end.
///
/// It checks what the relay relies on (`LogSchema`): SQLite's own structure; each segment's bytes and hashes against the
/// columns beside them; that positions and rolling hashes follow each other; that each branch is one chain that ends at its
/// tip; and that what has no body has a mark.
struct LogVerifier {
    private static let maximumFindings = 20

    private struct Tip {
        var sequence: UInt64
        var hash: ChainHash
        var context: VersionVector
    }

    /// What the segments of a scope come to.
    private struct Totals: Equatable {
        var segmentCount: Int64 = 0
        var changeCount: Int64 = 0
        var byteCount: Int64 = 0
    }

    private var findings: [String] = []
    private var bookmark = Bookmark.start
    private var segmentCount = 0
    private var changeCount = 0
    private var tips: [Int64: Tip] = [:]
    private var latest: [Int64: Int64] = [:]
    private var totals: [Int64: Totals] = [:]

    /// - Throws: what keeps it from reading at all.
    static func verify(_ connection: inout LogConnection) throws -> LogVerification {
        var verifier = LogVerifier()
        guard let identity = try connection.identity() else {
            throw DamagedLog(what: "it does not say which organisation it is of")
        }
        for finding in try connection.structureFindings() { verifier.find(finding) }
        try verifier.checkLog(&connection)
        try verifier.checkEnds(&connection)
        return LogVerification(
            organisation: identity.organisation.description, segmentCount: verifier.segmentCount,
            changeCount: verifier.changeCount, position: verifier.bookmark.position, findings: verifier.findings,
            bookmark: verifier.bookmark)
    }

    private mutating func find(_ what: String) {
        if findings.count < LogVerifier.maximumFindings { findings.append(what) }
    }

    private mutating func checkLog(_ connection: inout LogConnection) throws {
        var rows = try connection.scan(
            """
            SELECT position, segment.scope, branch, first_sequence, last_sequence, after, rolling_hash, checks, bytes,
                dropped, scope.id, branch.replica
            FROM segment LEFT JOIN scope ON scope.number = segment.scope
            LEFT JOIN branch ON branch.number = segment.branch ORDER BY position
            """)
        while try rows.step() {
            segmentCount += 1
            let row = LogRow(rows)
            totals[row.scope, default: Totals()].segmentCount += 1
            totals[row.scope, default: Totals()].changeCount &+= row.lastSequence &- row.firstSequence &+ 1
            totals[row.scope, default: Totals()].byteCount += Int64(row.bytes.count)
            do {
                try check(row, in: &connection)
            } catch let unsound as Unsound {
                find("the segment at \(row.position): \(unsound.what)")
                bookmark = Bookmark(position: row.position, rollingHash: row.rollingHash)
            }
        }
    }

    private mutating func check(_ row: LogRow, in connection: inout LogConnection) throws {
        let (segment, changes) = try row.decoded()
        changeCount += changes.count
        let (position, overflow) = bookmark.position.addingReportingOverflow(Int64(segment.count))
        guard !overflow, position == row.position else { throw Unsound("it does not follow the one before") }
        let next = bookmark.next(
            position: position, scope: segment.scope, replica: segment.replica, after: segment.after)
        guard next.rollingHash == row.rollingHash else { throw Unsound("its rolling hash is wrong") }
        bookmark = next
        latest[row.scope] = position
        try checkChain(row, segment, changes, in: &connection)
        try checkMarks(row, changes, in: &connection)
    }

    private mutating func checkChain(
        _ row: LogRow, _ segment: Segment, _ changes: [Change], in connection: inout LogConnection
    ) throws {
        if let tip = tips[row.branch] {
            guard tip.sequence + 1 == segment.firstSequence, tip.hash == segment.before else {
                throw Unsound("it does not go on where its branch ended")
            }
            guard tip.context == segment.startingContext else { throw Unsound("its starting context is wrong") }
        } else if segment.firstSequence > 1 {
            guard let scope = try connection.scope(number: row.scope) else { throw Unsound("its scope is missing") }
            let branches = try connection.branches(of: segment.replica, in: scope).filter { $0.number != row.branch }
            let anchor = try connection.anchor(
                scope: scope, replica: segment.replica, sequence: segment.firstSequence - 1, hash: segment.before,
                among: branches)
            guard anchor?.context == segment.startingContext else {
                throw Unsound("nothing that it forks from is there")
            }
        }
        var context = segment.startingContext
        for change in changes {
            guard let head = try? ChangeHead(decoding: change.head) else {
                throw Unsound("the head of change \(change.dot) cannot be read")
            }
            context.apply(head.contextDifference)
        }
        tips[row.branch] = Tip(sequence: segment.lastSequence, hash: segment.after, context: context)
    }

    private func checkMarks(_ row: LogRow, _ changes: [Change], in connection: inout LogConnection) throws {
        let bare = changes.filter { $0.body == nil }
        guard bare.count == row.droppedCount else { throw Unsound("it lacks bodies that it should have") }
        guard let first = bare.first, let last = bare.last else { return }
        guard let scope = try connection.scope(number: row.scope) else { throw Unsound("its scope is missing") }
        let marks = try connection.marks(on: first.replica, first.sequence...last.sequence, in: scope)
        for change in bare where marks[change.dot.tip] == nil {
            throw Unsound("change \(change.dot) has neither a body nor a mark")
        }
    }

    private mutating func checkEnds(_ connection: inout LogConnection) throws {
        var scopes = try connection.cached(
            "SELECT number, latest, segment_count, change_count, segment_bytes FROM scope")
        var numbers: [Int64] = []
        while try scopes.step() {
            let number = scopes.int64(at: 0)
            numbers.append(number)
            if scopes.int64(at: 1) != latest[number] ?? 0 { find("scope \(number) ends elsewhere in the log") }
            let told = Totals(
                segmentCount: scopes.int64(at: 2), changeCount: scopes.int64(at: 3), byteCount: scopes.int64(at: 4))
            if told != totals[number] ?? Totals() { find("scope \(number) counts its segments wrongly") }
        }
        for number in numbers {
            guard let scope = try connection.scope(number: number) else { continue }
            for branch in try connection.branches(in: scope) {
                let tip = tips[branch.number]
                let isRight =
                    tip?.sequence == branch.sequence && tip?.hash == branch.hash && tip?.context == branch.context
                if !isRight { find("a branch of replica \(branch.replica) in \(scope.id) ends elsewhere in the log") }
            }
        }
    }
}

/// What is wrong with a segment.
private struct Unsound: Error {
    let what: String

    init(_ what: String) {
        self.what = what
    }
}

/// A row of `segment`, with the scope and the replica that it belongs to.
private struct LogRow {
    let position: Int64
    let scope: Int64
    let branch: Int64
    let firstSequence: Int64
    let lastSequence: Int64
    let after: [UInt8]
    let rollingHash: [UInt8]
    let checks: [UInt8]
    let bytes: [UInt8]
    let droppedCount: Int64
    let scopeID: [UInt8]
    let replica: Int64

    init(_ row: borrowing LogStatement) {
        position = row.int64(at: 0)
        scope = row.int64(at: 1)
        branch = row.int64(at: 2)
        firstSequence = row.int64(at: 3)
        lastSequence = row.int64(at: 4)
        after = row.bytes(at: 5)
        rollingHash = row.bytes(at: 6)
        checks = row.bytes(at: 7)
        bytes = row.bytes(at: 8)
        droppedCount = row.int64(at: 9)
        scopeID = row.bytes(at: 10)
        replica = row.int64(at: 11)
    }

    /// - Throws: `Unsound`.
    func decoded() throws(Unsound) -> (segment: Segment, changes: [Change]) {
        let segment: Segment
        let changes: [Change]
        do {
            segment = try Segment(decoding: bytes)
            changes = try segment.changes()
        } catch {
            throw Unsound("it cannot be read: \(error.reason)")
        }
        let isSame =
            segment.scope.bytes == scopeID && Int64(bitPattern: segment.replica.rawValue) == replica
            && Int64(exactly: segment.firstSequence) == firstSequence
            && Int64(exactly: segment.lastSequence) == lastSequence && segment.after.bytes == after
            && changes.dropLast().flatMap { bigEndianBytes($0.hash.check) } == checks
        guard isSame else { throw Unsound("it is another than the columns beside it say") }
        return (segment, changes)
    }
}

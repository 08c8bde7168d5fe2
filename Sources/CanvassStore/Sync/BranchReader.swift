import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassWire

/// Reads one branch of the log, from a change on, cut into segments.
///
/// Invariants:
/// 1. A segment ends where a seal is kept, wherever that can be: it covers exactly the end, so whoever carries the changes
///    of others can show who made them. What lies between two sealed ends stays together, between two of the relay's where
///    invariant 2 allows it.
/// 2. A change whose author had seen somebody else's since the one before it begins a segment, unless invariant 1 keeps it
///    inside: else two writers' runs could wait for each other for ever.
struct BranchReader {
    enum Extent {
        /// Only what a kept seal, or the own device, can prove.
        case provable
        case everything
    }

    private struct Atom {
        var changes: [PlacedChange] = []
        var byteCount = 0
        var seals: Segment.Seals?

        mutating func append(_ change: PlacedChange) {
            changes.append(change)
            byteCount += change.byteCount
        }
    }

    let branch: HeldBranch
    private let extent: Extent
    private let limits: SyncLimits
    /// The checks of the branch, where the replica has forked.
    private let checks: [UInt64]?
    /// The sealed ends that lie ahead.
    private var sealed: ArraySlice<(tip: VersionVector.Tip, seals: Segment.Seals)>
    private var last: VersionVector.Tip
    private var hash: ChainHash
    private var rows: ArraySlice<PlacedChange> = []
    private var next: Atom?
    /// What does not fit up to the next seal of the relay will not before so many changes have been passed.
    private var retryAfter: UInt64 = 0

    private static let rowsAtOnce: Int64 = 256

    /// - Parameter base: the change to begin after; sequence 0 for the whole branch.
    init(
        _ branch: HeldBranch, after base: VersionVector.Tip, extent: Extent, limits: SyncLimits,
        in connection: inout Connection
    ) throws {
        self.branch = branch
        self.extent = extent
        self.limits = limits
        last = base
        hash = try connection.hash(of: base, on: branch)
        let checks = try connection.hasForked(branch) ? connection.checks(of: branch, endingAt: branch.tip) : nil
        self.checks = checks
        sealed = try connection.usableSeals(on: branch, after: base.sequence).filter { seal in
            guard let checks else { return true }
            return seal.tip.sequence <= branch.tip.sequence && checks[Int(seal.tip.sequence) - 1] == seal.tip.check
        }[...]
    }

    /// The next segment; nil at the end, or where nothing more can be proven.
    mutating func nextRun(in connection: inout Connection) throws -> SegmentRun? {
        if next == nil { next = try nextAtom(in: &connection) }
        guard let first = next.take() else { return nil }
        let dot = first.changes[0].change.predecessor
        let before = VersionVector.Tip(sequence: dot.sequence, check: dot.check)
        var run = SegmentRun(
            branch: branch, changes: first.changes, startingContext: try connection.context(of: before, on: branch),
            seals: first.seals, byteCount: first.byteCount)
        while let atom = try nextAtom(in: &connection) {
            guard atom.changes.allSatisfy({ !$0.hasOwnContext }), (atom.seals == nil) == (run.seals == nil),
                run.byteCount + atom.byteCount <= min(limits.segmentBytes, limits.pushBytes),
                run.changes.count + atom.changes.count <= limits.segmentChanges
            else {
                next = atom
                break
            }
            run.changes += atom.changes
            run.byteCount += atom.byteCount
            run.seals = atom.seals
        }
        return run
    }

    /// What no cut may divide: the changes up to the next sealed end, or one change where none lies ahead.
    private mutating func nextAtom(in connection: inout Connection) throws -> Atom? {
        while let end = sealed.first, end.tip.sequence <= last.sequence { sealed.removeFirst() }
        if last.sequence >= retryAfter, let end = sealed.first(where: { $0.seals.relay != nil }),
            let atom = try atom(upTo: end, isWhole: true, in: &connection)
        {
            return atom
        }
        if !branch.isOwn, let end = sealed.first, let atom = try atom(upTo: end, isWhole: false, in: &connection) {
            return atom
        }
        return extent == .everything || branch.isOwn ? try single(in: &connection) : nil
    }

    /// The changes up to a sealed end.
    ///
    /// - Parameter isWhole: whether only a run will do that may become one segment by invariant 2. The relay's own seal is
    ///   worth more than that of a device, whose rights may have changed since; but not a segment that others wait for.
    /// - Returns: nil where they do not fit a segment.
    private mutating func atom(
        upTo end: (tip: VersionVector.Tip, seals: Segment.Seals), isWhole: Bool, in connection: inout Connection
    ) throws -> Atom? {
        let mostBytes = branch.isOwn ? limits.segmentBytes : SegmentLimits.maximumDecodedBytes
        var atom = Atom()
        while let change = try change(at: atom.changes.count, in: &connection), change.tip.sequence <= end.tip.sequence
        {
            atom.append(change)
            let fits = atom.byteCount <= mostBytes && atom.changes.count <= SegmentLimits.maximumCount
            guard fits, !isWhole || atom.changes.count == 1 || !change.hasOwnContext else {
                retryAfter = change.tip.sequence - 1
                return nil
            }
        }
        guard atom.changes.last?.tip == end.tip else {
            throw StoreError.damaged("change \(branch.dot(of: end.tip)) of \(branch.scope): it is missing")
        }
        atom.seals = end.seals
        pass(atom.changes.count)
        return atom
    }

    private mutating func single(in connection: inout Connection) throws -> Atom? {
        guard let change = try change(at: 0, in: &connection) else { return nil }
        var atom = Atom()
        atom.append(change)
        pass(1)
        return atom
    }

    private mutating func pass(_ count: Int) {
        if let change = rows.prefix(count).last { last = change.tip }
        rows.removeFirst(count)
    }

    /// The change that lies so many behind the last one passed.
    private mutating func change(at offset: Int, in connection: inout Connection) throws -> PlacedChange? {
        while rows.count <= offset {
            let from = rows.last?.tip ?? last
            guard from.sequence < branch.tip.sequence else { return nil }
            let read = try connection.changes(
                of: branch, checks: checks, after: from.sequence, hash, atMost: BranchReader.rowsAtOnce)
            guard let end = read.last else {
                throw StoreError.damaged(
                    "change \(from.sequence + 1) of \(branch.replica) in \(branch.scope): it is missing")
            }
            hash = end.change.hash
            rows += read
        }
        return rows[rows.startIndex + offset]
    }
}

extension Connection {
    /// Changes of one branch in order, every hash recomputed.
    fileprivate mutating func changes(
        of branch: HeldBranch, checks: [UInt64]?, after sequence: UInt64, _ hash: ChainHash, atMost count: Int64
    ) throws -> [PlacedChange] {
        var statement = try cached(
            """
            SELECT sequence, "check", head, body, body_hash, position, context_at = position
            FROM change WHERE scope = ?1 AND replica = ?2 AND sequence > ?3 ORDER BY sequence LIMIT ?4
            """)
        try statement.bind(branch.scopeRow, at: 1)
        try statement.bind(branch.replicaRow, at: 2)
        try statement.bind(Int64(bitPattern: sequence), at: 3)
        try statement.bind(count, at: 4)
        defer { statement.reset() }
        var changes: [PlacedChange] = []
        var previous = hash
        while try statement.step() {
            let tip = try statement.tip(at: 0)
            // Changes of other branches of this replica lie between, and two may follow the same change.
            if let checks {
                guard tip.sequence <= branch.tip.sequence, checks[Int(tip.sequence) - 1] == tip.check else { continue }
            }
            let change = try Change(row: statement, of: branch, tip.sequence, after: previous)
            guard change.hash.check == tip.check else {
                throw StoreError.damaged("change \(change.dot) of \(branch.scope): its hash does not match")
            }
            changes.append(
                PlacedChange(
                    change: change, position: statement.int64(at: 5), hasOwnContext: statement.int64(at: 6) != 0))
            previous = change.hash
        }
        return changes
    }
}

extension Change {
    /// A change from the columns head, body and body hash, from the third on.
    fileprivate init(
        row: borrowing Statement, of branch: HeldBranch, _ sequence: UInt64, after previous: ChainHash
    ) throws {
        let head = row.bytes(at: 2)
        guard row.isNull(at: 3) else {
            self.init(
                scope: branch.scope, replica: branch.replica, sequence: sequence, previous: previous, head: head,
                body: row.bytes(at: 3))
            return
        }
        guard let hash = SHA256.Digest(bytes: row.bytes(at: 4)) else {
            throw StoreError.damaged("change \(sequence) of \(branch.replica)")
        }
        self.init(
            scope: branch.scope, replica: branch.replica, sequence: sequence, previous: previous, head: head,
            bodyHash: hash)
    }
}

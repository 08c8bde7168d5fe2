import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// The replica that a log makes, built anew in a file of its own: what the stored state is held against, what a repair
/// puts in its place, and what a salvage saves.
///
/// Invariants:
/// 1. A change is taken only when the hash that its bytes and its chain give is one of the hashes written beside it.
/// 2. It is then applied by the same code that applies what a sync brings, so gaps and contexts are checked there.
/// 3. Scopes and replicas have the same row numbers as in the source; positions follow the source's order, but for
///    changes that had to be looked for.
/// 4. A change without a body is taken as void, since its mark may stand behind it in the log; where there is none after
///    all, that is found, and the change stays void.
/// 5. Memory holds a few rows and the tips, never the log.
struct Rebuild: ~Copyable {
    var connection: Connection
    var workspace = Workspace()
    let own: ReplicaID?
    /// The chain hash of every change that may be followed by another without looking it up.
    var tips: [Place: ChainHash] = [:]
    /// Own changes that are whole but follow one that is not, by their rows in `quarantine`.
    var stranded: [Stranded] = []
    /// The hash that the last row taken out of each chain claims to have.
    var claims: [Chain: Claim] = [:]
    /// Rows taken out so far; every later position is smaller than in the source by as much.
    var removed: Int64 = 0
    /// Changes that were taken before the log came to the positions that stand beside them.
    var takenEarly: Set<Place> = []
    /// What was looked for past its position.
    var sought: Set<LogCarver.Key> = []
    var names: LogNames

    struct Place: Hashable {
        let scope: ScopeID
        let dot: Dot
    }

    struct Chain: Hashable {
        let scopeRow: Int64
        let replicaRow: Int64
    }

    struct Claim {
        let sequence: UInt64
        let hash: [UInt8]
    }

    struct Stranded {
        let scope: ScopeID
        let quarantineRow: Int64
    }

    /// Opens the file, which is empty.
    init(in file: ScratchFile, own: ReplicaID?, names: LogNames) throws {
        self.own = own
        self.names = names
        workspace.trustsDroppedBodies = true
        connection = try Connection(path: file.path, mode: .create, disk: file.disk)
    }

    /// Fills the file from the log of `source`.
    ///
    /// - Parameter carver: finds rows that SQLite cannot read; nil where there is no copy of the file to search.
    /// - Throws: `SQLiteError` for what is not the source's fault.
    mutating func fill(
        from source: inout Connection, carver: LogCarver? = nil, report: inout DoctorReport,
        onProgress: (Int) -> Void
    ) throws {
        // Thrown away, or brought to the disk as a whole when it is done: no journal can help it.
        try connection.execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;")
        try connection.execute("BEGIN")
        for migration in Schema.migrations { try migration.apply(&connection) }
        try connection.execute(
            """
            PRAGMA application_id = \(Schema.applicationID);
            PRAGMA user_version = \(Schema.migrations.last?.version ?? 0);
            """)
        try seed(from: &source)
        try replay(&source, carver, &report, onProgress)
        try workspace.flush(&connection)
        try findUnmarked(&report)
        try markOwnTips(like: &source)
    }

    /// Writes everything to the file.
    mutating func finish() throws {
        try workspace.flush(&connection)
        try connection.execute("COMMIT")
    }

    /// Gives scopes and replicas the numbers that they have in the source.
    private mutating func seed(from source: inout Connection) throws {
        for (id, scope) in names.scopes.sorted(by: { $0.key < $1.key }) {
            try connection.run(
                "INSERT OR IGNORE INTO scope (id, scope, kind, owner) VALUES (?1, ?2, ?3, ?4)", .integer(id),
                .blob(scope.bytes), .text(scope.kind.name), .blob(scope.id.bytes))
        }
        for row in try source.readableRows("SELECT id, campaign, team, is_granted FROM scope NOT INDEXED").rows {
            try connection.run(
                "UPDATE scope SET campaign = ?2, team = ?3, is_granted = ?4 WHERE id = ?1", row[0], row[1].idOrNull,
                row[2].idOrNull, row[3] == .integer(1) ? .integer(1) : .integer(0))
        }
        for (id, replica) in names.replicas.sorted(by: { $0.key < $1.key }) {
            try connection.run(
                "INSERT OR IGNORE INTO replica (id, replica) VALUES (?1, ?2)", .integer(id), .blob(replica.bytes))
        }
    }

    private mutating func replay(
        _ source: inout Connection, _ carver: LogCarver?, _ report: inout DoctorReport,
        _ onProgress: (Int) -> Void
    ) throws {
        var cursor = LogCursor()
        /// The position after the last one that was read.
        var next: Int64 = 1
        while true {
            switch try cursor.next(in: &source) {
            case .end:
                guard let carver else { return }
                let end = try source.readableInteger("SELECT max(position) FROM tip")
                try carve(carver, &next, to: carver.hasLog ? .max : end ?? 0, &report)
                if Int64(report.changesSound) < end ?? .max { try takeFollowers(carver, &report) }
                return
            case .hole(let from, let to, let reason):
                let place = to.map { $0 == from ? "position \(from)" : "positions \(from) to \($0)" }
                // Where nothing readable follows, the tips say where the log ends.
                let end = try to ?? source.readableInteger("SELECT max(position) FROM tip") ?? .max
                next = from
                try carve(carver, &next, to: end, &report)
                report.add(
                    .change, "the log, \(place ?? "position \(from) and after")", "cannot be read (\(reason))",
                    next > end ? .found : .lost)
            case .row(let row):
                if row.position > next { try carve(carver, &next, to: row.position - 1, &report) }
                report.changesRead += 1
                try take(proven(row, carver), carver, &report)
                if row.position >= next { next = row.position == .max ? .max : row.position + 1 }
                if report.changesRead % 256 == 0 { onProgress(report.changesRead) }
            }
        }
    }

    /// Looks for rows that SQLite does not see, from position `next` on: the one that its hash proves, or else the first
    /// that lay there.
    private mutating func carve(
        _ carver: LogCarver?, _ next: inout Int64, to last: Int64, _ report: inout DoctorReport
    ) throws {
        guard let carver, next <= last else { return }
        for candidates in carver.rows(from: next, to: last).chunked(by: { $0.position == $1.position }) {
            let proven = try candidates.first { row in
                if case .known = try identify(row) { true } else { false }
            }
            guard let row = proven ?? candidates.first else { continue }
            if row.position == next, next < .max { next += 1 }
            report.changesRead += 1
            report.add(.change, "the log, position \(row.position)", "is hidden from SQLite by damage on its page")
            try take(row, carver, &report)
        }
    }

    /// The row, or what was found in the bytes in its place, if only that is proven by its hash: one damaged byte may have
    /// SQLite read a head or a body of the wrong length.
    private mutating func proven(_ row: LogRow, _ carver: LogCarver?) throws -> LogRow {
        guard let carver, case .unknown = try identify(row) else { return row }
        for candidate in carver.rows(from: row.position, to: row.position) {
            if case .known = try identify(candidate) { return candidate }
        }
        return row
    }

    private mutating func take(_ row: LogRow, _ carver: LogCarver?, _ report: inout DoctorReport) throws {
        let change: Change
        switch try identify(row, searching: carver, &report) {
        case .unknown(let reason): return try quarantine(row, reason, &report)
        case .known(let found): change = found
        }
        do {
            guard try apply(change, searching: carver, &report) else {
                if takenEarly.remove(Place(scope: change.scope, dot: change.dot)) != nil { return }
                removed += 1
                return report.add(.change, place(of: change), "stands in the log twice")
            }
        } catch let error as StoreError {
            return try quarantine(row, error.description, &report)
        }
        try note(row, change, &report)
    }

    /// Notes a change that has just been applied.
    mutating func note(_ row: LogRow, _ change: Change, _ report: inout DoctorReport) throws {
        report.changesSound += 1
        tips[Place(scope: change.scope, dot: change.predecessor)] = nil
        tips[Place(scope: change.scope, dot: change.dot)] = change.hash
        try compare(row, with: change, &report)
    }

    /// Reports columns that say something else than the change that they belong to.
    private mutating func compare(_ row: LogRow, with change: Change, _ report: inout DoctorReport) throws {
        var wrong: [String] = []
        if names.scopes[row.scopeRow] != change.scope { wrong.append("scope") }
        if names.replicas[row.replicaRow] != change.replica { wrong.append("replica") }
        if row.sequence != change.sequence { wrong.append("sequence") }
        if row.check != change.hash.check { wrong.append("check") }
        if row.previous != change.previous.check { wrong.append("previous") }
        if row.hash != change.hash.bytes { wrong.append("hash") }
        let link = try connection.storedContext(at: connection.lastLogPosition())
        if row.context != link.context { wrong.append("context") }
        let shifted = link.contextAt == 0 ? 0 : link.contextAt + removed
        // After a removal an older context may have moved by less.
        if row.contextAt != shifted, removed == 0 || (row.contextAt == 0) != (link.contextAt == 0) {
            wrong.append("context_at")
        }
        guard !wrong.isEmpty else { return }
        report.add(.change, place(of: change), "columns that its bytes contradict: \(wrong.joined(separator: ", "))")
    }

    /// Finds the changes without a body that no mark names: only the relay's mark can say that they are to be void.
    private mutating func findUnmarked(_ report: inout DoctorReport) throws {
        let unmarked = try connection.readableRows(
            """
            SELECT hex(scope.scope), hex(replica.replica), change.sequence
            FROM change JOIN scope ON scope.id = change.scope JOIN replica ON replica.id = change.replica
            WHERE change.body IS NULL AND NOT EXISTS (SELECT 1 FROM mark
                WHERE mark.scope = change.scope AND mark.replica = change.replica
                    AND mark.sequence = change.sequence AND mark."check" = change."check")
            ORDER BY change.position
            """)
        for row in unmarked.rows {
            report.add(
                .change, "change \(row[1].words):\(row[2].words) of \(row[0].words)",
                "has no body, and the mark that would say why is missing; the next sync brings it if the relay has it",
                .lost)
        }
    }

    func place(of change: Change) -> String { "change \(change.dot) of \(change.scope)" }
}

extension [LogRow] {
    /// Runs of neighbours that belong together.
    fileprivate func chunked(by belongs: (LogRow, LogRow) -> Bool) -> [[LogRow]] {
        var chunks: [[LogRow]] = []
        for row in self {
            if let last = chunks.last?.last, belongs(last, row) {
                chunks[chunks.count - 1].append(row)
            } else {
                chunks.append([row])
            }
        }
        return chunks
    }
}

extension Change {
    /// The dot of the change before it; sequence 0 before the first.
    var predecessor: Dot { Dot(replica: replica, sequence: sequence - 1, check: previous.check) }
}

extension SQLiteValue {
    fileprivate var idOrNull: SQLiteValue {
        if case .blob(let bytes) = self, bytes.count == 16 { self } else { .null }
    }
}

extension Connection {
    fileprivate mutating func storedContext(at position: Int64) throws -> (context: [UInt8]?, contextAt: Int64) {
        var statement = try cached("SELECT context, context_at FROM change WHERE position = ?1")
        try statement.bind(position, at: 1)
        defer { statement.reset() }
        guard try statement.step() else { return (nil, 0) }
        return (statement.isNull(at: 0) ? nil : statement.bytes(at: 0), statement.int64(at: 1))
    }
}

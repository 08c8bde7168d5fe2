import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// What cannot stay in the log: kept apart as it lay, and, where it is this device's own work, made again.
extension Rebuild {
    mutating func quarantine(_ row: LogRow, _ reason: String, _ report: inout DoctorReport) throws {
        removed += 1
        let scope = names.scopes[row.scopeRow]
        let replica = names.replicas[row.replicaRow]
        try connection.run(
            """
            INSERT INTO quarantine (scope, replica, sequence, "check", previous, hash, head, body, reason)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """,
            scope.map { .blob($0.bytes) } ?? .null, replica.map { .blob($0.bytes) } ?? .null,
            .integer(Int64(bitPattern: row.sequence)), .integer(Int64(bitPattern: row.check)),
            .integer(Int64(bitPattern: row.previous)), .blob(row.hash), .blob(row.head),
            row.body.map { .blob($0) } ?? .null, .text(reason))
        let chain = Chain(scopeRow: row.scopeRow, replicaRow: row.replicaRow)
        if let scope, replica == own, own != nil, row.isWhole(after: claims[chain]) {
            stranded.append(Stranded(scope: scope, quarantineRow: connection.lastInsertRowID))
        }
        claims[chain] = Claim(sequence: row.sequence, hash: row.hash)
        let name = replica.map { "change \($0):\(row.sequence)" } ?? "the change at position \(row.position)"
        report.add(.change, scope.map { "\(name) of \($0)" } ?? name, reason)
    }

    /// Counts the own changes that are neither in the log any more nor, by its last word, at the relay.
    mutating func countLosses(in source: inout Connection, _ report: inout DoctorReport) throws {
        guard let own else { return }
        for (replicaRow, replica) in names.replicas where replica == own {
            for (scopeRow, scope) in names.scopes {
                let held = try connection.readableInteger(
                    "SELECT max(sequence) FROM tip WHERE scope = \(scopeRow) AND replica = \(replicaRow)")
                let wanted = try source.readableInteger(
                    "SELECT max(sequence) FROM tip WHERE scope = \(scopeRow) AND replica = \(replicaRow)")
                let claimed = try connection.highestQuarantined(scope: scope, replica: replica)
                let relay = try relaySequence(scopeRow, replicaRow, &source)
                let safe = max(held ?? 0, relay, 0)
                // A number that is itself damaged says nothing.
                let last = [wanted ?? 0, claimed].filter { $0 <= safe + Int64(report.changesRead) + 1_000 }.max() ?? 0
                if last > safe { report.unsyncedLost += Int(last - safe) }
            }
        }
    }

    private func relaySequence(_ scope: Int64, _ replica: Int64, _ source: inout Connection) throws -> Int64 {
        try source.readableInteger(
            "SELECT max(sequence) FROM relay_tip WHERE scope = \(scope) AND replica = \(replica)") ?? 0
    }

    /// Makes whole own changes again whose chain is broken before them and which the relay was not known to hold.
    ///
    /// They cannot keep their places, since a chain without one of its links proves nothing; their work can. If the relay
    /// did have them, the same values stand side by side, which is no conflict. A put replaces only what this device had
    /// written itself: what else its author had been shown went with the chain.
    mutating func makeAgain(author: EntityID, source: inout Connection, _ report: inout DoctorReport) throws {
        guard let own else { return }
        for lost in stranded {
            guard let row = try connection.quarantined(lost.quarantineRow), row.sequence > 0 else { continue }
            let rows = (names.scopes.first { $0.value == lost.scope }, names.replicas.first { $0.value == own })
            if let scope = rows.0, let replica = rows.1,
                Int64(bitPattern: row.sequence) <= (try relaySequence(scope.key, replica.key, &source))
            {
                continue
            }
            guard let head = try? ChangeHead(decoding: row.head), let body = try? ChangeBody(decoding: row.body)
            else { continue }
            let edits = try body.edits.map { try replacingOwnVersionsOnly($0, in: lost.scope, own) }
            _ = try workspace.commit(
                edits, scope: lost.scope, replica: own, author: author, clockMilliseconds: head.stamp.milliseconds,
                in: &connection)
            report.madeAgain += 1
        }
    }

    private mutating func replacingOwnVersionsOnly(
        _ edit: EntityEdit, in scope: ScopeID, _ own: ReplicaID
    ) throws -> EntityEdit {
        let kind = try workspace.row(ofTerm: edit.kind, in: &connection)
        let stored = try workspace.withScope(scope, in: &connection) { state, _, connection in
            try connection.storedEntity(edit.entity, kind: kind, kindName: edit.kind, scope: state.row)
        }
        var edit = edit
        for index in edit.operations.indices {
            let operation = edit.operations[index]
            guard operation.namesCell else { continue }
            let isExistence = operation.field.hasSameBytes(as: EntityState.existenceField)
            let cell =
                isExistence ? stored?.state.alive : stored?.state.cell(operation.field, element: operation.element)
            edit.operations[index].replaced = cell?.versions.map(\.dot).filter { $0.replica == own } ?? []
        }
        return edit
    }

    /// Marks the branch that this replica writes on, in each scope that it has written: the one that was marked, or
    /// else, since that is gone, the one that grew last.
    mutating func markOwnTips(like source: inout Connection) throws {
        guard let own, let row = names.replicas.first(where: { $0.value == own })?.key else { return }
        let marked = try source.readableRows(
            "SELECT scope, sequence, \"check\" FROM tip WHERE is_own AND replica = \(row)"
        ).rows
        for tip in marked {
            try connection.run(
                "UPDATE tip SET is_own = 1 WHERE scope = ?1 AND replica = ?2 AND sequence = ?3 AND \"check\" = ?4",
                .integer(tip[0].integerOrZero), .integer(row), .integer(tip[1].integerOrZero),
                .integer(tip[2].integerOrZero))
        }
        try connection.run(
            """
            UPDATE tip SET is_own = 1
            WHERE replica = ?1 AND NOT EXISTS (SELECT 1 FROM tip AS other WHERE other.scope = tip.scope AND other.is_own)
                AND position = (
                    SELECT max(position) FROM tip AS other WHERE other.scope = tip.scope AND other.replica = ?1)
            """, .integer(row))
        // What `workspace` has read of the scopes does not know of the marks yet.
        try workspace.flush(&connection)
        workspace = Workspace()
        workspace.trustsDroppedBodies = true
    }
}

extension SQLiteValue {
    fileprivate var integerOrZero: Int64 {
        if case .integer(let integer) = self { integer } else { 0 }
    }
}

extension LogRow {
    /// Whether the bytes give the row's hash after the one that the row before it claims.
    fileprivate func isWhole(after claim: Rebuild.Claim?) -> Bool {
        guard let claim, claim.sequence < .max, sequence == claim.sequence + 1, body != nil, let bodyHash,
            let before = try? ChainHash(bytes: claim.hash)
        else { return false }
        return before.next(headHash: SHA256.digest(of: head), bodyHash: bodyHash).bytes == hash
    }
}

extension Connection {
    fileprivate mutating func quarantined(
        _ row: Int64
    ) throws -> (sequence: UInt64, head: [UInt8], body: [UInt8])? {
        var statement = try cached("SELECT sequence, head, body FROM quarantine WHERE id = ?1")
        try statement.bind(row, at: 1)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        return (UInt64(bitPattern: statement.int64(at: 0)), statement.bytes(at: 1), statement.bytes(at: 2))
    }

    fileprivate mutating func highestQuarantined(scope: ScopeID, replica: ReplicaID) throws -> Int64 {
        var statement = try cached("SELECT max(sequence) FROM quarantine WHERE scope = ?1 AND replica = ?2")
        try statement.bind(scope.bytes, at: 1)
        try statement.bind(replica.bytes, at: 2)
        defer { statement.reset() }
        return try statement.step() ? statement.int64(at: 0) : 0
    }
}

import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import Foundation
import TestSupport

extension EntityID {
    /// An id that differs from others by `number` alone.
    static func sample(_ number: UInt64) -> EntityID {
        EntityID(milliseconds: 1_700_000_000_000, random: (0, number << 2))
    }
}

extension ScopeID {
    static let sample = ScopeID(.responses, .sample(1))
    static let other = ScopeID(.responses, .sample(2))
}

extension TemporaryFolder {
    /// A new replica; the number makes its identity.
    func store(_ number: UInt64) throws -> ReplicaStore {
        var random = SplitMix64(seed: number)
        return try ReplicaStore.create(
            path: path("\(number).canvass"), clockMilliseconds: 1_700_000_000_000, using: &random)
    }
}

extension ReplicaStore {
    /// One change with one edit of a note.
    @discardableResult
    func note(
        _ entity: UInt64, _ operations: [CanvassCRDT.Operation], clock: Int64 = 1_700_000_000_000,
        scope: ScopeID = .sample
    ) throws -> Change {
        let edit = EntityEdit(kind: EntityKind.note.rawValue, entity: .sample(entity), operations: operations)
        return try commit([Edit(scope: scope, edits: [edit])], clockMilliseconds: clock)[0]
    }

    /// Makes it a device of an organisation.
    ///
    /// - Returns: the device key.
    @discardableResult
    func enrol() throws -> [UInt8] {
        let key = SHA256.digest(of: device.bytes).bytes
        try database.write { connection in
            try connection.setMeta(.organisation, .blob(RelayModel.organisation.bytes))
            try connection.setMeta(.deviceKey, .blob(key))
        }
        return key
    }

    @discardableResult
    func put(_ value: Value, _ field: String = "a", of entity: UInt64 = 1, clock: Int64 = 1_700_000_000_000) throws
        -> Change
    {
        try note(entity, [.init(.put(value), field: field)], clock: clock)
    }

    @discardableResult
    func delete(_ entity: UInt64) throws -> Change {
        try note(entity, [.init(.clear, field: EntityState.existenceField)])
    }

    func state(_ entity: UInt64 = 1, in scope: ScopeID = .sample) throws -> EntityState? {
        try database.read { connection in try connection.state(of: .sample(entity), kind: .note, in: scope) }
    }

    func value(_ field: String = "a", of entity: UInt64 = 1) throws -> Value? {
        try state(entity)?.value(of: field)
    }

    func vector(of scope: ScopeID = .sample) throws -> VersionVector {
        try database.read { connection in try connection.vector(of: scope) }
    }

    func conflicts() throws -> [Conflict] {
        try database.read { connection in try connection.conflicts() }
    }

    func digest(of scope: ScopeID = .sample) throws -> Int64? {
        let rows = try database.query("SELECT digest FROM scope WHERE scope = ?1", [.blob(scope.bytes)]).rows
        guard case .integer(let digest)? = rows.first?.first else { return nil }
        return digest
    }

    /// The whole log in the order of application, every hash computed anew from head and body.
    func log() throws -> [Change] {
        struct Key: Hashable {
            let scope: ScopeID
            let dot: Dot
        }
        var hashes: [Key: ChainHash] = [:]
        let rows = try database.query(
            """
            SELECT scope.scope, replica.replica, sequence, previous, head, body, hash, body_hash
            FROM change JOIN scope ON scope.id = change.scope JOIN replica ON replica.id = change.replica
            ORDER BY position
            """
        ).rows
        return try rows.map { row in
            guard case .blob(let scopeBytes) = row[0], case .blob(let replicaBytes) = row[1],
                case .integer(let sequence) = row[2], case .integer(let check) = row[3], case .blob(let head) = row[4],
                case .blob(let hash) = row[6]
            else { throw StoreError.damaged("a row of the log") }
            let scope = try ScopeID(bytes: scopeBytes)
            let replica = try ReplicaID(bytes: replicaBytes)
            let before = Dot(
                replica: replica, sequence: UInt64(sequence) - 1, check: UInt64(bitPattern: check))
            let previous =
                sequence == 1
                ? ChainHash.start(scope: scope, replica: replica) : hashes[Key(scope: scope, dot: before)]
            guard let previous else { throw StoreError.gap(before, "the order of the log") }
            let change: Change
            if case .blob(let body) = row[5] {
                change = Change(
                    scope: scope, replica: replica, sequence: UInt64(sequence), previous: previous, head: head,
                    body: body)
            } else {
                guard case .blob(let bytes) = row[7], let bodyHash = SHA256.Digest(bytes: bytes) else {
                    throw StoreError.damaged("a change without a body")
                }
                change = Change(
                    scope: scope, replica: replica, sequence: UInt64(sequence), previous: previous, head: head,
                    bodyHash: bodyHash)
            }
            guard change.hash.bytes == hash else { throw StoreError.invalidChange("the hash of \(change.dot)") }
            hashes[Key(scope: scope, dot: change.dot)] = change.hash
            return change
        }
    }

    /// Every row of the merged state, with names instead of interned numbers.
    func snapshot() throws -> [[SQLiteValue]] {
        try [
            """
            SELECT scope.scope, entity, term.text, is_alive, fields, stamp, replica.replica, sequence, "check",
                clocks, versions, unknown_operations
            FROM entity JOIN scope ON scope.id = entity.scope JOIN term ON term.id = entity.kind
                JOIN replica ON replica.id = entity.replica ORDER BY 1, 2, 3
            """,
            """
            SELECT scope.scope, entity.entity, kind.text, field, element, value, version.stamp, replica.replica,
                version.sequence, version."check", is_conflict
            FROM version JOIN entity ON entity.id = version.entity JOIN scope ON scope.id = entity.scope
                JOIN term AS kind ON kind.id = entity.kind JOIN replica ON replica.id = version.replica
            ORDER BY 1, 2, 3, 4, 5, 7, 8, 9, 10
            """,
            "SELECT scope, digest FROM scope WHERE id IN (SELECT scope FROM change) ORDER BY 1",
            """
            SELECT scope.scope, replica.replica, sequence, "check", position
            FROM tip JOIN scope ON scope.id = tip.scope JOIN replica ON replica.id = tip.replica ORDER BY 1, 2, 3, 4
            """,
        ].flatMap { try database.query($0).rows }
    }

    /// Everything in the file but the facts in `meta`.
    func everything() throws -> [[SQLiteValue]] {
        try [
            "scope", "replica", "term", "change", "tip", "relay_tip", "entity", "version", "edit", "member", "clock",
            "meta", "mark", "erasure", "quarantine",
        ]
        .flatMap { try database.query("SELECT * FROM \($0) ORDER BY 1, 2").rows }
    }
}

/// A copy of a closed replica file: what a restored backup or a cloned disk is.
func copyReplica(_ source: String, to target: String) throws {
    try FileManager.default.copyItem(atPath: source, toPath: target)
}

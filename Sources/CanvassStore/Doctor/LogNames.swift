import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// The ids that the small numbers in the log stand for, as far as they can be established.
///
/// Each id lies in the file more than once: in its row, in the unique index, and a scope's also as kind and owner. Where
/// the copies disagree, the one that most agree on counts, or the one that the first change of a chain was hashed with.
struct LogNames {
    private(set) var scopes: [Int64: ScopeID] = [:]
    private(set) var replicas: [Int64: ReplicaID] = [:]

    /// - Parameter own: this replica, if that is known: one more copy of its id.
    init(own: ReplicaID?, in connection: inout Connection, report: inout DoctorReport) throws {
        try readScopes(&connection, &report)
        try readReplicas(own: own, &connection, &report)
        try LogNames.keepOne(&scopes, "scope", &connection)
        try LogNames.keepOne(&replicas, "replica", &connection)
    }

    /// Leaves each name to one number: where the number is damaged in one of the copies, that which the log uses.
    private static func keepOne<Name: Hashable>(
        _ names: inout [Int64: Name], _ column: String, _ connection: inout Connection
    ) throws {
        for rows in Dictionary(grouping: names.keys, by: { names[$0] }).values where rows.count > 1 {
            var most: (row: Int64, changes: Int64)?
            for row in rows.sorted() {
                let query = "SELECT count(*) FROM change NOT INDEXED WHERE \(column) = \(row)"
                let changes = try connection.readableInteger(query) ?? 0
                if changes > most?.changes ?? -1 { most = (row, changes) }
            }
            for row in rows where row != most?.row { names[row] = nil }
        }
    }

    private mutating func readScopes(_ connection: inout Connection, _ report: inout DoctorReport) throws {
        var copies: [Int64: [ScopeID?]] = [:]
        for row in try connection.readableRows("SELECT id, scope, kind, owner FROM scope NOT INDEXED").rows {
            guard case .integer(let id) = row[0] else { continue }
            var copy: ScopeID?
            if case .text(let name) = row[2], let kind = ScopeKind.allCases.first(where: { $0.name == name }),
                case .blob(let owner) = row[3], let owner = try? EntityID(bytes: owner)
            {
                copy = ScopeID(kind, owner)
            }
            copies[id] = [row[1].scope, copy]
        }
        let indexed = try connection.readableRows("SELECT id, scope FROM scope INDEXED BY sqlite_autoindex_scope_1")
            .rows
        for row in indexed {
            guard case .integer(let id) = row[0] else { continue }
            copies[id, default: []].append(row[1].scope)
        }
        for (id, copies) in copies {
            let known = copies.compactMap { $0 }
            guard let best = known.max(by: { left, right in known.count { $0 == left } < known.count { $0 == right } })
            else {
                report.add(.name, "scope \(id)", "its id cannot be read")
                continue
            }
            scopes[id] = best
            if copies.count < 3 || copies.contains(where: { $0 != best }) {
                report.add(.name, "scope \(best)", "the copies of its id differ")
            }
        }
    }

    private mutating func readReplicas(
        own: ReplicaID?, _ connection: inout Connection, _ report: inout DoctorReport
    ) throws {
        var copies: [Int64: [ReplicaID?]] = [:]
        for query in [
            "SELECT id, replica FROM replica NOT INDEXED",
            "SELECT id, replica FROM replica INDEXED BY sqlite_autoindex_replica_1",
        ] {
            for row in try connection.readableRows(query).rows {
                guard case .integer(let id) = row[0] else { continue }
                copies[id, default: []].append(row[1].replica)
            }
        }
        for (id, copies) in copies {
            let known = Set(copies.compactMap { $0 })
            if copies.count == 2, let only = known.first, known.count == 1, !copies.contains(nil) {
                replicas[id] = only
                continue
            }
            let candidates = known.union(own.map { [$0] } ?? [])
            let proven = try candidates.first { try starts(with: $0, row: id, &connection) }
            replicas[id] = proven ?? known.first
            report.add(.name, "replica \(replicas[id]?.description ?? "\(id)")", "the copies of its id differ")
        }
    }

    /// Whether some chain that the log files under `row` begins with the hash that `replica` has to begin with.
    private func starts(with replica: ReplicaID, row: Int64, _ connection: inout Connection) throws -> Bool {
        let rows = try connection.readableRows(
            """
            SELECT scope, head, body, body_hash, hash FROM change WHERE replica = \(row) AND sequence = 1
            """
        ).rows
        return rows.contains { values in
            guard case .integer(let scope) = values[0], let scope = scopes[scope], case .blob(let head) = values[1],
                case .blob(let hash) = values[4]
            else { return false }
            var digest: SHA256.Digest?
            if case .blob(let body) = values[2] { digest = SHA256.digest(of: body) }
            if case .blob(let bytes) = values[3] { digest = SHA256.Digest(bytes: bytes) }
            guard let digest else { return false }
            let start = ChainHash.start(scope: scope, replica: replica)
            return start.next(headHash: SHA256.digest(of: head), bodyHash: digest).bytes == hash
        }
    }
}

extension SQLiteValue {
    fileprivate var scope: ScopeID? {
        guard case .blob(let bytes) = self else { return nil }
        return try? ScopeID(bytes: bytes)
    }

    fileprivate var replica: ReplicaID? {
        guard case .blob(let bytes) = self else { return nil }
        return try? ReplicaID(bytes: bytes)
    }
}

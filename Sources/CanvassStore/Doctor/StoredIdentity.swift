import CanvassCRDT
import CanvassSQLite

/// Who a replica is, as far as the file says.
struct StoredIdentity {
    var replica: ReplicaID?
    var device: EntityID?

    /// Reads `meta`, and holds it against the branch that is marked as this replica's own: a replica that has written
    /// stands in the table of replicas.
    init(_ connection: inout Connection, report: inout DoctorReport) throws {
        replica = try connection.readableFact(.replica).flatMap { try? ReplicaID(bytes: $0) }
        device = try connection.readableFact(.device).flatMap { try? EntityID(bytes: $0) }
        let marked = try connection.readableRows(
            "SELECT DISTINCT replica.replica FROM tip JOIN replica ON replica.id = tip.replica WHERE is_own"
        ).rows
        guard marked.count == 1, case .blob(let bytes) = marked[0][0], let writer = try? ReplicaID(bytes: bytes),
            writer != replica
        else {
            if replica == nil { report.add(.identity, "meta", "the replica's id cannot be read", .lost) }
            return
        }
        if let replica, try connection.isIndexed(replica) { return }
        report.add(.identity, "meta", "the replica's id is not the one that it writes under")
        replica = writer
    }

    /// Holds the device against the author of the own changes.
    mutating func checkDevice(in rebuild: inout Connection, report: inout DoctorReport) throws {
        let heads = try rebuild.readableRows(
            "SELECT head FROM tip JOIN change USING (position) WHERE is_own ORDER BY position DESC LIMIT 1"
        ).rows
        guard case .blob(let head)? = heads.first?.first, let author = try? ChangeHead(decoding: head).author,
            author != device
        else {
            if device == nil { report.add(.identity, "meta", "the device's id cannot be read", .lost) }
            return
        }
        report.add(.identity, "meta", "the device's id is not the one that its changes are signed with")
        device = author
    }
}

extension Connection {
    fileprivate mutating func isIndexed(_ replica: ReplicaID) throws -> Bool {
        let ids = try readableRows("SELECT replica FROM replica INDEXED BY sqlite_autoindex_replica_1").rows
        return ids.contains([.blob(replica.bytes)])
    }

    fileprivate mutating func readableFact(_ key: MetaKey) throws -> [UInt8]? {
        let rows = try readableRows("SELECT value FROM meta WHERE key = '\(key.rawValue)'").rows
        guard case .blob(let bytes)? = rows.first?.first else { return nil }
        return bytes
    }
}

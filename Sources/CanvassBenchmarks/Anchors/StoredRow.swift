import CanvassSQLite
import CanvassStore

/// What a replica keeps of one response: its change and its merged state.
struct StoredRow: Sendable {
    var hash: [UInt8]
    var head: [UInt8]
    var body: [UInt8]
    var entity: [UInt8]
    var fields: String

    /// A change of 200 bytes and its state, the size of a short response; ids rise with `number`, as those of responses
    /// rise with time.
    static func short(_ number: Int) -> StoredRow {
        let entity = (0..<16).map { UInt8(truncatingIfNeeded: number >> (8 * max(0, 7 - $0))) }
        return StoredRow(
            hash: entity, head: Array(repeating: 1, count: 40), body: Array(repeating: 2, count: 144), entity: entity,
            fields: String(repeating: "x", count: 160))
    }

    /// The responses of a replica, in the order of its log.
    static func responses(in store: ReplicaStore) throws -> [StoredRow] {
        try store.database.read { connection in
            var statement = try connection.prepare(
                """
                SELECT change.hash, change.head, change.body, entity.entity, entity.fields
                FROM change JOIN entity ON entity.scope = change.scope AND entity.replica = change.replica
                    AND entity.sequence = change.sequence AND entity."check" = change."check"
                WHERE entity.kind = (SELECT id FROM term WHERE text = 'response') ORDER BY change.position
                """)
            var rows: [StoredRow] = []
            while try statement.step() {
                rows.append(
                    StoredRow(
                        hash: statement.bytes(at: 0), head: statement.bytes(at: 1), body: statement.bytes(at: 2),
                        entity: statement.bytes(at: 3), fields: statement.text(at: 4)))
            }
            return rows
        }
    }
}

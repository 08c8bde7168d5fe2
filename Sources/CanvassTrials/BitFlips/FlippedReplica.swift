import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassSimulator
import CanvassStore
import CanvassWire

/// A small replica file with own and others' changes, a conflict, a deletion, a set, and two scopes; and what is in it.
struct FlippedReplica: Sendable {
    /// A change of the log: where its bytes lie in the file, and what they are.
    struct Entry: Sendable {
        let content: [SQLiteValue]
        let places: [Range<Int>]
    }

    let bytes: [UInt8]
    let state: [[SQLiteValue]]
    let entries: [Entry]

    init() throws {
        let disk = CrashDisk(seed: 0)
        let own = try FlippedReplica.store(1, on: disk)
        let other = try FlippedReplica.store(2, on: CrashDisk(seed: 0))
        for number in 1...12 { try own.put("value \(number)", "a", of: number) }
        try other.take(from: own)
        try own.put("mine", "a", of: 3)
        try other.put("theirs", "a", of: 3)
        try other.edit(5, [Operation(.clear, field: EntityState.existenceField)])
        try own.edit(6, [Operation(.put("x"), field: "set", element: "x")])
        try own.take(from: other)
        try own.put("later", "a", of: 7)
        try own.put("elsewhere", "a", of: 20, in: FlippedReplica.otherScope)
        try own.database.truncateLog()
        let bytes = disk.contents(of: "replica") ?? []
        self.bytes = bytes
        state = try own.database.stateAndLog()
        entries = try own.database.savedChanges().map { content in
            Entry(content: content, places: FlippedReplica.places(of: content, in: bytes))
        }
    }

    fileprivate static let scope = ScopeID(.responses, id(1_001))
    fileprivate static let otherScope = ScopeID(.responses, id(1_002))
    fileprivate static let clockMilliseconds: Int64 = 1_700_000_000_000

    fileprivate static func id(_ number: Int) -> EntityID {
        EntityID(milliseconds: clockMilliseconds, random: (0, UInt64(number) << 2))
    }

    private static func store(_ seed: UInt64, on disk: CrashDisk) throws -> ReplicaStore {
        var random = SplitMix64(seed: seed)
        return try ReplicaStore.create(
            path: "replica", on: disk.startProcess(), clockMilliseconds: clockMilliseconds, using: &random)
    }

    /// Where head and body lie in the file, one behind the other: alone, a head may stand there several times. Nothing
    /// where they stand in several pieces.
    private static func places(of content: [SQLiteValue], in bytes: [UInt8]) -> [Range<Int>] {
        let blob = content.flatMap { value in
            if case .blob(let bytes) = value { bytes } else { [UInt8]() }
        }
        guard let first = blob.first, blob.count <= bytes.count else { return [] }
        return (0...(bytes.count - blob.count)).filter { start in
            bytes[start] == first && bytes[start..<(start + blob.count)].elementsEqual(blob)
        }.map { $0..<($0 + blob.count) }
    }
}

extension ReplicaStore {
    fileprivate func edit(
        _ number: Int, _ operations: [Operation], in scope: ScopeID = FlippedReplica.scope
    ) throws {
        let edit = EntityEdit(
            kind: EntityKind.note.rawValue, entity: FlippedReplica.id(number), operations: operations)
        try commit([Edit(scope: scope, edits: [edit])], clockMilliseconds: FlippedReplica.clockMilliseconds)
    }

    fileprivate func put(
        _ text: String, _ field: String, of number: Int, in scope: ScopeID = FlippedReplica.scope
    ) throws {
        try edit(number, [Operation(.put(.text(text)), field: field)], in: scope)
    }

    /// Applies what another holds, as a sync would.
    fileprivate func take(from other: ReplicaStore) throws {
        let segments = try other.prepareSync(withholding: [], clockMilliseconds: 0).request.push
        let (request, _) = try prepareSync(withholding: [], clockMilliseconds: 0)
        _ = try commitPage(SyncAnswer(segments: segments, time: 0), for: request, clockMilliseconds: 0)
    }
}

extension Database {
    /// Everything that counts: the merged state, the tips, the digests and the log.
    func stateAndLog() throws -> [[SQLiteValue]] {
        try [
            "SELECT * FROM entity ORDER BY id", "SELECT * FROM version ORDER BY id",
            "SELECT * FROM tip ORDER BY 1, 2, 3, 4",
            "SELECT id, scope, digest FROM scope ORDER BY id", "SELECT * FROM change ORDER BY position",
        ].flatMap { try query($0).rows }
    }

    /// Head and body of every change, those in quarantine included.
    func savedChanges() throws -> [[SQLiteValue]] {
        try query("SELECT head, body FROM change UNION ALL SELECT head, body FROM quarantine").rows
    }
}

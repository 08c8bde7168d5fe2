import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassWire

/// The end of a pushed segment that another device made.
struct CarriedEnd {
    let scope: ScopeID
    let dot: Dot
    let count: Int
}

extension Connection {
    /// So many vectors of one scope are kept while no backup of the relay has caught up with them.
    private static var vectorsKept: Int64 { 32 }

    /// Remembers at which position the relay held what. A vector that is told again keeps its earlier position.
    mutating func noteTold(_ report: ScopeReport, at position: UInt64) throws {
        var statement = try cached("SELECT vector FROM told WHERE scope = ?1 ORDER BY position DESC LIMIT 1")
        try statement.bind(report.scope.bytes, at: 1)
        let isKnown = try statement.step() && statement.bytes(at: 0) == report.vector.stored
        statement.reset()
        if isKnown { return }
        try run(
            "INSERT OR REPLACE INTO told (scope, position, vector) VALUES (?1, ?2, ?3)", .blob(report.scope.bytes),
            .integer(Int64(clamping: position)), .blob(report.vector.stored))
        try run(
            """
            DELETE FROM told WHERE scope = ?1 AND position > (SELECT min(position) FROM told WHERE scope = ?1)
                AND position < (
                    SELECT position FROM told WHERE scope = ?1 ORDER BY position DESC LIMIT 1 OFFSET ?2)
            """, .blob(report.scope.bytes), .integer(Connection.vectorsKept - 1))
    }

    /// The changes of others that a request pushed and the relay did not turn down, by the ends of their segments.
    mutating func carriedEnds(
        in request: SyncRequest, except refused: [SyncAnswer.Refusal]
    ) throws -> [CarriedEnd] {
        guard !request.push.isEmpty else { return [] }
        let own = try metaBytes(.replica)
        return request.push.compactMap { bytes in
            guard let segment = try? Segment(decoding: bytes), segment.replica.bytes != own,
                !refused.contains(where: { $0.names(segment) })
            else { return nil }
            return CarriedEnd(
                scope: segment.scope,
                dot: Dot(replica: segment.replica, sequence: segment.lastSequence, check: segment.after.check),
                count: segment.count)
        }
    }

    /// Whether the relay holds a change that is held here, by its last word.
    mutating func isHeldByRelay(_ end: CarriedEnd) throws -> Bool {
        guard let replica = try replicaRow(of: end.dot.replica) else { return false }
        var statement = try cached(
            """
            SELECT sequence, "check", scope FROM relay_tip
            WHERE scope = (SELECT id FROM scope WHERE scope = ?1) AND replica = ?2
            """)
        try statement.bind(end.scope.bytes, at: 1)
        try statement.bind(replica, at: 2)
        defer { statement.reset() }
        var tips: [VersionVector.Tip] = []
        var scope: Int64 = 0
        while try statement.step() {
            tips.append(try statement.tip(at: 0))
            scope = statement.int64(at: 2)
        }
        return try lies(end.dot, atOrBefore: tips, scope: scope, replica: replica)
    }
}

extension SyncAnswer.Refusal {
    func names(_ segment: Segment) -> Bool {
        scope == segment.scope && replica == segment.replica && firstSequence == segment.firstSequence
    }
}

extension SealState {
    /// Nil for a refusal that has nothing to do with seals.
    init?(_ refusal: SyncAnswer.Refusal) {
        switch RefusalReason(rawValue: refusal.reason) {
        case .unknownAuthor: self = .unknownAuthor
        case .unproven: self = .unproven
        default: return nil
        }
    }
}

extension SyncRequest {
    /// The pushed segment that a refusal names.
    func pushed(_ refusal: SyncAnswer.Refusal) -> Segment? {
        for bytes in push {
            if let segment = try? Segment(decoding: bytes), refusal.names(segment) { return segment }
        }
        return nil
    }
}

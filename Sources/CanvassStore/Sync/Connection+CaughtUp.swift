import CanvassCRDT
import CanvassSQLite
import CanvassWire

/// How far the relay has come with sending a scope that its bookmark does not cover.
///
/// It goes by the vector that it is told, and knows nothing of a tip that it does not hold: one that a copied replica made,
/// or one that it lost. Without more it would send the same page for ever. So the ends of what it sent are told as well: they
/// are held here, and the relay knows them.
extension Connection {
    /// Notes the ends of segments that came for named scopes.
    ///
    /// - Returns: whether any was new.
    mutating func noteCaughtUp(_ segments: [Segment], of named: Set<ScopeID>) throws -> Bool {
        var hasAdvanced = false
        for segment in segments where named.contains(segment.scope) {
            guard let replica = try replicaRow(of: segment.replica), let scope = try scopeRow(of: segment.scope),
                try holds(segment.end, scope: scope, replica: replica)
            else { continue }
            let end = segment.end
            let known = try caughtUp(of: segment.scope, segment.replica)
            guard
                try !known.contains(where: {
                    try $0 == end || lies(end, atOrBefore: [$0.tip], scope: scope, replica: replica)
                })
            else { continue }
            for dot in known where try lies(dot, atOrBefore: [end.tip], scope: scope, replica: replica) {
                try run(
                    "DELETE FROM caught_up WHERE scope = ?1 AND replica = ?2 AND sequence = ?3 AND \"check\" = ?4",
                    .blob(segment.scope.bytes), .blob(dot.replica.bytes), .integer(Int64(bitPattern: dot.sequence)),
                    .integer(Int64(bitPattern: dot.check)))
            }
            try run(
                "INSERT INTO caught_up (scope, replica, sequence, \"check\") VALUES (?1, ?2, ?3, ?4)",
                .blob(segment.scope.bytes), .blob(end.replica.bytes), .integer(Int64(bitPattern: end.sequence)),
                .integer(Int64(bitPattern: end.check)))
            hasAdvanced = true
        }
        return hasAdvanced
    }

    /// What the relay is told of a scope that its bookmark does not cover: the tips, and the ends of what it sent.
    mutating func vectorToCatchUp(_ scope: ScopeID) throws -> VersionVector {
        var vector = try vector(of: scope)
        #if PLANTED_BUGS
            if planted(.caughtUpForgotten) { return vector }
        #endif
        for dot in try caughtUp(of: scope, nil) where !vector.dots.contains(dot) {
            vector[dot.replica].append(.init(sequence: dot.sequence, check: dot.check))
        }
        return vector
    }

    /// Forgets them for the scopes that the bookmark covers by now.
    mutating func forgetCaughtUp() throws {
        try run("DELETE FROM caught_up WHERE scope IN (SELECT scope FROM scope WHERE is_covered)")
    }

    private mutating func caughtUp(of scope: ScopeID, _ replica: ReplicaID?) throws -> [Dot] {
        var statement = try cached(
            """
            SELECT replica, sequence, "check" FROM caught_up WHERE scope = ?1 AND replica = coalesce(?2, replica)
            """)
        try statement.bind(scope.bytes, at: 1)
        try statement.bind(replica?.bytes, at: 2)
        defer { statement.reset() }
        var dots: [Dot] = []
        while try statement.step() { dots.append(try statement.dot(at: 0)) }
        return dots
    }

    private mutating func scopeRow(of scope: ScopeID) throws -> Int64? {
        var statement = try cached("SELECT id FROM scope WHERE scope = ?1")
        try statement.bind(scope.bytes, at: 1)
        defer { statement.reset() }
        return try statement.step() ? statement.int64(at: 0) : nil
    }
}

extension Segment {
    fileprivate var end: Dot { Dot(replica: replica, sequence: lastSequence, check: after.check) }
}

extension Dot {
    fileprivate var tip: VersionVector.Tip { .init(sequence: sequence, check: check) }
}

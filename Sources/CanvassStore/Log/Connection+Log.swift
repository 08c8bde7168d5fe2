import CanvassCRDT
import CanvassCoding
package import CanvassSQLite

/// Reading the log. A change is named by its row of `scope`, its row of `replica`, its sequence number and its check.
extension Connection {
    /// The end of the log: it moves with every change, whoever wrote it; 0 while there is none.
    package mutating func lastLogPosition() throws -> Int64 {
        var statement = try cached("SELECT max(position) FROM change")
        defer { statement.reset() }
        return try statement.step() ? statement.int64(at: 0) : 0
    }

    /// Whether a change is held.
    mutating func holds(_ dot: Dot, scope: Int64, replica: Int64) throws -> Bool {
        var statement = try cached(
            "SELECT 1 FROM change WHERE scope = ?1 AND replica = ?2 AND sequence = ?3 AND \"check\" = ?4")
        try statement.bind(scope: scope, replica: replica, dot)
        return try statement.step()
    }

    /// Where a held change stands on its chain; nil when it is not held.
    mutating func link(_ dot: Dot, scope: Int64, replica: Int64) throws -> Workspace.ChainLink? {
        var statement = try cached(
            """
            SELECT change.hash, at.context, change.context_at
            FROM change LEFT JOIN change AS at ON at.position = change.context_at
            WHERE change.scope = ?1 AND change.replica = ?2 AND change.sequence = ?3 AND change."check" = ?4
            """)
        try statement.bind(scope: scope, replica: replica, dot)
        guard try statement.step() else { return nil }
        return Workspace.ChainLink(
            hash: try ChainHash(bytes: statement.bytes(at: 0)),
            context: try VersionVector(stored: statement.bytes(at: 1)), contextAt: statement.int64(at: 2))
    }

    /// Whether `dot` is `descendant` or lies before it on its branch. Walks the branch, so it is asked only of a replica
    /// that has forked: on a single branch a smaller sequence number says it all.
    mutating func isAncestor(
        _ dot: Dot, of descendant: VersionVector.Tip, scope: Int64, replica: Int64
    ) throws -> Bool {
        guard dot.sequence <= descendant.sequence else { return false }
        var check = descendant.check
        var sequence = descendant.sequence
        while sequence > dot.sequence {
            var statement = try cached(
                "SELECT previous FROM change WHERE scope = ?1 AND replica = ?2 AND sequence = ?3 AND \"check\" = ?4")
            try statement.bind(
                scope: scope, replica: replica, Dot(replica: dot.replica, sequence: sequence, check: check))
            guard try statement.step() else { return false }
            check = UInt64(bitPattern: statement.int64(at: 0))
            sequence -= 1
        }
        return check == dot.check
    }
}

extension Statement {
    /// Binds the four columns that name a change, as parameters 1 to 4.
    mutating func bind(scope: Int64, replica: Int64, _ dot: Dot) throws {
        try bind(scope, at: 1)
        try bind(replica, at: 2)
        try bind(Int64(bitPattern: dot.sequence), at: 3)
        try bind(Int64(bitPattern: dot.check), at: 4)
    }

    /// Reads a sequence number and the check in the column after it.
    ///
    /// - Throws: `StoreError.damaged` for a sequence number below 1, which no change has.
    func tip(at index: Int) throws(StoreError) -> VersionVector.Tip {
        guard let sequence = UInt64(exactly: int64(at: index)), sequence > 0 else {
            throw .damaged("sequence number \(int64(at: index))")
        }
        return VersionVector.Tip(sequence: sequence, check: UInt64(bitPattern: int64(at: index + 1)))
    }

    /// Reads the id of a replica, and a sequence number and a check in the two columns after it.
    func dot(at index: Int) throws -> Dot {
        let tip = try tip(at: index + 1)
        return Dot(replica: try ReplicaID(bytes: bytes(at: index)), sequence: tip.sequence, check: tip.check)
    }
}

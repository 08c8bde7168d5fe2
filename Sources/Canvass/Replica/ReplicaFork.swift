public import CanvassCRDT
import CanvassSQLite
import CanvassStore

/// A replica of which two branches exist: its file was copied, or put back from a copy, and both went on.
public struct ReplicaFork: Sendable, Hashable {
    public var replica: ReplicaID
    /// When the last change was made that all branches share; nil where they share none. Milliseconds since 1970 by the
    /// clock of the device, like the next.
    public var lastSharedMilliseconds: Int64?
    /// When the first change was made that they do not share: the copy is older than that.
    public var firstOwnMilliseconds: Int64
}

extension Connection {
    /// The forks held here, by replica; of a replica that forked in several scopes, or more than once, the earliest.
    mutating func forks() throws -> [ReplicaFork] {
        var statement = try cached(
            """
            SELECT replica.replica, tip.scope, tip.replica FROM tip JOIN replica ON replica.id = tip.replica
            GROUP BY tip.scope, tip.replica HAVING count(*) > 1
            """)
        var chains: [(replica: ReplicaID, scope: Int64, row: Int64)] = []
        while try statement.step() {
            chains.append(
                (try ReplicaID(bytes: statement.bytes(at: 0)), statement.int64(at: 1), statement.int64(at: 2)))
        }
        var forks: [ReplicaID: ReplicaFork] = [:]
        for chain in chains {
            guard let fork = try fork(of: chain.replica, row: chain.row, inScope: chain.scope) else { continue }
            if let known = forks[chain.replica], known.firstOwnMilliseconds <= fork.firstOwnMilliseconds { continue }
            forks[chain.replica] = fork
        }
        return forks.values.sorted { $0.replica < $1.replica }
    }

    /// The first place in a chain where two changes follow on one.
    private mutating func fork(of replica: ReplicaID, row: Int64, inScope scope: Int64) throws -> ReplicaFork? {
        var statement = try cached(
            """
            WITH split (sequence, previous) AS (
                SELECT sequence, previous FROM change WHERE scope = ?1 AND replica = ?2
                GROUP BY sequence, previous HAVING count(*) > 1 ORDER BY sequence LIMIT 1)
            SELECT change.head, change.sequence < split.sequence
            FROM split JOIN change ON change.scope = ?1 AND change.replica = ?2
                AND (change.sequence = split.sequence AND change.previous = split.previous
                    OR change.sequence = split.sequence - 1 AND change."check" = split.previous)
            """)
        try statement.bind(scope, at: 1)
        try statement.bind(row, at: 2)
        var shared: Int64?
        var own: Int64?
        while try statement.step() {
            let stamp = try ChangeHead(decoding: statement.bytes(at: 0)).stamp.milliseconds
            if statement.int64(at: 1) == 1 { shared = stamp } else { own = min(own ?? stamp, stamp) }
        }
        return own.map { ReplicaFork(replica: replica, lastSharedMilliseconds: shared, firstOwnMilliseconds: $0) }
    }
}

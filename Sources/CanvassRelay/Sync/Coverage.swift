import CanvassCRDT

/// What a client holds of one scope, in terms of the log: how far along each branch.
///
/// A tip that the relay does not hold covers nothing: where it leaves what the relay holds is not known, and to send a
/// change twice is harmless while to leave one out is not.
struct Coverage {
    /// By number of the branch.
    private var sequences: [Int64: UInt64] = [:]
    private let branches: [Branch]

    init(of vector: VersionVector, in scope: HeldScope, connection: inout LogConnection) throws {
        branches = try connection.branches(in: scope)
        let byNumber = Dictionary(uniqueKeysWithValues: branches.map { ($0.number, $0) })
        let byReplica = Dictionary(grouping: branches, by: \.replica)
        for dot in vector.dots {
            var branch = try connection.branch(holding: dot, among: byReplica[dot.replica] ?? [])
            var sequence = dot.sequence
            while let held = branch {
                sequences[held.number] = max(sequences[held.number] ?? 0, sequence)
                sequence = held.forkSequence
                branch = held.parent.flatMap { byNumber[$0] }
            }
        }
    }

    /// Whether the client holds the whole segment of `branch` that ends with `lastSequence`.
    func covers(branch: Int64, lastSequence: UInt64) -> Bool {
        sequences[branch].map { lastSequence <= $0 } ?? false
    }

    /// The position of the first segment that the client lacks; nil when it lacks none.
    func firstMissingPosition(in connection: inout LogConnection) throws -> Int64? {
        var first: Int64?
        for branch in branches where !covers(branch: branch.number, lastSequence: branch.sequence) {
            var statement = try connection.cached(
                "SELECT position FROM segment WHERE branch = ?1 AND last_sequence > ?2 ORDER BY last_sequence LIMIT 1")
            try statement.bind(branch.number, at: 1)
            try statement.bind(Int64(sequences[branch.number] ?? 0), at: 2)
            if try statement.step() { first = min(first ?? .max, statement.int64(at: 0)) }
        }
        return first
    }
}

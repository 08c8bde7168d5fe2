import CanvassCRDT
import CanvassCoding
import CanvassWire

extension LogConnection {
    /// The branches of one replica in a scope, in the order in which they came.
    mutating func branches(of replica: ReplicaID, in scope: HeldScope) throws -> [Branch] {
        var statement = try cached(
            """
            SELECT number, replica, parent, fork_sequence, sequence, hash, context, is_relay FROM branch
            WHERE scope = ?1 AND replica = ?2 ORDER BY number
            """)
        try statement.bind(scope.number, at: 1)
        try statement.bind(Int64(bitPattern: replica.rawValue), at: 2)
        var branches: [Branch] = []
        while try statement.step() { branches.append(try branch(in: statement)) }
        return branches
    }

    /// All branches of a scope.
    mutating func branches(in scope: HeldScope) throws -> [Branch] {
        var statement = try cached(
            """
            SELECT number, replica, parent, fork_sequence, sequence, hash, context, is_relay FROM branch
            WHERE scope = ?1 ORDER BY number
            """)
        try statement.bind(scope.number, at: 1)
        var branches: [Branch] = []
        while try statement.step() { branches.append(try branch(in: statement)) }
        return branches
    }

    private func branch(in row: borrowing LogStatement) throws -> Branch {
        let (hash, context) = (row.bytes(at: 5), row.bytes(at: 6))
        return try stored("a branch") {
            Branch(
                number: row.int64(at: 0), replica: ReplicaID(rawValue: UInt64(bitPattern: row.int64(at: 1))),
                parent: row.optionalInteger(at: 2), forkSequence: try row.sequence(at: 3),
                sequence: try row.sequence(at: 4), hash: try ChainHash(bytes: hash),
                context: try VersionVector(encoded: context), isRelay: row.int64(at: 7) != 0)
        }
    }

    /// Finds the branch that a change lies on, by what is stored beside its segment: nothing is decoded.
    ///
    /// - Parameter branches: those of the dot's replica, or more.
    /// - Returns: nil when the change is not held.
    mutating func branch(holding dot: Dot, among branches: [Branch]) throws -> Branch? {
        for branch in branches where branch.replica == dot.replica {
            guard dot.sequence <= branch.sequence, dot.sequence > branch.forkSequence else { continue }
            if dot.sequence == branch.sequence {
                if dot.check == branch.hash.check { return branch }
            } else if try check(at: dot.sequence, on: branch) == dot.check {
                return branch
            }
        }
        return nil
    }

    /// The check of the change with a sequence that lies on the branch.
    private mutating func check(at sequence: UInt64, on branch: Branch) throws -> UInt64? {
        var statement = try cached(
            """
            SELECT first_sequence, last_sequence, after, checks FROM segment
            WHERE branch = ?1 AND last_sequence >= ?2 ORDER BY last_sequence LIMIT 1
            """)
        try statement.bind(branch.number, at: 1)
        try statement.bind(Int64(bitPattern: sequence), at: 2)
        guard try statement.step() else { return nil }
        let first = try statement.sequence(at: 0)
        if try statement.sequence(at: 1) == sequence { return bigEndianInteger(statement.bytes(at: 2).prefix(8)) }
        return statement.withBytes(at: 3) { checks in
            guard first <= sequence, sequence - first < UInt64(checks.count / 8) else { return nil }
            let offset = Int(sequence - first) * 8
            return bigEndianInteger(checks[offset..<(offset + 8)])
        }
    }

    /// The held change that has this sequence and this chain hash, with its context.
    ///
    /// The tip of a branch is at hand; anything before it is decoded from its segment, which only forks and overlaps
    /// need.
    mutating func anchor(
        scope: HeldScope, replica: ReplicaID, sequence: UInt64, hash: ChainHash, among branches: [Branch]
    ) throws -> Anchor? {
        if sequence == 0 {
            guard hash == ChainHash.start(scope: scope.id, replica: replica) else { return nil }
            return Anchor(branch: nil, sequence: 0, hash: hash, context: VersionVector())
        }
        let dot = Dot(replica: replica, sequence: sequence, check: hash.check)
        #if PLANTED_BUGS
            if planted(.gapNotChecked), try branch(holding: dot, among: branches) == nil {
                return Anchor(branch: nil, sequence: sequence, hash: hash, context: VersionVector())
            }
        #endif
        guard let branch = try branch(holding: dot, among: branches) else { return nil }
        if branch.sequence == sequence {
            guard branch.hash == hash else { return nil }
            return Anchor(branch: branch, sequence: sequence, hash: hash, context: branch.context)
        }
        let segment = try segment(holding: Int64(sequence), on: branch)
        return try stored("a segment of \(scope.id)") {
            var context = segment.startingContext
            for change in try segment.changes() {
                context.apply(try ChangeHead(decoding: change.head).contextDifference)
                guard change.sequence == sequence else { continue }
                guard change.hash == hash else { return nil }
                return Anchor(branch: branch, sequence: sequence, hash: hash, context: context)
            }
            return nil
        }
    }

    private mutating func segment(holding sequence: Int64, on branch: Branch) throws -> Segment {
        var statement = try cached(
            "SELECT bytes FROM segment WHERE branch = ?1 AND last_sequence >= ?2 ORDER BY last_sequence LIMIT 1")
        try statement.bind(branch.number, at: 1)
        try statement.bind(sequence, at: 2)
        guard try statement.step() else { throw DamagedLog(what: "a segment of \(branch.replica) is missing") }
        let bytes = statement.bytes(at: 0)
        return try stored("a segment of \(branch.replica)") { try Segment(decoding: bytes) }
    }
}

extension VersionVector {
    /// As the log keeps it.
    var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 32)
        encode(to: &writer)
        return writer.bytes
    }

    init(encoded: [UInt8]) throws(CodingError) {
        var reader = CBORReader(encoded)
        try self.init(from: &reader)
        try reader.finish()
    }
}

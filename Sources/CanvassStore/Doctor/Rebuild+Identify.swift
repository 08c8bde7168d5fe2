import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// Which change a row of the log is.
///
/// A change is its head, its body and its place on a chain; the other columns of its row repeat what follows from these.
/// So a row is believed where its columns lead, and else looked for at the end of every chain: a damaged number beside
/// a change then costs nothing.
extension Rebuild {
    enum Identity {
        case known(Change)
        case unknown(String)
    }

    mutating func identify(_ row: LogRow) throws -> Identity {
        guard let bodyHash = row.bodyHash else { return .unknown("it has neither a body nor the hash of one") }
        let headHash = SHA256.digest(of: row.head)
        let before = try predecessor(of: row)
        if let before, row.isVouched(for: before.hash.next(headHash: headHash, bodyHash: bodyHash)) {
            return .known(row.change(after: before, bodyHash))
        }
        for candidate in chainEnds(like: row) {
            guard row.isVouched(for: candidate.hash.next(headHash: headHash, bodyHash: bodyHash)) else { continue }
            return .known(row.change(after: candidate, bodyHash))
        }
        return .unknown(
            before == nil
                ? "the change before it is missing, or was taken out itself"
                : "its bytes do not give the hash that stands beside them")
    }

    /// Where a change stands: what comes before it.
    struct Predecessor {
        let scope: ScopeID
        let replica: ReplicaID
        let sequence: UInt64
        let hash: ChainHash
    }

    /// What the row's own columns name; nil where that is not held.
    private mutating func predecessor(of row: LogRow) throws -> Predecessor? {
        guard let scope = names.scopes[row.scopeRow], let replica = names.replicas[row.replicaRow],
            row.sequence > 0, row.sequence <= Int64.max
        else { return nil }
        if row.sequence == 1 {
            return Predecessor(
                scope: scope, replica: replica, sequence: 0, hash: .start(scope: scope, replica: replica))
        }
        let dot = Dot(replica: replica, sequence: row.sequence - 1, check: row.previous)
        var hash = tips[Place(scope: scope, dot: dot)]
        if hash == nil { hash = try connection.link(dot, scope: row.scopeRow, replica: row.replicaRow)?.hash }
        return hash.map { Predecessor(scope: scope, replica: replica, sequence: dot.sequence, hash: $0) }
    }

    /// Every change that a row with damaged columns may follow.
    private func chainEnds(like row: LogRow) -> [Predecessor] {
        var ends = tips.map { place, hash in
            Predecessor(scope: place.scope, replica: place.dot.replica, sequence: place.dot.sequence, hash: hash)
        }
        for scope in names.scopes.values {
            for replica in names.replicas.values
            where names.scopes[row.scopeRow] == scope || names.replicas[row.replicaRow] == replica {
                ends.append(
                    Predecessor(
                        scope: scope, replica: replica, sequence: 0, hash: .start(scope: scope, replica: replica)))
            }
        }
        return ends
    }
}

extension LogRow {
    /// Whether the row says that its change has this hash.
    fileprivate func isVouched(for computed: ChainHash) -> Bool {
        computed.bytes == hash || computed.check == check
    }

    fileprivate func change(after before: Rebuild.Predecessor, _ bodyHash: SHA256.Digest) -> Change {
        guard let body else {
            return Change(
                scope: before.scope, replica: before.replica, sequence: before.sequence + 1, previous: before.hash,
                head: head, bodyHash: bodyHash)
        }
        return Change(
            scope: before.scope, replica: before.replica, sequence: before.sequence + 1, previous: before.hash,
            head: head, body: body)
    }
}

import CanvassCRDT
import CanvassSQLite
import CanvassWire

extension LogConnection {
    /// The relay's seals on all tips of a scope.
    mutating func tipSeals(of scope: HeldScope, key: [UInt8]) throws -> [TipSeal] {
        let branches = try branches(in: scope)
        return try branches.map { branch in
            let voids = try marks(upTo: branch.sequence, on: branch, among: branches)
            let list = VoidList.hash(voids.map(\.tip))
            return TipSeal(
                scope: scope.id, dot: Dot(replica: branch.replica, sequence: branch.sequence, check: branch.hash.check),
                seal: Seal.relay(scope.id, branch.hash, voidListHash: list, key: key), voidListHash: list)
        }
    }

    /// Seals what the roster holds, after it changed.
    mutating func sealRoster(as identity: RelayIdentity) throws {
        guard let scope = try scope(identity.rosterScope) else { throw DamagedLog(what: "the roster's scope is gone") }
        var newest = try cached(
            """
            SELECT branch.replica, segment.last_sequence, segment.after FROM segment JOIN branch ON segment.branch = branch.number
            WHERE segment.scope = ?1 AND is_relay = 1 ORDER BY position DESC LIMIT 1
            """)
        try newest.bind(scope.number, at: 1)
        guard try newest.step() else { return }
        let replica = ReplicaID(rawValue: UInt64(bitPattern: newest.int64(at: 0)))
        let (sequence, after) = (try newest.sequence(at: 1), newest.bytes(at: 2))
        let hash = try stored("a chain hash") { try ChainHash(bytes: after) }
        let count = try branches(in: scope).reduce(0) { $0 + $1.sequence - $1.forkSequence }
        let seal = RosterSeal(
            identity.organisation, changeCount: count,
            tip: Dot(replica: replica, sequence: sequence, check: hash.check), key: identity.key.sealKey)
        try setMeta(.rosterSeal, .blob(seal.bytes))
    }
}

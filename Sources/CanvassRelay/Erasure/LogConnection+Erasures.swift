import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassWire

/// An order to erase what has a hash: a row of `erasure`.
struct ErasureOrder {
    /// The roster's, where it holds in every scope with answers, notes or contacts; else the only scope in which it holds.
    let scope: HeldScope
    /// The entity that gives it.
    let id: EntityID
    let hash: SHA256.Digest
}

/// What a branch holds of erased entities.
struct ErasableChanges {
    let branch: Branch
    /// The changes that have their body yet, with the hashes of what they are about.
    var hashes: [Dot: Set<SHA256.Digest>] = [:]
}

extension LogConnection {
    /// - Returns: whether the order is new.
    mutating func save(_ order: ErasureOrder) throws -> Bool {
        let count = try run(
            "INSERT INTO erasure (scope, hash, id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            .integer(order.scope.number),
            .blob(order.hash.bytes), .blob(order.id.bytes))
        return count > 0
    }

    /// The orders that hold in a scope, by hash. What the relay makes of an order in other scopes stands behind the order.
    mutating func orders(in scope: HeldScope, as identity: RelayIdentity) throws -> [SHA256.Digest: ErasureOrder] {
        guard [.office, .team, .responses].contains(scope.id.kind) else { return [:] }
        var statement = try cached("SELECT hash, id, scope FROM erasure WHERE scope = ?1 OR scope = ?2")
        guard let roster = try self.scope(identity.rosterScope) else { return [:] }
        try statement.bind(scope.number, at: 1)
        try statement.bind(roster.number, at: 2)
        var orders: [SHA256.Digest: ErasureOrder] = [:]
        while try statement.step() {
            guard let hash = SHA256.Digest(bytes: statement.bytes(at: 0)) else {
                throw DamagedLog(what: "the hash of an erasure")
            }
            let isOwn = statement.int64(at: 2) == scope.number
            if orders[hash] != nil, isOwn { continue }
            orders[hash] = ErasureOrder(scope: isOwn ? scope : roster, id: try statement.id(at: 1), hash: hash)
        }
        return orders
    }

    /// Makes orders known in a scope that does not hold them yet, with an erasure of the relay's own.
    mutating func makeKnown(
        _ orders: [ErasureOrder], in scope: HeldScope, as identity: RelayIdentity, at milliseconds: Int64
    ) throws {
        for order in orders where order.scope.number != scope.number {
            guard try save(ErasureOrder(scope: scope, id: order.id, hash: order.hash)) else { continue }
            try commitOwn([Erasure.edit(order.hash, as: order.id)], in: scope, as: identity, at: milliseconds)
        }
    }

    /// Notes that the write-ahead log holds what was erased, until it is emptied.
    mutating func noteErasure() throws { try setMeta(.erasedInLog, .integer(1)) }

    /// The scopes in which the orders of a scope hold.
    mutating func scopes(ruledBy scope: HeldScope) throws -> [HeldScope] {
        guard scope.id.kind == .roster else { return [scope] }
        var numbers: [Int64] = []
        var statement = try cached("SELECT number FROM scope WHERE campaign IS NOT NULL ORDER BY number")
        while try statement.step() { numbers.append(statement.int64(at: 0)) }
        return try numbers.compactMap { try self.scope(number: $0) }.filter {
            [.office, .team, .responses].contains($0.id.kind)
        }
    }

    /// The changes of a scope that are about what has one of these hashes and still have their body.
    ///
    /// Everything that the scope holds is decoded: ids lie in bodies only, and an index of them would cost every push what few
    /// people ever need.
    mutating func changes(about hashes: Set<SHA256.Digest>, in scope: HeldScope) throws -> [ErasableChanges] {
        var found: [ErasableChanges] = []
        for branch in try branches(in: scope) where !branch.isRelay {
            var erasable = ErasableChanges(branch: branch)
            var statement = try scan("SELECT bytes FROM segment WHERE branch = ?1 ORDER BY last_sequence")
            try statement.bind(branch.number, at: 1)
            while try statement.step() {
                let bytes = statement.bytes(at: 0)
                let changes = try stored("a segment of \(scope.id)") { try Segment(decoding: bytes).changes() }
                for change in changes {
                    let named = try change.hashes(among: hashes)
                    if !named.isEmpty { erasable.hashes[change.dot] = named }
                }
            }
            if !erasable.hashes.isEmpty { found.append(erasable) }
        }
        return found
    }

    /// Takes bodies that are about what has one of these hashes out of quarantine. They are void already.
    ///
    /// - Returns: whether there were any.
    mutating func eraseFromQuarantine(_ hashes: Set<SHA256.Digest>, in scope: HeldScope) throws -> Bool {
        var keys: [[SQLiteValue]] = []
        var statement = try scan("SELECT body, replica, sequence, change_check FROM quarantine WHERE scope = ?1")
        try statement.bind(scope.number, at: 1)
        while try statement.step() {
            guard let body = try? ChangeBody(decoding: statement.bytes(at: 0)) else { continue }
            guard body.edits.contains(where: { $0.isErased(by: hashes) }) else { continue }
            keys.append((1...3).map { statement.value(at: $0) })
        }
        for key in keys {
            try run(
                "DELETE FROM quarantine WHERE scope = ?1 AND replica = ?2 AND sequence = ?3 AND change_check = ?4",
                .integer(scope.number), key[0], key[1], key[2])
        }
        return !keys.isEmpty
    }
}

extension EntityEdit {
    /// Erasures and marks stay, whatever their ids.
    var isErasable: Bool {
        switch EntityKind(rawValue: kind) {
        case .erasure, .mark: false
        default: true
        }
    }

    /// Whether it is about an entity that was erased.
    func isErased(by hashes: Set<SHA256.Digest>) -> Bool {
        isErasable && hashes.contains(Erasure.hash(of: entity))
    }
}

extension Change {
    /// Those of the hashes that it is about; none where it has no body any more.
    fileprivate func hashes(among hashes: Set<SHA256.Digest>) throws -> Set<SHA256.Digest> {
        guard let body else { return [] }
        let read = try stored("change \(dot)") { try ChangeBody(decoding: body) }
        return hashes.intersection(read.edits.filter(\.isErasable).map { Erasure.hash(of: $0.entity) })
    }
}

import CanvassCRDT
import CanvassCoding
import CanvassWire

/// A change that its author did make, against the rules.
struct Suspect {
    let scope: ScopeID
    let dot: Dot
    let author: EntityID
    /// Whether it is void whoever made it; else it is for as long as the author may not write the scope.
    let isMisplaced: Bool
}

/// What somebody sends who has the token of a device and does not keep the rules. Nothing of it may ever be held by
/// anybody, unless it is the device's own and void; and nothing may be shown to them that the device may not read.
extension Simulation {
    func forge(_ node: Node, _ random: inout SplitMix64) throws {
        guard !node.token.isEmpty else { return }
        var request = SyncRequest(
            bookmark: nil,
            vectors: organisation.scopes.map { ScopeReport(scope: $0, vector: VersionVector(), digest: nil) },
            reports: [], push: [], roster: random.once(in: 2) ? 0 : 1, clock: Int64(bitPattern: random.next()),
            pageBytes: random.next())
        for _ in 0..<(1 + random.below(3)) { request.push.append(try forgery(by: node, &random)) }
        let bytes = HTTPText.request(path: "/v1/sync", token: node.token, body: request.encoded())
        note("node \(node.number) forges \(bytes.count) bytes")
        receive(Arrival(sender: .forger, node: node, bytes: bytes, isWhole: true, request: request))
    }

    private func forgery(by node: Node, _ random: inout SplitMix64) throws -> [UInt8] {
        let scopes = organisation.scopes
        let writable = scopes.filter { organisation.mayWrite($0, node.device) }
        let closed = scopes.filter { !organisation.mayWrite($0, node.device) }
        let other = random.choice(nodes).device
        switch random.below(9) {
        case 0 where other != node.device && !writable.isEmpty:
            return try segment(in: random.choice(writable), by: other, &random)
        case 1 where !closed.isEmpty:
            return try suspect(
                try segment(in: random.choice(closed), by: node.device, &random), by: node, isMisplaced: false)
        case 2 where other != node.device && !writable.isEmpty:
            return try continuation(in: random.choice(writable), notBy: node, &random)
        case 3 where !writable.isEmpty:
            return try segment(in: random.choice(writable), by: node.device, sequence: 5, &random)
        case 4 where !writable.isEmpty:
            let scope = random.choice(writable)
            let kind = scope.kind == .design ? "response" : "survey"
            return try suspect(
                try segment(in: scope, by: node.device, kind: kind, &random), by: node, isMisplaced: true)
        case 5 where !writable.isEmpty:
            var context = VersionVector()
            context[ReplicaID(rawValue: random.next())] = [
                .init(sequence: 1 + random.next() >> 2, check: random.next())
            ]
            return try segment(in: random.choice(writable), by: node.device, context: context, &random)
        case 6:
            return try forgedMarks(&random) ?? damaged(&random)
        case 7 where !relay.seen.isEmpty:
            return try revived(random.choice(relay.seen))
        default:
            return try damaged(&random)
        }
    }

    /// A change in the name of the relay, which would make void what somebody did.
    func forgedMarks(_ random: inout SplitMix64) throws -> [UInt8]? {
        let scopes = organisation.scopes.filter { ledger[$0]?.entries.isEmpty == false }
        guard !scopes.isEmpty else { return nil }
        let scope = random.choice(scopes)
        guard let victim = ledger[scope].map({ random.choice($0.entries) }) else { return nil }
        let replica = ReplicaID(rawValue: random.next())
        let edit = EntityEdit.marks(on: [(dot: victim.model.dot, reason: .misplaced)], by: organisation.id)
        return try segment(
            of: [edit], in: scope, replica, 1, after: ChainHash.start(scope: scope, replica: replica),
            by: organisation.id, context: VersionVector(), starting: VersionVector(), &random)
    }

    /// A segment that the relay had once, with its seals, and with the bodies that were dropped.
    private func revived(_ bytes: [UInt8]) throws -> [UInt8] {
        let segment = try Segment(decoding: bytes)
        let changes = try segment.changes().map { change in
            ledger[change.scope]?.entry(of: change.dot)?.model.change ?? change
        }
        return try Segment(changes, startingContext: segment.startingContext, seals: segment.seals).encoded
    }

    /// Books the changes of a segment that their author did make, though they must not take effect.
    private func suspect(_ bytes: [UInt8], by node: Node, isMisplaced: Bool) throws -> [UInt8] {
        for change in try Segment(decoding: bytes).changes() {
            try ledger[change.scope, default: ScopeModel()].add(change)
            suspects.append(
                Suspect(scope: change.scope, dot: change.dot, author: node.device, isMisplaced: isMisplaced))
        }
        return bytes
    }

    /// One change of a replica that nobody has.
    private func segment(
        in scope: ScopeID, by author: EntityID, kind: String = "future", sequence: UInt64 = 1,
        context: VersionVector = VersionVector(), _ random: inout SplitMix64
    ) throws -> [UInt8] {
        let replica = ReplicaID(rawValue: random.next())
        let previous =
            sequence == 1
            ? ChainHash.start(scope: scope, replica: replica)
            : try ChainHash(bytes: bigEndianBytes(random.next()) + bigEndianBytes(random.next()))
        return try segment(
            in: scope, replica, sequence, after: previous, by: author, kind: kind, context: context,
            starting: VersionVector(),
            &random)
    }

    /// One more change on the chain of somebody else, in their name.
    private func continuation(in scope: ScopeID, notBy node: Node, _ random: inout SplitMix64) throws -> [UInt8] {
        let entries = (ledger[scope]?.entries ?? []).filter { $0.model.author != node.device }
        guard !entries.isEmpty else { return try damaged(&random) }
        let entry = random.choice(entries)
        let change = entry.model.change
        var starting = VersionVector()
        for (replica, tips) in entry.context {
            starting[replica] = tips.map { .init(sequence: $0.sequence, check: $0.check) }
        }
        return try segment(
            in: scope, change.replica, change.sequence + 1, after: change.hash, by: entry.model.author, kind: "future",
            context: VersionVector(), starting: starting, &random)
    }

    private func segment(
        in scope: ScopeID, _ replica: ReplicaID, _ sequence: UInt64, after previous: ChainHash, by author: EntityID,
        kind: String, context: VersionVector, starting: VersionVector, _ random: inout SplitMix64
    ) throws -> [UInt8] {
        let edit = EntityEdit(
            kind: kind, entity: EntityID(milliseconds: now, random: (random.next(), random.next())),
            operations: [Operation(.put(.text("forged")), field: "a")])
        return try segment(
            of: [edit], in: scope, replica, sequence, after: previous, by: author, context: context, starting: starting,
            &random)
    }

    private func segment(
        of edits: [EntityEdit], in scope: ScopeID, _ replica: ReplicaID, _ sequence: UInt64, after previous: ChainHash,
        by author: EntityID, context: VersionVector, starting: VersionVector, _ random: inout SplitMix64
    ) throws -> [UInt8] {
        let head = ChangeHead(
            contextDifference: context, stamp: Stamp(milliseconds: Int64(bitPattern: random.next())), author: author)
        let change = Change(
            scope: scope, replica: replica, sequence: sequence, previous: previous, head: head.encoded,
            body: ChangeBody(edits: edits).encoded)
        func seal() -> [UInt8]? {
            random.once(in: 2) ? bigEndianBytes(random.next()) + bigEndianBytes(random.next()) : nil
        }
        let (device, relay) = (seal(), seal())
        let seals = Segment.Seals(device: device, relay: relay, voidListHash: relay == nil ? nil : VoidList.hash([]))
        return try Segment([change], startingContext: starting, seals: seals).encoded
    }

    /// A real segment with some bytes changed, or bytes that are none.
    private func damaged(_ random: inout SplitMix64) throws -> [UInt8] {
        guard let bytes = relay.lastSegment, !random.once(in: 4) else {
            return (0..<random.below(80)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
        var damaged = bytes
        for _ in 0..<(1 + random.below(4)) {
            damaged[random.below(damaged.count)] ^= 1 << UInt8(random.below(8))
        }
        return random.once(in: 3) ? Array(damaged.prefix(random.below(damaged.count))) : damaged
    }
}

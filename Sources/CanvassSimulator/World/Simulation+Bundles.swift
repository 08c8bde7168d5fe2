import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassWire

/// A bundle on its way from hand to hand.
struct Parcel {
    let bytes: [UInt8]
    /// Whether it is as it was made.
    let isWhole: Bool
}

/// Changes that go where no network goes.
extension Simulation {
    /// Makes a bundle, which anybody may take or send from then on.
    func export(_ node: Node, _ random: inout SplitMix64) throws {
        let replica = random.choice(node.processes)
        var order = BundleOrder()
        switch random.below(4) {
        case 0: order.includes = { _ in true }
        case 1: order.includes = { $0.kind == .responses }
        case 2: order.receiver = random.choice(nodes).replica
        default: break
        }
        if random.once(in: 4) {
            let receiver = random.choice(nodes)
            order.receiver = receiver.replica
            order.vectors = try receiver.processes[0].store.makeBundle(
                BundleOrder { _ in false }, clockMilliseconds: 0
            ).vectors
        }
        let clock = node.clock(at: now)
        let made = try attempt(node, replica, .nothing) { [order] store in
            try store.makeBundle(order, clockMilliseconds: clock)
        }
        guard let made else { return }
        for bytes in made.segments {
            for change in try Segment(decoding: bytes).changes() {
                guard node.held[change.scope]?.contains(change.dot) == true else {
                    throw SimulationFailure(
                        .authorship,
                        "node \(node.number) exports \(change.dot) of \(change.scope), which it does not hold")
                }
            }
        }
        var bundle = made
        // Somebody who would have others think that the relay made changes void.
        if random.once(in: 8), let forged = try forgedMarks(&random) { bundle.segments.insert(forged, at: 0) }
        var bytes = bundle.encoded
        let isDamaged = random.once(in: 6)
        if isDamaged {
            for _ in 0..<(1 + random.below(3)) { bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8)) }
            if random.once(in: 2) { bytes = Array(bytes.prefix(random.below(bytes.count))) }
        }
        note("node \(node.number) makes a bundle of \(made.segments.count) segments\(isDamaged ? ", damaged" : "")")
        parcels.append(Parcel(bytes: bytes, isWhole: !isDamaged))
    }

    /// A segment with its seals and without the bodies of its changes, which the seals do not need.
    private func emptied(_ bytes: [UInt8]) throws -> [UInt8] {
        let segment = try Segment(decoding: bytes)
        let changes = try segment.changes().map(\.withoutBody)
        return try Segment(changes, startingContext: segment.startingContext, seals: segment.seals).encoded
    }

    /// A bundle of those that were made, as it can be read; now and then by way of somebody who would have others think
    /// that its changes never said anything.
    private func parcel(_ random: inout SplitMix64) throws -> Bundle? {
        guard !parcels.isEmpty else { return nil }
        let parcel = random.choice(Array(parcels.suffix(6)))
        do {
            var bundle = try Bundle(reading: parcel.bytes)
            guard !parcel.isWhole || bundle.isWhole else {
                throw SimulationFailure(.errors, "a bundle that is whole is read as damaged")
            }
            if random.once(in: 4) { bundle.segments = try bundle.segments.map(emptied) }
            return bundle
        } catch let error as CodingError {
            guard !parcel.isWhole else { throw SimulationFailure(.errors, "a bundle cannot be read: \(error)") }
            return nil
        }
    }

    /// Takes a bundle in.
    func take(_ node: Node, _ random: inout SplitMix64) throws {
        guard !node.token.isEmpty, let bundle = try parcel(&random) else { return }
        let replica = random.choice(node.processes)
        for bytes in bundle.segments {
            for change in try Segment(decoding: bytes).changes() {
                node.pending[change.scope, default: []].insert(change.dot)
            }
        }
        let before = node.count
        let taken = try attempt(node, replica, .bundle) { store in try store.take(bundle) }
        guard let taken else { return }
        try verify(node, .bundle)
        note("node \(node.number) takes \(bundle.segments.count) segments: \(taken.description)")
        guard node.count - before == taken.applied.values.reduce(0, +) + taken.caughtUp else {
            throw SimulationFailure(.redelivery, "node \(node.number) counts otherwise than \(node.count - before) new")
        }
        for scope in node.held.keys.sorted()
        where !people.mayEverRead(scope, node.device) && node.held[scope]?.isEmpty == false {
            guard node.held[scope]?.contains(where: { isOwn($0, scope, node) }) == true else {
                throw SimulationFailure(.permission, "node \(node.number) takes changes of \(scope) from a bundle")
            }
        }
    }

    /// Hands a bundle to the relay, whoever made it.
    func carry(_ node: Node, _ random: inout SplitMix64) throws {
        guard !node.token.isEmpty, let bundle = try parcel(&random), !bundle.segments.isEmpty else { return }
        let rosterSeal = try node.processes[0].store.database.read { try $0.metaBytes(.rosterSeal) }
        let request = SyncRequest(
            bookmark: nil, vectors: [], reports: [], push: bundle.segments, certificates: bundle.certificates,
            roster: 0,
            clock: node.clock(at: now), pageBytes: 0, rosterSeal: rosterSeal)
        let bytes = HTTPText.request(path: "/v1/sync", token: node.token, body: request.encoded())
        note("node \(node.number) carries \(bundle.segments.count) segments")
        receive(Arrival(sender: .courier, node: node, bytes: bytes, isWhole: true, request: request))
    }
}

extension BundleImport {
    /// The same in every run, unlike the order of its dictionaries.
    fileprivate var description: String {
        func text(_ counts: [ScopeID: Int]) -> String {
            counts.sorted { $0.key < $1.key }.map { "\($0.key.kind.name) \($0.value)" }.joined(separator: ", ")
        }
        return "applied \(text(applied)), held \(held), pending \(text(pending)), caught up \(caughtUp), "
            + "left out \(text(leftOut)), forged \(text(forged)), unreadable \(unreadable)"
    }
}

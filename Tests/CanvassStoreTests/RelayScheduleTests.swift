import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSync
import CanvassWire
import TestSupport
import Testing

/// Replicas that write, copy themselves and sync with a relay through a network that loses and repeats, in random order.
@Suite struct RelayScheduleTests {
    @Test func `random schedules converge with nothing lost`() throws {
        var random = SplitMix64.forTest(#function)
        for _ in 0..<6 {
            var schedule = try RelaySchedule(seed: random.next())
            try schedule.run(steps: 60)
        }
    }

    @Test func `a scope granted late is filled in by vector, page by page`() throws {
        var schedule = try RelaySchedule(seed: 3, nodes: 2)
        try schedule.grant(.other, to: 0)
        for number in 0..<20 { try schedule.write(0, in: .other, entity: UInt64(number)) }
        schedule.pageBytes = 1
        try schedule.sync(0)
        try schedule.sync(1)
        #expect(try schedule.store(1).digest(of: .other) == nil)
        try schedule.grant(.other, to: 1)
        try schedule.sync(1)
        #expect(try schedule.store(1).digest(of: .other) == schedule.store(0).digest(of: .other))
    }

    @Test func `a relay restored from an old backup is filled again`() throws {
        var schedule = try RelaySchedule(seed: 4, nodes: 3)
        for round in 0..<4 {
            for node in 0..<3 {
                try schedule.write(node, in: .sample, entity: UInt64(round))
                try schedule.sync(node)
            }
        }
        for entries in [5, 0] {
            schedule.relay.restore(entries: entries)
            try schedule.heal()
        }
    }

    @Test func `one device alone fills a relay that lost everything, with the changes of the others`() throws {
        var schedule = try RelaySchedule(seed: 5, nodes: 3)
        for round in 0..<5 {
            for node in 0..<3 {
                try schedule.write(node, in: .sample, entity: UInt64(round % 2))
                try schedule.sync(node)
            }
        }
        try schedule.sync(0)
        for entries in [7, 0] {
            schedule.relay.restore(entries: entries)
            let summary = try #require(try schedule.sync(0))
            #expect(summary.carried > 0)
            #expect(summary.refused.isEmpty && summary.waiting.isEmpty)
            schedule.expectEverythingAtRelay()
            #expect(try #require(try schedule.sync(0)).carried == 0)
        }
        try schedule.heal()
    }

    @Test func `a sync of a healthy relay pushes nothing twice`() throws {
        var schedule = try RelaySchedule(seed: 6, nodes: 2)
        for round in 0..<6 {
            try schedule.write(round % 2, in: .sample, entity: 1)
            try schedule.sync(round % 2)
        }
        try schedule.sync(0)
        #expect(schedule.relay.received == schedule.relay.appended)
    }
}

/// One random run; `seed` replays it.
struct RelaySchedule {
    private final class Node {
        var store: ReplicaStore?
        let path: String
        let skew: Int64
        var grants: [ScopeID: UInt64] = [.sample: 1]

        init(_ store: ReplicaStore?, path: String, skew: Int64) {
            self.store = store
            self.path = path
            self.skew = skew
        }
    }

    var relay = RelayModel()
    var pageBytes: UInt64?
    private let seed: UInt64
    private let folder = Result { try TemporaryFolder() }
    private var random: SplitMix64
    private var nodes: [Node] = []
    /// What was acknowledged to a person, kept outside the system.
    private var acknowledged: Set<Acknowledgement> = []
    private var clock: Int64 = 1_700_000_000_000
    private var rosterPosition: UInt64 = 1

    private struct Acknowledgement: Hashable {
        let scope: ScopeID
        let dot: Dot
    }

    private static let skews: [Int64] = [0, 0, 0, -5_000, 94_608_000_000, -1_700_000_000_000, .max / 2]

    init(seed: UInt64, nodes count: Int? = nil) throws {
        self.seed = seed
        random = SplitMix64(seed: seed)
        let count = count ?? 2 + below(3)
        for index in 0..<count {
            let store = try folder.get().store(seed &+ UInt64(index))
            relay.devices[store.device] = try store.enrol()
            nodes.append(
                Node(
                    store, path: try folder.get().path("\(seed &+ UInt64(index)).canvass"),
                    skew: RelaySchedule.skews[below(RelaySchedule.skews.count)]))
        }
    }

    private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    func store(_ index: Int) throws -> ReplicaStore {
        guard let store = nodes[index].store else { throw StoreError.damaged("a closed replica") }
        return store
    }

    mutating func grant(_ scope: ScopeID, to index: Int) throws {
        guard nodes[index].grants[scope] == nil else { return }
        rosterPosition += 1
        nodes[index].grants[scope] = rosterPosition
    }

    mutating func run(steps: Int) throws {
        let restores = below(4) == 0
        for _ in 0..<steps {
            clock += Int64(below(100_000))
            let index = below(nodes.count)
            switch below(20) {
            case 0..<10:
                let scopes = nodes[index].grants.keys.sorted()
                try write(index, in: scopes[below(scopes.count)], entity: UInt64(below(4)))
            case 10..<17: try sync(index, isFaulty: true)
            case 17 where nodes.count < 6: try copy(index)
            case 18: try grant(.other, to: index)
            case 19 where restores: relay.restore(entries: below(relay.entryCount + 1))
            default: try exchange(index, below(nodes.count))
            }
        }
        try heal()
    }

    /// One change of random operations; its dot goes into the ledger.
    mutating func write(_ index: Int, in scope: ScopeID, entity: UInt64) throws {
        let store = try store(index)
        let state = try store.state(entity, in: scope)
        var operations: [CanvassCRDT.Operation] = []
        for field in ["a", "b"] where below(2) == 0 {
            var replaced: [Dot]?
            if below(4) == 0 {
                replaced = state?.cell(field)?.versions.map(\.dot).filter { _ in random.next() % 2 == 0 }
            }
            let value = Value.integer(Int64(below(4)))
            operations.append(.init(below(6) == 0 ? .clear : .put(value), field: field, replaced: replaced))
        }
        if below(3) == 0 {
            operations.append(
                .init(below(3) == 0 ? .clear : .put(true), field: "s", element: .integer(Int64(below(2)))))
        }
        if operations.isEmpty || below(10) == 0 { operations = [.init(.clear, field: EntityState.existenceField)] }
        let change = try store.note(entity, operations, clock: clock &+ nodes[index].skew, scope: scope)
        let isNew = acknowledged.insert(Acknowledgement(scope: scope, dot: change.dot)).inserted
        #expect(isNew, "seed \(seed): two changes of one dot")
    }

    /// Copies a closed file; both go on.
    private mutating func copy(_ index: Int) throws {
        let node = nodes[index]
        node.store = nil
        let path = try folder.get().path("copy \(nodes.count)")
        try copyReplica(node.path, to: path)
        node.store = try ReplicaStore.open(path: node.path)
        let copied = Node(try ReplicaStore.open(path: path), path: path, skew: node.skew)
        copied.grants = node.grants
        nodes.append(copied)
    }

    /// A bundle from one to the other: of everything, of one scope, or of what the other lacks; damaged at times.
    private mutating func exchange(_ from: Int, _ to: Int) throws {
        var order = BundleOrder()
        switch below(4) {
        case 0: order.includes = { $0 == .sample }
        case 1: order.receiver = try store(to).replica
        case 2:
            order.vectors = try store(to).makeBundle(BundleOrder(), clockMilliseconds: clock).vectors
        default: break
        }
        var bytes = try store(from).makeBundle(order, clockMilliseconds: clock).encoded
        if below(3) == 0 { bytes[8 + below(bytes.count - 8)] ^= 1 << UInt8(below(8)) }
        let outcome = try store(to).take(Bundle(reading: bytes))
        #expect(outcome.unreadable.isEmpty, "seed \(seed)")
    }

    /// One session, as the client drives it.
    ///
    /// - Returns: what came of it; nil where the network failed.
    @discardableResult
    mutating func sync(_ index: Int, isFaulty: Bool = false) throws -> SyncSummary? {
        let node = nodes[index]
        let store = try store(index)
        let time = clock &+ node.skew
        var limits = SyncLimits()
        if isFaulty {
            limits.pushBytes = 1 + below(600)
            limits.segmentChanges = 1 + below(4)
            limits.pageBytes = UInt64(1 + below(800))
        }
        limits.pageBytes = pageBytes ?? limits.pageBytes
        var session = SyncSession()
        var actions = session.handle(.start)
        for _ in 0..<10_000 {
            switch actions.first {
            case .pause: actions = session.handle(.paused)
            case .prepare(let withheld, let quarterings):
                let (request, hasMore) = try store.prepareSync(
                    withholding: withheld, clockMilliseconds: time, limits: limits.quartered(times: quarterings))
                actions = session.handle(.prepared(request, hasMoreToPush: hasMore))
            case .send(let request):
                let received = try SyncRequest(decoding: request.encoded())
                func answer() throws -> SyncAnswer {
                    let answer = relay.handle(received, from: store.device, grants: node.grants, time: clock)
                    return try SyncAnswer(decoding: answer.encoded())
                }
                let fault = isFaulty ? below(8) : 7
                if fault == 0 {
                    actions = session.handle(.failed(.unreachable("lost on the way")))
                    continue
                }
                var result = try answer()
                if fault == 1 { result = try answer() }
                let isLost = fault == 2
                actions = session.handle(isLost ? .failed(.interrupted("lost on the way back")) : .answered(result))
            case .forget:
                try store.forgetRelayPosition()
                actions = session.handle(.forgotten)
            case .commit(let answer, let request):
                let progress = try store.commitPage(answer, for: request, clockMilliseconds: time)
                #expect(progress.divergent.isEmpty, "seed \(seed)")
                actions = session.handle(.committed(progress))
            case .finish(let summary): return summary
            case .fail(let failure, _):
                #expect(isFaulty, "seed \(seed): \(failure)")
                return nil
            case nil: return nil
            }
        }
        Issue.record("seed \(seed): the sync never ends")
        return nil
    }

    /// Syncs without faults until a round brings nothing, and checks what must hold then.
    mutating func heal() throws {
        for node in nodes.indices { try grant(.other, to: node) }
        var isQuiet = false
        for _ in 0..<20 where !isQuiet {
            isQuiet = true
            for node in nodes.indices {
                guard let summary = try sync(node) else { continue }
                let moved = summary.received + summary.pushed + summary.carried
                if moved > 0 || !summary.refused.isEmpty { isQuiet = false }
            }
        }
        #expect(isQuiet, "seed \(seed): no quiet round")
        let first = try store(0)
        for node in nodes.indices {
            let store = try store(node)
            let log = try store.log()
            let dots = Set(log.map { Acknowledgement(scope: $0.scope, dot: $0.dot) })
            #expect(dots.count == log.count, "seed \(seed): a change twice")
            #expect(dots == acknowledged, "seed \(seed)")
            for scope in [ScopeID.sample, .other] {
                #expect(try store.digest(of: scope) == first.digest(of: scope), "seed \(seed)")
                #expect(try store.vector(of: scope) == first.vector(of: scope), "seed \(seed)")
            }
            try expectSound(store, rebuildIn: try folder.get().path("rebuilt \(random.next())"), "seed \(seed)")
            let unsettled = try store.database.read { try ($0.pendingCount(), $0.provisionalCount()) }
            #expect(unsettled == (0, 0), "seed \(seed)")
        }
        expectEverythingAtRelay()
    }

    func expectEverythingAtRelay() {
        for acknowledgement in acknowledged {
            #expect(relay.holds(acknowledgement.dot, in: acknowledgement.scope), "seed \(seed)")
        }
    }
}

import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassSimulator
import CanvassStore
import CanvassWire
import Foundation

/// A random history of 5 to 60 changes by two to five replica files: concurrent edits, deletes, settlements, wrong clocks,
/// files copied while in use, changes of another implementation, marks and erasures by a relay, and an exchange that is
/// late, partial or absent, with or without the bodies that may be dropped.
///
/// Everything follows from the seed.
struct RandomHistory {
    let seed: UInt64
    let scope: ScopeID
    private var random: SplitMix64
    private let workshop: HistoryWorkshop
    private let folder: URL
    private var edits: HistoryEdits
    private var foreign: ForeignWriter
    private let hasForeignWriter: Bool
    private var relay: RelayWriter
    private let hasRelay: Bool
    private var replicas: [HistoryReplica] = []
    private var changes: [Change] = []

    private static let clocks: [Int64] = [
        .min, -1, 0, 1_500_000_000_000, 1_500_000_000_000, 1_500_000_000_001, 4_000_000_000_000, .max - 1, .max,
    ]
    private static let mostReplicas = 7

    init(seed: UInt64, in workshop: HistoryWorkshop) throws {
        self.seed = seed
        self.workshop = workshop
        random = SplitMix64(seed: seed)
        scope = ScopeID(
            random.choice(ScopeKind.allCases), EntityID(milliseconds: 0, random: (random.next(), random.next())))
        edits = HistoryEdits(using: &random)
        foreign = ForeignWriter(scope: scope, author: scope.id)
        hasForeignWriter = random.once(in: 3)
        relay = RelayWriter(scope: scope, using: &random)
        hasRelay = random.once(in: 2)
        folder = try workshop.makeFolder()
        for identity in 0..<(2 + random.below(HistoryWorkshop.identityCount - 2)) {
            replicas.append(
                HistoryReplica(
                    store: try workshop.makeStore(identity, in: folder),
                    clockMilliseconds: random.choice(RandomHistory.clocks)))
        }
    }

    /// Lets the replicas work, and describes what came of it. Once only: the files are removed.
    mutating func record() throws -> Value {
        let count = 5 + random.below(56)
        while changes.count < count { try step() }
        let segments = try self.segments()
        let merged = try merge(segments)
        for index in replicas.indices {
            try replicas[index].apply(replicas[index].missing(of: merged))
            guard try HistoryState(replicas[index].store, scope) == HistoryState(merged.store, scope) else {
                throw WrongResult("seed \(seed): replica \(index) holds the same changes and another state")
            }
        }
        let expected = try HistoryState(merged.store, scope).value
        replicas = []
        try workshop.discard(folder)
        return [
            "seed": .text(String(seed)), "scope": .text(hexadecimal(scope.bytes)),
            "segments": .list(segments.map { .text(Data($0.encoded).base64EncodedString()) }), "expected": expected,
        ]
    }

    private mutating func step() throws {
        let index = random.below(replicas.count)
        switch random.below(100) {
        case ..<50: try commit(at: index)
        case ..<90: try exchange(to: index)
        case ..<93 where replicas.count < RandomHistory.mostReplicas:
            replicas.append(
                try replicas[index].copied(to: folder.appending(path: "copy \(replicas.count).canvass").path))
        case 93..<97 where hasRelay: try judge()
        default: hasForeignWriter ? try writeForeign(at: index) : try settle(at: index)
        }
    }

    private mutating func commit(at index: Int) throws {
        let clock = replicas[index].nextClock(using: &random)
        let work = (0..<(random.once(in: 5) ? 3 : 1)).map { _ in
            Edit(scope: scope, edits: edits.next(listing: listable, using: &random))
        }
        note(try replicas[index].store.commit(work, clockMilliseconds: clock), at: index)
    }

    /// A few dots of anybody's latest changes.
    private var listable: [Dot] { changes.suffix(8).map(\.dot) }

    /// Puts one value in the place of all versions of a cell that has several, as a person does who settles a conflict.
    private mutating func settle(at index: Int) throws {
        let states = try replicas[index].store.database.read { [scope] connection in
            try connection.states(in: scope)
        }
        let open = states.flatMap { state in
            state.cells.filter { $0.cell.versions.count > 1 }.map { (state: state, cell: $0) }
        }
        guard !open.isEmpty else { return }
        let (state, named) = random.choice(open)
        let operation = Operation(
            .put(random.choice(named.cell.versions).value), field: named.field, element: named.element,
            replaced: named.cell.versions.map(\.dot))
        let edit = EntityEdit(kind: state.kind, entity: state.entity, operations: [operation])
        let clock = replicas[index].nextClock(using: &random)
        note(
            try replicas[index].store.commit([Edit(scope: scope, edits: [edit])], clockMilliseconds: clock), at: index)
    }

    private mutating func writeForeign(at index: Int) throws {
        let change = foreign.write(
            edits.next(listing: listable, using: &random), on: replicas[index].log,
            clockMilliseconds: random.choice(RandomHistory.clocks), using: &random)
        try replicas[index].apply([change])
        note([change], at: index)
    }

    private mutating func judge() throws {
        let judged = try relay.judge(
            changes, clockMilliseconds: random.choice(RandomHistory.clocks), using: &random)
        if let judged { changes.append(judged) }
    }

    private mutating func note(_ made: [Change], at index: Int) {
        replicas[index].note(made)
        changes += made
    }

    /// Hands a replica some or all of what another holds.
    private mutating func exchange(to index: Int) throws {
        // What the relay says comes first, as far as it got.
        let judgements = relay.changes.prefix(random.below(relay.changes.count + 1))
        let missing =
            judgements.filter { !replicas[index].held.contains($0.dot) }
            + replicas[index].missing(of: random.choice(replicas)).filter { change in
                !judgements.contains { $0.dot == change.dot }
            }
        guard !missing.isEmpty else { return }
        let count = random.once(in: 3) ? 1 + random.below(missing.count) : missing.count
        try replicas[index].apply(Array(missing.prefix(count)), droppingBodies: &random)
    }
}

// MARK: Segments

extension RandomHistory {
    /// All changes as segments: those that each replica would push to a relay that holds nothing, and the foreign
    /// writer's, in a random order in which each can be applied after those before it.
    private mutating func segments() throws -> [Segment] {
        var waiting: [(segment: Segment, changes: [Change])] = []
        for replica in replicas {
            var limits = SyncLimits()
            limits.segmentChanges = 1 + random.below(20)
            let request = try replica.store.prepareSync(withholding: [], clockMilliseconds: 0, limits: limits).request
            for bytes in request.push {
                let segment = try Segment(decoding: bytes)
                waiting.append((segment, try segment.changes()))
            }
        }
        let marked = Set(relay.changes.flatMap(\.marks))
        for change in Set(changes).sorted(by: { $0.dot < $1.dot }) {
            guard !replicas.contains(where: { $0.store.replica == change.replica }) else { continue }
            // The relay's own mark on a change of its own comes behind it, so that would wait for itself without its body.
            let mayDrop = marked.contains(change.dot) && !relay.changes.contains { $0.dot == change.dot }
            let change = mayDrop && random.once(in: 2) ? change.withoutBody : change
            let segment = try Segment([change], startingContext: foreign.startingContext(of: change))
            waiting.append((segment, try segment.changes()))
        }
        var held: Set<Dot> = []
        var given: Set<Dot> = []
        var ordered: [Segment] = []
        while !waiting.isEmpty {
            let ready = try waiting.indices.filter { try isReady(waiting[$0].changes, held, marked: given) }
            guard !ready.isEmpty else { throw WrongResult("seed \(seed): segments wait for each other") }
            let next = waiting.remove(at: random.choice(ready))
            held.formUnion(next.changes.map(\.dot))
            given.formUnion(next.changes.flatMap(\.marks))
            ordered.append(random.once(in: 4) ? plain(next.segment, next.changes) : next.segment)
        }
        return ordered
    }

    /// The same segment by codec 0, which the engine itself writes only where codec 1 does not serve.
    private func plain(_ segment: Segment, _ changes: [Change]) -> Segment {
        var segment = segment
        segment.codec = .plain
        segment.body = PlainCodec.encode(
            changes.map { change in
                ChangeParts(
                    head: change.head, body: change.body.map { .present($0) } ?? .dropped(change.bodyHash))
            })
        return segment
    }

    /// Whether all that a run of changes needs is held.
    private func isReady(_ run: [Change], _ held: Set<Dot>, marked: Set<Dot>) throws -> Bool {
        var held = held
        for change in run {
            let previous = Dot(replica: change.replica, sequence: change.sequence - 1, check: change.previous.check)
            guard change.body != nil || marked.contains(change.dot), change.sequence == 1 || held.contains(previous),
                held.isSuperset(of: try ChangeHead(decoding: change.head).contextDifference.dots)
            else { return false }
            held.insert(change.dot)
        }
        return true
    }

    /// A replica that got everything from the wire.
    private mutating func merge(_ segments: [Segment]) throws -> HistoryReplica {
        var merged = HistoryReplica(
            store: try workshop.makeStore(HistoryWorkshop.identityCount - 1, in: folder), clockMilliseconds: 0)
        for segment in segments {
            try merged.apply(try Segment(decoding: segment.encoded).changes())
        }
        return merged
    }
}

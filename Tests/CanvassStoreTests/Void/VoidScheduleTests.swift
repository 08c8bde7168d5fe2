import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import TestSupport
import Testing

/// Replicas that write and erase, a relay that marks, and changes that travel in any causal order, with or without the
/// bodies that may be left out.
@Suite struct VoidScheduleTests {
    @Test func `nothing void and nothing erased resurrects, whatever the order`() throws {
        var random = SplitMix64.forTest(#function)
        for _ in 0..<40 {
            var schedule = try VoidSchedule(seed: random.next())
            try schedule.run(steps: 60)
        }
    }
}

/// One random run; `seed` replays it.
private struct VoidSchedule {
    private let seed: UInt64
    private let folder: TemporaryFolder
    private var random: SplitMix64
    private var stores: [ReplicaStore] = []
    /// What each replica holds, in the order in which it got it, with all bodies.
    private var held: [[Change]] = []
    private var relay = OrganisationWriter()
    /// Everything that was ever made, with all bodies.
    private var changes: [Change] = []
    private var digests: [VersionVector: Int64?] = [:]

    init(seed: UInt64) throws {
        self.seed = seed
        folder = try TemporaryFolder()
        random = SplitMix64(seed: seed)
        for number in 1...3 {
            stores.append(try folder.store(UInt64(number)))
            held.append([])
        }
    }

    private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    private mutating func chance(_ count: Int) -> Bool { below(count) == 0 }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps {
            let index = below(stores.count)
            switch below(20) {
            case 0..<9: try write(index)
            case 9..<16: try deliver(to: index, from: below(stores.count))
            case 16, 17: try relayMarks()
            case 18: try relayErases()
            default: try deviceErases(index)
            }
            try checkDigest(index)
        }
        for index in stores.indices {
            var missing = changes.filter { change in !held[index].contains { $0.dot == change.dot } }
            try take(inCausalOrder(&missing, at: index), at: index)
            try checkDigest(index)
        }
        let expected = try LogModel(changes)
        for (index, store) in stores.enumerated() {
            #expect(try LogModel(storedIn: store, log: changes) == expected, "seed \(seed), replica \(index)")
            let report = try ReplicaStore.examine(path: folder.path("\(index + 1).canvass"), repairing: false)
            #expect(report.findings == [], "seed \(seed), replica \(index)")
        }
        try checkFresh(expected)
    }

    /// A replica that gets everything as a relay sends it: marks first, without the bodies of what is void.
    private mutating func checkFresh(_ expected: LogModel) throws {
        stores.append(try folder.store(9))
        held.append([])
        let last = stores.count - 1
        try take(relay.changes, at: last)
        var missing = changes.filter { $0.replica != relay.changes.first?.replica }
        try take(inCausalOrder(&missing, at: last).map { isVoid($0) ? $0.withoutBody : $0 }, at: last)
        try checkDigest(last)
        #expect(try LogModel(storedIn: stores[last], log: changes) == expected, "seed \(seed), fresh")
    }

    /// Equal vectors mean equal digests.
    private mutating func checkDigest(_ index: Int) throws {
        let vector = try stores[index].vector()
        let digest = try stores[index].digest()
        if let known = digests[vector] { #expect(known == digest, "seed \(seed), replica \(index)") }
        digests[vector] = digest
    }

    private mutating func write(_ index: Int) throws {
        var edits: [EntityEdit] = []
        for entity in 0..<UInt64(5) where edits.isEmpty || chance(4) {
            let field = ["a", "b", EntityState.existenceField][below(3)]
            var operations: [Operation] = [
                field == EntityState.existenceField || chance(6)
                    ? .init(.clear, field: field) : .init(.put(.integer(Int64(below(4)))), field: field)
            ]
            if chance(5) { operations.append(.init(.put("e"), field: "set", element: .integer(Int64(below(2))))) }
            if chance(8) { operations.append(.init(.unknown([0x82, 0x09, 0x00]), field: "")) }
            if chance(12), let change = changes.randomElement(using: &random) {
                operations.append(Operation(marking: change.dot, reason: .revoked))
            }
            edits.append(
                EntityEdit(
                    kind: chance(6) ? "contact" : "note", entity: .sample(UInt64(below(3)) + entity * 10),
                    operations: operations))
        }
        if chance(15), let change = changes.randomElement(using: &random) {
            edits.append(OrganisationWriter.marks(on: [change.dot], .forbidden))
        }
        let clock = 1_700_000_000_000 + Int64(below(10))
        note(try stores[index].commit([Edit(scope: .sample, edits: edits)], clockMilliseconds: clock), at: index)
    }

    private mutating func note(_ made: [Change], at index: Int) {
        held[index] += made
        changes += made
    }

    private mutating func relayMarks() throws {
        let victims = changes.filter { _ in random.next() % 12 == 0 }
        guard !victims.isEmpty else { return }
        let reasons: [MarkReason] = [.revoked, .forbidden, .misplaced, .erased]
        changes.append(relay.mark(victims, reasons[below(4)]))
    }

    private mutating func relayErases() throws {
        guard let entity = try entities().randomElement(using: &random) else { return }
        let victims = try changes.filter { change in
            guard let body = change.body, change.replica != relay.changes.first?.replica else { return false }
            return try ChangeBody(decoding: body).edits.contains { $0.entity == entity }
        }
        changes.append(relay.erase(entity, order: 500 + UInt64(below(3)), marking: chance(3) ? [] : victims))
    }

    private func entities() throws -> [EntityID] {
        try changes.suffix(10).flatMap { change in
            try ChangeBody(decoding: change.body ?? []).edits.filter { $0.kind == "note" }.map(\.entity)
        }
    }

    private mutating func deviceErases(_ index: Int) throws {
        guard let entity = try entities().randomElement(using: &random) else { return }
        let edit = Erasure.edit(Erasure.hash(of: entity), as: .sample(600 + UInt64(below(3))))
        note(try stores[index].commit([Edit(scope: .sample, edits: [edit])], clockMilliseconds: 5), at: index)
    }

    private mutating func deliver(to index: Int, from other: Int) throws {
        // The relay's own changes come from the relay, as many as it likes.
        var source = held[other] + relay.changes.prefix(below(relay.changes.count + 1))
        source.removeAll { change in held[index].contains { $0.dot == change.dot } }
        var unique: [Change] = []
        for change in source where !unique.contains(where: { $0.dot == change.dot }) { unique.append(change) }
        var ordered = inCausalOrder(&unique, at: index)
        if chance(2) { ordered = Array(ordered.prefix(below(ordered.count + 1))) }
        try take(ordered, at: index)
    }

    /// Hands over changes, some of them without the body that the receiver has a mark to do without.
    private mutating func take(_ given: [Change], at index: Int) throws {
        var marked = Set(try marks(in: held[index]))
        var sent: [Change] = []
        for change in given {
            let isDropped = marked.contains(change.dot) && isVoid(change) && chance(2)
            sent.append(isDropped ? change.withoutBody : change)
            marked.formUnion(try marks(in: [change]))
        }
        try stores[index].apply(sent)
        held[index] += given
    }

    private func marks(in log: [Change]) throws -> [Dot] {
        try log.flatMap { change -> [Dot] in
            guard let body = change.body else { return [] }
            let author = try ChangeHead(decoding: change.head).author
            return try ChangeBody(decoding: body).marks(by: author).map(\.dot)
        }
    }

    /// By everything that was ever made.
    private func isVoid(_ change: Change) -> Bool {
        let marked = (try? marks(in: changes).contains(change.dot)) ?? false
        return marked && ((try? marks(in: [change]).isEmpty) ?? true)
    }

    /// The changes that can be applied, in a random order in which each comes after its context.
    private mutating func inCausalOrder(_ waiting: inout [Change], at index: Int) -> [Change] {
        var known = Set(held[index].map(\.dot))
        var order: [Change] = []
        while true {
            let ready = waiting.indices.filter { position in
                let change = waiting[position]
                let previous = Dot(
                    replica: change.replica, sequence: change.sequence - 1, check: change.previous.check)
                let needed = (try? ChangeHead(decoding: change.head).contextDifference.dots) ?? []
                return (change.sequence == 1 || known.contains(previous)) && known.isSuperset(of: needed)
            }
            guard let next = ready.randomElement(using: &random) else { return order }
            let change = waiting.remove(at: next)
            known.insert(change.dot)
            order.append(change)
        }
    }
}

import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSync
import CanvassWire
import TestSupport
import Testing

@Suite struct BundleTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Two devices of one organisation, both of which may read the sample scope.
    private func pair() throws -> (ana: ReplicaStore, ben: ReplicaStore) {
        let (ana, ben) = (try folder.store(1), try folder.store(2))
        for store in [ana, ben] {
            try store.enrol()
            try store.put("own", of: store.replica.rawValue % 100)
        }
        return (ana, ben)
    }

    private func bundle(_ store: ReplicaStore, _ order: BundleOrder = BundleOrder()) throws -> Bundle {
        try Bundle(reading: store.makeBundle(order, clockMilliseconds: 0).encoded)
    }

    private func counts(_ store: ReplicaStore) throws -> (pending: Int, provisional: Int) {
        try store.database.read { (try $0.pendingCount(), try $0.provisionalCount()) }
    }

    @Test func `bundles both ways bring both to one state, and change nothing the second time`() throws {
        let (ana, ben) = try pair()
        try ana.put("from Ana")
        try ben.put("from Ben")
        for _ in 0..<2 {
            #expect(try ben.take(bundle(ana)).unreadable.isEmpty)
            #expect(try ana.take(bundle(ben)).unreadable.isEmpty)
        }
        #expect(try ana.digest() == ben.digest())
        #expect(try ana.vector() == ben.vector())
        #expect(try ana.conflicts().count == 1)
        let before = try ben.everything()
        let again = try ben.take(bundle(ana))
        #expect(again.applied.isEmpty && again.pending.isEmpty)
        #expect(try ben.everything() == before)
        #expect(try counts(ben) == (0, 2))
        try expectSound(ben, rebuildIn: folder.path("rebuilt"), "Ben")
        #expect(try ReplicaStore.examine(path: folder.path("2.canvass"), repairing: false).findings.isEmpty)
    }

    @Test func `a bundle for somebody leaves out what they hold`() throws {
        let (ana, ben) = try pair()
        _ = try ben.take(bundle(ana))
        let answer = try bundle(ben)
        let toAna = try bundle(ana, BundleOrder(receiver: ben.replica, vectors: answer.vectors))
        #expect(toAna.segments.isEmpty)
        // The vectors of an imported bundle are remembered.
        _ = try ana.take(answer)
        #expect(try bundle(ana, BundleOrder(receiver: ben.replica)).segments.isEmpty)
        try ana.put("more")
        let more = try bundle(ana, BundleOrder(receiver: ben.replica))
        #expect(try more.segments.map { try Segment(decoding: $0).count } == [1])
        #expect(try ben.take(more).applied == [.sample: 1])
    }

    @Test func `what comes before its cause waits, and is applied when that comes`() throws {
        let (ana, ben) = try pair()
        let early = try bundle(ana)
        try ana.put("late", of: 9)
        let order = BundleOrder(vectors: early.vectors)
        let late = try bundle(ana, order)
        #expect(try ben.take(late).pending == [.sample: 1])
        #expect(try counts(ben).pending == 1)
        #expect(try ben.take(late).pending == [.sample: 1])
        #expect(try counts(ben).pending == 1)
        let outcome = try ben.take(early)
        #expect(outcome.caughtUp == 1)
        #expect(try counts(ben).pending == 0)
        #expect(try ben.value(of: 9) == "late")
    }

    /// A change of the relay that marks others, and nothing else.
    private func mark(_ dots: [Dot], _ reason: MarkReason) -> Change {
        let relay = ReplicaID(rawValue: 77)
        return Change(
            scope: .sample, replica: relay, sequence: 1, previous: .start(scope: .sample, replica: relay),
            head: ChangeHead(
                contextDifference: VersionVector(), stamp: Stamp(milliseconds: 0), author: RelayModel.organisation
            ).encoded,
            body: ChangeBody(edits: [.marks(on: dots.map { ($0, reason) }, by: RelayModel.organisation)]).encoded)
    }

    @Test func `what is erased while it waits is not kept either, and what waits with it comes in`() throws {
        let (ana, ben) = try pair()
        let early = try bundle(ana)
        let secret = try ana.put("Ana's secret", of: 9)
        try ana.put("late", of: 9)
        #expect(try ben.take(bundle(ana, BundleOrder(vectors: early.vectors))).pending == [.sample: 2])
        let waiting = { try ben.database.query("SELECT segment FROM pending").rows }
        let before = try waiting()
        try ben.apply([mark([secret.dot], .erased)])
        #expect(try waiting() != before)
        let segment = try #require(try waiting().first?.first)
        guard case .blob(let bytes) = segment else { return #expect(Bool(false), "no segment") }
        #expect(try Segment(decoding: bytes).changes().map { $0.body == nil } == [true, false])
        #expect(try ben.take(early).caughtUp == 2)
        #expect(try counts(ben).pending == 0)
        #expect(try ben.value(of: 9) == "late")
    }

    @Test func `what waits and turns out to follow nothing is set aside, and stops nothing`() throws {
        let (ana, ben) = try pair()
        let own = try #require(ana.log().first)
        // It names the change before it, and follows another with the same check.
        var previous = own.hash.bytes
        previous[previous.count - 1] ^= 1
        let broken = Change(
            scope: .sample, replica: ana.replica, sequence: 2, previous: try ChainHash(bytes: previous), head: own.head,
            body: try #require(own.body))
        var waits = try bundle(ana)
        waits.segments = [try Segment([broken], startingContext: VersionVector()).encoded]
        #expect(try ben.take(waits).pending == [.sample: 1])
        let first = try bundle(ana)
        #expect(try ben.take(first).applied == [.sample: 1])
        #expect(try counts(ben).pending == 0)
        #expect(
            try ben.database.query("SELECT sequence, is_void FROM quarantine").rows == [[.integer(2), .integer(0)]])
        // The undamaged one still finds its place.
        try ana.put("good")
        #expect(try ben.take(bundle(ana)).applied == [.sample: 1])
    }

    @Test func `a scope that may not be read is left out`() throws {
        let (ana, ben) = try pair()
        try ana.note(5, [.init(.put(1), field: "a")], scope: .other)
        let outcome = try ben.take(bundle(ana))
        #expect(outcome.leftOut == [.other: 1])
        #expect(try ben.digest(of: .other) == nil)
    }

    @Test func `nobody passes for this device, or for the relay`() throws {
        let (ana, ben) = try pair()
        let forged = Change(
            scope: .sample, replica: ben.replica, sequence: 2, previous: try ben.log()[0].hash,
            head: ChangeHead(contextDifference: VersionVector(), stamp: Stamp(milliseconds: 0), author: ben.device)
                .encoded,
            body: ChangeBody(edits: [
                EntityEdit(kind: "note", entity: .sample(1), operations: [.init(.put("forged"), field: "a")])
            ]).encoded)
        let mark = mark([try ben.log()[0].dot], .erased)
        var evil = try bundle(ana)
        evil.segments = [
            try Segment(
                [forged], startingContext: VersionVector(), seals: .init(device: Array(repeating: 1, count: 16))
            )
            .encoded,
            try Segment([mark], startingContext: VersionVector()).encoded,
        ]
        let before = try ben.log()
        let outcome = try ben.take(evil)
        #expect(outcome.forged == [.sample: 1])
        #expect(outcome.pending == [.sample: 1])
        #expect(try ben.log() == before)
    }
}

import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSync
import CanvassWire
import TestSupport
import Testing

/// Changes that reach the relay by another device than the one that made them.
@Suite struct CarryTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// One session without faults.
    private func sync(_ store: ReplicaStore, _ relay: inout RelayModel) throws -> SyncSummary {
        var session = SyncSession()
        var actions = session.handle(.start)
        for _ in 0..<100 {
            switch actions.first {
            case .prepare(let withheld, let quarterings):
                let (request, hasMore) = try store.prepareSync(
                    withholding: withheld, clockMilliseconds: 0, limits: SyncLimits().quartered(times: quarterings))
                actions = session.handle(.prepared(request, hasMoreToPush: hasMore))
            case .send(let request):
                let answer = relay.handle(
                    try SyncRequest(decoding: request.encoded()), from: store.device, grants: [.sample: 1], time: 0)
                actions = session.handle(.answered(try SyncAnswer(decoding: answer.encoded())))
            case .forget:
                try store.forgetRelayPosition()
                actions = session.handle(.forgotten)
            case .commit(let answer, let request):
                actions = session.handle(
                    .committed(try store.commitPage(answer, for: request, clockMilliseconds: 0)))
            case .finish(let summary): return summary
            case .fail(let failure, _): throw failure
            case .pause, nil: throw SyncFailure.stalled
            }
        }
        throw SyncFailure.stalled
    }

    private func waiting(_ store: ReplicaStore) throws -> [WaitingChanges] {
        try store.database.read { try $0.waitingChanges() }
    }

    private func provisional(_ store: ReplicaStore) throws -> Int {
        try store.database.read { try $0.provisionalCount() }
    }

    @Test func `changes of a device that never syncs reach the relay by a bundle and another device`() throws {
        var relay = RelayModel()
        let (ana, ben) = (try folder.store(1), try folder.store(2))
        for store in [ana, ben] { relay.devices[store.device] = try store.enrol() }
        let changes = [try ana.put("first"), try ana.put("second", of: 2)]
        _ = try sync(ben, &relay)
        #expect(try ben.take(ana.makeBundle(BundleOrder(), clockMilliseconds: 0)).applied == [.sample: 2])
        #expect(try provisional(ben) == 2)
        let upon = try ben.put("upon", of: 2)
        let summary = try sync(ben, &relay)
        #expect(summary.carried == 2 && summary.pushed == 1 && summary.refused.isEmpty)
        for change in changes + [upon] { #expect(relay.holds(change.dot, in: .sample)) }
        #expect(try provisional(ben) == 0)
        // Ana comes after all: nothing is sent twice, nothing is in conflict.
        let late = try sync(ana, &relay)
        #expect(late.received == 1)
        #expect(try ana.digest() == ben.digest())
        #expect(try ana.conflicts().isEmpty)
        #expect(relay.appended == 3)
    }

    @Test func `changes of a device that the relay does not know wait, with all that was made upon them`() throws {
        var relay = RelayModel()
        let (ana, ben) = (try folder.store(1), try folder.store(2))
        for store in [ana, ben] { try store.enrol() }
        relay.devices[ben.device] = try ben.enrol()
        let change = try ana.put("first")
        _ = try sync(ben, &relay)
        _ = try ben.take(ana.makeBundle(BundleOrder(), clockMilliseconds: 0))
        try ben.put("upon")
        let summary = try sync(ben, &relay)
        #expect(summary.refused.isEmpty && summary.carried == 0)
        #expect(summary.waiting.map(\.reason) == ["unknown-author"])
        #expect(try Set(waiting(ben).map(\.reason)) == [.unknownAuthor, .dependent])
        let received = relay.received
        #expect(try sync(ben, &relay).waiting.isEmpty)
        #expect(relay.received == received)
        // Ana is enrolled: the roster says so to everybody.
        relay.devices[ana.device] = try ana.enrol()
        relay.rosterPosition = 9
        let then = try sync(ben, &relay)
        #expect(then.carried == 1 && then.pushed == 1)
        #expect(relay.holds(change.dot, in: .sample))
        #expect(try waiting(ben).isEmpty)
    }

    @Test func `a seal that does not hold is tried once`() throws {
        var relay = RelayModel()
        let (ana, ben) = (try folder.store(1), try folder.store(2))
        relay.devices[ben.device] = try ben.enrol()
        try ana.enrol()
        relay.devices[ana.device] = Array(repeating: 3, count: 32)
        try ana.put("first")
        _ = try sync(ben, &relay)
        _ = try ben.take(ana.makeBundle(BundleOrder(), clockMilliseconds: 0))
        #expect(try sync(ben, &relay).waiting.map(\.reason) == ["unproven"])
        let received = relay.received
        #expect(try sync(ben, &relay).waiting.isEmpty)
        #expect(relay.received == received)
        #expect(try waiting(ben).map(\.reason) == [.unproven])
    }

    @Test func `only what lies inside a backup of the relay is safe`() throws {
        var relay = RelayModel()
        let ana = try folder.store(1)
        relay.devices[ana.device] = try ana.enrol()
        func outside() throws -> Int {
            try ana.database.read { try $0.changesOutsideBackup() }[.sample] ?? 0
        }
        try ana.put("first")
        #expect(try outside() == 1)
        _ = try sync(ana, &relay)
        #expect(try outside() == 1)
        relay.backup = 1
        try ana.put("second")
        _ = try sync(ana, &relay)
        #expect(try outside() == 1)
        #expect(try ana.forgettableScopes().isEmpty)
        relay.backup = 2
        _ = try sync(ana, &relay)
        #expect(try outside() == 0)
        #expect(try ana.forgettableScopes() == [.sample: 2])
        // A relay that went back to an older self has lost the proof as well.
        relay.restore(entries: 1)
        relay.backup = nil
        _ = try sync(ana, &relay)
        #expect(try outside() == 2)
        #expect(try ana.forgettableScopes().isEmpty)
    }

    @Test func `what was forgotten comes back, and new work goes on meanwhile`() throws {
        var relay = RelayModel()
        let (ana, ben) = (try folder.store(1), try folder.store(2))
        for store in [ana, ben] { relay.devices[store.device] = try store.enrol() }
        try ana.put("first")
        try ana.put("second", of: 2)
        try ana.put("third", of: 2)
        _ = try sync(ana, &relay)
        relay.backup = 3
        _ = try sync(ana, &relay)
        var random = SplitMix64(seed: 8)
        #expect(try ana.forgetAcknowledged(clockMilliseconds: 0, using: &random) == [.sample: 3])
        #expect(try ana.log().isEmpty)
        #expect(try ana.state() == nil)
        #expect(try sync(ana, &relay).received == 0)
        let report = try ReplicaStore.examine(path: folder.path("1.canvass"), repairing: false)
        #expect(report.isSound, "\(report.findings)")
        let change = try ana.put("meanwhile", of: 3)
        #expect(change.sequence == 1)
        #expect(change.replica != ana.replica)
        #expect(try sync(ana, &relay).pushed == 1)
        try ben.put("from Ben", of: 4)
        _ = try sync(ben, &relay)
        #expect(try sync(ana, &relay).received == 0)
        try ana.recallForgotten()
        #expect(try sync(ana, &relay).received == 4)
        #expect(try ana.digest() == ben.digest())
        #expect(try ana.conflicts().isEmpty)
        try expectSound(ana, rebuildIn: folder.path("rebuilt"), "Ana")
    }
}

import CanvassCRDT
import CanvassCoding
import CanvassStore
import CanvassSync
import CanvassWire
import Foundation
import TestSupport
import Testing

/// A replica file that was copied and went on being written twice (rule 7).
@Suite struct ForkTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A replica with two changes, and a copy of its file.
    private func fork() throws -> (original: ReplicaStore, copy: ReplicaStore, shared: [Change]) {
        var store: ReplicaStore? = try folder.store(1)
        try store?.put("first")
        try store?.put("second")
        let shared = try store?.log() ?? []
        store = nil
        try copyReplica(folder.path("1.canvass"), to: folder.path("copy.canvass"))
        return (
            try ReplicaStore.open(path: folder.path("1.canvass")),
            try ReplicaStore.open(path: folder.path("copy.canvass")),
            shared
        )
    }

    @Test func `a copy made before the first change goes on behind it`() throws {
        var store: ReplicaStore? = try folder.store(1)
        store = nil
        try copyReplica(folder.path("1.canvass"), to: folder.path("copy.canvass"))
        store = try ReplicaStore.open(path: folder.path("1.canvass"))
        let copy = try ReplicaStore.open(path: folder.path("copy.canvass"))
        let first = try #require(try store?.put("first"))
        let second = try #require(try store?.put("second"))
        try copy.apply([first, second])
        let third = try copy.put("third")
        #expect(third.previous == second.hash)
        #expect(try copy.vector().dots == [third.dot])
        #expect(try ReplicaStore.examine(path: folder.path("copy.canvass"), repairing: false).isSound)
    }

    @Test(arguments: [true, false]) func `both branches are kept, whichever comes first`(isOriginalFirst: Bool) throws {
        let (original, copy, shared) = try fork()
        let third = try folder.store(3)
        let left = [try original.put("left"), try original.put("L", "b")]
        let right = [try copy.put("right"), try copy.put("R", "c")]
        #expect(left[0].replica == right[0].replica)
        #expect(left[0].sequence == right[0].sequence)
        #expect(left[0].dot != right[0].dot)
        try third.apply(shared)
        try third.apply(isOriginalFirst ? left + right : right + left)
        try original.apply(right)
        try copy.apply(left)
        let stores = [original, copy, third]
        for store in stores {
            #expect(try store.vector().dots == [left[1].dot, right[1].dot].sorted())
            #expect(try store.conflicts().map(\.field) == ["a"])
            #expect(try Set(store.conflicts()[0].versions.map(\.version.value)) == ["left", "right"])
            #expect(try store.value("b") == "L")
            #expect(try store.value("c") == "R")
        }
        #expect(Set(try stores.map { try $0.digest() }).count == 1)
        // Each goes on upon its own branch and has seen the other: no phantom conflict, and the conflict is settled.
        let settled = try original.put("settled")
        #expect(settled.previous == left[1].hash)
        try copy.apply([settled])
        let after = try copy.put("after", "b")
        #expect(after.previous == right[1].hash)
        try original.apply([after])
        try third.apply(isOriginalFirst ? [settled, after] : [settled, after])
        for store in stores {
            #expect(try store.conflicts().isEmpty)
            #expect(try store.value() == "settled")
            #expect(try store.value("b") == "after")
            #expect(try store.vector().dots == [settled.dot, after.dot].sorted())
        }
        #expect(Set(try stores.map { try $0.digest() }).count == 1)
        for (index, store) in stores.enumerated() {
            try expectSound(store, rebuildIn: folder.path("rebuilt \(index)"), "store \(index)")
        }
    }

    @Test func `a branch that is extended elsewhere is taken over, not forked`() throws {
        let (original, copy, _) = try fork()
        let elsewhere = [try copy.put("x"), try copy.put("y")]
        try original.apply(elsewhere)
        let next = try original.put("z")
        #expect(next.sequence == 5)
        #expect(next.previous == elsewhere[1].hash)
        #expect(try original.vector().dots == [next.dot])
        #expect(try original.conflicts().isEmpty)
    }

    @Test func `a copy made before the first change forks at the start`() throws {
        var store: ReplicaStore? = try folder.store(1)
        store = nil
        _ = store
        try copyReplica(folder.path("1.canvass"), to: folder.path("copy.canvass"))
        let original = try ReplicaStore.open(path: folder.path("1.canvass"))
        let copy = try ReplicaStore.open(path: folder.path("copy.canvass"))
        let left = try original.put("left")
        let right = try copy.put("right")
        try original.apply([right])
        try copy.apply([left])
        #expect(try original.vector().dots.count == 2)
        #expect(try original.digest() == copy.digest())
        #expect(try original.conflicts().count == 1)
        try expectSound(copy, rebuildIn: folder.path("rebuilt"), "copy")
    }

    /// The segments that a sync would push, decoded.
    private func push(_ store: ReplicaStore) throws -> [Change] {
        try store.prepareSync(withholding: [], clockMilliseconds: 0).request.push.flatMap { bytes in
            try Segment(decoding: bytes).changes()
        }
    }

    /// Tells the store what the relay holds.
    @discardableResult
    private func tell(_ store: ReplicaStore, _ vector: VersionVector) throws -> SyncProgress {
        let request = try store.prepareSync(withholding: [], clockMilliseconds: 0).request
        let report = ScopeReport(scope: .sample, vector: vector, digest: nil)
        return try store.commitPage(SyncAnswer(scopes: [report], time: 0), for: request, clockMilliseconds: 0)
    }

    @Test func `the own branch is pushed, and only what the relay lacks of it`() throws {
        let (original, copy, shared) = try fork()
        let left = try (0..<3).map { try original.put(.integer($0)) }
        let right = try (0..<3).map { try copy.put(.integer(10 + $0)) }
        try original.apply(right)
        try copy.apply(left)
        #expect(try push(original) == shared + left)
        #expect(try push(copy) == shared + right)
        var vector = VersionVector()
        func hold(_ changes: [Change]) {
            vector[original.replica] = changes.map { .init(sequence: $0.sequence, check: $0.hash.check) }
        }
        // The relay knows the copy's branch alone, at different heights, then both at one height.
        for known in right {
            hold([known])
            try tell(original, vector)
            #expect(try push(original) == left)
        }
        for height in 0..<3 {
            hold([left[height], right[height]])
            try tell(original, vector)
            try tell(copy, vector)
            #expect(try push(original) == Array(left[(height + 1)...]))
            #expect(try push(copy) == Array(right[(height + 1)...]))
        }
        hold([shared[0]])
        try tell(original, vector)
        #expect(try push(original) == [shared[1]] + left)
    }

    @Test func `what is counted as pushed is of the own branch`() throws {
        let (original, copy, shared) = try fork()
        let left = try (0..<5).map { try original.put(.integer($0)) }
        let right = try (0..<2).map { try copy.put(.integer(10 + $0)) }
        try copy.apply(left)
        func vector(_ changes: Change...) -> VersionVector {
            var vector = VersionVector()
            vector[copy.replica] = changes.map { .init(sequence: $0.sequence, check: $0.hash.check) }
            return vector
        }
        #expect(try tell(copy, vector(shared[1])).pushed == 2)
        // The longer branch of the original brings nothing of this one, and hides nothing of it either.
        #expect(try tell(copy, vector(left[4])).pushed == 0)
        #expect(try tell(copy, vector(left[4], right[0])).pushed == 1)
        #expect(try tell(copy, vector(left[4], right[1])).pushed == 1)
        #expect(try tell(copy, vector(left[4], right[1])).pushed == 0)
    }

    @Test func `own changes that come back to a restored copy are received, not pushed`() throws {
        let (original, copy, shared) = try fork()
        let later = try (0..<3).map { try original.put(.integer($0)) }
        var vector = VersionVector()
        vector[copy.replica] = [.init(sequence: shared[1].sequence, check: shared[1].hash.check)]
        #expect(try tell(copy, vector).pushed == 2)
        let end = try #require(later.last)
        vector[copy.replica] = [.init(sequence: end.sequence, check: end.hash.check)]
        let request = try copy.prepareSync(withholding: [], clockMilliseconds: 0).request
        let answer = SyncAnswer(
            segments: [try Segment(later, startingContext: VersionVector()).encoded],
            scopes: [ScopeReport(scope: .sample, vector: vector, digest: nil)],
            time: 0)
        let progress = try copy.commitPage(answer, for: request, clockMilliseconds: 0)
        #expect(progress.received == 3)
        #expect(progress.pushed == 0)
    }
}

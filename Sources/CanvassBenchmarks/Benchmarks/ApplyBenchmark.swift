import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassStore
import CanvassTrials
import Foundation

/// What a sync brings, decoded, checked and merged, durable at the end: into a replica that has nothing, and into one that
/// holds other values of the same fields.
struct ApplyBenchmark: Benchmark {
    let name = "apply"
    let summary = "others' responses into a fresh replica, and conflicting fields into a full one"

    private static let fieldCount = 12

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        outcome.add(try responses(session))
        outcome.add(try conflicts(session))
    }

    private func responses(_ session: BenchmarkSession) throws -> Figure {
        let folder = try session.scratch.makeFolder()
        let visits = try FieldReplica(at: folder.appending(path: "visits.canvass").path, form: VisitSurvey.form)
        let count = session.rounds(10_000, quick: 500)
        var responses = try VisitResponses(to: visits.survey, in: visits.replica)
        try responses.write(count - 1)
        let segments = try visits.replica.store.everythingToPush()
        let rows = try StoredRow.responses(in: visits.replica.store)
        guard rows.count == count else { throw WrongResult("\(rows.count) responses were recorded") }
        var applied = Samples()
        var inserted = Samples()
        for round in 0..<session.rounds(5, quick: 2) {
            try session.checkInterrupt()
            let store = try ReplicaStore.fresh(at: folder.appending(path: "fresh-\(round).canvass"))
            let start = ContinuousClock.now
            let changes = try store.take(segments)
            applied.add(start.secondsUntilNow / Double(count))
            guard changes >= count else { throw WrongResult("\(changes) changes were applied") }
            let seconds = try RawDatabase.secondsToInsert(
                rows, batchSize: FieldReplica.batchSize, at: folder.appending(path: "raw-\(round).sqlite"))
            inserted.add(seconds / Double(count))
        }
        return Figure(
            name: "apply a response, fresh replica", unit: .seconds, samples: applied,
            anchor: .init(name: "raw SQLite, same bytes", samples: inserted))
    }

    /// Two devices write all fields of the same entities, neither knowing of the other.
    private func conflicts(_ session: BenchmarkSession) throws -> Figure {
        let entityCount = session.rounds(5_000, quick: 200)
        var applied = Samples()
        var inserted = Samples()
        for _ in 0..<session.rounds(5, quick: 2) {
            try session.checkInterrupt()
            let folder = try session.scratch.makeFolder()
            let stores = try (0..<2).map {
                try ReplicaStore.fresh(at: folder.appending(path: "\($0).canvass"))
            }
            for (number, store) in stores.enumerated() {
                try store.commit(Self.edits(of: entityCount, writer: number), clockMilliseconds: 1_000)
            }
            let segments = try stores[1].everythingToPush()
            let rows = try StoredRow.responses(in: stores[1])
            guard rows.count == entityCount else { throw WrongResult("\(rows.count) entities were written") }
            let fields = Double(entityCount * Self.fieldCount)
            let start = ContinuousClock.now
            let changes = try stores[0].take(segments)
            applied.add(start.secondsUntilNow / fields)
            guard changes == entityCount else { throw WrongResult("\(changes) changes were applied") }
            let seconds = try RawDatabase.secondsToInsert(
                rows, batchSize: entityCount, at: folder.appending(path: "raw.sqlite"))
            inserted.add(seconds / fields)
            try session.scratch.discard(folder)
        }
        return Figure(
            name: "merge a conflicting field", unit: .seconds, samples: applied,
            anchor: .init(name: "raw SQLite inserting one", samples: inserted))
    }

    private static func edits(of count: Int, writer: Int) -> [Edit] {
        let scope = ScopeID(.responses, EntityID(milliseconds: 1, random: (0, 0)))
        return (1...count).map { number in
            let operations = (0..<fieldCount).map { field in
                Operation(.put(.integer(Int64(number + writer))), field: "field\(field)")
            }
            let id = EntityID(milliseconds: 1, random: (0, UInt64(number) << 2))
            return Edit(
                scope: scope,
                edits: [EntityEdit(kind: EntityKind.response.rawValue, entity: id, operations: operations)])
        }
    }
}

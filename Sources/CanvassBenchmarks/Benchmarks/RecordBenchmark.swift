import Canvass
import CanvassStore
import CanvassTrials
import Foundation

/// What a collector waits for after the last answer: one response, checked and durable. And many at once.
struct RecordBenchmark: Benchmark {
    let name = "record"
    let summary = "a response of 12 answers, checked and durable; and many in one batch"

    private static let samplesPerRound = 50

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        outcome.add(try one(session))
        outcome.add(try bulk(session))
    }

    private func one(_ session: BenchmarkSession) throws -> Figure {
        let folder = try session.scratch.makeFolder()
        let field = try FieldReplica(at: folder.appending(path: "record.canvass").path, form: VisitSurvey.form)
        var raw = try RawDatabase(at: folder.appending(path: "raw.sqlite"))
        var survey = VisitSurvey()
        var recorded = Samples()
        var committed = Samples()
        // The first round fills caches and is not counted.
        for round in 0...session.rounds(20, quick: 4) {
            try session.checkInterrupt()
            var subject = Samples()
            var anchor = Samples()
            for index in 0..<Self.samplesPerRound {
                let answers = survey.answers()
                let recording = try subject.time { try field.replica.record(answers, to: field.survey) }
                guard case .recorded = recording else { throw WrongResult("\(recording) for made-up answers") }
                let row = StoredRow.short(round * Self.samplesPerRound + index)
                try anchor.time { try raw.commit([row]) }
            }
            guard round > 0 else { continue }
            subject.values.forEach { recorded.add($0) }
            anchor.values.forEach { committed.add($0) }
        }
        return Figure(
            name: "record a response", unit: .seconds, samples: recorded,
            anchor: .init(name: "a raw FULL commit", samples: committed))
    }

    /// Responses that are ready, as the engine takes them from an import: hashed, merged and durable.
    private func bulk(_ session: BenchmarkSession) throws -> Figure {
        let count = session.rounds(10_000, quick: 500)
        var recorded = Samples()
        var inserted = Samples()
        for _ in 0..<session.rounds(5, quick: 2) {
            try session.checkInterrupt()
            let folder = try session.scratch.makeFolder()
            let field = try FieldReplica(at: folder.appending(path: "bulk.canvass").path, form: VisitSurvey.form)
            var responses = try VisitResponses(to: field.survey, in: field.replica)
            let edits = responses.next(count)
            let start = ContinuousClock.now
            try field.replica.store.commit(edits, clockMilliseconds: 0)
            recorded.add(start.secondsUntilNow / Double(count))
            // Without the one that was recorded first.
            let rows = Array(try StoredRow.responses(in: field.replica.store).dropFirst())
            guard rows.count == count else { throw WrongResult("\(rows.count) responses were recorded") }
            let seconds = try RawDatabase.secondsToInsert(
                rows, batchSize: count, at: folder.appending(path: "raw.sqlite"))
            inserted.add(seconds / Double(count))
            try session.scratch.discard(folder)
        }
        return Figure(
            name: "record one of \(FigureUnit.grouped(count)) in one batch", unit: .seconds, samples: recorded,
            anchor: .init(name: "raw SQLite, same bytes", samples: inserted))
    }
}

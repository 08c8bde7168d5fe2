import Canvass
import CanvassCoding
import CanvassSurvey
import CanvassTrials
import Foundation

/// Responses from a CSV file into a fresh replica: made-up ones in one batch, and those of a real survey.
struct ImportBenchmark: Benchmark {
    let name = "import"
    let summary = "made-up responses from CSV in one batch, and 2,831 real ones"

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        let count = session.rounds(10_000, quick: 500)
        outcome.add(
            try measure(
                "import a made-up row, \(FigureUnit.grouped(count)) in one batch", VisitSurvey.table(rows: count),
                VisitSurvey.form, rows: count, batchSize: count, isPerRow: true, session))
        guard let data = session.surveyData else {
            return outcome.skip("the import of real rows", because: BenchmarkSession.surveyDataIsAbsent)
        }
        outcome.add(
            try measure(
                "import 2,831 real rows", data.responses(), data.form(), rows: SurveyData.rowCount,
                batchSize: FieldReplica.batchSize, isPerRow: false, session))
    }

    private func measure(
        _ name: String, _ file: [UInt8], _ form: Form, rows: Int, batchSize: Int, isPerRow: Bool,
        _ session: BenchmarkSession
    ) throws -> Figure {
        var imported = Samples()
        var inserted = Samples()
        let share = isPerRow ? Double(rows) : 1
        for _ in 0..<session.rounds(5, quick: 1) {
            try session.checkInterrupt()
            let folder = try session.scratch.makeFolder()
            let field = try FieldReplica(at: folder.appending(path: "import.canvass").path, form: form)
            let start = ContinuousClock.now
            try FieldReplica.importAll(
                file, to: field.survey, of: field.replica, rows: rows, batchSize: batchSize)
            imported.add(start.secondsUntilNow / share)
            let seconds = try RawDatabase.secondsToInsert(
                StoredRow.responses(in: field.replica.store), batchSize: batchSize,
                at: folder.appending(path: "raw.sqlite"))
            inserted.add(seconds / share)
            try session.scratch.discard(folder)
        }
        return Figure(
            name: name, unit: .seconds, samples: imported,
            anchor: .init(name: "raw SQLite, same bytes", samples: inserted))
    }
}

import Foundation
import Canvass
import CanvassTrials
import CanvassCoding

/// The real survey, from its CSV file into a fresh replica.
struct ImportBenchmark: Benchmark {
    let name = "import"
    let summary = "2,831 real responses from CSV into a fresh replica"

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        guard let data = session.surveyData else {
            return outcome.skip("the import", because: BenchmarkSession.surveyDataIsAbsent)
        }
        let form = try data.form()
        let file = try data.responses()
        var imported = Samples()
        var inserted = Samples()
        for _ in 0..<session.rounds(5, quick: 1) {
            try session.checkInterrupt()
            let folder = try session.scratch.makeFolder()
            let field = try FieldReplica(at: folder.appending(path: "import.canvass").path, form: form)
            try imported.time { try field.importAll(file) }
            inserted.add(
                try RawDatabase.secondsToInsert(
                    StoredRow.responses(in: field.replica.store), batchSize: FieldReplica.batchSize,
                    at: folder.appending(path: "raw.sqlite")))
            try session.scratch.discard(folder)
        }
        outcome.add(
            Figure(
                name: "import 2,831 real rows", unit: .seconds, samples: imported,
                anchor: .init(name: "raw SQLite, same bytes", samples: inserted), limit: .value(1)))
    }
}

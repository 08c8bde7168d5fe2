import Canvass
import CanvassCoding
import CanvassSimulator
import CanvassSurvey

/// A table is imported, in several transactions.
struct ImportWorkload: ReplicaWorkload {
    let name = "import"

    func prepare(_ disk: CrashDisk, seed: UInt64) throws {
        _ = try prepareField(disk, seed: seed)
    }

    func run(on disk: CrashProcess, seed: UInt64, ledger: Ledger<Replica>, begin: () -> Void) async throws {
        let replica = try Replica.open(at: file, environment: environment(disk, seed: seed))
        let survey = try replica.survey(named: VisitSurvey.form.id)
        var random = SplitMix64(seed: seed)
        var table = "recommend,satisfied,comment\n"
        for row in 1...24 { table += "\(random.below(11)),\(1 + random.below(5)),row \(row)\n" }
        var reader = try CSVReader(Array(table.utf8))
        begin()
        let outcome = try replica.importResponses(from: &reader, to: survey, batchSize: 8) { rows in
            ledger.acknowledge("rows 1 to \(rows)") { replica in
                let comments = Set(try replica.responses(to: survey).compactMap { $0.answers["comment"]?.textValue })
                return (1...rows).allSatisfy { comments.contains("row \($0)") }
            }
        }
        guard outcome.added == 24 else { throw WorkloadFailure("\(outcome.added) of 24 rows were added") }
    }
}

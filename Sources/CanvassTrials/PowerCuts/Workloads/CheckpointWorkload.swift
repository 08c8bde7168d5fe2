import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassSimulator
import CanvassStore
import CanvassSurvey

/// The write-ahead log gets long enough to be moved into the file while work goes on, starts anew, and is emptied.
struct CheckpointWorkload: ReplicaWorkload {
    let name = "checkpoint"

    func prepare(_ disk: CrashDisk, seed: UInt64) throws {
        let field = try prepareField(disk, seed: seed)
        var visits = VisitSurvey(seed: seed)
        _ = try field.replica.take(visits.answers(), to: field.survey)
    }

    func run(on disk: CrashProcess, seed: UInt64, ledger: Ledger<Replica>, begin: () -> Void) async throws {
        let replica = try Replica.open(at: file, environment: environment(disk, seed: seed))
        let survey = try replica.survey(named: VisitSurvey.form.id)
        guard let response = try replica.responses(to: survey).first else { throw WorkloadFailure("no response") }
        let threshold = Int64(replica.store.database.options.checkpointThresholdBytes)
        var number = 0
        while disk.size(of: "\(file)-wal") < threshold - 60_000 {
            number += 1
            try comment(number, on: response, in: replica)
        }
        begin()
        for _ in 1...6 {
            number += 1
            try comment(number, on: response, in: replica)
            acknowledge(number, of: response, ledger)
        }
        try replica.store.database.truncateLog()
        number += 1
        try comment(number, on: response, in: replica)
        acknowledge(number, of: response, ledger)
    }

    private func comment(_ number: Int, on response: Response, in replica: Replica) throws {
        let current = try replica.response(named: response.id.description)
        guard case .recorded = try replica.edit(current, setting: [.init("comment", .text("\(number)"))]) else {
            throw WorkloadFailure("edit \(number) was refused")
        }
    }

    private func acknowledge(_ number: Int, of response: Response, _ ledger: Ledger<Replica>) {
        ledger.acknowledge("edit \(number)") { replica in
            let comment = try replica.response(named: response.id.description).answers["comment"]?.textValue
            return comment.flatMap { Int($0) }.map { $0 >= number } ?? false
        }
    }
}

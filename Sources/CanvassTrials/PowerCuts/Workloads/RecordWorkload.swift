import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassSimulator
import CanvassSurvey

/// Responses are recorded one by one, and one that was there is corrected.
struct RecordWorkload: ReplicaWorkload {
    let name = "record"

    func prepare(_ disk: CrashDisk, seed: UInt64) throws {
        let field = try prepareField(disk, seed: seed)
        var visits = VisitSurvey(seed: seed ^ 1)
        _ = try field.replica.take(visits.answers(), to: field.survey)
    }

    func run(on disk: CrashProcess, seed: UInt64, ledger: Ledger<Replica>, begin: () -> Void) async throws {
        let replica = try Replica.open(at: file, environment: environment(disk, seed: seed))
        let survey = try replica.survey(named: VisitSurvey.form.id)
        guard let old = try replica.responses(to: survey).first else { throw WorkloadFailure("no response") }
        var visits = VisitSurvey(seed: seed)
        begin()
        for number in 1...6 {
            let response = try replica.take(visits.answers(), to: survey)
            ledger.acknowledge("response \(number)") { try $0.holds(response) }
        }
        guard case .recorded = try replica.edit(old, setting: [.init("comment", .text("corrected"))]) else {
            throw WorkloadFailure("the correction was refused")
        }
        ledger.acknowledge("the correction") {
            try $0.response(named: old.id.description).answers["comment"] == .text("corrected")
        }
    }
}

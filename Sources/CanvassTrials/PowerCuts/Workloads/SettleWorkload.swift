import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassSimulator
import CanvassSurvey
import CanvassStore
import CanvassSync
import CanvassWire

/// Conflicts with a copy of the replica that went on are settled, one by one.
struct SettleWorkload: ReplicaWorkload {
    let name = "settle"

    func prepare(_ disk: CrashDisk, seed: UInt64) throws {
        let field = try prepareField(disk, seed: seed)
        var visits = VisitSurvey(seed: seed)
        let responses = try (1...4).map { _ in try field.replica.take(visits.answers(), to: field.survey) }
        try field.replica.store.database.truncateLog()
        let other = CrashDisk(seed: seed)
        other.put(disk.contents(of: file) ?? [], at: file)
        let copy = try Replica.open(at: file, environment: environment(other.startProcess(), seed: seed ^ 0xC09))
        for (index, response) in responses.enumerated() {
            try edit(response, "here \(index)", in: field.replica)
            try edit(response, "there \(index)", in: copy)
        }
        let segments = try copy.store.prepareSync(withholding: [], clockMilliseconds: 0).request.push
        let (request, _) = try field.replica.store.prepareSync(withholding: [], clockMilliseconds: 0)
        _ = try field.replica.store.commitPage(
            SyncAnswer(segments: segments, bookmark: [1], time: 0), for: request, clockMilliseconds: 0)
    }

    private func edit(_ response: Response, _ comment: String, in replica: Replica) throws {
        guard case .recorded = try replica.edit(response, setting: [.init("comment", .text(comment))]) else {
            throw WorkloadFailure("the edit was refused")
        }
    }

    func run(on disk: CrashProcess, seed: UInt64, ledger: Ledger<Replica>, begin: () -> Void) async throws {
        let replica = try Replica.open(at: file, environment: environment(disk, seed: seed))
        let conflicts = try replica.conflicts()
        guard conflicts.count == 4 else { throw WorkloadFailure("\(conflicts.count) conflicts instead of 4") }
        begin()
        for (index, conflict) in conflicts.enumerated() {
            let value = index.isMultiple(of: 2) ? conflict.candidates[1].value : .text("settled \(index)")
            try replica.settle(conflict, with: value)
            ledger.acknowledge("the settlement of \(conflict.id)") { replica in
                let response = try replica.response(named: conflict.entity.description)
                return try response.answers["comment"] == value
                    && !replica.conflicts().contains { $0.id == conflict.id }
            }
        }
    }
}

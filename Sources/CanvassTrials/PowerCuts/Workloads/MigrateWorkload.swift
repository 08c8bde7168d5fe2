import Canvass
import CanvassSimulator
import CanvassSurvey

/// A file of the first schema version is opened, which brings it up to date, and used.
struct MigrateWorkload: ReplicaWorkload {
    let name = "migrate"

    func prepare(_ disk: CrashDisk, seed: UInt64) throws {
        disk.put(try EarlierFiles.replica(version: 1), at: file)
    }

    func run(on disk: CrashProcess, seed: UInt64, ledger: Ledger<Replica>, begin: () -> Void) async throws {
        // What the file held is acknowledged from the beginning.
        ledger.acknowledge("the responses of version 1") { replica in
            try replica.responses(to: replica.survey(named: "field")).count == 5
        }
        ledger.acknowledge("the changes of version 1") { try $0.heldDots().values.map(\.count).reduce(0, +) >= 10 }
        begin()
        let replica = try Replica.open(at: file, environment: environment(disk, seed: seed))
        guard let conflict = try replica.conflicts().first else { throw WorkloadFailure("the conflict is gone") }
        try replica.settle(conflict, with: conflict.candidates[0].value)
        ledger.acknowledge("the settlement") { try $0.conflicts().isEmpty }
    }
}

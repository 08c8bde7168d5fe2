import Canvass
import CanvassSimulator

/// A replica is made, and begins a campaign.
struct CreateWorkload: ReplicaWorkload {
    let name = "create"

    func run(on disk: CrashProcess, seed: UInt64, ledger: Ledger<Replica>, begin: () -> Void) async throws {
        begin()
        let replica = try Replica.create(at: file, environment: environment(disk, seed: seed))
        let id = replica.id
        ledger.acknowledge("the replica \(id)") { $0.id == id }
        let campaign = try replica.createCampaign(named: "Clinic visits")
        ledger.acknowledge("the campaign") { try $0.campaigns().contains { $0.id == campaign.id } }
    }

    /// What was not acknowledged may be there, or not, or in part: then making it again has to work.
    func open(on disk: CrashProcess) throws -> Replica {
        let environment = environment(disk, seed: 1)
        do {
            return try Replica.open(at: file, environment: environment)
        } catch {
            return try Replica.create(at: file, environment: environment)
        }
    }
}

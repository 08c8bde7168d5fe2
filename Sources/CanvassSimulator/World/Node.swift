import CanvassCRDT
import CanvassStore

/// What somebody holds of each scope.
typealias Holdings = [ScopeID: Set<Dot>]

/// A process that has a replica open.
final class OpenReplica {
    let store: ReplicaStore
    let process: CrashProcess

    init(on machine: Machine) throws {
        process = machine.disk.startProcess()
        store = try ReplicaStore.open(path: Machine.database, on: process)
    }
}

/// A device: one replica file on one machine, the processes that have it open, and what it acknowledged.
final class Node {
    let number: Int
    let machine: Machine
    let device: EntityID
    let replica: ReplicaID
    var token = ""
    /// At least one.
    var processes: [OpenReplica] = []
    /// What a process meets at one of its next operations.
    var fault: DiskFault?
    /// Its clock minus the true time.
    var skew: Int64 = 0
    /// What its commits said is there: kept outside the system.
    var held: Holdings = [:]
    /// What there was no room for after it had been written to the end: whoever opens the file anew may find it.
    var unsure = InFlight.nothing
    /// What came by bundles and may be in the file by now, or wait there.
    var pending: Holdings = [:]
    var isolatedUntil: Int64 = 0
    var exchange: Exchange?
    var copy: (image: DiskImage, held: Holdings, unsure: InFlight)?
    var form: OpenForm?

    init(number: Int, machine: Machine, device: EntityID, replica: ReplicaID) {
        self.number = number
        self.machine = machine
        self.device = device
        self.replica = replica
    }

    func clock(at now: Int64) -> Int64 {
        let (sum, isOver) = now.addingReportingOverflow(skew)
        return isOver ? (skew < 0 ? .min : .max) : sum
    }

    /// How many changes it holds.
    var count: Int { held.values.reduce(0) { $0 + $1.count } }

    func hold(_ change: Change) { held[change.scope, default: []].insert(change.dot) }

    func arm(_ fault: DiskFault?) {
        self.fault = fault
        for open in processes { fault?.arm(open.process) ?? open.process.disarm() }
    }
}

/// What a person sees who has opened an entity and not yet saved.
struct OpenForm {
    let scope: ScopeID
    let kind: String
    let entity: EntityID
    let state: EntityState
}

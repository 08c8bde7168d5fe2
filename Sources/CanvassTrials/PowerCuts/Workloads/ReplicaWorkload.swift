import Canvass
import CanvassCRDT
import CanvassSQLite
import CanvassSimulator
import CanvassStore
import CanvassSurvey

/// A workload on a replica.
protocol ReplicaWorkload: PowerCutWorkload where Subject == Replica {}

extension ReplicaWorkload {
    var file: String { "replica" }

    func environment(_ disk: CrashProcess, seed: UInt64) -> ReplicaEnvironment {
        var environment = ReplicaEnvironment.fieldwork(seed: seed)
        environment.disk = disk
        return environment
    }

    func open(on disk: CrashProcess) throws -> Replica {
        try Replica.open(at: file, environment: environment(disk, seed: 1))
    }

    func findings(on disk: CrashProcess) throws -> [String] {
        let report = try ReplicaStore.examine(path: file, on: disk, repairing: false)
        return report.findings.map { "\($0.place): \($0.what)" }
    }

    /// A replica with a campaign and a survey, ready to collect.
    func prepareField(_ disk: CrashDisk, seed: UInt64) throws -> FieldReplica {
        try FieldReplica(
            at: file, form: VisitSurvey.form, environment: environment(disk.startProcess(), seed: seed ^ 0x5EED))
    }
}

extension Replica {
    /// Records answers that the form allows.
    func take(_ answers: Answers, to survey: Survey) throws -> Response {
        switch try record(answers, to: survey) {
        case .recorded(let response): return response
        case .refused(let findings): throw WorkloadFailure("the answers were refused: \(findings)")
        }
    }

    /// Whether a response is here with exactly these answers.
    func holds(_ response: Response) throws -> Bool {
        try self.response(named: response.id.description).answers == response.answers
    }

    /// Every change held, by scope.
    func heldDots() throws -> [ScopeID: Set<Dot>] {
        try store.database.read { connection in
            var rows = try connection.prepare(
                """
                SELECT scope.scope, replica.replica, sequence, "check" FROM change
                JOIN scope ON scope.id = change.scope JOIN replica ON replica.id = change.replica
                """)
            var dots: [ScopeID: Set<Dot>] = [:]
            while try rows.step() {
                let dot = Dot(
                    replica: try ReplicaID(bytes: rows.bytes(at: 1)), sequence: UInt64(bitPattern: rows.int64(at: 2)),
                    check: UInt64(bitPattern: rows.int64(at: 3)))
                dots[try ScopeID(bytes: rows.bytes(at: 0)), default: []].insert(dot)
            }
            return dots
        }
    }
}

extension [ScopeID: Set<Dot>] {
    func holds(_ others: [ScopeID: Set<Dot>]) -> Bool {
        others.allSatisfy { scope, dots in (self[scope] ?? []).isSuperset(of: dots) }
    }
}

/// The workload itself went wrong, with the power on.
struct WorkloadFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

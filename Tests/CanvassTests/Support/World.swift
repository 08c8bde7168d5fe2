import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassHTTPClient
import CanvassRelay
import CanvassSQLite
import CanvassStore
import CanvassSurvey
import Foundation
import TestSupport

/// One organisation: a relay, an admin who made a campaign, and whoever joins. Everything in it follows from one seed.
struct World {
    let folder: TemporaryFolder
    let clock = TestClock()
    let relay: TestRelay
    let seed: UInt64

    init(seed: UInt64 = 1) throws {
        self.seed = seed
        folder = try TemporaryFolder()
        relay = try TestRelay(folder: folder.url.appending(path: "relay"), clock: clock, seed: seed &+ 1_000)
    }

    /// A replica file of that name.
    func replica(_ name: String, offset: Int64 = 0) throws -> Replica {
        try Replica.create(at: folder.path("\(name).canvass"), environment: environment(name, offset: offset))
    }

    func environment(_ name: String, offset: Int64 = 0) -> ReplicaEnvironment {
        let mixed = name.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return ReplicaEnvironment(clock, seed: mixed, offset: offset, keeping: [folder, relay])
    }

    /// Makes a replica, joins with a new invite and syncs.
    func join(_ name: String, _ roles: [String], team: String? = nil, offset: Int64 = 0) async throws -> Replica {
        let replica = try replica(name, offset: offset)
        try await enrol(replica, name, roles, team: team)
        return replica
    }

    func enrol(_ replica: Replica, _ name: String, _ roles: [String], team: String? = nil) async throws {
        let campaign = roles == ["admin"] ? nil : "visits"
        let link = try relay.invite(InviteOrder(campaign: campaign, roles: roles, team: team, name: name))
        try await replica.join(link)
        try await replica.sync()
    }

    /// An admin with the campaign "visits" and the published survey "visit", synced.
    func designer(_ form: Form = .visit) async throws -> Replica {
        let designer = try await join("Dana", ["admin"])
        let campaign = try designer.createCampaign(named: "visits")
        try designer.publish(designer.importSurvey(form, into: campaign))
        try await designer.sync()
        return designer
    }

    /// Copies a replica file as a person would, with the program closed.
    func copy(_ replica: Replica, as name: String) throws -> Replica {
        try replica.store.database.truncateLog()
        try FileManager.default.copyItem(atPath: replica.path, toPath: folder.path("\(name).canvass"))
        return try Replica.open(at: folder.path("\(name).canvass"), environment: environment(name))
    }
}

/// Syncs everybody until nobody sends or receives anything any more.
func settleAll(_ replicas: Replica...) async throws {
    for _ in 0..<10 {
        var moved = 0
        for replica in replicas {
            let outcome = try await replica.sync()
            moved += outcome.pushed + outcome.received
        }
        if moved == 0 { return }
    }
    throw NeverSettled()
}

struct NeverSettled: Error {}

/// The scopes that both hold, each with vector and digest.
func agreement(_ left: Replica, _ right: Replica) throws -> (common: Int, differing: [ScopeID]) {
    let other = Dictionary(uniqueKeysWithValues: try right.status().scopes.map { ($0.id, $0) })
    var common = 0
    var differing: [ScopeID] = []
    for scope in try left.status().scopes where scope.changes > 0 {
        guard let twin = other[scope.id], twin.changes > 0 else { continue }
        common += 1
        if twin.digest != scope.digest || twin.vector != scope.vector { differing.append(scope.id) }
    }
    return (common, differing)
}

extension Replica {
    var visit: Survey {
        get throws { try survey(named: "visit") }
    }

    /// Records answers that the form allows.
    @discardableResult
    func take(_ recommend: Int64, _ more: Value.Member..., language: String? = nil) throws -> Response {
        var answers = Answers([.init("recommend", .integer(recommend))])
        for member in more { answers[member.key] = member.value }
        switch try record(answers, to: visit, language: language) {
        case .recorded(let response): return response
        case .refused(let findings): throw Refused(findings: findings)
        }
    }

    struct Refused: Error {
        let findings: [Finding]
    }

    var token: String? {
        get throws { try store.database.read { try $0.metaText(.token) } }
    }
}

/// The error that `body` throws.
func failure(_ body: () throws -> Void) -> CanvassError? {
    do {
        try body()
        return nil
    } catch {
        return error as? CanvassError
    }
}

func failure(_ body: () async throws -> Void) async -> CanvassError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? CanvassError
    }
}

import Canvass
import CanvassCRDT
import CanvassSurvey
import CanvassTrials
import Foundation

/// A relay at work: a campaign with a published survey, and a collector who has both.
struct FieldOffice {
    static let campaign = "Benchmark"

    let relay: RelayProcess
    let collector: Replica
    /// As the collector has it.
    let survey: Survey
    private let folder: URL

    /// - Parameter folder: an existing one for the replicas.
    init(_ form: Form, at relay: RelayProcess, in folder: URL) async throws {
        self.relay = relay
        self.folder = folder
        let designer = try Replica.create(at: folder.appending(path: "designer.canvass").path)
        try await designer.join(relay.adminInvite)
        try await designer.sync()
        _ = try FieldReplica.publish(form, in: designer.createCampaign(named: Self.campaign), of: designer)
        try await designer.sync()
        collector = try Replica.create(at: folder.appending(path: "collector.canvass").path)
        try await collector.join(try await relay.invite("collector", to: Self.campaign))
        try await collector.sync()
        survey = try collector.survey(named: form.id)
    }

    /// A link for a new member.
    func invite(_ role: String) async throws -> String { try await relay.invite(role, to: Self.campaign) }

    /// A new member's replica, which has synced nothing yet.
    func join(_ role: String) async throws -> Replica {
        let link = try await invite(role)
        let replica = try Replica.create(at: folder.appending(path: "\(UUID().uuidString).canvass").path)
        try await replica.join(link)
        return replica
    }

    /// Throws unless a replica holds the same responses as the collector's.
    static func requireSame(_ replica: Replica, as collector: Replica) throws {
        let statuses = [try replica.status(), try collector.status()]
        let digests = statuses.map { status in
            status.scopes.first { $0.id.kind == .responses && $0.changes > 0 }?.digest
        }
        guard statuses[0].responses == statuses[1].responses, digests[0] != nil, digests[0] == digests[1] else {
            throw WrongResult("\(statuses.map(\.responses)) responses are held, with digests \(digests)")
        }
    }
}

package import Canvass
import CanvassCRDT
import CanvassSimulator
import CanvassStore
package import CanvassSurvey
import CanvassSync
import CanvassWire
import Synchronization

/// A replica ready to collect without a relay: a campaign, a published survey, and a roster that makes its device
/// designer and collector.
package struct FieldReplica: Sendable {
    package let replica: Replica
    package let survey: Survey

    package init(at path: String, form: Form, environment: ReplicaEnvironment = .system) throws {
        replica = try Replica.create(at: path, environment: environment)
        let campaign = try replica.createCampaign(named: "Fieldwork")
        survey = try FieldReplica.publish(form, in: campaign, of: replica)
        try FieldReplica.enrol(replica, in: campaign)
    }

    /// Imports a form and publishes it.
    package static func publish(_ form: Form, in campaign: Campaign, of replica: Replica) throws -> Survey {
        let draft = try replica.importSurvey(form, into: campaign)
        try replica.publish(draft)
        return try replica.survey(named: form.id)
    }

    /// Takes over the answer that a relay gives to a device that has just joined.
    private static func enrol(_ replica: Replica, in campaign: Campaign) throws {
        let member = replica.device
        let scopes = [ScopeID(.design, campaign.id), ScopeID(.responses, member)]
        let person = Roster.Person(
            membership: Membership(member: member, campaign: campaign.id, roles: [.designer, .collector]),
            name: "Collector", language: nil, devices: [replica.device])
        let roster = Roster(
            position: 1, organisation: member, own: [member],
            scopes: scopes.map { ScopeOwner(scope: $0, campaign: campaign.id) }, people: [person], teams: [])
        let request = SyncRequest(
            bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: 0, pageBytes: 0)
        _ = try replica.store.commitPage(SyncAnswer(roster: roster, time: 0), for: request, clockMilliseconds: 0)
    }
}

extension ReplicaEnvironment {
    /// Interviews minutes apart instead of microseconds, with random numbers that repeat from run to run.
    package static func fieldwork(seed: UInt64 = 7) -> ReplicaEnvironment {
        let state = Mutex((clock: Int64(1_700_000_000_000), generator: SplitMix64(seed: seed)))
        return ReplicaEnvironment(
            nowMilliseconds: {
                state.withLock { state in
                    // Each reading of the clock is some seconds later; one response reads it several times.
                    state.clock += Int64.random(in: 20_000...120_000, using: &state.generator)
                    return state.clock
                }
            },
            random: { state.withLock { $0.generator.next() } })
    }
}

import CanvassCRDT
import CanvassCoding
import CanvassRelay
import CanvassStore
import CanvassSync
import CanvassWire

/// What every run begins with, made once: a relay, an admin who has made a campaign with two teams, and blank replicas.
package struct StartingPoint: Sendable {
    struct Blank: Sendable {
        let image: DiskImage
        let device: EntityID
        let replica: ReplicaID
    }

    static let time: Int64 = 1_750_000_000_000
    static let teams = ["north", "south"]

    let relay: DiskImage
    /// The changes that the relay holds, in order.
    let log: [Change]
    /// Its teams, and nobody yet.
    let organisation: Organisation
    /// The first is the admin's.
    let replicas: [Blank]
    let adminToken: String
    let campaign: String

    package init() throws {
        CrashDisk.seedSQLite(1)
        let host = RelayHost(machine: Machine(seed: 1), seed: 1)
        host.surroundings.setClock(StartingPoint.time)
        try host.start()
        try host.relay?.setPublicURL("http://relay.simulated")
        var stores: [(store: ReplicaStore, machine: Machine)] = []
        for number in 0..<Dial.devices.range.upperBound {
            let machine = Machine(seed: UInt64(number))
            var random = SplitMix64(seed: UInt64(100 + number))
            let store = try ReplicaStore.create(
                path: Machine.database, on: machine.disk.startProcess(), clockMilliseconds: StartingPoint.time,
                using: &random)
            stores.append((store, machine))
        }
        let admin = stores[0].store
        let answer = try host.enrol(admin, InviteOrder(roles: ["admin"]))
        var random = SplitMix64(seed: 99)
        campaign = "visits"
        let id = EntityID(milliseconds: StartingPoint.time, using: &random)
        var organisation = Organisation(id: answer.organisation, campaign: id)
        let design = ScopeID(.design, id)
        var edits = [Edit(scope: design, edits: [StartingPoint.named(campaign, kind: .campaign, id)])]
        for team in StartingPoint.teams {
            let id = EntityID(milliseconds: StartingPoint.time, using: &random)
            organisation.teams.append(id)
            edits.append(Edit(scope: design, edits: [StartingPoint.named(team, kind: .team, id)]))
        }
        try admin.commit(edits, clockMilliseconds: StartingPoint.time)
        try StartingPoint.sync(admin, host, token: answer.token)
        log = try host.readLog()
        relay = host.machine.image()
        replicas = stores.map { item in
            Blank(image: item.machine.image(), device: item.store.device, replica: item.store.replica)
        }
        self.organisation = organisation
        adminToken = answer.token
    }

    private static func named(_ name: String, kind: EntityKind, _ id: EntityID) -> EntityEdit {
        EntityEdit(kind: kind.rawValue, entity: id, operations: [Operation(.put(.text(name)), field: "name")])
    }

    private static func sync(_ store: ReplicaStore, _ host: RelayHost, token: String) throws {
        var hasMore = true
        while hasMore {
            let prepared = try store.prepareSync(withholding: [], clockMilliseconds: time)
            let answer: SyncAnswer = try host.ask("/v1/sync", token: token, prepared.request)
            let progress = try store.commitPage(answer, for: prepared.request, clockMilliseconds: time)
            hasMore = answer.more || prepared.hasMoreToPush || progress.hasUncoveredScopes
        }
    }
}

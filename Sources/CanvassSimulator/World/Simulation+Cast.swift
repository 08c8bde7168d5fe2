import CanvassCRDT
import CanvassRelay
import CanvassSQLite
import CanvassStore
import CanvassSync
import CanvassWire

/// Who takes part, and what an operator changes about that.
extension Simulation {
    func makeNodes() throws {
        var cast = SplitMix64(seed: UInt64(tape[.cast]))
        for number in 0..<tape[.devices] {
            let blank = start.replicas[number]
            let node = Node(
                number: number, machine: Machine(seed: tape.seed &+ UInt64(100 + number), image: blank.image),
                device: blank.device, replica: blank.replica)
            node.skew = skew(using: &cast)
            node.processes = [try OpenReplica(on: node.machine)]
            nodes.append(node)
            if number == 0 {
                node.token = start.adminToken
                for change in start.log { node.hold(change) }
                if cast.once(in: 2) { try enrol(node, &cast) }
            } else {
                try enrol(node, &cast)
            }
        }
    }

    /// A wrong clock, as wrong as the dial says.
    func skew(using random: inout SplitMix64) -> Int64 {
        switch tape[.clocks] {
        case 0: 0
        case 1: Int64(random.below(600_000)) - 300_000
        case 2: Int64(random.below(400_000_000)) * 1_000 - 200_000_000_000
        default:
            random.choice([
                Int64.max, .max - StartingPoint.time - 40_000, .min, -StartingPoint.time, 0,
                Int64(bitPattern: random.next()),
            ])
        }
    }

    /// Lets a node join with a new invite, as somebody the cast says.
    private func enrol(_ node: Node, _ cast: inout SplitMix64) throws {
        node.arm(nil)
        relay.arm(nil)
        let store = node.processes[0].store
        let roles: [Set<Role>] = [
            [.collector], [.collector], [.collector, .supervisor], [.supervisor], [.reviewer], [.designer],
            [.collector, .designer, .reviewer],
        ]
        let chosen = cast.choice(roles)
        let team = chosen.contains(.supervisor) || cast.once(in: 2) ? cast.below(StartingPoint.teams.count) : nil
        var order = InviteOrder(
            campaign: start.campaign, roles: chosen.map(\.rawValue).sorted(), team: team.map { StartingPoint.teams[$0] }
        )
        // One more device of somebody who has one, now and then.
        let others = organisation.members.filter { !$0.isRevoked && !$0.roles.contains(.admin) }
        let twin = !others.isEmpty && cast.once(in: 4) ? cast.choice(others) : nil
        if let twin { order = InviteOrder(member: twin.id.description) }
        guard let answer = try attemptOnRelay({ try relay.enrol(store, order) }) else { return }
        node.token = answer.token
        try learnLog()
        acknowledgeRoster()
        note("node \(node.number) acts for \(answer.member)")
        guard organisation.isEnrolled(node.device), let member = organisation.member(answer.member),
            member.roles.isSuperset(of: twin?.roles ?? chosen),
            twin != nil || team == nil || member.team == team.map({ organisation.teams[$0] })
        else { throw SimulationFailure(.permission, "the roster does not say what node \(node.number) joined as") }
    }

    func grant(_ node: Node, _ random: inout SplitMix64) throws {
        guard organisation.isEnrolled(node.device) else { return }
        try enrol(node, &random)
    }

    /// What a device does whose token the relay does not know: it comes back with its certificate.
    ///
    /// - Returns: whether it is enrolled now.
    func enrolAgain(_ node: Node, _ replica: OpenReplica) throws -> Bool {
        guard let answer = try attemptOnRelay({ try relay.enrolAgain(replica.store) }) else {
            // It may have crashed after it had taken the device back, and before it said so.
            return organisation.devices[node.device] != nil
        }
        try learnLog()
        acknowledgeRoster()
        let isKept: Void? = try attempt(node, replica, .nothing) { store in
            try store.database.write { try $0.keep(answer) }
        }
        guard isKept != nil else { return true }
        note("node \(node.number) is enrolled again")
        return true
    }

    /// Revokes a device, or everything that a member has.
    func revoke(_ node: Node, _ random: inout SplitMix64) throws {
        guard node.device != nodes[0].device, organisation.isEnrolled(node.device),
            let member = organisation.devices[node.device]?.members.first
        else { return }
        relay.arm(nil)
        let wholeMember = random.once(in: 2)
        let id = wholeMember ? member : node.device
        guard try attemptOnRelay({ _ = try relay.relay?.revoke(id.description) }) != nil else { return }
        try learnLog()
        acknowledgeRoster()
        guard wholeMember ? organisation.member(member)?.isRevoked == true : !organisation.isEnrolled(node.device)
        else {
            throw SimulationFailure(.permission, "the roster does not say that \(id) was revoked")
        }
        note("revoked \(id)")
    }

    /// What an operator's command has written is there for good.
    private func acknowledgeRoster() {
        let roster = ScopeID(.roster, organisation.id)
        relay.acknowledged[roster, default: []].formUnion(relay.held[roster] ?? [])
    }
}

import CanvassCRDT
import CanvassRelay
import CanvassSQLite
import CanvassStore
import CanvassSync
import CanvassWire

/// The end of a run: the network and the disks are whole, everybody syncs until nothing moves, and all is compared.
extension Simulation {
    func heal() throws {
        note("healing")
        isHealing = true
        relay.arm(nil)
        for node in nodes {
            try restartDead(node)
            node.arm(nil)
            node.isolatedUntil = 0
        }
        for round in 0..<(8 + 2 * nodes.count) {
            let before = relay.entries.last?.position
            var isQuiet = true
            for node in nodes where mayCome(node) {
                if try !syncToEnd(node) { isQuiet = false }
            }
            // The relay writes, too: that a device has erased what it should.
            if relay.entries.last?.position != before { isQuiet = false }
            // What no admin brought back by now nobody has.
            if round >= 2, try relay.relay?.acceptRoster() == true {
                note("the operator gives up what is missing of the roster")
                isQuiet = false
            }
            if isQuiet { return }
        }
        throw SimulationFailure(.progress, "the nodes never stop having something to sync")
    }

    /// Whether a device can sync, or is one that the relay lost and that knows its way back.
    private func mayCome(_ node: Node) -> Bool {
        organisation.isEnrolled(node.device) || organisation.devices[node.device] == nil && !node.token.isEmpty
    }

    /// - Returns: whether there was nothing to do.
    private func syncToEnd(_ node: Node) throws -> Bool {
        try beginSync(node, seed: 0)
        guard let exchange = node.exchange else {
            throw SimulationFailure(.progress, "node \(node.number) does not begin its last sync")
        }
        try drain()
        switch exchange.outcome {
        case .finished(let summary):
            try checkEnd(node)
            return summary.received == 0 && summary.pushed == 0 && summary.carried == 0
        case .failed(.refused(let problem)) where [.unknownToken, .recovering].contains(problem.kind): return false
        case .failed(let failure):
            throw SimulationFailure(.progress, "node \(node.number) fails to sync over a sound network: \(failure)")
        case .abandoned, nil: throw SimulationFailure(.progress, "the last sync of node \(node.number) has no end")
        }
    }

    /// A sync that nothing disturbed ends with the bookmark at the end of the log.
    private func checkEnd(_ node: Node) throws {
        let bookmark = try node.processes[0].store.database.read { try $0.metaBytes(.bookmark) } ?? []
        let position = Int64(bitPattern: bigEndianInteger(bookmark.prefix(8)))
        guard position == relay.entries.last?.position ?? 0 else {
            throw SimulationFailure(.progress, "node \(node.number) ends its sync at \(position), before the log does")
        }
    }

    func checkEverything() throws {
        for node in nodes { try verify(node, .nothing) }
        for scope in organisation.scopes { try checkConvergence(scope) }
        try checkSuspects()
        try checkErased()
        for node in nodes where organisation.isEnrolled(node.device) { try checkSettled(node) }
        for node in nodes { try checkState(node) }
        if let node = nodes.randomElement(using: &random) { try examine(node) }
    }

    /// All who may read a scope hold what the relay holds, and that is all that anybody made who may write it.
    private func checkConvergence(_ scope: ScopeID) throws {
        let atRelay = relay.held[scope] ?? []
        for node in nodes where organisation.isEnrolled(node.device) {
            let held = node.held[scope] ?? []
            let own = held.filter { isOwn($0, scope, node) }
            if organisation.mayWrite(scope, node.device), let dot = own.subtracting(atRelay).min() {
                throw SimulationFailure(
                    .convergence, "the relay lacks \(dot) of \(scope), which node \(node.number) may push")
            }
            guard organisation.mayRead(scope, node.device) else { continue }
            if let dot = atRelay.subtracting(held).min() {
                throw SimulationFailure(.convergence, "node \(node.number) lacks \(dot) of \(scope)")
            }
            if let dot = held.subtracting(atRelay).subtracting(own).min() {
                throw SimulationFailure(
                    .convergence, "the relay lacks \(dot) of \(scope), which node \(node.number) holds")
            }
        }
    }

    /// Nothing that came by a bundle is left unconfirmed though the relay has it, or waiting though nothing is missing.
    private func checkSettled(_ node: Node) throws {
        let (provisional, pending) = try node.processes[0].store.database.read { connection in
            (try connection.provisionalEnds(), try connection.pendingSegments())
        }
        for (scope, dot) in provisional
        where organisation.mayRead(scope, node.device) && relay.held[scope]?.contains(dot) == true {
            throw SimulationFailure(
                .convergence, "node \(node.number) does not know that the relay has \(dot) of \(scope)")
        }
        for bytes in pending {
            for change in try Segment(decoding: bytes).changes() where change.body != nil {
                let held = node.held[change.scope] ?? []
                guard let model = ledger[change.scope]?.entry(of: change.dot)?.model, !held.contains(change.dot),
                    model.author != organisation.id,
                    ([model.previous].compactMap(\.self) + model.listed.values.joined()).allSatisfy(held.contains)
                else { continue }
                throw SimulationFailure(
                    .progress, "node \(node.number) lets \(change.dot) of \(change.scope) wait for nothing")
            }
        }
    }

    /// What was made against the rules is not held, or void.
    private func checkSuspects() throws {
        for suspect in suspects where relay.held[suspect.scope]?.contains(suspect.dot) == true {
            // Who was granted the scope meanwhile may have written it after all.
            if !suspect.isMisplaced, organisation.mayWrite(suspect.scope, suspect.author) { continue }
            guard let model = ledger[suspect.scope], let held = relay.held[suspect.scope] else { continue }
            let entries = held.compactMap(model.number).map { model.entries[$0] }
            guard NaiveState.void(among: entries, organisation.id).contains(suspect.dot) else {
                throw SimulationFailure(
                    .permission, "the relay holds \(suspect.dot) of \(suspect.scope), which must not take effect")
            }
        }
    }

    func isOwn(_ dot: Dot, _ scope: ScopeID, _ node: Node) -> Bool {
        guard let model = ledger[scope], let number = model.number(of: dot) else { return false }
        return model.entries[number].model.author == node.device
    }

    /// The merged state is what the naive model makes of the changes that are held, and applying them again changes
    /// nothing.
    private func checkState(_ node: Node) throws {
        let store = node.processes[0].store
        for (scope, dots) in node.held.sorted(by: { $0.key < $1.key }) where !dots.isEmpty {
            let (states, digest) = try store.database.read { connection in
                (try connection.states(in: scope), try connection.storedDigest(of: scope))
            }
            guard let model = ledger[scope] else { continue }
            let naive = naiveState(of: scope, model, dots)
            guard digest == naive.digest else {
                throw SimulationFailure(.merge, "node \(node.number) has another digest of \(scope) than the model")
            }
            let cells = NaiveState.cells(of: states)
            guard cells == naive.cells else {
                let differing = Set(cells.keys).union(naive.cells.keys).first { cells[$0] != naive.cells[$0] }
                throw SimulationFailure(
                    .merge,
                    "node \(node.number) shows another state of \(scope) than the model, in \(String(describing: differing))"
                )
            }
        }
        let log = try store.database.read { connection in try connection.wholeLog() }
        guard try store.apply(log) == 0 else {
            throw SimulationFailure(.redelivery, "node \(node.number) takes a change twice")
        }
    }

    private func naiveState(of scope: ScopeID, _ model: ScopeModel, _ dots: Set<Dot>) -> NaiveState {
        if let known = naiveStates[scope], known.dots == dots { return known.state }
        let state = NaiveState(
            model, holding: dots.compactMap(model.number), organisation: organisation.id)
        naiveStates[scope] = (dots, state)
        return state
    }

    /// What `canvass doctor` does: among other things it makes the whole state anew from the log.
    func examine(_ node: Node) throws {
        let replica = node.processes[0]
        let report = try attempt(node, replica, .nothing) { _ in
            try ReplicaStore.examine(path: Machine.database, on: replica.process, repairing: false)
        }
        if let finding = report?.findings.first {
            throw SimulationFailure(
                .rebuild, "the doctor finds at node \(node.number): \(finding.place): \(finding.what)")
        }
    }
}

extension Connection {
    fileprivate mutating func provisionalEnds() throws -> [(scope: ScopeID, dot: Dot)] {
        var statement = try cached("SELECT scope, replica, sequence, \"check\" FROM provisional")
        var ends: [(scope: ScopeID, dot: Dot)] = []
        while try statement.step() {
            ends.append(
                (
                    try ScopeID(bytes: statement.bytes(at: 0)),
                    Dot(
                        replica: try ReplicaID(bytes: statement.bytes(at: 1)),
                        sequence: UInt64(bitPattern: statement.int64(at: 2)),
                        check: UInt64(bitPattern: statement.int64(at: 3)))
                ))
        }
        return ends
    }

    fileprivate mutating func pendingSegments() throws -> [[UInt8]] {
        var statement = try cached("SELECT segment FROM pending ORDER BY id")
        var segments: [[UInt8]] = []
        while try statement.step() { segments.append(statement.bytes(at: 0)) }
        return segments
    }

    fileprivate mutating func storedDigest(of scope: ScopeID) throws -> UInt64 {
        var statement = try cached("SELECT digest FROM scope WHERE scope = ?1")
        try statement.bind(scope.bytes, at: 1)
        return try statement.step() ? UInt64(bitPattern: statement.int64(at: 0)) : 0
    }
}

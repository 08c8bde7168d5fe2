import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore

/// What a node was doing when its disk gave up.
enum InFlight {
    case nothing
    /// So many changes of its own, which may be there afterwards, all or none.
    case edits(Int)
    /// A page with these new changes, all or none.
    case page([Change])
    /// A bundle: any of what came by it and by those before.
    case bundle

    var isNothing: Bool { if case .nothing = self { true } else { false } }
}

extension Simulation {
    /// Runs something on a node's file, in one of its processes.
    ///
    /// - Returns: nil where its disk ended it: the node is running again then, or there was no room.
    func attempt<T>(
        _ node: Node, _ replica: OpenReplica, _ inFlight: InFlight, _ body: (ReplicaStore) throws -> T
    ) throws -> T? {
        do {
            let result = try body(replica.store)
            // It was written over what failed before.
            if !inFlight.isNothing { node.unsure = .nothing }
            return result
        } catch {
            if replica.process.isStopped {
                note("node \(node.number) crashes")
                try restart(node, replica, inFlight)
                return nil
            }
            guard let fault = node.fault, fault.explains(error) else {
                throw SimulationFailure(.errors, "node \(node.number): \(error)")
            }
            note("the disk of node \(node.number) fails: \(fault.kind)")
            if fault.kind == .full {
                node.arm(nil)
                abandonExchange(of: node)
                // Of a bundle there is what was committed before that.
                if case .bundle = inFlight { try verify(node, .bundle) } else { try verify(node, .nothing) }
                node.unsure = inFlight
            } else {
                // What the disk did nobody knows: the process ends, as every program of Canvass does.
                replica.process.stop()
                try restart(node, replica, inFlight)
            }
            return nil
        }
    }

    func abandonExchange(of node: Node) {
        node.exchange?.outcome = .abandoned
        node.exchange = nil
    }

    func crash(_ node: Node, isPowerCut: Bool) throws {
        stop(node)
        if isPowerCut { node.machine.cutPower(using: &random) }
        try open(node, .nothing)
    }

    /// After one process died: alone, or with its machine.
    private func restart(_ node: Node, _ replica: OpenReplica, _ inFlight: InFlight) throws {
        let isPowerCut = node.fault?.kind == .cut
        node.arm(nil)
        if isPowerCut {
            stop(node)
            node.machine.cutPower(using: &random)
        } else {
            if node.exchange?.replica === replica { abandonExchange(of: node) }
            node.processes.removeAll { $0 === replica }
        }
        try open(node, inFlight)
    }

    /// Starts the processes again that died in their last operation, when nothing waited for it any more.
    func restartDead(_ node: Node) throws {
        for replica in node.processes where replica.process.isStopped { try restart(node, replica, .nothing) }
    }

    private func stop(_ node: Node) {
        abandonExchange(of: node)
        node.form = nil
        node.fault = nil
        for replica in node.processes { replica.process.stop() }
        node.processes = []
    }

    private func open(_ node: Node, _ inFlight: InFlight) throws {
        do {
            node.processes.append(try OpenReplica(on: node.machine))
        } catch {
            throw SimulationFailure(.durability, "node \(node.number) cannot open its file: \(error)")
        }
        try verify(node, inFlight.isNothing ? node.unsure : inFlight)
        // Who opens a file that nobody has open reads its log anew.
        if node.processes.count == 1 { node.unsure = .nothing }
    }

    /// Puts the last copy of the file in its place, as somebody does whose device was lost.
    func retrieve(_ node: Node) throws {
        guard let copy = node.copy else { return }
        stop(node)
        node.machine.replace(with: copy.image)
        node.held = copy.held
        node.unsure = copy.unsure
        try open(node, .nothing)
    }

    func clone(_ node: Node) throws {
        guard nodes.count < 16 else { return }
        let twin = Node(
            number: nodes.count, machine: Machine(seed: random.next(), image: node.machine.image()),
            device: node.device, replica: node.replica)
        twin.token = node.token
        twin.held = node.held
        twin.unsure = node.unsure
        twin.skew = node.skew
        nodes.append(twin)
        try open(twin, .nothing)
    }

    func changeProcesses(_ node: Node) throws {
        if node.processes.count > 1 {
            let leaving = node.processes.removeLast()
            if node.exchange?.replica === leaving { abandonExchange(of: node) }
        } else {
            try open(node, .nothing)
        }
    }

    /// Reads the whole log of a node and compares it with the books.
    func verify(_ node: Node, _ inFlight: InFlight) throws {
        guard let store = node.processes.last?.store else { return }
        let log = try store.database.read { connection in try connection.wholeLog() }
        var found: Holdings = [:]
        var unknown = 0
        for change in log {
            let isNew = node.held[change.scope]?.contains(change.dot) != true
            if case .edits = inFlight, change.replica == node.replica, isNew {
                // A copy of the file may have shown it before.
                unknown += 1
                try ledger[change.scope, default: ScopeModel()].add(change)
            } else if ledger[change.scope]?.number(of: change.dot) == nil {
                throw SimulationFailure(
                    .authorship, "node \(node.number) holds \(change.dot) of \(change.scope), which nobody made")
            }
            try checkOrder(of: change, after: found, node)
            found[change.scope, default: []].insert(change.dot)
        }
        try check(found, of: node, inFlight, unknown: unknown)
        node.held = found
        try checkBookmark(node, store)
    }

    /// How many changes are there that came by a bundle, and not with the page that is under way.
    private func caughtUp(_ found: Holdings, of node: Node, _ inFlight: InFlight) -> Int {
        var page: Holdings = [:]
        switch inFlight {
        case .bundle: break
        case .page(let changes): for change in changes { page[change.scope, default: []].insert(change.dot) }
        case .nothing, .edits: return 0
        }
        return node.pending.reduce(0) { count, pending in
            let new = pending.value.subtracting(node.held[pending.key] ?? []).subtracting(page[pending.key] ?? [])
            return count + new.intersection(found[pending.key] ?? []).count
        }
    }

    private func check(_ found: Holdings, of node: Node, _ inFlight: InFlight, unknown: Int) throws {
        for (scope, dots) in node.held {
            let lost = dots.subtracting(found[scope] ?? [])
            if let dot = lost.min() {
                throw SimulationFailure(
                    .durability, "node \(node.number) lost \(dot) of \(scope), and \(lost.count - 1) more")
            }
        }
        var page: Set<Change> = []
        if case .page(let changes) = inFlight { page = Set(changes) }
        let arrived = page.filter { found[$0.scope]?.contains($0.dot) == true }.count
        guard arrived == 0 || arrived == page.count else {
            throw SimulationFailure(
                .atomicity, "node \(node.number) holds \(arrived) of the \(page.count) changes of a page")
        }
        if case .edits(let count) = inFlight, unknown != 0, unknown != count {
            throw SimulationFailure(.atomicity, "node \(node.number) holds \(unknown) of \(count) changes made at once")
        }
        let waited = caughtUp(found, of: node, inFlight)
        guard waited == 0 || page.isEmpty || arrived > 0 else {
            throw SimulationFailure(
                .atomicity, "node \(node.number) took what waits without the page that brings it on")
        }
        let before = node.count
        let after = found.values.reduce(0) { $0 + $1.count }
        guard after == before + arrived + unknown + waited else {
            throw SimulationFailure(.order, "node \(node.number) holds \(after - before) changes more than it took")
        }
    }
}

extension Connection {
    /// Every change of the log, in the order in which they were applied.
    mutating func wholeLog() throws -> [Change] {
        var statement = try cached(
            """
            SELECT scope.scope, replica.replica, change.sequence, change.head, change.body, change.body_hash,
                before.hash
            FROM change JOIN scope ON scope.id = change.scope JOIN replica ON replica.id = change.replica
                LEFT JOIN change AS before ON before.scope = change.scope AND before.replica = change.replica
                    AND before.sequence = change.sequence - 1 AND before."check" = change.previous
            ORDER BY change.position
            """)
        var log: [Change] = []
        while try statement.step() {
            let scope = try ScopeID(bytes: statement.bytes(at: 0))
            let replica = try ReplicaID(bytes: statement.bytes(at: 1))
            let sequence = UInt64(bitPattern: statement.int64(at: 2))
            let previous =
                sequence == 1
                ? ChainHash.start(scope: scope, replica: replica) : try ChainHash(bytes: statement.bytes(at: 6))
            let head = statement.bytes(at: 3)
            if !statement.isNull(at: 4) {
                log.append(
                    Change(
                        scope: scope, replica: replica, sequence: sequence, previous: previous, head: head,
                        body: statement.bytes(at: 4)))
            } else if let hash = SHA256.Digest(bytes: statement.bytes(at: 5)) {
                log.append(
                    Change(
                        scope: scope, replica: replica, sequence: sequence, previous: previous, head: head,
                        bodyHash: hash))
            }
        }
        return log
    }
}

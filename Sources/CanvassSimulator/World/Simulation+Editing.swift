import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore

/// What people do with their entities.
extension Simulation {
    func edit(_ node: Node, _ action: Step.Action, _ random: inout SplitMix64) throws {
        let replica = random.choice(node.processes)
        if action == .form { return try useForm(node, replica, &random) }
        let count = action == .record && random.once(in: 4) ? 3 : 1
        var edits: [Edit] = []
        for _ in 0..<count {
            guard let place = place(node, isNew: action == .record, &random) else { return }
            guard let state = try attempt(node, replica, .nothing, { try state(place, $0) }) else { return }
            let operations = operations(action, on: state, of: place, &random)
            edits.append(
                Edit(
                    scope: place.scope,
                    edits: [EntityEdit(kind: place.kind, entity: place.entity, operations: operations)]))
        }
        try commit(edits, node, replica)
    }

    /// Commits, and books what the commit says is there.
    func commit(_ edits: [Edit], _ node: Node, _ replica: OpenReplica) throws {
        let clock = node.clock(at: now)
        let changes = try attempt(node, replica, .edits(edits.count)) { store in
            try store.commit(edits, clockMilliseconds: clock)
        }
        guard let changes else { return }
        for change in changes {
            note("node \(node.number) makes \(change.dot) in \(change.scope)")
            if node.held[change.scope]?.contains(change.dot) == true {
                throw SimulationFailure(.order, "node \(node.number) makes \(change.dot) twice")
            }
            try checkOrder(of: change, after: node.held, node)
            try ledger[change.scope, default: ScopeModel()].add(change)
            try checkAuthor(of: change, node, clock: clock)
            node.hold(change)
        }
    }

    private struct Place {
        let scope: ScopeID
        let kind: String
        let entity: EntityID
    }

    private static let kinds: [ScopeKind: [String]] = [
        .roster: ["future"], .design: ["survey", "item", "choice"], .office: ["contact", "note"],
        .team: ["attempt", "contact"], .responses: ["response", "response", "review", "note", "future"],
    ]

    private func place(_ node: Node, isNew: Bool, _ random: inout SplitMix64) -> Place? {
        let writable = people.scopes.filter { people.mayWrite($0, node.device) }
        // Somebody who was revoked does not know it, and goes on where they were.
        let scopes = writable.isEmpty ? node.held.keys.sorted().filter { $0.kind == .responses } : writable
        guard !scopes.isEmpty else { return nil }
        let scope = random.choice(scopes)
        let kind = random.choice(Simulation.kinds[scope.kind] ?? ["future"])
        let entity =
            isNew
            ? EntityID(milliseconds: now, random: (random.next(), self.random.next()))
            : EntityID(milliseconds: 0, random: (0, UInt64(random.below(tape[.entities])) << 8))
        return Place(scope: scope, kind: kind, entity: entity)
    }

    /// The whole state of an entity; one without cells where there is none.
    private func state(_ place: Place, _ store: ReplicaStore) throws -> EntityState {
        try store.database.read { connection in
            let states = try connection.states(in: place.scope)
            return states.first { $0.entity == place.entity && $0.kind.hasSameBytes(as: place.kind) }
                ?? EntityState(kind: place.kind, entity: place.entity)
        }
    }

    private func useForm(_ node: Node, _ replica: OpenReplica, _ random: inout SplitMix64) throws {
        if let form = node.form {
            node.form = nil
            let operations = form.state.cells.prefix(3).map { named in
                Operation(
                    .put(value(&random)), field: named.field, element: named.element,
                    replaced: named.cell.versions.map(\.dot))
            }
            let plain = Operation(.put(value(&random)), field: "a", replaced: [])
            return try commit(
                [
                    Edit(
                        scope: form.scope,
                        edits: [
                            EntityEdit(
                                kind: form.kind, entity: form.entity,
                                operations: operations.isEmpty ? [plain] : operations)
                        ])
                ], node, replica)
        }
        guard let place = place(node, isNew: false, &random) else { return }
        guard let state = try attempt(node, replica, .nothing, { try state(place, $0) }) else { return }
        node.form = OpenForm(scope: place.scope, kind: place.kind, entity: place.entity, state: state)
    }

    private func operations(
        _ action: Step.Action, on state: EntityState, of place: Place, _ random: inout SplitMix64
    ) -> [Operation] {
        switch action {
        case .record:
            return (0..<(1 + random.below(5))).map { Operation(.put(value(&random)), field: "q\($0)") }
        case .delete:
            return [Operation(.clear, field: EntityState.existenceField)]
        case .restore:
            return [Operation(.put(value(&random)), field: "a")]
        case .settle:
            let open = state.cells.filter { $0.cell.versions.count > 1 }
            guard !open.isEmpty else { break }
            let named = random.choice(open)
            return [
                Operation(
                    .put(random.choice(named.cell.versions).value), field: named.field, element: named.element,
                    replaced: named.cell.versions.map(\.dot))
            ]
        default: break
        }
        var operations: [Operation] = []
        for field in ["a", "b", "c", "e\u{301}", "\u{e9}"] where random.once(in: 2) {
            let versions = state.cell(field)?.versions ?? []
            let replaced = random.once(in: 4) ? versions.map(\.dot).filter { _ in random.once(in: 2) } : nil
            operations.append(
                Operation(random.once(in: 6) ? .clear : .put(value(&random)), field: field, replaced: replaced))
        }
        if random.once(in: 3) {
            operations.append(
                Operation(
                    random.once(in: 3) ? .clear : .put(true), field: "s", element: .integer(Int64(random.below(3)))))
        }
        if random.once(in: 12) {
            operations.append(Operation(.unknown([0x82, 0x18, 0x63, UInt8(random.below(24))]), field: ""))
        }
        if operations.isEmpty { operations = [Operation(.put(value(&random)), field: "a")] }
        return operations
    }

    private func value(_ random: inout SplitMix64) -> Value {
        switch random.below(12) {
        case 0: .null
        case 1: .bool(random.once(in: 2))
        case 2: Value(Double(random.below(1_000)) / 10 + 0.1)
        case 3: .text("e\u{301}")
        case 4: .text("\u{e9}")
        case 5: .bytes(Array("bytes".utf8))
        case 6: .list([.integer(1), .text("two")])
        case 7: .text(String(repeating: "word ", count: random.below(200)))
        case 8: .integer(Int64(bitPattern: random.next()))
        default: .integer(Int64(random.below(4)))
        }
    }
}

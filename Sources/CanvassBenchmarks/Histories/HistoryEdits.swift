import CanvassCRDT
import CanvassCoding
import CanvassSimulator

/// What a random change of a history does: few entities, fields and values, so that changes meet in the same cells.
struct HistoryEdits {
    private let entities: [EntityID]
    /// Positions given so far: new ones lie between them.
    private var positions: [Position] = []

    init(using random: inout SplitMix64) {
        entities = (0..<4).map { _ in
            EntityID(milliseconds: Int64(random.next() >> 16), random: (random.next(), random.next()))
        }
    }

    /// The last is of a later version. "é" comes in two spellings, which are different names.
    private static let kinds = ["note", "response", "survey", "é", "e\u{301}", "hologram"]
    private static let fields = [
        "a", "b", "c", "@findings", "state", "a longer name", "", "$bytes", "é", "e\u{301}", "nul\u{0}nul",
    ]
    private static let numbers = [
        0.5, -4.1, 1e300, 1e16, -1e16, 9_007_199_254_740_994.5, .leastNonzeroMagnitude, 100_000.5,
    ]
    private static let texts = ["", "a", "Très bien", "Tre\u{300}s bien", "😀", "nul\u{0}nul", "\"\\/\n"]
    private static let integers: [Int64] = [.min, -(1 << 53) - 1, -25, -1, 23, 256, 1 << 53, (1 << 53) + 1, .max]
    /// A tag, undefined, 2⁶³, a simple value, and a map whose keys are no texts.
    private static let foreign: [[UInt8]] = [
        [0xC1, 0x00], [0xF7], [0x1B, 0x80, 0, 0, 0, 0, 0, 0, 0], [0xF8, 0xFF], [0xA1, 0x01, 0x02],
    ]

    /// - Parameter dots: dots that may be listed as replaced, whoever has seen them.
    mutating func next(listing dots: [Dot], using random: inout SplitMix64) -> [EntityEdit] {
        // Half of all changes are of the common form that segments hold by column.
        guard !random.once(in: 2) else { return [plainEdit(using: &random)] }
        var edits: [EntityEdit] = []
        for entity in entities where edits.isEmpty || random.once(in: 3) {
            let kind = kind(using: &random)
            edits.append(
                EntityEdit(kind: kind, entity: entity, operations: operations(listing: dots, using: &random)))
            if random.once(in: 20) {
                let erasure = EntityID(milliseconds: 1, random: (0, UInt64(random.below(2))))
                edits.append(Erasure.edit(Erasure.hash(of: random.choice(entities)), as: erasure))
                break
            }
            // Another kind of the same id is another entity.
            if random.once(in: 10), kind != "survey" {
                edits.append(
                    EntityEdit(
                        kind: "survey", entity: entity, operations: operations(listing: dots, using: &random)))
            }
        }
        return edits
    }

    private func kind(using random: inout SplitMix64) -> String {
        HistoryEdits.kinds[random.once(in: 4) ? random.below(HistoryEdits.kinds.count) : 0]
    }

    private mutating func plainEdit(using random: inout SplitMix64) -> EntityEdit {
        let names = HistoryEdits.fields.prefix(random.once(in: 5) ? HistoryEdits.fields.count : 3)
        var operations = names.compactMap { name in
            random.once(in: 2) ? Operation(.put(HistoryEdits.value(using: &random)), field: name) : nil
        }
        if operations.isEmpty || random.once(in: 3) {
            operations.append(Operation(.put(place(using: &random)), field: Place.field))
        }
        return EntityEdit(kind: kind(using: &random), entity: random.choice(entities), operations: operations)
    }

    private mutating func operations(listing dots: [Dot], using random: inout SplitMix64) -> [Operation] {
        var operations: [Operation] = []
        if random.once(in: 3) {
            var move = operation(Place.field, listing: dots, using: &random)
            if case .put = move.action { move.action = .put(place(using: &random)) }
            operations.append(move)
        }
        for (index, field) in HistoryEdits.fields.enumerated() where random.once(in: index < 3 ? 3 : 15) {
            operations.append(operation(field, listing: dots, using: &random))
        }
        for element in [1, "x", .list([HistoryEdits.shallowValue(using: &random)])] as [Value] where random.once(in: 6)
        {
            guard !operations.contains(where: { $0.element == element }) else { continue }
            operations.append(operation("set", element: element, listing: dots, using: &random))
        }
        if random.once(in: 5) {
            let isPut = random.once(in: 10)
            operations.append(
                Operation(
                    isPut ? .put(true) : .clear, field: EntityState.existenceField,
                    replaced: listed(dots, using: &random)))
        } else if random.once(in: 4) {
            operations.append(Operation(.unknown(random.choice(EdgeOperations.all)), field: ""))
        }
        // Not where marks are: it marks nothing.
        if random.once(in: 12), let dot = dots.first { operations.append(Operation(marking: dot, reason: .revoked)) }
        return operations.isEmpty ? [Operation(.clear, field: "a")] : operations
    }

    /// A place below another entity, which may well lie below this one; in a list; at the top; or none at all.
    private mutating func place(using random: inout SplitMix64) -> Value {
        if random.once(in: 12) { return HistoryEdits.shallowValue(using: &random) }
        let parent: Value =
            random.once(in: 4)
            ? random.choice([.null, "list", "é", "e\u{301}"]) : .text(random.choice(entities).description)
        return Place(parent: parent, position: position(using: &random)).value
    }

    private mutating func position(using random: inout SplitMix64) -> Position {
        if random.once(in: 8) { return random.choice(["", "000001", "000002", "!a0", "\u{e9}"].map { Position($0) }) }
        if random.once(in: 4), !positions.isEmpty { return random.choice(positions) }
        let label = RunLabel(replica: ReplicaID(rawValue: UInt64(random.below(3))), nonce: random.next())
        let bounds = [Position?](repeating: nil, count: 2).map { _ in
            positions.isEmpty || random.once(in: 4) ? nil : random.choice(positions)
        }
        guard let new = Position.run(1, after: bounds[0], before: bounds[1], by: label)?.first else {
            return Position("000003")
        }
        positions.append(new)
        return new
    }

    private func operation(
        _ field: String, element: Value? = nil, listing dots: [Dot], using random: inout SplitMix64
    ) -> Operation {
        Operation(
            random.once(in: 4) ? .clear : .put(HistoryEdits.value(using: &random)), field: field, element: element,
            stampOffset: random.once(in: 8) ? random.next() >> UInt64(random.below(64)) : 0,
            replaced: listed(dots, using: &random))
    }

    /// Mostly nil: everything that the author was shown.
    private func listed(_ dots: [Dot], using random: inout SplitMix64) -> [Dot]? {
        guard random.once(in: 4) else { return nil }
        var listed = dots.filter { _ in random.once(in: 3) }
        if random.once(in: 6) {
            listed.append(Dot(replica: ReplicaID(rawValue: 1), sequence: random.next() >> 1 | 1, check: 0))
        }
        return listed
    }

    private static func value(using random: inout SplitMix64) -> Value {
        // With the operation around it as deep as an operation may be.
        random.once(in: 200)
            ? (0..<31).reduce(Value.null) { nested, _ in .list([nested]) } : shallowValue(using: &random)
    }

    private static func shallowValue(using random: inout SplitMix64) -> Value {
        switch random.below(20) {
        case 0: .integer(random.choice(integers))
        case 1: Value(random.choice(numbers))
        case 2: .text(random.choice(texts))
        case 3: random.choice([.null, true, false])
        case 4: .bytes(random.once(in: 2) ? [] : [0, 255])
        case 5: .list([.integer(Int64(random.below(2))), .text(random.choice(texts)), .list([])])
        case 6: .map([.init("$bytes", 1), .init("b", .list([.null])), .init("aa", 2)])
        case 7: .foreign(random.choice(foreign))
        default: .integer(Int64(random.below(3)))
        }
    }
}

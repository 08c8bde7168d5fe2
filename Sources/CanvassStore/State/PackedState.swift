import CanvassCRDT
import CanvassCoding

/// An entity as its row holds it (design, section 3): the winners of the plain fields as JSON, the clocks of those whose
/// stamp or dot is not the row's, and every other version apart.
struct PackedState {
    /// A version that is not the winner of a plain field.
    struct Other {
        var field: String
        var element: Value?
        var version: Version
        /// Whether its value differs from the winner's, and the field's merge policy asks a person.
        var isConflict: Bool
    }

    let fields: String
    /// Nil when every winner has the row's own clock.
    let clocks: [UInt8]?
    let others: [Other]

    init(_ state: EntityState, defaultClock: Dot, defaultStamp: Stamp) {
        var winners: [Value.Member] = []
        var clocks = PackedClocks()
        var others: [Other] = []
        func note(_ version: Version, field: String) {
            guard version.dot != defaultClock || version.stamp != defaultStamp else { return }
            clocks.entries.append(.init(field: field, stamp: version.stamp, dot: version.dot))
        }
        if let winner = state.alive.winner { note(winner, field: EntityState.existenceField) }
        for version in state.alive.versions.dropFirst() {
            others.append(
                Other(field: EntityState.existenceField, element: nil, version: version, isConflict: false))
        }
        for named in state.cells {
            guard named.element == nil, let winner = named.cell.winner else {
                others += named.cell.versions.map {
                    Other(field: named.field, element: named.element, version: $0, isConflict: false)
                }
                continue
            }
            winners.append(.init(named.field, winner.value))
            note(winner, field: named.field)
            guard named.cell.versions.count > 1 else { continue }
            let conflicts = Set(state.conflicts(in: named).map(\.dot))
            others += named.cell.versions.dropFirst().map {
                Other(field: named.field, element: nil, version: $0, isConflict: conflicts.contains($0.dot))
            }
        }
        fields = JSON.encode(.map(winners))
        self.clocks = clocks.entries.isEmpty ? nil : clocks.stored
        self.others = others
    }
}

/// The clocks of the fields that were written by another change than the row's: a CBOR array `field, stamp, dot, field …`.
struct PackedClocks {
    struct Entry {
        var field: String
        var stamp: Stamp
        var dot: Dot
    }

    var entries: [Entry] = []

    init() {}

    init(stored bytes: [UInt8]) throws(CodingError) {
        guard !bytes.isEmpty else { return }
        var reader = CBORReader(bytes)
        let count = try reader.arrayHeader()
        for _ in 0..<(count / 3) {
            entries.append(
                Entry(
                    field: try reader.text(), stamp: Stamp(milliseconds: try reader.integer()),
                    dot: try Dot(bytes: reader.bytes())))
        }
        try reader.finish()
    }

    var stored: [UInt8] {
        var writer = CBORWriter(reservingCapacity: entries.count * 48)
        writer.array(count: entries.count * 3)
        for entry in entries {
            writer.text(entry.field)
            writer.integer(entry.stamp.milliseconds)
            writer.bytes(entry.dot.bytes)
        }
        return writer.bytes
    }

    func clock(of field: String) -> Entry? {
        entries.first { $0.field.hasSameBytes(as: field) }
    }
}

/// Puts an entity together again from its row and its versions.
struct StateBuilder {
    let defaultClock: Dot
    let defaultStamp: Stamp
    let clocks: PackedClocks
    private var alive: [Version] = []
    private var cells: [(field: String, element: Value?, versions: [Version])] = []

    init(defaultClock: Dot, defaultStamp: Stamp, clocks: PackedClocks) {
        self.defaultClock = defaultClock
        self.defaultStamp = defaultStamp
        self.clocks = clocks
    }

    mutating func addWinners(_ fields: Value, isAlive: Bool) {
        if isAlive { alive.append(winner(of: EntityState.existenceField, .bool(true))) }
        for member in fields.mapValue ?? [] {
            cells.append((member.key, nil, [winner(of: member.key, member.value)]))
        }
    }

    private func winner(of field: String, _ value: Value) -> Version {
        guard let clock = clocks.clock(of: field) else {
            return Version(dot: defaultClock, stamp: defaultStamp, value: value)
        }
        return Version(dot: clock.dot, stamp: clock.stamp, value: value)
    }

    mutating func add(_ version: Version, field: String, element: Value?) {
        if element == nil, field.hasSameBytes(as: EntityState.existenceField) {
            alive.append(version)
        } else if let index = cells.firstIndex(where: {
            $0.field.hasSameBytes(as: field) && $0.element == element
        }) {
            cells[index].versions.append(version)
        } else {
            cells.append((field, element, [version]))
        }
    }

    func state(kind: String, entity: EntityID, unknownOperations: Int) -> EntityState {
        EntityState(
            kind: kind, entity: entity, alive: Cell(alive),
            cells: cells.map { .init(field: $0.field, element: $0.element, cell: Cell($0.versions)) },
            unknownOperations: unknownOperations)
    }
}

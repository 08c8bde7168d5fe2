@testable import CanvassCRDT
import CanvassCoding
import TestSupport

/// A random history of a few replicas that see one another's changes late, partly, or never; with wrong clocks, deletes,
/// elements, listed dots (some that the author never saw), moves into one another and operations of later versions.
struct RandomHistory {
    struct Step {
        let dot: Dot
        let stamp: Stamp
        let edits: [EntityEdit]
        /// Every change that its author had been shown.
        let context: Set<Dot>
    }

    static let entityCount = 4

    private(set) var steps: [Step] = []
    private var random: SplitMix64
    private static let clocks: [Int64] = [.min, -1, 0, 1_700_000_000_000, 1_795_000_000_000, .max - 1, .max]

    init(seed: UInt64, count: Int) {
        random = SplitMix64(seed: seed)
        let replicas = 2 + below(4)
        var seen: [Set<Dot>] = Array(repeating: [], count: replicas)
        var lengths = Array(repeating: 0, count: replicas)
        let skews = (0..<replicas).map { _ in RandomHistory.clocks[below(RandomHistory.clocks.count)] }
        for _ in 0..<count {
            let author = below(replicas)
            if below(3) == 0 { seen[author].formUnion(seen[below(replicas)]) }
            lengths[author] += 1
            let dot = Dot(
                replica: ReplicaID(rawValue: UInt64(author)), sequence: UInt64(lengths[author]),
                check: random.next())
            let stamp = Stamp(milliseconds: skews[author] &+ Int64(below(3)))
            steps.append(Step(dot: dot, stamp: stamp, edits: edits(seen[author]), context: seen[author]))
            seen[author].insert(dot)
        }
    }

    private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    private mutating func edits(_ seen: Set<Dot>) -> [EntityEdit] {
        var edits: [EntityEdit] = []
        for entity in 0..<RandomHistory.entityCount where edits.isEmpty ? below(2) == 0 : below(4) == 0 {
            var operations: [Operation] = []
            for field in ["a", "b", EntityState.existenceField] where below(2) == 0 {
                operations.append(operation(field, element: nil, seen))
            }
            for element in 0..<2 where below(4) == 0 {
                operations.append(operation("set", element: .integer(Int64(element)), seen))
            }
            if below(2) == 0 {
                let parent = below(RandomHistory.entityCount + 1)
                let place = Place(
                    parent: parent == RandomHistory.entityCount
                        ? .null : .text(EntityID.sample(UInt64(parent)).description),
                    position: Position("\(below(3))"))
                operations.append(Operation(.put(place.value), field: Place.field))
            }
            if below(10) == 0 { operations.append(Operation(.unknown([0x82, 0x18, 0x63, 0x00]), field: "")) }
            if operations.isEmpty { operations = [Operation(.put(0), field: "a")] }
            edits.append(EntityEdit(kind: "note", entity: .sample(UInt64(entity)), operations: operations))
        }
        if edits.isEmpty {
            edits = [EntityEdit(kind: "note", entity: .sample(0), operations: [Operation(.put(0), field: "a")])]
        }
        return edits
    }

    private mutating func operation(_ field: String, element: Value?, _ seen: Set<Dot>) -> Operation {
        let isClear = field == EntityState.existenceField || below(4) == 0
        var replaced: [Dot]?
        if below(3) == 0 {
            replaced = steps.map(\.dot).filter { _ in random.next() % 3 == 0 }
        }
        return Operation(
            isClear ? .clear : .put(.integer(Int64(below(3)))), field: field, element: element,
            stampOffset: below(5) == 0 ? random.next() >> UInt64(below(64)) : 0, replaced: replaced)
    }

    /// The same changes in another order in which each comes after everything in its context.
    func causalOrder(using random: inout SplitMix64) -> [Step] {
        RandomHistory.causalOrder(of: steps, using: &random)
    }

    /// - Parameter steps: with each everything in its context.
    static func causalOrder(of steps: [Step], using random: inout SplitMix64) -> [Step] {
        var waiting = steps
        var applied: Set<Dot> = []
        var order: [Step] = []
        while !waiting.isEmpty {
            let ready = waiting.indices.filter { waiting[$0].context.isSubset(of: applied) }
            guard let index = ready.randomElement(using: &random) else { preconditionFailure("a cycle") }
            let step = waiting.remove(at: index)
            applied.insert(step.dot)
            order.append(step)
        }
        return order
    }
}

/// The merged state of a history, by the engine.
struct MergedHistory: Equatable {
    var cells: [CellName: Set<Version>] = [:]
    var digest = StateDigest()
    var outline = NaiveOutline()
    /// The elements of the set of each entity.
    var elements: [EntityID: [Value]] = [:]

    init(applying steps: [RandomHistory.Step]) {
        var states: [EntityID: EntityState] = [:]
        for step in steps {
            for edit in step.edits {
                states[edit.entity, default: EntityState(kind: edit.kind, entity: edit.entity)].apply(
                    edit, dot: step.dot, stamp: step.stamp, digest: &digest
                ) { step.context.contains($0) }
            }
        }
        for state in states.values {
            for named in state.cells {
                cells[CellName(kind: state.kind, entity: state.entity, field: named.field, element: named.element)] =
                    Set(named.cell.versions)
            }
            if !state.elements(of: "set").isEmpty { elements[state.entity] = state.elements(of: "set") }
            guard state.isAlive else { continue }
            cells[CellName(kind: state.kind, entity: state.entity, field: EntityState.existenceField, element: nil)] =
                Set(
                    state.alive.versions)
        }
        outline = NaiveOutline(Outline(states.values))
    }

    /// The naive model: keep all changes; a version lives unless some change replaces it.
    init(modelling steps: [RandomHistory.Step]) {
        struct Writing {
            let key: CellName
            let version: Version?
            let step: RandomHistory.Step
            let replaced: [Dot]?
        }
        var writings: [Writing] = []
        for step in steps {
            for edit in step.edits {
                for operation in edit.operations {
                    let key = CellName(
                        kind: edit.kind, entity: edit.entity, field: operation.field, element: operation.element)
                    var version: Version?
                    switch operation.action {
                    case .unknown(let raw):
                        digest.add(raw, kind: edit.kind, entity: edit.entity, dot: step.dot)
                        continue
                    case .mark:
                        digest.add(operation.encoded, kind: edit.kind, entity: edit.entity, dot: step.dot)
                        continue
                    case .clear: break
                    case .put(let value):
                        let stamp = operation.stamp(base: step.stamp)
                        version = Version(dot: step.dot, stamp: stamp, value: value)
                    }
                    writings.append(Writing(key: key, version: version, step: step, replaced: operation.replaced))
                }
                guard edit.isAffirming else { continue }
                writings.append(
                    Writing(
                        key: CellName(
                            kind: edit.kind, entity: edit.entity, field: EntityState.existenceField, element: nil),
                        version: Version(dot: step.dot, stamp: step.stamp, value: true), step: step, replaced: nil))
            }
        }
        for writing in writings {
            guard let version = writing.version else { continue }
            let isReplaced = writings.contains {
                $0.key == writing.key && $0.step.context.contains(version.dot)
                    && $0.replaced?.contains(version.dot) ?? true
            }
            guard !isReplaced else { continue }
            cells[writing.key, default: []].insert(version)
            digest.update(writing.key, removed: [], added: version)
        }
        outline = NaiveOutline(modelling: cells)
        for name in cells.keys where name.field == "set" {
            if let element = name.element { elements[name.entity, default: []].append(element) }
        }
        // The elements are 0 and 1.
        for entity in elements.keys { elements[entity]?.sort { ($0.integerValue ?? 0) < ($1.integerValue ?? 0) } }
    }
}

import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import Testing

/// The merged state of a log by the naive model: keep all changes; a version lives unless some change in whose context it
/// lies replaces it. Contexts are spelled out as sets of dots, forks and all, without the engine's shortcuts. What is void
/// or erased is left out beforehand, wherever in the log the marks and the erasures stand.
struct LogModel: Equatable {
    struct Cell: Hashable {
        let scope: ScopeID
        let kind: String
        let entity: EntityID
        let field: String
        let element: Value?
    }

    private(set) var cells: [Cell: Set<Version>] = [:]

    private struct Writing {
        let version: Version?
        let replaced: [Dot]?
        let context: Set<Dot>
    }

    init(_ log: [Change]) throws {
        struct Key: Hashable {
            let scope: ScopeID
            let dot: Dot
        }
        let effects = try LogEffects(log)
        var known: [Key: (context: Set<Dot>, vector: VersionVector)] = [:]
        var writings: [Cell: [Writing]] = [:]
        for change in log {
            let head = try ChangeHead(decoding: change.head)
            let before = Dot(
                replica: change.replica, sequence: change.sequence - 1, check: change.previous.check)
            let previous = known[Key(scope: change.scope, dot: before)]
            var vector = previous?.vector ?? VersionVector()
            vector.apply(head.contextDifference)
            var context: Set<Dot> = previous.map { $0.context.union([before]) } ?? []
            for dot in vector.dots {
                context.formUnion(known[Key(scope: change.scope, dot: dot)]?.context ?? [])
                context.insert(dot)
            }
            known[Key(scope: change.scope, dot: change.dot)] = (context, vector)
            for edit in effects.edits(of: change) {
                LogModel.add(edit, of: change, head.stamp, context, to: &writings)
            }
        }
        for (cell, writings) in writings {
            let living = writings.compactMap(\.version).filter { version in
                !writings.contains {
                    $0.context.contains(version.dot) && $0.replaced?.contains(version.dot) ?? true
                }
            }
            if !living.isEmpty { cells[cell] = Set(living) }
        }
    }

    private static func add(
        _ edit: EntityEdit, of change: Change, _ stamp: Stamp, _ context: Set<Dot>, to writings: inout [Cell: [Writing]]
    ) {
        func cell(_ field: String, _ element: Value?) -> Cell {
            Cell(scope: change.scope, kind: edit.kind, entity: edit.entity, field: field, element: element)
        }
        for operation in edit.operations {
            var version: Version?
            switch operation.action {
            case .mark, .unknown: continue
            case .clear: break
            case .put(let value):
                version = Version(dot: change.dot, stamp: operation.stamp(base: stamp), value: value)
            }
            writings[cell(operation.field, operation.element), default: []].append(
                Writing(version: version, replaced: operation.replaced, context: context))
        }
        guard edit.isAffirming else { return }
        writings[cell(EntityState.existenceField, nil), default: []].append(
            Writing(
                version: Version(dot: change.dot, stamp: stamp, value: true), replaced: nil, context: context))
    }

    /// The state that the store holds of the entities in its log, in the same form.
    init(storedIn store: ReplicaStore, log: [Change]) throws {
        struct Key: Hashable {
            let scope: ScopeID
            let entity: EntityID
            let kind: String
        }
        var entities: Set<Key> = []
        for change in log {
            guard let body = change.body else { continue }
            for edit in try ChangeBody(decoding: body).edits {
                entities.insert(Key(scope: change.scope, entity: edit.entity, kind: edit.kind))
            }
        }
        for key in entities {
            guard let kind = EntityKind(rawValue: key.kind) else { continue }
            let state = try store.database.read { connection in
                try connection.state(of: key.entity, kind: kind, in: key.scope)
            }
            guard let state else { continue }
            func cell(_ field: String, _ element: Value?) -> Cell {
                Cell(scope: key.scope, kind: key.kind, entity: key.entity, field: field, element: element)
            }
            for named in state.cells { cells[cell(named.field, named.element)] = Set(named.cell.versions) }
            if state.isAlive { cells[cell(EntityState.existenceField, nil)] = Set(state.alive.versions) }
        }
    }
}

/// Which edits of a log count.
private struct LogEffects {
    private var edits: [ScopeID: [Dot: [EntityEdit]]] = [:]

    init(_ log: [Change]) throws {
        var marked: [ScopeID: Set<Dot>] = [:]
        var marking: [ScopeID: Set<Dot>] = [:]
        for change in log {
            guard let body = change.body, let decoded = try? ChangeBody(decoding: body) else { continue }
            let author = try ChangeHead(decoding: change.head).author
            let marks = decoded.edits.flatMap { $0.marks(by: author) }
            edits[change.scope, default: [:]][change.dot] = decoded.edits
            guard !marks.isEmpty else { continue }
            marked[change.scope, default: []].formUnion(marks.map(\.dot))
            marking[change.scope, default: []].insert(change.dot)
        }
        for scope in edits.keys {
            let void = marked[scope, default: []].subtracting(marking[scope, default: []])
            for dot in void { edits[scope]?[dot] = nil }
            let erased = Set(edits[scope, default: [:]].values.joined().flatMap(\.erasedHashes))
            for dot in edits[scope, default: [:]].keys {
                edits[scope]?[dot]?.removeAll { edit in
                    edit.kind != "erasure" && edit.kind != "mark"
                        && erased.contains(SHA256.digest(of: edit.entity.bytes))
                }
            }
        }
    }

    func edits(of change: Change) -> [EntityEdit] { edits[change.scope]?[change.dot] ?? [] }
}

/// Checks what must hold of every replica at every moment: the log chains up, the merged state is that of the naive
/// model, and a fresh replica that applies the log comes to the same rows.
func expectSound(_ store: ReplicaStore, rebuildIn path: String, _ comment: Comment) throws {
    let log = try store.log()
    #expect(try LogModel(storedIn: store, log: log) == LogModel(log), comment)
    var random = SystemRandomNumberGenerator()
    let rebuilt = try ReplicaStore.create(path: path, clockMilliseconds: 0, using: &random)
    #expect(try rebuilt.apply(log) == log.count, comment)
    #expect(try rebuilt.snapshot() == store.snapshot(), comment)
    #expect(try rebuilt.apply(log) == 0, comment)
    #expect(try rebuilt.snapshot() == store.snapshot(), comment)
}

import CanvassCRDT
import CanvassCoding

/// The merged state of a scope by Protocol/README.md, sections 7 and 8, as slowly as it reads: sort all changes causally,
/// apply each that is not void to the versions that are there, and add the digest up at the end.
struct NaiveState: Equatable {
    struct Cell: Hashable {
        let kind: [UInt8]
        let entity: [UInt8]
        let field: [UInt8]
        let element: [UInt8]?
    }

    struct Version: Equatable {
        let value: [UInt8]
        let stamp: Int64
        let dot: Dot
    }

    /// The winner first. No cell is empty.
    private(set) var cells: [Cell: [Version]] = [:]
    /// What operations add to the digest that have no other effect.
    private var digestOfUnknown: UInt64 = 0

    private static let alive = Array("@alive".utf8)

    /// SHA-256 of the ids of what was erased.
    private var erased: Set<[UInt8]> = []

    /// - Parameters:
    ///   - numbers: the changes that are held.
    ///   - organisation: the author of marks.
    init(_ scope: ScopeModel, holding numbers: [Int], organisation: EntityID) {
        let held = numbers.sorted().map { scope.entries[$0] }
        let void = NaiveState.void(among: held, organisation)
        let effective = held.filter { !void.contains($0.model.dot) }
        for edit in effective.flatMap(\.model.edits) where edit.kind == "erasure" {
            erased.formUnion(edit.erasedHashes)
        }
        for entry in effective { apply(entry, scope) }
        cells = cells.filter { !$0.value.isEmpty }.mapValues { versions in
            versions.sorted { ($1.stamp, $1.dot) < ($0.stamp, $0.dot) }
        }
    }

    /// Section 8.
    var digest: UInt64 {
        cells.reduce(digestOfUnknown) { sum, cell in
            cell.value.reduce(sum) { $0 &+ NaiveState.hash(cell.key, $1) }
        }
    }

    /// Section 7, Void changes.
    static func void(among held: [ScopeModel.Entry], _ organisation: EntityID) -> Set<Dot> {
        var marked: Set<Dot> = []
        var marking: Set<Dot> = []
        for entry in held where entry.model.author == organisation {
            for edit in entry.model.edits where edit.kind == "mark" && edit.entity == organisation.bytes {
                let dots = edit.operations.compactMap(\.marked)
                if !dots.isEmpty { marking.insert(entry.model.dot) }
                marked.formUnion(dots)
            }
        }
        return marked.subtracting(marking)
    }

    private func isErased(_ edit: ModelChange.Edit) -> Bool {
        !erased.isEmpty && edit.isErased(by: erased)
    }

    private mutating func apply(_ entry: ScopeModel.Entry, _ scope: ScopeModel) {
        for edit in entry.model.edits where !isErased(edit) {
            let kind = Array(edit.kind.utf8)
            var affirms = false
            for operation in edit.operations {
                let cell = Cell(
                    kind: kind, entity: edit.entity, field: Array(operation.field.utf8), element: operation.element)
                let isExistence = cell.field == NaiveState.alive && cell.element == nil
                switch operation.form {
                case .unknown:
                    digestOfUnknown &+= NaiveState.hash(unknown: operation.raw, edit, entry.model.dot)
                case .clear:
                    replace(cell, operation.replaced, entry, scope, with: nil)
                case .put:
                    affirms = true
                    guard !isExistence else { continue }
                    replace(
                        cell, operation.replaced, entry, scope,
                        with: Version(
                            value: operation.value, stamp: operation.stamp(base: entry.model.stamp),
                            dot: entry.model.dot))
                }
            }
            guard affirms else { continue }
            replace(
                Cell(kind: kind, entity: edit.entity, field: NaiveState.alive, element: nil), nil, entry, scope,
                with: Version(value: [0xF5], stamp: entry.model.stamp, dot: entry.model.dot))
        }
    }

    private mutating func replace(
        _ cell: Cell, _ listed: Set<Dot>?, _ entry: ScopeModel.Entry, _ scope: ScopeModel, with version: Version?
    ) {
        cells[cell, default: []].removeAll { old in
            guard listed?.contains(old.dot) ?? true, let number = scope.number(of: old.dot) else { return false }
            return entry.past.contains(number)
        }
        if let version { cells[cell, default: []].append(version) }
    }

    private static func hash(_ cell: Cell, _ version: Version) -> UInt64 {
        var writer = CBORWriter()
        writer.array(count: 7)
        writer.text(String(decoding: cell.kind, as: UTF8.self))
        writer.bytes(cell.entity)
        writer.text(String(decoding: cell.field, as: UTF8.self))
        writer.array(count: cell.element == nil ? 0 : 1)
        if let element = cell.element { writer.raw(element) }
        writer.raw(version.value)
        writer.integer(version.stamp)
        writer.bytes(version.dot.bytes)
        return SipHash.hash(writer.bytes)
    }

    private static func hash(unknown raw: [UInt8], _ edit: ModelChange.Edit, _ dot: Dot) -> UInt64 {
        var writer = CBORWriter()
        writer.array(count: 4)
        writer.text(edit.kind)
        writer.bytes(edit.entity)
        writer.bytes(dot.bytes)
        writer.raw(raw)
        return SipHash.hash(writer.bytes)
    }
}

extension ModelOperation {
    /// The stamp of this put in a change of that stamp.
    func stamp(base: Int64) -> Int64 { Int64(clamping: Int128(base) + Int128(offset)) }

    /// Whether it names the hash of an id that was erased: a put of 32 bytes.
    var isErasure: Bool {
        form == .put && field == "hash" && element == nil && value.count == 34 && value.starts(with: [0x58, 32])
    }
}

extension NaiveState {
    /// What the engine stores, in the same form; without the digest.
    static func cells(of states: [EntityState]) -> [Cell: [Version]] {
        var cells: [Cell: [Version]] = [:]
        for state in states {
            func add(_ field: String, _ element: Value?, _ versions: [CanvassCRDT.Version]) {
                guard !versions.isEmpty else { return }
                let cell = Cell(
                    kind: Array(state.kind.utf8), entity: state.entity.bytes, field: Array(field.utf8),
                    element: element.map { CBOR.encode($0) })
                cells[cell] = versions.map {
                    Version(value: CBOR.encode($0.value), stamp: $0.stamp.milliseconds, dot: $0.dot)
                }
            }
            add(EntityState.existenceField, nil, state.alive.versions)
            for named in state.cells { add(named.field, named.element, named.cell.versions) }
        }
        return cells
    }
}

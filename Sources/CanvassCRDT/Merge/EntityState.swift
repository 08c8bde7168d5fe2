public import CanvassCoding

/// The merged present of one entity: its cells and whether it lives (rules 2 and 3).
///
/// Merge law: existence is a cell like any other, put anew by every edit that puts anything. Deleting clears the versions
/// of it that its author had been shown, and touches no field: **an edit that the author had not seen keeps the entity
/// alive, and whole**. Restoring is a put. So deletions, edits and restorations merge as the versions of a cell do, in any
/// order that keeps causes before effects.
public struct EntityState: Sendable, Hashable {
    /// A field, or an element of a set, with its versions.
    public struct NamedCell: Sendable, Hashable {
        public let field: String
        public let element: Value?
        public var cell: Cell

        public init(field: String, element: Value?, cell: Cell) {
            self.field = field
            self.element = element
            self.cell = cell
        }
    }

    public let kind: String
    public let entity: EntityID
    /// The versions of the existence cell; the entity lives while there is one.
    public private(set) var alive: Cell
    /// In the order in which the cells were first written.
    public private(set) var cells: [NamedCell]
    /// Operations that only a later version understands, with the change that holds each.
    public private(set) var unknownOperations: Int

    public init(
        kind: String, entity: EntityID, alive: Cell = Cell(), cells: [NamedCell] = [], unknownOperations: Int = 0
    ) {
        self.kind = kind
        self.entity = entity
        self.alive = alive
        self.cells = cells
        self.unknownOperations = unknownOperations
    }

    public var isAlive: Bool { alive.winner != nil }

    /// The shown value of a plain field.
    public func value(of field: String) -> Value? {
        cell(field)?.winner?.value
    }

    /// The cell of a plain field or of one element of a set.
    public func cell(_ field: String, element: Value? = nil) -> Cell? {
        index(of: field, element: element).map { cells[$0].cell }
    }

    private func index(of field: String, element: Value?) -> Int? {
        #if PLANTED_BUGS
            if planted(.fieldsByMeaning) { return cells.firstIndex { $0.field == field && $0.element == element } }
        #endif
        return cells.firstIndex { $0.field.hasSameBytes(as: field) && $0.element == element }
    }
}

extension EntityState {
    /// The name of the cell that says an entity exists; no question can have it, since XML names hold no "@". A put on any cell puts it too; `clear` on it deletes.
    package static let existenceField = "@alive"

    /// Applies what one change does to this entity, and keeps the digest of the scope up to date.
    ///
    /// - Parameter isInContext: whether a dot lies in the change's context: the versions its author was shown.
    package mutating func apply<Failure: Error>(
        _ edit: EntityEdit, dot: Dot, stamp: Stamp, digest: inout StateDigest,
        isInContext: (Dot) throws(Failure) -> Bool
    ) throws(Failure) {
        for operation in edit.operations {
            let isReplaced = { (old: Dot) throws(Failure) -> Bool in
                // What the author had not been shown is never replaced: of two concurrent changes the result would else
                // depend on which is applied first.
                #if PLANTED_BUGS
                    if planted(.replacesWhatIsThere) { return true }
                    if planted(.listedDotsIgnored) { return try isInContext(old) }
                #endif
                guard operation.replaced?.contains(old) ?? true else { return false }
                return try isInContext(old)
            }
            switch operation.action {
            case .unknown(let raw):
                #if PLANTED_BUGS
                    if planted(.unknownForgotten) { continue }
                #endif
                unknownOperations += 1
                digest.add(raw, kind: kind, entity: entity, dot: dot)
            case .mark:
                // What a mark does is done to other entities, by whoever holds the scope's changes; here it only counts.
                digest.add(operation.encoded, kind: kind, entity: entity, dot: dot)
            case .clear where operation.isOnExistence:
                #if PLANTED_BUGS
                    if planted(.deleteWins) { replaceAlive(with: nil, digest: &digest) { _ in true } }
                    if planted(.deleteClearsFields) { cells = [] }
                #endif
                try replaceAlive(with: nil, digest: &digest, where: isReplaced)
            case .clear:
                try replace(operation, with: nil, digest: &digest, where: isReplaced)
            case .put where operation.isOnExistence:
                // Every put puts the existence cell: below, once for the whole edit.
                continue
            case .put(let value):
                let version = Version(dot: dot, stamp: operation.stamp(base: stamp), value: value)
                try replace(operation, with: version, digest: &digest, where: isReplaced)
            }
        }
        if edit.isAffirming {
            let version = Version(dot: dot, stamp: stamp, value: .bool(true))
            try replaceAlive(with: version, digest: &digest, where: isInContext)
        }
    }

    private mutating func replaceAlive<Failure: Error>(
        with version: Version?, digest: inout StateDigest, where isReplaced: (Dot) throws(Failure) -> Bool
    ) throws(Failure) {
        let removed = try alive.replace(with: version, where: isReplaced)
        let name = CellName(kind: kind, entity: entity, field: EntityState.existenceField, element: nil)
        digest.update(name, removed: removed, added: version)
    }

    private mutating func replace<Failure: Error>(
        _ operation: Operation, with version: Version?, digest: inout StateDigest,
        where isReplaced: (Dot) throws(Failure) -> Bool
    ) throws(Failure) {
        let removed: [Version]
        if let index = index(of: operation.field, element: operation.element) {
            removed = try cells[index].cell.replace(with: version, where: isReplaced)
            if cells[index].cell.versions.isEmpty { cells.remove(at: index) }
        } else {
            removed = []
            if let version {
                cells.append(
                    NamedCell(field: operation.field, element: operation.element, cell: Cell([version])))
            }
        }
        let name = CellName(kind: kind, entity: entity, field: operation.field, element: operation.element)
        digest.update(name, removed: removed, added: version)
    }
}

extension Operation {
    /// Whether the cell is the one that says the entity exists.
    package var isOnExistence: Bool {
        element == nil && field.hasSameBytes(as: EntityState.existenceField)
    }
}

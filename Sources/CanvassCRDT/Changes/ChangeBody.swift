package import CanvassCoding

/// What one change does to one entity.
///
/// An entity is named by its kind and its id together, so that two replicas which meant different kinds by one id do
/// not depend on the order of arrival.
public struct EntityEdit: Sendable, Hashable {
    /// "campaign", "survey", "response" … (`EntityKind` lists those of this version).
    public var kind: String
    public var entity: EntityID
    public var operations: [Operation]

    public init(kind: String, entity: EntityID, operations: [Operation]) {
        self.kind = kind
        self.entity = entity
        self.operations = operations
    }

    /// Whether the edit puts anything, and so puts the entity's `alive` cell too (rule 3).
    package var isAffirming: Bool {
        operations.contains { if case .put = $0.action { true } else { false } }
    }
}

/// The operations of a change: canonical CBOR, `[[kind, id, [operation …]] …]`, edits sorted by their encoded bytes and
/// the operations of an edit likewise (rule 6).
public struct ChangeBody: Sendable, Hashable {
    public var edits: [EntityEdit]

    public init(edits: [EntityEdit]) {
        self.edits = edits
    }
}

extension ChangeBody {
    /// The canonical bytes: the same set of operations gives the same bytes, whatever order it was built in.
    package var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64 * edits.reduce(1) { $0 + $1.operations.count })
        writer.array(count: edits.count)
        writer.sorted(edits, ChangeBody.encode)
        return writer.bytes
    }

    private static func encode(_ edit: EntityEdit, to writer: inout CBORWriter) {
        writer.array(count: 3)
        writer.text(edit.kind)
        writer.bytes(edit.entity.bytes)
        writer.array(count: edit.operations.count)
        writer.sorted(edit.operations) { $0.encode(to: &$1) }
    }

    /// Reads what `encoded` wrote.
    ///
    /// - Throws: `CodingError` for bytes that are not canonical, an entity or a cell named twice, an edit without operations.
    package init(decoding bytes: [UInt8]) throws(CodingError) {
        var reader = CBORReader(bytes)
        edits = []
        var named: Set<Value> = []
        var last: ArraySlice<UInt8> = []
        for _ in 0..<(try reader.arrayHeader()) {
            let start = reader.offset
            let edit = try ChangeBody.edit(from: &reader, in: bytes)
            guard named.insert(.list([.text(edit.kind), .bytes(edit.entity.bytes)])).inserted else {
                throw CodingError(format: "change", reason: "two edits of one entity", offset: start)
            }
            edits.append(edit)
            let encoding = bytes[start..<reader.offset]
            guard last.lexicographicallyPrecedes(encoding) else {
                throw CodingError(format: "change", reason: "edits out of order", offset: start)
            }
            last = encoding
        }
        try reader.finish()
    }

    private static func edit(from reader: inout CBORReader, in bytes: [UInt8]) throws(CodingError) -> EntityEdit {
        guard try reader.arrayHeader() == 3 else {
            throw CodingError(format: "change", reason: "an edit has three parts", offset: reader.offset)
        }
        var edit = EntityEdit(kind: try reader.text(), entity: try EntityID(bytes: reader.bytes()), operations: [])
        let count = try reader.arrayHeader()
        guard count > 0 else {
            throw CodingError(format: "change", reason: "an edit without operations", offset: reader.offset)
        }
        edit.operations.reserveCapacity(count)
        var last: ArraySlice<UInt8> = []
        for _ in 0..<count {
            let start = reader.offset
            edit.operations.append(try Operation(from: &reader))
            let encoding = bytes[start..<reader.offset]
            guard last.lexicographicallyPrecedes(encoding) else {
                throw CodingError(format: "change", reason: "operations out of order", offset: start)
            }
            last = encoding
        }
        guard !edit.namesACellTwice else {
            throw CodingError(format: "change", reason: "two operations on one cell", offset: reader.offset)
        }
        return edit
    }
}

extension EntityEdit {
    /// A change holds at most one operation for each cell, so that its dot names one version.
    package var namesACellTwice: Bool {
        // Few are compared with each other sooner than they are hashed.
        if operations.count > 32 {
            let cells = operations.filter(\.namesCell).map {
                Value.list([.text($0.field), $0.element ?? .foreign([])])
            }
            return Set(cells).count < cells.count
        }
        return operations.indices.contains { index in
            operations[index].namesCell && operations[..<index].contains { $0.namesCell(of: operations[index]) }
        }
    }
}

extension Operation {
    /// Whether it is about the same cell of one entity. Fields are compared as bytes (rule 6).
    fileprivate func namesCell(of other: Operation) -> Bool {
        namesCell && field.hasSameBytes(as: other.field) && element == other.element
    }
}

import CanvassCRDT
import CanvassCoding

/// Gathers the columns of a segment; `ColumnCodec` documents the layout.
struct ColumnEncoder {
    var columns = ByteStreamWriter()
    var plain: [UInt8] = []

    /// One change of regular shape: a single edit that puts plain values.
    private struct Regular {
        let index: Int
        let edit: EntityEdit
    }

    /// - Returns: false when a head is not canonical.
    mutating func add(_ changes: [ChangeParts]) -> Bool {
        var heads: [ChangeHead] = []
        for change in changes {
            guard let head = try? ChangeHead(decoding: change.head), head.encoded == change.head else { return false }
            heads.append(head)
        }
        addHeads(heads)
        var regular: [Regular] = []
        var others: [[UInt8]] = []
        for (index, change) in changes.enumerated() {
            switch change.body {
            case .dropped(let hash):
                columns.raw([ColumnShape.dropped.rawValue])
                plain += hash.bytes
            case .present(let body):
                if let edit = ColumnEncoder.regularEdit(body) {
                    columns.raw([ColumnShape.regular.rawValue])
                    regular.append(Regular(index: index, edit: edit))
                } else {
                    columns.raw([ColumnShape.other.rawValue])
                    others.append(body)
                }
            }
        }
        for body in others { columns.block(body) }
        addRegular(regular)
        return true
    }

    private static func regularEdit(_ body: [UInt8]) -> EntityEdit? {
        guard let decoded = try? ChangeBody(decoding: body), decoded.edits.count == 1 else { return nil }
        let edit = decoded.edits[0]
        for operation in edit.operations {
            guard case .put = operation.action, operation.element == nil, operation.stampOffset == 0,
                operation.replaced == nil
            else { return nil }
        }
        return edit
    }

    private mutating func addHeads(_ heads: [ChangeHead]) {
        var last: Int64 = 0
        for head in heads {
            columns.signed(head.stamp.milliseconds &- last)
            last = head.stamp.milliseconds
        }
        var authors: [EntityID] = []
        let indexes = heads.map { head in
            if let index = authors.firstIndex(of: head.author) { return index }
            authors.append(head.author)
            return authors.count - 1
        }
        columns.count(authors.count)
        for author in authors { plain += author.bytes }
        for index in indexes { columns.count(index) }
        for head in heads {
            var writer = CBORWriter(reservingCapacity: 1)
            head.contextDifference.encode(to: &writer)
            columns.block(writer.bytes)
        }
    }

    private mutating func addRegular(_ changes: [Regular]) {
        var groups: [(kind: String, changes: [Regular])] = []
        for change in changes {
            if let index = groups.firstIndex(where: { $0.kind.hasSameBytes(as: change.edit.kind) }) {
                groups[index].changes.append(change)
            } else {
                groups.append((change.edit.kind, [change]))
            }
        }
        columns.count(groups.count)
        for group in groups {
            columns.block(Array(group.kind.utf8))
            columns.count(group.changes.count)
            addIDs(group.changes)
            addFields(group.changes)
        }
    }

    private mutating func addIDs(_ changes: [Regular]) {
        var lastIndex = 0
        for change in changes {
            columns.count(change.index - lastIndex)
            lastIndex = change.index
        }
        var lastTime: Int64 = 0
        for change in changes {
            let id = change.edit.entity
            columns.signed(id.milliseconds - lastTime)
            lastTime = id.milliseconds
            plain += id.bytes[6...]
        }
    }

    private mutating func addFields(_ changes: [Regular]) {
        var indexByName: [[UInt8]: Int] = [:]
        var fields: [(name: [UInt8], present: [Bool], values: [Value])] = []
        for (row, change) in changes.enumerated() {
            for operation in change.edit.operations {
                guard case .put(let value) = operation.action else { continue }
                let name = Array(operation.field.utf8)
                let index: Int
                if let known = indexByName[name] {
                    index = known
                } else {
                    index = fields.count
                    indexByName[name] = index
                    fields.append((name, Array(repeating: false, count: changes.count), []))
                }
                fields[index].present[row] = true
                fields[index].values.append(value)
            }
        }
        fields.sort { ColumnEncoder.precedes($0.name, $1.name) }
        columns.count(fields.count)
        for field in fields {
            columns.block(field.name)
            addPresence(field.present)
            ValueColumn.encode(field.values, to: &columns)
        }
    }

    /// The order of fields in a body: CBOR text sorts by length first.
    static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
    }

    private mutating func addPresence(_ present: [Bool]) {
        if !present.contains(false) {
            columns.raw([1])
            return
        }
        columns.raw([0])
        for start in stride(from: 0, to: present.count, by: 8) {
            var byte: UInt8 = 0
            for (bit, isPresent) in present[start..<min(start + 8, present.count)].enumerated() where isPresent {
                byte |= 1 << UInt8(bit)
            }
            columns.raw([byte])
        }
    }
}

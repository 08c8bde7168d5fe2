import CanvassCRDT
import CanvassCoding

/// A change as Protocol/README.md, section 4, describes it, read without the engine's decoders.
struct ModelChange {
    struct Edit {
        let kind: String
        let entity: [UInt8]
        let operations: [ModelOperation]
    }

    let change: Change
    /// The tips that the head lists, by replica.
    let listed: [ReplicaID: [Dot]]
    let stamp: Int64
    let author: EntityID
    let edits: [Edit]

    var dot: Dot { change.dot }

    /// The change before it on its chain.
    var previous: Dot? {
        guard change.sequence > 1 else { return nil }
        return Dot(replica: change.replica, sequence: change.sequence - 1, check: change.previous.check)
    }

    init(_ change: Change) throws(CodingError) {
        self.change = change
        var head = CBORReader(change.head)
        _ = try head.arrayHeader()
        var listed: [ReplicaID: [Dot]] = [:]
        for _ in 0..<(try head.arrayHeader()) {
            let count = try head.arrayHeader()
            let replica = try ReplicaID(bytes: head.bytes())
            var tips: [Dot] = []
            for _ in 0..<(count / 2) {
                let sequence = try head.unsigned()
                tips.append(try Dot(bytes: replica.bytes + bigEndianBytes(sequence) + head.bytes()))
            }
            listed[replica] = tips
        }
        self.listed = listed
        stamp = try head.integer()
        author = try EntityID(bytes: head.bytes())
        // What cannot be read is void.
        edits = change.body.flatMap { try? ModelChange.edits($0) } ?? []
    }

    private static func edits(_ bytes: [UInt8]) throws(CodingError) -> [Edit] {
        var reader = CBORReader(bytes)
        var edits: [Edit] = []
        for _ in 0..<(try reader.arrayHeader()) {
            _ = try reader.arrayHeader()
            let kind = try reader.text()
            let entity = try reader.bytes()
            var operations: [ModelOperation] = []
            for _ in 0..<(try reader.arrayHeader()) { operations.append(ModelOperation(raw: try reader.rawItem())) }
            edits.append(Edit(kind: kind, entity: entity, operations: operations))
        }
        return edits
    }
}

/// An operation: values and elements stay the bytes that they are.
struct ModelOperation {
    enum Form { case put, clear, unknown }

    /// The change that a mark names; also set where the mark marks nothing.
    private(set) var marked: Dot?

    private(set) var raw: [UInt8]
    private(set) var form = Form.unknown
    private(set) var field = ""
    private(set) var element: [UInt8]?
    private(set) var value: [UInt8] = []
    private(set) var offset: UInt64 = 0
    private(set) var replaced: Set<Dot>?

    init(raw: [UInt8]) {
        self.raw = raw
        var known = self
        if (try? known.read()) != nil { self = known }
        marked = try? ModelOperation.mark(raw)
    }

    private struct NotKnown: Error {}

    private static func mark(_ raw: [UInt8]) throws -> Dot {
        var reader = CBORReader(raw)
        guard try reader.arrayHeader() == 3, try reader.unsigned() == 2 else { throw NotKnown() }
        let dot = try Dot(bytes: reader.bytes())
        _ = try reader.text()
        return dot
    }

    private mutating func read() throws {
        var reader = CBORReader(raw)
        let count = try reader.arrayHeader()
        let code = try reader.unsigned()
        guard code <= 1 else { throw NotKnown() }
        field = try reader.text()
        if code == 0 { value = try reader.rawItem() }
        let plain = code == 0 ? 3 : 2
        guard count == plain || count == plain + 1 else { throw NotKnown() }
        if count > plain {
            let options = try reader.mapHeader()
            guard options > 0 else { throw NotKnown() }
            for _ in 0..<options {
                switch try reader.unsigned() {
                case 1: element = try reader.rawItem()
                case 2:
                    offset = try reader.unsigned()
                    guard offset > 0 else { throw NotKnown() }
                case 3: replaced = try dots(&reader)
                default: throw NotKnown()
                }
            }
        }
        form = code == 0 ? .put : .clear
    }

    private func dots(_ reader: inout CBORReader) throws -> Set<Dot> {
        var dots: [Dot] = []
        for _ in 0..<(try reader.arrayHeader()) {
            let dot = try Dot(bytes: reader.bytes())
            if let last = dots.last, !(last < dot) { throw NotKnown() }
            dots.append(dot)
        }
        return Set(dots)
    }
}

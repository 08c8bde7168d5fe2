import CanvassCRDT
import CanvassCoding

/// Puts the changes of a segment together again from their columns; `ColumnCodec` documents the layout.
///
/// Invariants:
/// 1. Nothing is allocated by a count that is larger than the segment's count of changes or than the bytes left.
/// 2. What comes out is never larger than the header says. A word of a dictionary, a kind and the name of a field stand
///    in the columns once and in the bodies as often as the sender likes, so this is checked body by body.
struct ColumnDecoder {
    private var plain: ByteStreamReader
    private var columns: ByteStreamReader
    private let count: Int
    /// Bytes of puts, and then of bodies, that may still come out.
    private var putBytesLeft: Int
    private var bodyBytesLeft: Int

    /// - Parameter byteCount: of all heads and bodies together, as the header says.
    init(plain: [UInt8], columns: [UInt8], count: Int, byteCount: Int) {
        self.plain = ByteStreamReader(plain)
        self.columns = ByteStreamReader(columns)
        self.count = count
        putBytesLeft = byteCount
        bodyBytesLeft = byteCount
    }

    mutating func changes() throws(CodingError) -> [ChangeParts] {
        guard count <= columns.remaining else { throw columns.malformed("fewer changes than the header says") }
        let heads = try self.heads()
        var shapes: [ColumnShape] = []
        for byte in try columns.raw(count) {
            guard let shape = ColumnShape(rawValue: byte) else { throw columns.malformed("an unknown shape") }
            shapes.append(shape)
        }
        var bodies: [ChangeParts.ChangeBodyBytes?] = Array(repeating: nil, count: count)
        for (index, shape) in shapes.enumerated() where shape == .dropped {
            guard let hash = SHA256.Digest(bytes: Array(try plain.raw(32))) else {
                throw plain.malformed("a body hash is missing")
            }
            bodies[index] = .dropped(hash)
        }
        for (index, shape) in shapes.enumerated() where shape == .other {
            bodies[index] = .present(Array(try columns.block()))
        }
        try readRegular(into: &bodies)
        try columns.finish()
        try plain.finish()
        var changes: [ChangeParts] = []
        changes.reserveCapacity(count)
        for (head, body) in zip(heads, bodies) {
            guard let body else { throw columns.malformed("a change has no body") }
            changes.append(ChangeParts(head: head.encoded, body: body))
        }
        return changes
    }

    private mutating func heads() throws(CodingError) -> [ChangeHead] {
        var stamps: [Stamp] = []
        var last: Int64 = 0
        for _ in 0..<count {
            last = last &+ (try columns.signed())
            stamps.append(Stamp(milliseconds: last))
        }
        var authors: [EntityID] = []
        for _ in 0..<(try columns.count(atMost: count)) {
            authors.append(try EntityID(bytes: Array(plain.raw(16))))
        }
        var heads: [ChangeHead] = []
        for stamp in stamps {
            let index = try columns.count(atMost: authors.count)
            guard index < authors.count else { throw columns.malformed("an author is missing") }
            heads.append(
                ChangeHead(contextDifference: VersionVector(), stamp: stamp, author: authors[index]))
        }
        for index in heads.indices {
            heads[index].contextDifference = try columns.item { reader throws(CodingError) in
                try VersionVector(from: &reader)
            }
        }
        return heads
    }

    private mutating func readRegular(into bodies: inout [ChangeParts.ChangeBodyBytes?]) throws(CodingError) {
        var left = bodies.count { $0 == nil }
        for _ in 0..<(try columns.count(atMost: count)) {
            guard let kind = String(validating: try columns.block(), as: UTF8.self) else {
                throw columns.malformed("a kind that is not UTF-8")
            }
            let members = try columns.count(atMost: left)
            left -= members
            let indexes = try self.indexes(members)
            var edits = try ids(members).map { EntityEdit(kind: kind, entity: $0, operations: []) }
            try readFields(into: &edits)
            for (index, edit) in zip(indexes, edits) {
                guard bodies[index] == nil else { throw columns.malformed("a change has two bodies") }
                let body = ChangeBody(edits: [edit]).encoded
                bodyBytesLeft -= body.count
                guard bodyBytesLeft >= 0 else { throw columns.malformed("larger than the header says") }
                bodies[index] = .present(body)
            }
        }
    }

    private mutating func indexes(_ members: Int) throws(CodingError) -> [Int] {
        var indexes: [Int] = []
        var index = 0
        for _ in 0..<members {
            index += try columns.count(atMost: count)
            guard index < count else { throw columns.malformed("an index is too large") }
            indexes.append(index)
        }
        return indexes
    }

    private mutating func ids(_ members: Int) throws(CodingError) -> [EntityID] {
        var ids: [EntityID] = []
        var time: Int64 = 0
        for _ in 0..<members {
            time = time &+ (try columns.signed())
            guard time >= 0, time <= 0xFFFF_FFFF_FFFF else { throw columns.malformed("an id has no such time") }
            let timeBytes = bigEndianBytes(UInt64(time))[2...]
            ids.append(try EntityID(bytes: Array(timeBytes) + plain.raw(10)))
        }
        return ids
    }

    private mutating func readFields(into edits: inout [EntityEdit]) throws(CodingError) {
        for _ in 0..<(try columns.count(atMost: columns.remaining)) {
            let nameBytes = try columns.block()
            guard let name = String(validating: nameBytes, as: UTF8.self) else {
                throw columns.malformed("a field that is not UTF-8")
            }
            let rows = try presentRows(of: edits.count)
            putBytesLeft -= rows.count * (ColumnDecoder.leastPutBytes + nameBytes.count)
            guard putBytesLeft >= 0 else { throw columns.malformed("larger than the header says") }
            let values = try ValueColumn.decode(count: rows.count, from: &columns)
            for (row, value) in zip(rows, values) {
                edits[row].operations.append(Operation(.put(value), field: name))
            }
        }
    }

    /// The array, the code, the head of the field's name and a value.
    private static let leastPutBytes = 4

    private mutating func presentRows(of members: Int) throws(CodingError) -> [Int] {
        switch try columns.raw(1).first {
        case 1: return Array(0..<members)
        case 0:
            let bits = Array(try columns.raw((members + 7) / 8))
            return (0..<members).filter { bits[$0 / 8] & 1 << UInt8($0 % 8) != 0 }
        default: throw columns.malformed("an unknown form of presence")
        }
    }
}

extension ByteStreamReader {
    /// A block that holds one CBOR item.
    mutating func item<Item>(
        _ read: (inout CBORReader) throws(CodingError) -> Item
    ) throws(CodingError) -> Item {
        var reader = CBORReader(Array(try block()))
        let item = try read(&reader)
        try reader.finish()
        return item
    }
}

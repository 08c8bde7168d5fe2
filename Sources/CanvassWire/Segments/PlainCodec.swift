import CanvassCRDT
package import CanvassCoding

/// Codec 0: a CBOR array with `[head, body]` for each change, or `[head, null, body hash]` where the body was dropped.
package enum PlainCodec {
    package static func encode(_ changes: [ChangeParts]) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: changes.reduce(16) { $0 + $1.byteCount + 48 })
        writer.array(count: changes.count)
        for change in changes {
            switch change.body {
            case .present(let body):
                writer.array(count: 2)
                writer.bytes(change.head)
                writer.bytes(body)
            case .dropped(let hash):
                writer.array(count: 3)
                writer.bytes(change.head)
                writer.null()
                writer.bytes(hash.bytes)
            }
        }
        return writer.bytes
    }

    package static func decode(_ bytes: [UInt8], count: Int) throws(CodingError) -> [ChangeParts] {
        var reader = CBORReader(bytes)
        guard try reader.arrayHeader() == count else {
            throw CodingError(format: "segment", reason: "the count is wrong", offset: 0)
        }
        var changes: [ChangeParts] = []
        for _ in 0..<count {
            let length = try reader.arrayHeader()
            let head = try reader.bytes()
            if length == 2 {
                changes.append(ChangeParts(head: head, body: .present(try reader.bytes())))
            } else if length == 3, try reader.isNull(), let hash = SHA256.Digest(bytes: try reader.bytes()) {
                changes.append(ChangeParts(head: head, body: .dropped(hash)))
            } else {
                throw CodingError(format: "segment", reason: "a change has two or three parts", offset: reader.offset)
            }
        }
        try reader.finish()
        return changes
    }
}

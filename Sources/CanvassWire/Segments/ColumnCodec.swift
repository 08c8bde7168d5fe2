import CanvassCRDT
package import CanvassCoding

/// Codec 1: the changes of a segment by column, so that what repeats from change to change costs next to nothing.
///
/// The body is the CBOR array `[plain, columns, size]`: `plain` holds what does not compress (ids, hashes), `columns` is
/// a raw deflate stream (RFC 1951) of `size` bytes. Inside, integers have variable length (`ByteStreamWriter`), and a
/// block is a length with as many bytes:
///
/// 1. Heads: stamps as differences to the one before; a dictionary of authors (16 bytes each, in `plain`) and an index
///    for each change; the context differences, each a block of CBOR.
/// 2. Shapes: one byte a change. 0: regular, one edit of puts without options; 1: any other body, as a block of bytes;
///    2: dropped, with the body hash in `plain`.
/// 3. How many kinds the regular changes have; then for each kind its name, how many changes it has, their indexes as
///    differences, and the entity ids: the time as a difference in the stream, the other ten bytes in `plain`.
/// 4. Still for each kind its fields, sorted as in a body; for each field whether every change has it (1) or a bit a change
///    says (0), and the values as a `ValueColumn`.
package enum ColumnCodec {
    /// Encodes changes by column.
    ///
    /// - Returns: nil where a head is not in its canonical form; the plain codec then keeps the bytes as they are.
    package static func encode(_ changes: [ChangeParts]) -> [UInt8]? {
        var encoder = ColumnEncoder()
        guard encoder.add(changes), let columns = try? Deflate.compress(encoder.columns.bytes, level: 6) else {
            return nil
        }
        var writer = CBORWriter(reservingCapacity: columns.count + encoder.plain.count + 16)
        writer.array(count: 3)
        writer.bytes(encoder.plain)
        writer.bytes(columns)
        writer.unsigned(UInt64(encoder.columns.bytes.count))
        return writer.bytes
    }

    /// - Parameters:
    ///   - count: changes, as the segment's header says.
    ///   - byteCount: decoded bytes, as the header says; bounds what is inflated.
    package static func decode(
        _ bytes: [UInt8], count: Int, byteCount: Int
    ) throws(CodingError) -> [ChangeParts] {
        var reader = CBORReader(bytes)
        guard try reader.arrayHeader() == 3 else {
            throw CodingError(format: "segment columns", reason: "three parts expected", offset: 0)
        }
        let plain = try reader.bytes()
        let deflated = try reader.bytes()
        let size = try reader.unsigned()
        try reader.finish()
        // Columns are a rearrangement of the decoded bytes, with a few bytes of framing for each change.
        let bound = byteCount.addingReportingOverflow(64 * count + 4096)
        guard !bound.overflow, size <= UInt64(bound.partialValue) else {
            throw CodingError(format: "segment columns", reason: "larger than the header allows", offset: 0)
        }
        let columns = try Deflate.decompress(deflated, maximumBytes: Int(size))
        guard columns.count == Int(size) else {
            throw CodingError(format: "segment columns", reason: "the size is wrong", offset: 0)
        }
        var decoder = ColumnDecoder(plain: plain, columns: columns, count: count, byteCount: byteCount)
        return try decoder.changes()
    }
}

/// The three forms that a body takes in the columns.
enum ColumnShape: UInt8 {
    case regular = 0
    case other = 1
    case dropped = 2
}

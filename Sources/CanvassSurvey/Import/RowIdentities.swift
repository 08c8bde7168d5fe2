import CanvassCoding

/// Gives each row of a file bytes that name it, for the caller to hash into the response's id, so that importing the
/// same file again finds the same responses.
///
/// Without a key column a row is its content and how many equal rows came before it: two people with the same answers
/// stay two. With a key column it is the key's value.
public struct RowIdentities: Sendable {
    private let keyColumn: Int?
    /// Rows so far by the hash of their content. Two contents with one hash share a count and still differ in content,
    /// so a collision costs nothing.
    private var occurrences: [UInt64: UInt64] = [:]
    /// The row that first had each key.
    private var rowOfKey: [[UInt8]: Int] = [:]

    /// - Parameter keyColumn: the header of a column whose value names the response; nil to go by content.
    /// - Throws: `FormError` if there is not exactly one such column.
    public init(header: [String], keyColumn: String? = nil) throws(FormError) {
        guard let keyColumn else {
            self.keyColumn = nil
            return
        }
        let places = header.indices.filter { header[$0].hasSameBytes(as: keyColumn) }
        guard let place = places.first, places.count == 1 else {
            throw FormError(
                place: "key column \(keyColumn)",
                reason: places.isEmpty ? "the file has no such column" : "the file has \(places.count) such columns",
                remedy: "Name one of \(header.prefix(20).joined(separator: ", "))")
        }
        self.keyColumn = place
    }

    /// - Parameters:
    ///   - fields: one row, in the order of the header.
    ///   - rowNumber: what the person sees the row as, for messages.
    /// - Returns: a failure for a key that is empty or that an earlier row has.
    public mutating func identity(of fields: [String], rowNumber: Int) -> Result<[UInt8], RowRejection> {
        guard let keyColumn else { return .success(contentIdentity(of: fields)) }
        guard fields.indices.contains(keyColumn) else {
            return rejection(rowNumber, "has no field in the key column")
        }
        let key = Array(fields[keyColumn].trimmedOfSpace.utf8)
        if key.isEmpty { return rejection(rowNumber, "has an empty key") }
        if let other = rowOfKey[key] {
            return rejection(rowNumber, "has the key “\(fields[keyColumn].shortened)” of row \(other)")
        }
        rowOfKey[key] = rowNumber
        return .success([1] + key)
    }

    /// 0, each field behind its length in bytes (8 bytes, least significant first), and the number of equal rows before.
    private mutating func contentIdentity(of fields: [String]) -> [UInt8] {
        var bytes: [UInt8] = [0]
        bytes.reserveCapacity(fields.reduce(16) { $0 + $1.utf8.count + 8 })
        for field in fields {
            Self.append(UInt64(field.utf8.count), to: &bytes)
            bytes.append(contentsOf: field.utf8)
        }
        // FNV-1a, 64 bits.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let earlier = occurrences[hash, default: 0]
        occurrences[hash] = earlier + 1
        Self.append(earlier, to: &bytes)
        return bytes
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    private func rejection(_ rowNumber: Int, _ reason: String) -> Result<[UInt8], RowRejection> {
        .failure(
            RowRejection(cells: [
                RowRejection.Cell(
                    column: "", reason: "row \(rowNumber) \(reason)",
                    remedy: "Give every row a key of its own, or import without a key column")
            ]))
    }
}
